"""The scripted server itself: another driver finds nothing wrong with it until it is told to misbehave."""

import pymongo
import pymongo.errors
import pytest
import wire_server


@pytest.fixture
def collection(wire):
    with pymongo.MongoClient(wire.uri, socketTimeoutMS=20000, heartbeatFrequencyMS=500) as client:
        yield client.faas["lambda"]


def test_looks_like_a_primary(wire, collection):
    identifier = collection.insert_one({"a": 1}).inserted_id
    assert wire.inserted == [identifier] and wire.left_behind() == 1
    assert collection.delete_one({"_id": identifier}).deleted_count == 1
    assert wire.deleted == [identifier] and wire.left_behind() == 0
    assert [c.name for c in wire.operations()] == ["insert", "delete"]
    assert wire.clients()[0]["driver"]["name"].startswith("PyMongo")


def test_streams_to_who_asks_for_it(wire, collection):
    collection.insert_one({})
    assert wire.wait_for(lambda w: any(c.awaited for c in w.seen("hello")))
    wire.hello_flood = 50
    wire.change_hello()
    assert wire.wait_for(lambda w: any(c.replies > 50 for c in w.seen("hello")))
    assert wire.wait_for(lambda w: sum(c.awaited for c in w.seen("hello")) == 2), "asked again after the flood was read"


def test_carries_out_a_retried_write_once(wire, collection):
    wire.fault("insert", wire_server.close_after())
    collection.insert_one({})
    assert len(wire.seen("insert")) == 2 and len(wire.inserted) == 1


def test_faults_hit_the_occurrence_they_are_meant_for(wire, collection):
    wire.fault("insert", wire_server.command_error(13, "Unauthorized"), skip=1)
    collection.insert_one({})
    with pytest.raises(pymongo.errors.OperationFailure):
        collection.insert_one({})
    collection.insert_one({})
    assert len(wire.inserted) == 2


def test_stalls_and_resumes(wire):
    with pymongo.MongoClient(wire.uri, socketTimeoutMS=2000, retryWrites=False) as client:
        client.faas["lambda"].insert_one({})
        wire.stall()
        with pytest.raises(pymongo.errors.NetworkTimeout):
            client.faas["lambda"].insert_one({})
        wire.resume()
        assert wire.wait_for(lambda w: len(w.inserted) == 2), "what was in flight is applied afterwards"
