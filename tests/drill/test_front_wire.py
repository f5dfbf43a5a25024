"""The front's side of MongoDB's wire protocol: all forms of hello, and malformed messages."""

import os
import re
import signal
import struct
import subprocess
import time

import bson
import pytest
from front_program import (
    CHECKSUM_PRESENT,
    EXHAUST_ALLOWED,
    MORE_TO_COME,
    OP_COMPRESSED,
    OP_MSG,
    OP_QUERY,
    OP_REPLY,
    PATIENCE,
    PROGRAM,
    SESSION,
    Closed,
)
from lambda_host import wait_until
from other_server import WORDS, OtherServer
from secantus import free_port

pytestmark = pytest.mark.front

CLIENT = {"driver": {"name": "raw", "version": "1"}, "os": {"type": "Linux"}, "env": {"name": "aws.lambda"}}


def awaiting(raw, known, await_ms=600_000, flags=0):
    hello = {"hello": 1, "topologyVersion": known["topologyVersion"], "maxAwaitTimeMS": await_ms}
    return raw.send(hello, flags=flags)


@pytest.mark.parametrize("name", ["isMaster", "ismaster"])
def test_the_first_hello_is_op_query(front, name):
    """And op_query is for hello alone."""
    with front.raw() as raw:
        request_id = raw.query({name: 1, "helloOk": True, "client": CLIENT})
        hello = raw.message()
        assert (raw.opcode, raw.response_to) == (OP_REPLY, request_id)
        assert hello["ismaster"] is True and "isWritablePrimary" not in hello and hello["helloOk"] is True
        assert front.say("handshake")["client"] == CLIENT
        raw.query({"insert": "lambda", "documents": [{}]})
        assert raw.message()["code"] == 352
        assert raw.run({"ping": 1})["ok"] == 1


@pytest.mark.parametrize("more", [{}, {"client": CLIENT, "compression": ["zlib"]}], ids=["short", "introduced"])
def test_every_member_says_who_it_is(front, more):
    replies = []
    for member, address in enumerate(front.addresses):
        with front.raw(member) as raw:
            hello = raw.run({"hello": 1} | more)
        assert hello["me"] == address and hello["hosts"] == front.addresses
        assert (hello["setName"], hello["setVersion"], hello["primary"]) == ("drill", 1, front.addresses[0])
        assert hello["isWritablePrimary"] is (member == 0) and hello["secondary"] is (member != 0)
        assert ("electionId" in hello) is (member == 0)
        assert hello["logicalSessionTimeoutMinutes"] == 30 and hello["maxWireVersion"] > 6
        assert "compression" not in hello and list(hello) == list(dict.fromkeys(hello))
        replies.append(hello)
    assert len({reply["topologyVersion"]["processId"] for reply in replies}) == 3


def test_election_ids_grow(front):
    ids = []
    for member in (0, 1, 2, 0):
        with front.raw(member) as raw:
            ids.append(raw.run({"hello": 1})["electionId"])
        front.say("failover")
    assert ids == sorted(ids) and len(set(ids)) == 4


def test_a_member_that_starts_is_another_process(front):
    with front.raw(2) as raw:
        before = raw.run({"hello": 1})["topologyVersion"]["processId"]
    front.say("kill 2")
    front.say("start 2")
    with front.raw(2) as raw:
        assert raw.run({"hello": 1})["topologyVersion"]["processId"] != before


def test_speculative_authentication_reaches_the_server(front):
    start = {"saslStart": 1, "mechanism": "SCRAM-SHA-256", "payload": b"n,,n=nobody,r=abc", "db": "admin"}
    with front.raw() as raw:
        hello = raw.run(
            {"hello": 1, "client": CLIENT, "speculativeAuthenticate": start, "saslSupportedMechs": "admin.nobody"}
        )
        assert hello["setName"] == "drill"
        assert raw.run({"ping": 1})["ok"] == 1


def test_an_awaitable_hello_waits_for_news(front):
    with front.raw(1) as raw:
        known = raw.run({"hello": 1})
        awaiting(raw, known)
        assert raw.silent()
        front.say("failover")
        news = raw.message()
        assert raw.flags == 0 and news["isWritablePrimary"] is True
        assert news["topologyVersion"]["counter"] > known["topologyVersion"]["counter"]
        awaiting(raw, known)
        assert raw.message()["topologyVersion"] == news["topologyVersion"], "a changed view is answered at once"
        awaiting(raw, {"topologyVersion": news["topologyVersion"] | {"processId": bson.ObjectId()}})
        assert raw.message()["topologyVersion"] == news["topologyVersion"], "also for another process id"
    assert front.counters["awaitedHellos"] == 3


def test_an_awaitable_hello_without_news_ends(front):
    with front.raw() as raw:
        known = raw.run({"hello": 1})
        started = time.monotonic()
        awaiting(raw, known, 400)
        assert raw.message()["topologyVersion"] == known["topologyVersion"]
        assert time.monotonic() - started >= 0.4
        assert raw.run({"ping": 1})["ok"] == 1


