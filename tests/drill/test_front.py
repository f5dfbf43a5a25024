"""The emulated replica set through drivers: failovers, members that go down and come up, and the record of writes."""

import contextlib
import socket
import time

import bson
import pymongo
import pytest
from front_program import (
    PATIENCE,
    Front,
    check_exactly_once,
    check_operations,
    insert_and_delete,
    sees_refused,
)
from harness import INSTRUMENTED, Harness
from lambda_host import wait_until
from secantus import Secantus

pytestmark = pytest.mark.front

PAIRS = 1000


def test_a_driver_sees_three_members(front):
    with front.client() as client:
        client.admin.command("ping")
        expected = {("127.0.0.1", port) for port in front.ports}
        wait_until(lambda: client.nodes == expected, f"all of {expected}")
        assert client.primary == ("127.0.0.1", front.ports[0])
        wait_until(lambda: client.secondaries == expected - {client.primary}, "two secondaries")
        assert client.topology_description.replica_set_name == "drill"


def test_what_is_not_hello_is_the_server_s(front, collection):
    document = {"_id": 1, "text": "x" * 10_000_000}
    collection.insert_one(document)
    assert collection.find_one({"_id": 1}) == document
    collection.insert_many([{"_id": number} for number in range(2, 2002)])
    assert len(list(collection.find({}, batch_size=100))) == 2001
    assert front.count() == 2001


def test_stepping_down_waits_for_the_election(front, collection):
    insert_and_delete(collection)
    started = time.monotonic()
    front.say("failover election_ms=1500")
    assert front.primary == -1 or time.monotonic() - started >= 1.5
    insert_and_delete(collection)
    assert time.monotonic() - started >= 1.5
    assert front.primary == 1
    with front.raw(0) as old:
        hello = old.run({"hello": 1})
        assert (hello["secondary"], hello["primary"]) == (True, front.addresses[1])


def test_a_killed_primary_refuses_until_it_starts(front, collection):
    insert_and_delete(collection)
    front.say("failover election_ms=300 kill")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", front.ports[0]))
    insert_and_delete(collection)
    assert front.say(f"wait_primary {PATIENCE * 1000}")["primary"] == 1
    front.say("start 0")
    with front.raw(0) as old:
        assert old.run({"hello": 1})["secondary"]
    for member in (2, 0):
        front.say("failover election_ms=0")
        assert front.primary == member
        insert_and_delete(collection)


@pytest.mark.parametrize("how", ["", "kill"])
def test_failover_on_a_command(front, collection, how):
    documents = [insert_and_delete(collection)]
    before = front.counters["commands"]
    for primary, command in ((1, "insert"), (2, "delete")):
        front.say(f"failover_on {command} election_ms=300 {how}")
        documents.append(insert_and_delete(collection))
        assert front.primary == primary
    check_exactly_once(front.writes, documents)
    assert not [write for write in front.writes if write["retry"]], "the first attempt must not be applied"
    assert front.counters["commands"] == before + 6


def test_a_failover_that_was_cleared(front, collection):
    front.say("failover_on insert")
    front.say("clear")
    insert_and_delete(collection)
    assert front.primary == 0


def test_killing_without_failover_leaves_no_primary(front):
    front.say("kill 0")
    assert front.primary == -1
    assert "no primary" in front.refuse("wait_primary 50")
    assert "down" in front.refuse("kill 0")
    front.say("failover")
    assert front.primary == 1
    front.say("kill 1")
    front.say("start 0")
    assert front.primary == 0, "no other member was elected, so the one that starts is"


def test_one_election_at_a_time(front):
    front.say("failover")
    front.say("kill 0")
    front.say("kill 2")
    assert "no other member is up" in front.refuse("failover")
    front.say("start 2")
    front.say("failover")
    assert front.primary == 2
    front.say("failover election_ms=3600000")
    assert "an election is going on" in front.refuse("failover")


def test_the_candidate_dies_in_the_election(front):
    front.say("failover election_ms=6000")
    front.say("kill 1")
    assert front.say(f"wait_primary {PATIENCE * 1000}")["primary"] == 2


def test_the_record_is_what_was_done(front, collection):
    ids = [insert_and_delete(collection, number) for number in range(5)]
    check_exactly_once(front.writes, ids)
    collection.insert_one({"_id": "text"})
    with pytest.raises(pymongo.errors.DuplicateKeyError):
        collection.insert_one({"_id": "text"})
    assert collection.delete_one({"_id": bson.ObjectId()}).deleted_count == 0
    many = collection.insert_many([{} for _ in range(3)]).inserted_ids
    writes = [(write["command"], write["id"], write["n"]) for write in front.writes[10:]]
    text = writes[0][1]  # an _id that is not an ObjectId has a name of its own, always the same
    assert text.startswith("#") and writes[:2] == [("insert", text, 1), ("insert", text, 0)]
    assert writes[2][0::2] == ("delete", 0)
    assert writes[3:] == [("insert", str(number), 1) for number in many]
    collection.bulk_write([pymongo.DeleteOne({"_id": number}) for number in many])
    assert [write["n"] for write in front.writes[-3:]] == [1, 1, 1]
    times = [write["atUs"] for write in front.writes]
    assert times == sorted(times)


def test_counters(front):
    assert front.counters["connectionsCreated"] == 0
    with front.raw() as one, front.raw(1) as two:
        one.run({"hello": 1})
        two.run({"isMaster": 1})
        one.run({"ping": 1})
        assert front.counters == {
            "connectionsCreated": 2,
            "connectionsOpen": 2,
            "connectionsMost": 2,
            "connectionsDropped": 0,
            "connectionsReset": 0,
            "connectionsRefused": 0 if sees_refused() else None,
            "commands": 1,
            "commandsFailed": 0,
            "commandsRetried": 0,
            "hellos": 2,
            "awaitedHellos": 0,
            "messagesLost": 0,
            "ok": True,
        }
    wait_until(lambda: front.counters["connectionsOpen"] == 0, "both closed")
    assert front.counters["connectionsMost"] == 2


