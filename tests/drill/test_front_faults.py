"""The faults that the front injects: errors, delays, closed connections, lost replies, vanishing packets."""

import errno
import socket
import time

import bson
import pymongo
import pytest
from front_program import SESSION, check_exactly_once, insert_and_delete
from lambda_host import wait_until

pytestmark = pytest.mark.front

RETRYABLE = {10107: "NotWritablePrimary", 91: "ShutdownInProgress", 189: "PrimarySteppedDown", 11602: None, 6: None}


def test_errors_that_are_retried(front, collection):
    documents = [insert_and_delete(collection)]
    for code in RETRYABLE:
        front.say(f"fault error command=insert code={code}")
        documents.append(insert_and_delete(collection))
    check_exactly_once(front.writes, documents)
    assert not [write for write in front.writes if write["retry"]]
    counters = front.counters
    assert counters["commands"] == 2 + 3 * len(RETRYABLE)
    assert counters["commandsFailed"] == counters["commandsRetried"] == len(RETRYABLE)


def test_labels_are_for_retryable_writes_alone(front):
    insert = {"insert": "lambda", "documents": [{}]}
    with front.raw() as raw:
        for code, name in RETRYABLE.items():
            front.say(f"fault error code={code} times=3")
            plain = raw.run(insert, database="faas")
            numbered = raw.run(insert | SESSION, database="faas")
            in_transaction = raw.run(insert | SESSION | {"autocommit": False}, database="faas")
            assert (plain["ok"], plain["code"]) == (0, code)
            assert "errorLabels" not in plain and "errorLabels" not in in_transaction
            assert numbered["errorLabels"] == ["RetryableWriteError"]
            assert name in (None, plain["codeName"])
            if code != 6:
                before, after = plain["topologyVersion"], numbered["topologyVersion"]
                assert before["processId"] == after["processId"] and before["counter"] < after["counter"]
    assert front.count() == 0


def test_an_error_that_is_not_retried(front, collection):
    front.say("fault error command=insert code=13")
    with pytest.raises(pymongo.errors.OperationFailure) as caught:
        collection.insert_one({})
    assert caught.value.code == 13
    insert_and_delete(collection)


def test_times_and_clear(front):
    with front.raw() as raw:
        front.say("fault error command=ping code=1 times=2")
        assert [raw.run({"ping": 1})["ok"] for _ in range(3)] == [0, 0, 1]
        front.say("fault error code=2 times=0")
        assert [raw.run({command: 1})["ok"] for command in ("ping", "buildInfo", "ping")] == [0, 0, 0]
        assert raw.run({"hello": 1})["ok"] == 1, "hello does not count as any command"
        front.say("clear")
        assert raw.run({"ping": 1})["ok"] == 1
        front.say("fault error command=hello code=3")
        assert raw.run({"hello": 1})["code"] == 3


def test_an_answer_that_comes_late(front, collection):
    insert_and_delete(collection)
    front.say("fault delay command=insert delay_ms=600")
    started = time.monotonic()
    insert_and_delete(collection)
    assert time.monotonic() - started >= 0.6
    assert front.counters["commands"] == 4


def test_what_is_held_back_is_not_applied_when_the_client_leaves(front):
    front.say("fault delay command=insert delay_ms=6000")
    with front.raw() as raw:
        raw.send({"insert": "lambda", "documents": [{}]}, database="faas")
        wait_until(lambda: front.counters["commands"] == 1, "held back")
        held = time.monotonic()
    wait_until(lambda: front.counters["connectionsOpen"] == 0, "closed")
    time.sleep(max(0, held + 6.5 - time.monotonic()))  # nothing must happen
    assert front.count() == 0 and front.writes == []


def test_a_member_that_is_late(front):
    """It delays everything, hellos included, and the other members nothing."""
    with front.raw() as primary, front.raw(1) as secondary:
        front.say("delays 0 400 0")
        started = time.monotonic()
        assert primary.run({"hello": 1})["ok"] == 1 and primary.run({"ping": 1})["ok"] == 1
        in_time = time.monotonic() - started
        secondary.run({"hello": 1})
        assert time.monotonic() - started >= in_time + 0.4
        secondary.send({"hello": 1})
        assert secondary.silent(0.1)
        front.say("delays 0 0 0")
        assert secondary.message()["ok"] == 1, "what was held back is answered once the member has no delay"