def test_an_exhaust_hello_streams(front):
    with front.raw(1) as raw:
        known = raw.run({"hello": 1})
        response_to = awaiting(raw, known, 300, EXHAUST_ALLOWED)
        for _ in range(3):
            assert raw.message()["topologyVersion"] == known["topologyVersion"]
            assert (raw.flags, raw.response_to) == (MORE_TO_COME, response_to)
            response_to = raw.reply_id
        front.say("failover")
        while not (hello := raw.message())["isWritablePrimary"]:
            response_to = raw.reply_id
        assert hello["me"] == front.addresses[1]
    wait_until(lambda: front.counters["connectionsOpen"] == 0, "a stream ends with its connection")


@pytest.mark.parametrize("flags", [0, EXHAUST_ALLOWED])
def test_monitors_are_told_late(front, flags):
    with front.raw(1) as waiting, front.raw(1) as asking:
        known = waiting.run({"hello": 1})
        awaiting(waiting, known, flags=flags)
        started = time.monotonic()
        front.say("failover late_ms=700")
        assert asking.run({"hello": 1})["isWritablePrimary"] is True
        assert waiting.message()["isWritablePrimary"] is True
        assert time.monotonic() - started >= 0.7


def test_monitors_see_the_gap(front):
    with front.raw(2) as raw:
        known = raw.run({"hello": 1})
        awaiting(raw, known, flags=EXHAUST_ALLOWED)
        front.say("failover election_ms=3000")
        assert "primary" not in raw.message()
        assert raw.message()["primary"] == front.addresses[1]


def test_a_frozen_member_keeps_news_to_itself(front):
    with front.raw(2) as raw:
        awaiting(raw, raw.run({"hello": 1}), 5000)
        front.say("freeze 2")
        front.say("failover")
        with front.raw(2) as late:  # the kernel still accepts
            late.send({"hello": 1})
            assert raw.silent(5.2) and late.silent(0.1)
            front.say("thaw 2")
            assert raw.message()["primary"] == late.message()["primary"] == front.addresses[1]


def test_the_wrong_member(front):
    with front.raw(1) as raw:
        insert = {"insert": "lambda", "documents": [{}]}
        refused = raw.run(insert | SESSION, database="faas")
        assert (refused["code"], refused["errorLabels"]) == (10107, ["RetryableWriteError"])
        assert refused["topologyVersion"] == raw.run({"hello": 1})["topologyVersion"]
        assert raw.run({"find": "lambda"}, database="faas")["code"] == 13435
        assert raw.run({"find": "lambda", "$readPreference": {"mode": "primary"}}, database="faas")["code"] == 13435
        assert raw.run({"find": "lambda", "$readPreference": {"mode": "nearest"}}, database="faas")["ok"] == 1
        raw.send(insert, MORE_TO_COME, database="faas")
        assert raw.closed(), "a client that wants no reply can't be told otherwise"
    assert front.count() == 0


def test_fire_and_forget(front):
    with front.raw() as raw:
        raw.send({"insert": "lambda"}, MORE_TO_COME, {"documents": [{"_id": 1}, {"_id": 2}]}, "faas")
        assert raw.run({"count": "lambda"}, database="faas")["n"] == 2
    with front.raw() as raw:
        raw.send({"delete": "lambda", "deletes": [{"q": {}, "limit": 0}]}, MORE_TO_COME, database="faas")
    wait_until(lambda: front.count() == 0, "what was sent just before the end")


def test_checksums_do_not_disturb(front):
    with front.raw() as raw:
        for hello in ({"hello": 1}, {"hello": 1, "client": CLIENT}):
            raw.send(hello, CHECKSUM_PRESENT)
            assert raw.message()["setName"] == "drill" and raw.flags == 0


def test_messages_in_pieces_and_in_one(front):
    with front.raw() as raw:
        body = struct.pack("<I", 0) + b"\0" + bson.encode({"ping": 1, "$db": "admin"})
        message = struct.pack("<iiii", 16 + len(body), 7, 0, OP_MSG) + body
        for byte in message:
            raw.socket.sendall(bytes([byte]))
        assert raw.message()["ok"] == 1
        raw.socket.sendall(message * 50)
        for _ in range(50):
            assert raw.message()["ok"] == 1


