"""An ordinary function in Python with one seeded fault: seeded.py FAULT [PROGRAM]. It speaks the Runtime API itself.

none: inserts a document and deletes it by its _id, over one client. Each of the others, listed in SEEDS, differs in one way.
"""

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import bson
import psutil
import pymongo
import pymongo.errors
import pymongo.monitoring
from runtime_api import RuntimeApi

SEEDS = (
    "none",
    "stream",  # serverMonitoringMode=stream
    "hide_platform",  # the driver does not see Lambda's variables
    "hello_flood",  # a hello every millisecond
    "often",  # a monitor of its own that sends a hello every 700 ms
    "no_database",  # no client
    "only_connects",  # a client that sends no command
    "status_500",  # a failure answered as a success, {"statusCode": 500}
    "swallow",  # a failure answered as if there were none
    "no_retry",  # retryWrites=false
    "new_client",  # a client for each invocation
    "new_client_update",  # the same, and it only updates
    "leaks",  # one more client in each invocation, and it stays open
    "wrong_filter",  # deletes by a field that no document has
    "by_filter",  # sound: _id is a string, and it deletes by another field
    "reads",  # sound: reads only
    "reads_secondary",  # sound: reads only, from secondaries
    "updates",  # sound: updates only
    "aggregates",  # sound: aggregates only
    "pings",  # sound: pings only
    "pool",  # sound: ten connections to each member
    "leaves",  # sound: inserts only
    "other_variable",  # sound: its URI is in DB_URL
    "no_socket_timeout",  # refuses socketTimeoutMS, like a driver that does not know it
    "keep_alive",  # the first TCP keep-alive probe after KEEP_ALIVE_S seconds, then one more a second later
    "panics",  # ends the process in its monitoring event handler
    "crashes",  # in its second invocation
    "spins",  # uses CPU all the time
    "answers_twice",  # each event
    "asks_first_hang",  # in its second invocation it asks for the next event before it answers, and never does
    "asks_first_error",  # the same, and then its answer is an error
    "unreported",  # in faas.lambda; answers with the report of PROGRAM, which writes another document
    "pings_in_init",  # so it has a connection before its first event
    "insists",  # retries until it succeeds
    "rereads",  # sound: after an authentication error it reads MONGODB_URI_FILE again for the next event
    "rereads_at_once",  # the same, but retries at once
    "tries_again",  # sound: retries a moment later after a broken connection
    "one_address",  # talks only to the first address that it was given
    "clings",  # as tries_again, and keeps asking every address it ever knew
    "asks_secondary",  # sends a hello to the second member before it writes, like a health check
    "inserts_again",  # gives an insert 0.4 s, then inserts another document
    "locks",  # takes a lock in the database at its start and releases it at its end; a killed process never does
)
SEED = sys.argv[1]
assert SEED in SEEDS
OPTIONS = {
    "stream": {"serverMonitoringMode": "stream"},
    "no_retry": {"retryWrites": False},
    "pool": {"minPoolSize": 10},
}
kept = []


class Panics(pymongo.monitoring.CommandListener):
    def started(self, event):
        print("panic: the counter of commands fell below zero", file=sys.stderr, flush=True)
        os._exit(101)

    succeeded = failed = started


def fill_pool(client):
    client.admin.command("ping")  # before this it does nothing if it runs in Lambda
    while len(psutil.Process().net_connections("tcp")) < OPTIONS["pool"]["minPoolSize"] * 3:
        time.sleep(0.01)


def make_client():
    uri = os.environ["DB_URL" if SEED == "other_variable" else "MONGODB_URI"]
    if SEED == "hide_platform":
        for name in [name for name in os.environ if name.startswith(("AWS_", "LAMBDA_"))]:
            del os.environ[name]
    if SEED == "no_socket_timeout" and "socketTimeoutMS" in uri:
        raise pymongo.errors.ConfigurationError("Unknown option: socketTimeoutMS")
    if SEED == "keep_alive":
        set_keep_alive(int(os.environ["KEEP_ALIVE_S"]))
    if SEED == "one_address":
        uri = uri.split(",")[0] + "/?directConnection=true&serverSelectionTimeoutMS=1000"
    client = pymongo.MongoClient(uri, event_listeners=[Panics()] if SEED == "panics" else [], **OPTIONS.get(SEED, {}))
    if SEED == "pool":
        fill_pool(client)
    if SEED in ("pings_in_init", "leaks"):
        client.admin.command("ping")
    if SEED == "locks":
        client.shop.locks.insert_one({"_id": os.environ["TEST_FOLDER"]})
    if SEED == "hello_flood":
        threading.Thread(target=flood, args=[client], daemon=True).start()
    return client


def set_keep_alive(seconds):
    from pymongo import pool_shared

    times = {socket.TCP_KEEPIDLE: seconds, socket.TCP_KEEPINTVL: 1, socket.TCP_KEEPCNT: 2}

    def set_times(connection):
        for option, value in times.items():
            connection.setsockopt(socket.IPPROTO_TCP, option, value)

    assert pool_shared._set_keepalive_times  # no URI option sets it
    pool_shared._set_keepalive_times = set_times


def flood(client):
    while True:
        client.admin.command("hello")
        time.sleep(0.001)


def spin():
    while True:
        pass


