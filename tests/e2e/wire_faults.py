"""What wire_server.WireServer does wrong on request."""

import struct
from collections.abc import Callable
from dataclasses import dataclass

MISSING = object()


@dataclass(frozen=True)
class Fault:
    """How one answer goes wrong. By default the answer is correct."""

    edit: Callable[[dict], dict] | None = None  # another reply document
    apply: bool = True  # whether the command takes effect
    delay: float = 0.0  # seconds before the reply
    garble: Callable[[bytes], bytes] | None = None  # other bytes
    answer: bool = True  # False: send no byte
    close: str | None = None  # then close: "fin" or "rst"


def changed(document, fields):
    """A document with some fields changed; MISSING removes one."""
    return {name: value for name, value in (document | fields).items() if value is not MISSING}


def reply(**fields):
    """The correct reply with some fields changed."""
    return Fault(edit=lambda document: changed(document, fields))


def acknowledge(n):
    """The number of documents that an insert or delete claims to have affected."""
    return reply(n=n)


def deletes_nothing():
    """A delete that neither deletes nor claims to."""
    return Fault(edit=lambda document: document | {"n": 0}, apply=False)


def command_error(code, name, message="the server says no", labels=()):
    """ok: 0, and nothing applied."""
    error = {"ok": 0.0, "errmsg": message, "code": code, "codeName": name}
    if labels:
        error["errorLabels"] = list(labels)
    return Fault(edit=lambda document: error, apply=False)


def retryable_error():
    """An error that allows a retry and says nothing about the topology."""
    return command_error(262, "ExceededTimeLimit", "operation exceeded time limit", ["RetryableWriteError"])


def write_error(code=121, message="Document failed validation"):
    return Fault(
        edit=lambda d: d | {"n": 0, "writeErrors": [{"index": 0, "code": code, "errmsg": message}]}, apply=False
    )


def write_concern_error(code=64, name="WriteConcernFailed", message="waiting for replication timed out"):
    return reply(writeConcernError={"code": code, "codeName": name, "errmsg": message, "errInfo": {"wtimeout": True}})


def cut(size, close="fin"):
    """The reply ends after so many bytes, and so does the connection."""
    return Fault(garble=lambda data: data[:size], close=close)


def bad_length(length=-1):
    return Fault(garble=lambda data: struct.pack("<i", length) + data[4:])


def bad_opcode(opcode=4242):
    return Fault(garble=lambda data: data[:12] + struct.pack("<i", opcode) + data[16:])


def bad_response_to(request_id=0x7EADBEEF):
    return Fault(garble=lambda data: data[:8] + struct.pack("<i", request_id) + data[12:])


def bad_bson():
    """An OP_MSG of the right length whose document is garbage."""
    return Fault(garble=lambda data: data[:25] + b"\xff" * (len(data) - 25))


def late(seconds):
    return Fault(delay=seconds)


def never(apply=True):
    """The connection stays open, and no answer comes."""
    return Fault(apply=apply, answer=False)


def close_before(how="fin"):
    """Closed when the command arrives, which is not applied."""
    return Fault(apply=False, answer=False, close=how)


def close_after(how="fin"):
    """Applied, but not answered."""
    return Fault(answer=False, close=how)