def test_what_a_late_member_holds_back_is_applied_when_the_client_leaves(front):
    """Like a server that reads its socket late: the client has given up and never learns of it."""
    front.say("delays 30000 0 0")
    with front.raw() as raw:
        raw.send({"insert": "lambda", "documents": [{}]}, database="faas")
        wait_until(lambda: front.counters["commands"] == 1, "held back")
        assert front.writes == []
    wait_until(lambda: front.counters["connectionsOpen"] == 0, "closed")
    (write,) = front.writes
    assert (write["n"], write["replyLost"], write["retry"]) == (1, True, False)
    assert front.count() == 1


def test_a_write_that_is_tried_again_while_a_late_member_holds_it_back(front):
    front.say("delays 600 0 0")
    insert = {"insert": "lambda", "documents": [{"_id": 1}]} | SESSION
    with front.raw() as first, front.raw() as second:
        first.send(insert, database="faas")
        wait_until(lambda: front.counters["commands"] == 1, "held back")
        first.socket.close()
        assert second.run(insert, database="faas")["n"] == 1
    assert [(write["n"], write["replyLost"], write["retry"]) for write in front.writes] == [
        (1, True, False),
        (1, False, True),
    ]
    assert front.count() == 1


def test_lost_messages_come_late(front, collection):
    insert_and_delete(collection)
    front.say("delays 0 0 0 loss=30")
    started = time.monotonic()
    documents = [insert_and_delete(collection) for _ in range(3)]
    took = time.monotonic() - started
    front.say("delays 0 0 0")
    assert front.counters["messagesLost"] > 0 and took >= 0.2
    check_exactly_once(front.writes[2:], documents)


@pytest.mark.parametrize("fault", ["close", "reset"])
def test_a_connection_that_ends_applies_nothing(front, collection, fault):
    documents = [insert_and_delete(collection)]
    for command in ("insert", "delete"):
        front.say(f"fault {fault} command={command}")
        documents.append(insert_and_delete(collection))
    check_exactly_once(front.writes, documents)
    assert not [write for write in front.writes if write["retry"]]
    assert front.counters["connectionsReset"] == (2 if fault == "reset" else 0)


def test_a_lost_reply_is_applied_and_its_retry_is_known(front, collection):
    documents = [insert_and_delete(collection)]
    for command in ("insert", "delete"):
        front.say(f"fault lose_reply command={command}")
        documents.append(insert_and_delete(collection))
        writes = [write for write in front.writes if write["command"] == command and write["id"] == documents[-1]]
        assert [(write["replyLost"], write["retry"], write["n"]) for write in writes] == [
            (True, False, 1),
            (False, True, 1),
        ]
    assert front.count() == 0
    check_exactly_once(front.writes, documents)


def test_a_black_hole_is_noticed_by_time_alone(front):
    with front.client(socketTimeoutMS=5000) as client:
        collection = client.faas["lambda"]
        insert_and_delete(collection)
        front.say("fault black_hole command=insert")
        started = time.monotonic()
        document = insert_and_delete(collection)
        assert time.monotonic() - started >= 5
        check_exactly_once(front.writes[2:], [document])
        assert front.counters["connectionsDropped"] == 1


def test_nothing_comes_back_from_a_dropped_connection(front):
    """No acknowledgement and no reset, even after the client has given up, and nothing is sent again, even though the
    acknowledgement of the last reply was delayed, as in any longer conversation; a new connection works."""
    with front.raw() as dropped:
        for _ in range(30):
            dropped.run({"ping": 1})
        assert front.say("end silent")["ended"] == 1
        before = dropped.segments_in
        assert dropped.silent(1) and dropped.segments_in == before
        dropped.send({"ping": 1})
        assert dropped.silent(1)
        assert dropped.unacknowledged >= 1
        with front.raw() as fresh:
            assert fresh.run({"ping": 1})["ok"] == 1
        assert dropped.silent(0.1) and dropped.unacknowledged >= 1
        wait_until(lambda: front.counters["connectionsOpen"] == 1, "the new one closed")
        assert front.counters["connectionsDropped"] == 1
        assert front.say("end silent")["ended"] == 0
        front.say("kill 0")
        assert dropped.silent(0.3), "not even the end of its member is noticed"


def test_keep_alive_finds_a_dropped_connection(front):
    with front.raw() as dropped:
        dropped.run({"ping": 1})
        front.say("end silent")
        dropped.socket.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in ((socket.TCP_KEEPIDLE, 1), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 2)):
            dropped.socket.setsockopt(socket.IPPROTO_TCP, option, value)
        with pytest.raises(TimeoutError) as caught:
            dropped.socket.recv(1)
    assert caught.value.errno == errno.ETIMEDOUT, "the kernel's word, not the socket module's own limit"


