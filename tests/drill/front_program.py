"""Runs faas-front as a person does, and speaks MongoDB's wire protocol by hand where a driver hides it."""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
from pathlib import Path

import bson
from harness import BUILD_DIR, INSTRUMENTED

PROGRAM = Path(os.environ.get("FAAS_FRONT") or BUILD_DIR / "bin" / "faas-front")

# Time limit for what takes no time on an idle machine.
PATIENCE = 120 if INSTRUMENTED else 60

OP_REPLY, OP_QUERY, OP_COMPRESSED, OP_MSG = 1, 2004, 2012, 2013
CHECKSUM_PRESENT, MORE_TO_COME, EXHAUST_ALLOWED = 1, 2, 1 << 16

# Of a retryable write.
SESSION = {"lsid": {"id": bson.Binary(bytes(16), 4)}, "txnNumber": bson.Int64(1)}


def sees_refused():
    """Whether the front sees refused connections, which needs a packet socket and CAP_NET_RAW."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM).close()
    except PermissionError:
        return False
    return True


def insert_and_delete(collection, number=0):
    document = {"_id": bson.ObjectId(), "number": number}
    assert collection.insert_one(document).acknowledged
    assert collection.delete_one({"_id": document["_id"]}).deleted_count == 1
    return str(document["_id"])


def check_exactly_once(writes, ids):
    """Checks that every id was inserted once and deleted once, whatever the number of attempts."""
    for name in ("insert", "delete"):
        of_this = [write for write in writes if write["command"] == name]
        first = [write["id"] for write in of_this if not write["retry"]]
        assert first == ids, f"{name}s applied: {len(first)}, done: {len(ids)}"
        assert {write["n"] for write in of_this} <= {1}, [write for write in of_this if write["n"] != 1]


def check_operations(report):
    """Checks that insert and delete succeeded, and ignores other faults of old drivers."""
    operations = {"insert_acknowledged": "passed", "delete_removed_one": "passed"}
    found = {each["name"]: each["verdict"] for each in report["assertions"] if each["name"] in operations}
    assert found == operations, report["error"]


class Front:
    """A running faas-front. Its exit status must be 0, because a sanitizer reports by its exit status."""

    def __init__(self, address, *arguments, run_by=()):
        self.process = subprocess.Popen(
            [*run_by, PROGRAM, "--server", address, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.uri = self.process.stdout.readline().strip()
        assert self.uri.startswith("mongodb://"), self.process.communicate()
        self.addresses = self.uri.removeprefix("mongodb://").split("/")[0].split("@")[-1].split(",")
        self.ports = [int(address.rsplit(":", 1)[1]) for address in self.addresses]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            self.process.kill()
        stdout, stderr = self.process.communicate(timeout=PATIENCE)  # closes stdin
        assert kind is not None or (self.process.returncode, stdout, stderr) == (0, "", "")

    def ask(self, command):
        self.process.stdin.write(f"{command}\n")
        self.process.stdin.flush()
        assert select.select([self.process.stdout], [], [], PATIENCE)[0], f"no answer to {command!r}"
        return json.loads(self.process.stdout.readline())

    def say(self, command):
        answer = self.ask(command)
        assert answer["ok"], f"{command}: {answer}"
        return answer

    def refuse(self, command):
        answer = self.ask(command)
        assert not answer["ok"], f"{command}: {answer}"
        return answer["error"]

    @property
    def primary(self):
        return self.say("primary")["primary"]

    @property
    def writes(self):
        return self.say("writes")["writes"]

    @property
    def counters(self):
        return self.say("counters")

    def count(self, collection="lambda"):
        return self.say(f"count faas {collection}")["n"]

    @contextlib.contextmanager
    def client(self, **options):
        import pymongo

        options = {"serverSelectionTimeoutMS": PATIENCE * 1000} | options
        with pymongo.MongoClient(self.uri, **options) as client:
            yield client

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def raw(self, member=0, context=None):
        return Raw(self.ports[member], context)


class Closed(Exception):
    """The front has closed this connection."""


class Raw:
    """One connection, message by message."""

    def __init__(self, port, context=None):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.request_id = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send_bytes(self, opcode, body, length=None):
        self.request_id += 1
        head = struct.pack("<iiii", 16 + len(body) if length is None else length, self.request_id, 0, opcode)
        self.socket.sendall(head + body)
        return self.request_id

    def send(self, command, flags=0, sequences=None, database="admin"):
        body = struct.pack("<I", flags) + b"\0" + bson.encode(command | {"$db": database})
        for name, documents in (sequences or {}).items():
            section = name.encode() + b"\0" + b"".join(map(bson.encode, documents))
            body += b"\1" + struct.pack("<i", 4 + len(section)) + section
        if flags & CHECKSUM_PRESENT:
            body += bytes(4)  # servers look only at the position of such a message
        return self.send_bytes(OP_MSG, body)

    def query(self, command):
        body = struct.pack("<I", 4) + b"admin.$cmd\0" + struct.pack("<ii", 0, -1) + bson.encode(command)
        return self.send_bytes(OP_QUERY, body)

    def exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                part = self.socket.recv(count - len(data))
            except ConnectionResetError:
                raise Closed from None
            if not part:
                raise Closed
            data += part
        return data

    def message(self):
        """The document of the next message; keeps the rest."""
        length, request_id, response_to, opcode = struct.unpack("<iiii", self.exactly(16))
        body = self.exactly(length - 16)
        self.opcode, self.reply_id, self.response_to = opcode, request_id, response_to
        (self.flags,) = struct.unpack_from("<I", body)
        return bson.decode(body[20:] if opcode == OP_REPLY else body[5:])

    def run(self, command, **options):
        request_id = self.send(command, **options)
        reply = self.message()
        assert self.response_to == request_id
        return reply

    def silent(self, seconds=0.5):
        return not select.select([self.socket], [], [], seconds)[0]

    def closed(self):
        try:
            self.message()
        except Closed:
            return True
        return False

    @property
    def unacknowledged(self):
        """Segments sent and not acknowledged (struct tcp_info, tcpi_unacked)."""
        return self._tcp_info(24)

    @property
    def segments_in(self):
        """All segments received so far, including acknowledgements (tcpi_segs_in)."""
        return self._tcp_info(140)

    def _tcp_info(self, offset):
        return struct.unpack_from("I", self.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256), offset)[0]