def garbage():
    document = bson.encode({"ping": 1, "$db": "admin"})
    flags = bytes(4)
    # Not in the length: one value in a hundred is a valid length, and the front would wait for the rest.
    yield "random", struct.pack("<i", 4096) + os.urandom(4092)
    yield "text", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    yield "short", struct.pack("<iiii", 15, 1, 0, OP_MSG)
    yield "negative", struct.pack("<iiii", -1, 1, 0, OP_MSG)
    yield "oversized", struct.pack("<iiii", 48_000_001, 1, 0, OP_MSG)

    def message(opcode, body):
        return struct.pack("<iiii", 16 + len(body), 1, 0, opcode) + body

    yield "empty", message(OP_MSG, b"")
    yield "bodiless", message(OP_MSG, flags)
    yield "compressed", message(OP_COMPRESSED, bytes(20))
    yield "reply", message(OP_REPLY, bytes(16) + struct.pack("<i", 1) + document)
    yield "unknown", message(4711, flags + b"\0" + document)
    yield "cut", message(OP_MSG, flags + b"\0" + document[:-1])
    yield "twice", message(OP_MSG, flags + b"\0" + document + b"\0" + document)
    yield "section", message(OP_MSG, flags + b"\2" + document)
    yield "nothing", message(OP_MSG, flags + b"\0" + bson.encode({}))
    yield "sequence", message(OP_MSG, flags + b"\0" + document + b"\1" + struct.pack("<i", 1000) + b"documents\0")
    yield "unnamed", message(OP_MSG, flags + b"\0" + document + b"\1" + struct.pack("<i", 6) + b"xx")
    yield "query", message(OP_QUERY, flags + b"admin.$cmd")
    yield "checksum", message(OP_MSG, struct.pack("<I", CHECKSUM_PRESENT))


def test_garbage_ends_its_own_connection_only(front):
    with front.raw() as good:
        for name, data in garbage():
            with front.raw() as bad:
                bad.socket.sendall(data)
                assert bad.closed(), name
                assert good.run({"ping": 1})["ok"] == 1
                wait_until(lambda: front.counters["connectionsOpen"] == 1, f"the bad one closed: {name}")


def test_a_large_message_that_may_be(front):
    with front.raw() as raw:
        documents = [{"_id": number, "text": "x" * 15_000_000} for number in range(3)]
        raw.send({"insert": "lambda"}, 0, {"documents": documents}, "faas")
        assert raw.message()["n"] == 3
    assert front.count() == 3


def test_who_hangs_up_in_the_middle(front):
    with front.raw() as raw:
        raw.send_bytes(OP_MSG, bytes(10), length=1000)
    with front.raw() as raw:
        awaiting(raw, raw.run({"hello": 1}))
    wait_until(lambda: front.counters["connectionsOpen"] == 0, "both closed")


def test_kill_closes_connections(front):
    with front.raw() as raw, front.raw() as waiting, front.raw(1) as other:
        raw.run({"ping": 1})
        awaiting(waiting, waiting.run({"hello": 1}))
        front.say("kill 0")
        assert raw.closed() and waiting.closed()
        assert other.run({"hello": 1})["ok"] == 1


def run(*arguments):
    return subprocess.run(
        [PROGRAM, *arguments], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
    )


def test_help_and_version():
    shown = run("--help")
    assert shown.returncode == 0 and "failover" in shown.stdout and "black_hole" in shown.stdout
    version = run("--version")
    assert version.returncode == 0 and version.stdout.startswith("faas-front ")


def test_arguments_that_make_no_sense():
    for words in ("", "--server", "--server nohost", "--server a:b", "--server a:70000", "--what"):
        refused = run(*words.split())
        assert (refused.returncode, refused.stdout) == (2, "") and refused.stderr


def test_nobody_behind():
    refused = run("--server", f"127.0.0.1:{free_port()}")
    assert (refused.returncode, refused.stdout) == (2, "")
    # Ten seconds, which a busy machine exceeds.
    assert re.search(r"found Connection refused \(tried for (9|1\d)\.", refused.stderr), refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_another_kind_of_server_behind():
    """Reported at once, because asking again would not help."""
    for said, words in WORDS.values():
        with OtherServer(said) as server:
            refused = run("--server", f"127.0.0.1:{server.port}")
            assert len(server.connections) == 1
        assert (refused.returncode, refused.stdout) == (2, "")
        assert f"no MongoDB server at 127.0.0.1:{server.port}: {words}" in refused.stderr


def test_a_server_behind_that_closes_at_once():
    with OtherServer() as server:
        refused = run("--server", f"127.0.0.1:{server.port}")
        assert len(server.connections) > 1, "it waits for a server that is starting"
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "found a server that closes the connection without an answer" in refused.stderr


@pytest.mark.parametrize("ending", ["end of input", "quit", "SIGTERM", "SIGINT"])
def test_it_ends_with_connections_open(front, ending):
    with front.raw() as raw, front.raw(1) as waiting:
        raw.run({"ping": 1})
        awaiting(waiting, waiting.run({"hello": 1}), flags=EXHAUST_ALLOWED)
        front.say("fault delay delay_ms=60000")
        raw.send({"ping": 1})
        if ending == "quit":
            front.say("quit")
        elif ending.startswith("SIG"):
            front.process.send_signal(getattr(signal, ending))
        else:
            front.process.stdin.close()
            front.process.stdin = None
        assert front.process.wait(PATIENCE) == 0
        with pytest.raises(Closed):
            raw.message()