@pytest.mark.parametrize("how", ["end silent", "end reset"])
def test_a_reply_under_way_is_lost(front, how):
    """The server applies what has reached it; the record says that the client got no reply."""
    with front.raw() as raw:
        for number in range(200):
            raw.send({"insert": "lambda", "documents": [{"_id": bson.ObjectId(f"{number:024x}")}]}, database="faas")
        raw.message()
        front.say(how)
        writes = front.writes
        assert front.count() == len(writes) >= 1
    assert [write["n"] for write in writes] == [1] * len(writes)
    assert not [write for write in writes[:-1] if write["replyLost"]], "at most the last one was in progress"


def test_a_frozen_member_is_dropped_too(front):
    with front.raw() as raw:
        raw.run({"ping": 1})
        front.say("freeze 0")
        raw.send({"ping": 1})
        front.say("end silent")
        front.say("thaw 0")
        assert raw.silent()


@pytest.mark.parametrize("when", ["idle", "under way", "member killed"])
def test_reset_is_told_to_who_sends_and_to_nobody_before(front, when):
    """As after a microVM's long freeze: what the peer sent meanwhile is lost."""
    with front.raw() as raw:
        raw.run({"ping": 1})
        if when == "under way":
            front.say("freeze 0")
            raw.send({"ping": 1})
        assert front.say("end reset")["ended"] == 1
        if when == "member killed":
            front.say("kill 0")
        assert raw.silent(0.3), "neither FIN nor RST before it sends"
        assert raw.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
        raw.send({"ping": 1})
        with pytest.raises(ConnectionResetError):
            raw.socket.recv(1)
        wait_until(lambda: front.counters["connectionsOpen"] == 0, "it was reset")
        assert front.counters["connectionsReset"] == 1


def test_who_never_sends_closes_as_ever(front):
    with front.raw() as raw:
        raw.run({"ping": 1})
        front.say("end reset")
    wait_until(lambda: front.counters["connectionsOpen"] == 0, "closed by the client")
    assert front.counters["connectionsReset"] == 0


@pytest.mark.parametrize("how", ["closed", "reset", "silent"])
def test_connections_of_one_member_end(front, how):
    with front.raw(0) as one, front.raw(1) as other:
        one.run({"ping": 1})
        other.run({"ping": 1})
        assert front.say(f"end {how} member=1")["ended"] == 1
        assert one.run({"ping": 1})["ok"] == 1
        if how == "closed":
            assert other.closed()
        else:
            assert other.silent(0.3)
            other.send({"ping": 1})
            assert other.silent(0.3) if how == "silent" else other.closed()
        with front.raw(1) as fresh:
            assert fresh.run({"ping": 1})["ok"] == 1


def test_several_faults_wait_side_by_side(front, collection):
    front.say("fault close command=delete")
    front.say("fault lose_reply command=insert")
    front.say("fault delay command=insert delay_ms=200")
    ids = [insert_and_delete(collection, number) for number in range(3)]
    check_exactly_once(front.writes, ids)
    assert [write["id"] for write in front.writes if write["retry"]] == ids[:1]


REFUSED = [
    ("fault", "1 to 5 arguments"),
    ("fault rain", "rain"),
    ("fault error", "needs code above 0"),
    ("fault error code=x", "code=NUMBER"),
    ("fault delay", "delay needs"),
    ("fault close times=-1", "times=NUMBER"),
    ("fault close command=" + "x" * 40, "fault does not understand"),
    ("failover election_ms=99999999", "at most"),
    ("failover quickly", "quickly"),
    ("failover_on", "arguments"),
    ("end", "arguments"),
    ("end softly", "softly"),
    ("end reset member=3", "members are 0 to 2"),
    ("end reset member=x", "member=NUMBER"),
    ("end reset soon", "soon"),
    ("delays 1 2", "arguments"),
    ("delays 1 2 late", "late"),
    ("delays 0 0 3600001", "at most 3600000 ms"),
    ("delays 0 0 0 loss=100", "0 to 99"),
    ("delays 0 0 0 lost=5", "lost=5"),
    ("kill 3", "0 to 2"),
    ("kill one", "one"),
    ("start 0", "up already"),
    ("thaw 0", "not frozen"),
    ("dance", "no command"),
    ("", "the line is empty"),
    ("x" * 600, "longer than 511 bytes"),
    ("a b c d e f g h i j", "words"),
]


def test_commands_that_make_no_sense(front):
    for command, reason in REFUSED:
        assert reason in front.refuse(command), command
    assert front.primary == 0