class Monitor(threading.Thread):
    """Polls one member as a driver does in Lambda, but ignores heartbeatFrequencyMS."""

    def __init__(self):
        super().__init__(daemon=True)
        self.looked = threading.Semaphore(0)

    def run(self):
        host, port = os.environ["MONGODB_URI"].removeprefix("mongodb://").split(",")[0].split(":")
        environment = {
            "name": "aws.lambda",
            "region": os.environ["AWS_REGION"],
            "memory_mb": int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]),
        }
        driver = {"name": "PyMongo", "version": pymongo.version}
        client = {"driver": driver, "os": {"type": "Linux"}, "platform": "CPython", "env": environment}
        with socket.create_connection((host, int(port))) as connection:
            while True:
                hello = bson.encode({"hello": 1, "client": client, "$db": "admin"})
                connection.sendall(struct.pack("<iiiiIB", 21 + len(hello), 1, 0, 2013, 0, 0) + hello)
                connection.recv(65536)
                self.looked.release()
                time.sleep(0.7)


def ask_all(client, known={}):  # noqa: B006: it remembers
    for host, port in client.nodes:
        known.setdefault(port, pymongo.MongoClient(host, port, directConnection=True, serverSelectionTimeoutMS=100))
    for one in known.values():
        with contextlib.suppress(pymongo.errors.PyMongoError):
            one.admin.command("ping")


def ask_secondary():
    address = os.environ["MONGODB_URI"].removeprefix("mongodb://").split(",")[1]
    with pymongo.MongoClient(f"mongodb://{address}", directConnection=True) as member:
        member.admin.command("hello")


def by_filter(orders):
    orders.insert_one({"_id": f"order {time.time_ns()}", "hello": "world"})
    orders.delete_one({"hello": "world"})


def insert_again(orders):
    try:
        with pymongo.timeout(0.4):
            done = orders.insert_one({})
    except pymongo.errors.PyMongoError:
        done = orders.insert_one({})
    orders.delete_one({"_id": done.inserted_id})


WORK = {
    "by_filter": by_filter,
    "inserts_again": insert_again,
    "leaves": lambda orders: orders.insert_one({}),
    "only_connects": lambda orders: None,
    "reads": lambda orders: orders.find_one({"_id": 1}),
    "reads_secondary": lambda orders: orders.with_options(read_preference=pymongo.ReadPreference.SECONDARY).find_one(
        {"_id": 1}
    ),
    "updates": lambda orders: orders.update_one({"_id": 1}, {"$inc": {"n": 1}}),
    "new_client_update": lambda orders: orders.update_one({"_id": 1}, {"$inc": {"n": 1}}),
    "aggregates": lambda orders: list(orders.aggregate([{"$match": {}}])),
    "pings": lambda orders: orders.database.client.admin.command("ping"),
}


def work(client):
    if SEED == "clings":
        ask_all(client)
    if SEED == "asks_secondary":
        ask_secondary()
    if SEED in WORK:
        return WORK[SEED](client.shop.orders)
    collection = client.faas["lambda"] if SEED == "unreported" else client.shop.orders
    done = collection.insert_one({})
    collection.delete_one({"id" if SEED == "wrong_filter" else "_id": done.inserted_id})


def join_monitors():
    """A monitor that checks its server while the client is closed closes its connection after that check."""
    for thread in threading.enumerate():
        if thread.name.startswith("pymongo_"):
            thread.join()


def answer(client):
    if SEED == "no_database":
        return {"ok": 1}
    if SEED.startswith("new_client"):
        with make_client() as own:
            work(own)
        join_monitors()
        return {"ok": 1}
    if SEED == "leaks":
        kept.append(make_client())
    tries = 5 if SEED in ("tries_again", "clings") else 0
    try:
        while True:
            try:
                work(client)
                break
            except pymongo.errors.ServerSelectionTimeoutError:
                raise
            except pymongo.errors.AutoReconnect:
                if tries == 0:
                    raise
                tries -= 1
                time.sleep(0.2)
            except pymongo.errors.OperationFailure:
                if SEED != "insists":
                    raise
                time.sleep(0.1)
    except pymongo.errors.PyMongoError as error:
        if SEED == "status_500":
            return {"statusCode": 500, "body": str(error)}
        if SEED == "swallow":
            return {"statusCode": 200}
        raise
    if SEED == "unreported":
        return json_of(sys.argv[2])
    return {"statusCode": 200, "body": "done"}


def json_of(program):
    run = subprocess.run([program, "--provider", "local"], input=b"{}", stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


def reread(client, error):
    """Creates a new client, if that may help."""
    if not SEED.startswith("rereads") or "auth" not in str(error).lower():
        return client
    client.close()
    return pymongo.MongoClient(Path(os.environ["MONGODB_URI_FILE"]).read_text())


def second_event(api, request_id):
    if SEED == "crashes":
        os.abort()
    if SEED.startswith("asks_first"):
        api.call("GET", "invocation/next")
        if SEED == "asks_first_error":
            api.fail(request_id, RuntimeError("a long story " * 60))
        time.sleep(3600)


def main():
    api = RuntimeApi()
    client = None if SEED in ("no_database", "new_client", "new_client_update") else make_client()
    monitor = Monitor()
    if SEED == "often":
        monitor.start()
    if SEED == "spins":
        threading.Thread(target=spin, daemon=True).start()
    for number in range(1, sys.maxsize):
        request_id = api.next()
        if number == 2:
            second_event(api, request_id)
        try:
            if SEED == "often":
                for _ in range(8):
                    monitor.looked.acquire()
            try:
                told = answer(client)
            except pymongo.errors.PyMongoError as error:
                client = reread(client, error)
                if SEED != "rereads_at_once":
                    raise
                told = answer(client)
            for _ in range(2 if SEED == "answers_twice" else 1):
                api.respond(request_id, told)
        except pymongo.errors.PyMongoError as error:
            api.fail(request_id, error)


main()