def try_connect(port):
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


@pytest.mark.skipif(not sees_refused(), reason="needs CAP_NET_RAW")
def test_connections_to_a_member_that_is_down(front):
    """Each is counted once, and no attempt made while the member was up."""
    front.say("kill 1")
    for _ in range(2):
        try_connect(front.ports[1])
    wait_until(lambda: front.counters["connectionsRefused"] == 2, "both refused")
    with front.raw(0) as one:
        one.run({"hello": 1})
        try_connect(front.ports[1])
        front.say("start 1")
        with front.raw(1) as two:
            two.run({"hello": 1})
            front.say("kill 1")
            assert front.counters["connectionsRefused"] == 3
            assert front.counters["connectionsCreated"] == 2


def test_without_the_right_to_see_packets(mongodb):
    """It works, and says that it can't count refused connections."""
    run_by = ("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw") if sees_refused() else ()
    with Front(mongodb.address, run_by=run_by) as front:
        front.say("kill 1")
        try_connect(front.ports[1])
        assert front.counters["connectionsRefused"] is None


def test_more_clients_than_the_server_takes(front, collection):
    """The embedded server closes every connection beyond 1,000; 100 cold starts make 300 at once."""
    with contextlib.ExitStack() as stack:
        raws = [stack.enter_context(front.raw()) for _ in range(1100)]
        for raw in raws:
            raw.send({"hello": 1, "client": {"driver": {"name": "raw", "version": "1"}}})
        for number, raw in enumerate(raws):
            assert raw.message()["setName"] == "drill"
            raw.send({"insert": collection.name, "documents": [{"_id": number}]}, database=collection.database.name)
        assert [raw.message().get("n") for raw in raws] == [1] * len(raws)
    assert front.counters["connectionsMost"] >= len(raws)
    wait_until(lambda: front.counters["connectionsOpen"] <= 10, "all closed but the driver's")


def test_authentication_goes_through():
    with Secantus("--sync-on-commit") as server:
        with server.client() as client:
            client.admin.command("createUser", "user", pwd="secret", roles=["root"])
        server.kill()
        server.args = ("--auth",)
        server.start()
        with Front(server.address) as front:
            with front.client(username="user", password="secret", authSource="admin") as client:
                for _ in range(3):
                    insert_and_delete(client.faas["lambda"])
                    front.say("failover election_ms=50")
                    front.say(f"wait_primary {PATIENCE * 1000}")
            with front.client(username="user", password="wrong", authSource="admin") as client:
                with pytest.raises(pymongo.errors.OperationFailure):
                    client.faas["lambda"].insert_one({})
            assert "count" in front.refuse("count faas lambda")
            assert front.counters["commands"] >= 6


def test_the_server_behind_goes_and_comes(mongodb, front):
    with front.client(retryWrites=False) as client:
        client.faas["lambda"].insert_one({})
        mongodb.kill()
        with pytest.raises(pymongo.errors.AutoReconnect):
            client.faas["lambda"].insert_one({})
        assert "did not answer" in front.refuse("count faas lambda")
        mongodb.start()
        client.faas["lambda"].insert_one({})


@pytest.mark.timeout(600)
def test_a_thousand_pairs_over_three_failovers(front, collection):
    ids = []
    failovers = {200: "election_ms=300", 500: "election_ms=300 kill", 800: "election_ms=100 late_ms=200"}
    for number in range(PAIRS):
        if number in failovers:
            front.say(f"failover_on {'delete' if number == 500 else 'insert'} {failovers[number]}")
        ids.append(insert_and_delete(collection, number))
    check_exactly_once(front.writes, ids)
    assert front.count() == 0
    assert front.primary == 0, "three failovers lead from 0 over 1 and 2 back to it"


def lost_to_a_dead_member(report):
    """When a command's connection breaks, libmongoc selects a server once more and tries twice to connect to it. If its
    streaming monitor has not reported the failure yet, both attempts go to the dead member (mongoc-cluster.c,
    _mongoc_cluster_stream_for_optype): about one failover in a hundred."""
    message = (report["error"] or {}).get("message", "")
    return "Connection refused" in message or "socket error or timeout" in message


@pytest.mark.plain
@pytest.mark.parametrize("how", ["", "kill", "late_ms=500"])
def test_a_harness_that_streams_through_a_failover(front, how):
    """One that polls goes through failovers in tests/drill/test_drill.py."""
    with Harness("--provider", "local", "--option", "faas_env=none", uri=front.uri) as harness:
        lost = 0
        for command in (None, f"failover election_ms=400 {how}", f"failover_on delete election_ms=200 {how}", None):
            if command:
                front.say(command)
            report = harness.invoke(timeout=PATIENCE)
            if command and how == "kill" and lost_to_a_dead_member(report):
                lost += 1
                report = harness.invoke(timeout=PATIENCE)
            check_operations(report)
        assert front.count() == 0
        inserted = [write["id"] for write in front.writes if write["command"] == "insert" and not write["retry"]]
        assert 4 <= len(inserted) <= 4 + lost
        if not lost:
            check_exactly_once(front.writes, inserted)
        assert front.say("handshake")["client"]["driver"]["name"].startswith("mongoc")
        wait_until(lambda: front.counters["awaitedHellos"] >= 2, "monitors stream")
    if not INSTRUMENTED:
        wait_until(lambda: front.counters["connectionsOpen"] == 0, "all closed")
