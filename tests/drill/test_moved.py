"""All members move to new addresses: the front alone, by a driver and by hand, and the phase moved."""

import socket

import pymongo
import pytest
from front_program import PATIENCE, Raw, insert_and_delete, wait_until

pytestmark = [pytest.mark.phases, pytest.mark.timeout(110)]


def ports_of(uri):
    return [int(host.split(":")[1]) for host in uri.removeprefix("mongodb://").split("/")[0].split("@")[-1].split(",")]


def refuses(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("left", [0, 1], ids=["primary", "secondary"])
def test_a_driver_follows(front, left):
    with front.client() as client:
        insert_and_delete(client.faas["lambda"])
        for move in range(6):
            uri = front.say(f"move {left}")["uri"]
            insert_and_delete(client.faas["lambda"])
            wait_until(lambda: {port for _, port in client.nodes} == set(ports_of(uri)), f"the new list, move {move}")
            left = front.primary if left != 1 else left
    with pymongo.MongoClient(uri, serverSelectionTimeoutMS=PATIENCE * 1000) as client:
        insert_and_delete(client.faas["lambda"])


def test_what_the_old_address_says(front):
    with front.raw(1) as before, front.raw(2) as other:
        assert before.run({"hello": 1})["setVersion"] == 1
        new = ports_of(front.say("move 1")["uri"])
        assert before.closed() and other.closed()
    assert refuses(front.ports[0]) and refuses(front.ports[2])
    with front.raw(1) as left, Raw(new[front.primary]) as primary:
        told, said = left.run({"hello": 1}), primary.run({"hello": 1})
        assert told["hosts"] == said["hosts"] == [f"127.0.0.1:{port}" for port in new]
        assert told["setVersion"] == said["setVersion"] == 2
        assert (told["me"], told["secondary"], told["primary"]) == (front.addresses[1], True, said["me"])
        assert said["isWritablePrimary"] and "electionId" not in told
        # Member 1 is primary where it is now, and not where it was.
        assert left.run({"insert": "lambda", "documents": [{}]}, database="faas")["code"] == 10107
    again = ports_of(front.say("move")["uri"])
    assert all(refuses(port) for port in front.ports + new) and not any(refuses(port) for port in again)
    assert "no member 3" in front.refuse("move 3")


def test_a_hello_that_waits_at_the_old_address(front):
    """What it waits for is news of the set."""
    new = ports_of(front.say("move 1")["uri"])
    with front.raw(1) as left:
        version = left.run({"hello": 1})["topologyVersion"]
        left.send({"hello": 1, "topologyVersion": version, "maxAwaitTimeMS": 60000})
        assert left.silent(0.1)
        front.say("failover")
        assert left.message()["primary"] == f"127.0.0.1:{new[front.primary]}"
