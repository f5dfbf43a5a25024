"""All members move to new addresses: the front alone, by a driver and by hand, and the phase moved."""

import re
import socket

import pymongo
import pytest
from faas_drill import HARNESS, seeded
from front_program import PATIENCE, Raw, insert_and_delete
from lambda_host import wait_until

pytestmark = pytest.mark.phases

# PyMongo 4.20 retries a primary that is gone until its monitors' next check.
OFTEN = "heartbeatFrequencyMS=500"


def ports_of(uri):
    return [int(host.split(":")[1]) for host in uri.removeprefix("mongodb://").split("/")[0].split("@")[-1].split(",")]


def refuses(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("kept", [0, 1], ids=["primary", "secondary"])
def test_a_driver_follows(front, kept):
    with front.client() as client:
        insert_and_delete(client.faas["lambda"])
        for move in range(6):
            uri = front.say(f"move {kept}")["uri"]
            insert_and_delete(client.faas["lambda"])
            wait_until(lambda: {port for _, port in client.nodes} == set(ports_of(uri)), f"the new list, move {move}")
            kept = front.primary if kept != 1 else kept
    with pymongo.MongoClient(uri, serverSelectionTimeoutMS=PATIENCE * 1000) as client:
        insert_and_delete(client.faas["lambda"])


def test_what_the_old_address_says(front):
    with front.raw(1) as before, front.raw(2) as other:
        assert before.run({"hello": 1})["setVersion"] == 1
        new = ports_of(front.say("move 1")["uri"])
        assert before.closed() and other.closed()
    assert refuses(front.ports[0]) and refuses(front.ports[2])
    with front.raw(1) as kept, Raw(new[front.primary]) as primary:
        told, said = kept.run({"hello": 1}), primary.run({"hello": 1})
        assert told["hosts"] == said["hosts"] == [f"127.0.0.1:{port}" for port in new]
        assert told["setVersion"] == said["setVersion"] == 2
        assert (told["me"], told["secondary"], told["primary"]) == (front.addresses[1], True, said["me"])
        assert said["isWritablePrimary"] and "electionId" not in told
        # Member 1 is primary at its new address, and not at the old one.
        assert kept.run({"insert": "lambda", "documents": [{}]}, database="faas")["code"] == 10107
    # Nor does it apply what it still holds back when the client leaves.
    front.say("delays 0 30000 0")
    with front.raw(1) as kept:
        kept.send({"insert": "lambda", "documents": [{}]}, database="faas")
        wait_until(lambda: front.counters["commands"] == 2, "held back")
    wait_until(lambda: front.counters["connectionsOpen"] == 0, "closed")
    assert front.writes == [] and front.count() == 0
    front.say("delays 0 0 0")
    again = ports_of(front.say("move")["uri"])
    assert all(refuses(port) for port in front.ports + new) and not any(refuses(port) for port in again)
    assert "no member 3" in front.refuse("move 3")


def test_a_hello_that_waits_at_the_old_address(front):
    """A waiting hello is answered with the new list."""
    new = ports_of(front.say("move 1")["uri"])
    with front.raw(1) as kept:
        version = kept.run({"hello": 1})["topologyVersion"]
        kept.send({"hello": 1, "topologyVersion": version, "maxAwaitTimeMS": 60000})
        assert kept.silent(0.1)
        front.say("failover")
        assert kept.message()["primary"] == f"127.0.0.1:{new[front.primary]}"


@pytest.fixture
def move(hold):
    def run(function, **options):
        held = hold("warm,moved,warm", function, **{"freeze": 0.3, "timeout": 6} | options)
        return held, held.phase("moved")

    return run


@pytest.mark.parametrize("options", [{}, {"client": "single", "secure": True}], ids=["pool", "single"])
def test_moved(move, options):
    held, phase = move(HARNESS, uri_options="serverSelectionTimeoutMS=1000", **options)
    assert held.status == 0, held.log
    assert re.fullmatch(
        "old secondary up: answered after [0-9.]+ m?s, [1-9] hellos? to it, [1-9][0-9]* to new members; "
        "old primary up: answered after [0-9.]+ m?s, [1-9] hellos? to it, [1-9][0-9]* to new members; "
        "all down: function error after [0-9.]+ m?s; new process: answered",
        phase["driverDid"],
    ), phase
    assert "sharded clusters only" in phase["advice"]
    assert held.named["moved, new process"]["cold"] and not held.named["moved, the next"]["cold"]
    # Later commands use the new addresses.
    assert held.result["phases"][-1]["verdict"] == "pass" and not held.invocations[-1]["cold"]


def test_one_address_is_not_enough(move):
    held, phase = move(seeded("one_address"))
    assert held.status == 1 and "moved" in held.failed, held.log
    assert phase["reason"].startswith(
        "the function did not find the moved members, although the old secondary at 127.0.0.1:"
    ), phase
    assert held.named["moved, all down"]["verdict"] == "fail"


def test_what_the_primary_does_not_list_is_dropped(move):
    options = f"serverSelectionTimeoutMS=1000&{OFTEN}"
    held, phase = move(seeded("clings"), uri_options=options)
    assert held.status == 1 and "moved" in held.failed, held.log
    assert "keeps using 127.0.0.1:" in phase["reason"] and "must drop such a member" in phase["reason"], phase
    assert "old secondary up: answered" in phase["driverDid"], phase


def test_a_hang_and_what_ends_it(move):
    held, phase = move(seeded("tries_again"), uri_options=OFTEN, timeout=4)
    assert held.failed == ["moved"], held.log
    assert "with all known members down the function hung until its time limit of 4 s" in phase["reason"], phase
    assert phase["advice"].startswith("With serverSelectionTimeoutMS=1000 in the URI: function error after "), phase
    assert held.named["moved, new process"]["verdict"] == "pass"


def test_without_a_command_nothing_is_tested(move):
    held, phase = move(seeded("no_database"))
    assert phase["verdict"] == "skipped" and "sent the database no command" in phase["reason"], held.log
