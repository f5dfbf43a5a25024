"""A function in Python whose fault shows when many of it start at once: SEED is
none;
pool: 20 connections to one member, all opened before the first event;
hammer: connects again and again without a pause;
with several inserts at once, which a server may shed: patient (its driver waits as specified), hasty (without a pause) or
stubborn (three times);
anew: a new client for each attempt, without a pause. It speaks the wire protocol itself, because on a busy machine creating a
driver's client takes longer than a wait."""

import concurrent.futures
import contextlib
import os
import random
import socket
import struct
import sys
import threading
import time

import bson
import pymongo
import pymongo.monitoring
from runtime_api import RuntimeApi

POOL = 20
AT_ONCE = 8


class Together(pymongo.monitoring.CommandListener):
    """Holds each ping, and so its connection, until as many pings have one as are to be held."""

    def __init__(self):
        self.barrier = None

    def started(self, event):
        if event.command_name == "ping":
            with contextlib.suppress(threading.BrokenBarrierError):
                self.barrier.wait()

    def succeeded(self, event):
        pass

    def failed(self, event):
        pass


def open_pool(client, together):
    """Opens the whole pool by that many concurrent operations; the start fails if one of them does."""
    size = min(POOL, client.options.pool_options.max_pool_size)
    together.barrier = threading.Barrier(size)
    failures = []

    def ping():
        try:
            client.admin.command("ping")
        except pymongo.errors.PyMongoError as error:
            failures.append(error)
            together.barrier.abort()

    threads = [threading.Thread(target=ping) for _ in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def is_let_in(host, port):
    """A server at its limit closes the connection; any other waits for a first message."""
    with socket.create_connection((host, int(port))) as connection:
        connection.settimeout(0.2)
        try:
            return connection.recv(1) != b""
        except TimeoutError:
            return True
        except ConnectionError:
            return False


def hammer(uri):
    """Connects again and again without a pause, whether let in or not, for a little over three seconds."""
    host, port = uri.removeprefix("mongodb://").split(",")[0].split(":")
    until = time.monotonic() + 3.3
    while time.monotonic() < until:
        is_let_in(host, port)
    return pymongo.MongoClient(uri, serverSelectionTimeoutMS=2000)


def insert_several(client):
    """Inserts, each in its own session, and raises all errors as one."""
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as threads:
        inserts = [threads.submit(client.shop.lamps.insert_one, {}) for _ in range(AT_ONCE)]
    for one in inserts:
        one.result()
    client.shop.lamps.delete_many({})


def ask(connection, command):
    """Sends one OP_MSG document and returns the reply."""
    message = struct.pack("<IB", 0, 0) + bson.encode(command)
    connection.sendall(struct.pack("<iiii", 16 + len(message), 1, 0, 2013) + message)
    with connection.makefile("rb") as answer:
        (length,) = struct.unpack("<i", answer.read(4))
        return bson.decode(answer.read(length - 4)[17:])


def insert_anew(uri):
    """Inserts with a new client for each attempt, until one is admitted."""
    host, port = uri.removeprefix("mongodb://").split(",")[0].split(":")
    for _ in range(400):
        session = {"id": bson.Binary(os.urandom(16), bson.binary.UUID_SUBTYPE)}
        with socket.create_connection((host, int(port))) as connection:
            ask(connection, {"hello": 1, "$db": "admin"})
            insert = {"insert": "lamps", "documents": [{"_id": bson.ObjectId()}], "lsid": session, "$db": "shop"}
            if ask(connection, insert)["ok"] == 1:
                return
    raise TimeoutError("never admitted")


def insert(client):
    lamps = client.shop.lamps
    inserted = lamps.insert_one({}).inserted_id
    lamps.delete_one({"_id": inserted})


def main(seed):
    uri = os.environ["MONGODB_URI"]
    options = {"maxAdaptiveRetries": 3} if seed == "stubborn" else {}
    is_late = seed in ("hammer", "anew")
    if seed == "pool":
        options["event_listeners"] = [together := Together()]
    client = None if is_late else pymongo.MongoClient(uri, serverSelectionTimeoutMS=4000, **options)
    work = insert_several if seed in ("patient", "hasty", "stubborn") else insert
    if seed == "anew":
        client, work = uri, insert_anew
    if seed == "hasty":
        random.random = lambda: 0.0
    if seed == "pool":
        open_pool(client, together)
    api = RuntimeApi()
    while True:
        request_id = api.next()
        try:
            client = client or hammer(uri)
            work(client)
            api.respond(request_id, {})
        except (pymongo.errors.PyMongoError, TimeoutError) as error:
            api.fail(request_id, error)


main(sys.argv[1])
