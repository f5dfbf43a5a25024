"""An ordinary function in Python with one seeded fault: seeded.py FAULT. It speaks the Runtime API itself.

none: inserts a document and deletes it by its _id, over one client. Each of the others, listed in SEEDS, differs in one way.
"""

import contextlib
import http.client
import json
import os
import socket
import struct
import sys
import threading
import time
from pathlib import Path

import bson
import pymongo
import pymongo.errors
import pymongo.monitoring

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
    "string_id",  # sound: _id is a string
    "by_filter",  # sound: deletes by {hello: "world"}
    "new_client",  # a client for each invocation
    "wrong_filter",  # deletes by a field that no document has
    "reads",  # sound: reads only
    "updates",  # sound: updates only
    "no_socket_timeout",  # refuses socketTimeoutMS, like a driver that does not know it
    "panics",  # ends the process in its monitoring event handler
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
API = "/2018-06-01/runtime/invocation/"


class Panics(pymongo.monitoring.CommandListener):
    def started(self, event):
        print("panic: the counter of commands fell below zero", file=sys.stderr, flush=True)
        os._exit(101)

    succeeded = failed = started


def make_client():
    options = {}
    if SEED == "stream":
        options["serverMonitoringMode"] = "stream"
    if SEED == "no_retry":
        options["retryWrites"] = False
    if SEED == "panics":
        options["event_listeners"] = [Panics()]
    if SEED == "hide_platform":
        for name in [name for name in os.environ if name.startswith(("AWS_", "LAMBDA_"))]:
            del os.environ[name]
    if SEED == "no_socket_timeout" and "socketTimeoutMS" in os.environ["MONGODB_URI"]:
        raise pymongo.errors.ConfigurationError("Unknown option: socketTimeoutMS")
    uri = os.environ["MONGODB_URI"]
    if SEED == "one_address":
        uri = uri.split(",")[0] + "/?directConnection=true&serverSelectionTimeoutMS=1000"
    client = pymongo.MongoClient(uri, **options)
    if SEED == "pings_in_init":
        client.admin.command("ping")
    if SEED == "locks":
        client.shop.locks.insert_one({"_id": os.environ["TEST_FOLDER"]})
    if SEED == "hello_flood":
        threading.Thread(target=flood, args=[client], daemon=True).start()
    return client


def flood(client):
    while True:
        client.admin.command("hello")
        time.sleep(0.001)


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


def work(client):
    collection = client.shop.orders
    if SEED == "clings":
        ask_all(client)
    if SEED == "asks_secondary":
        ask_secondary()
    if SEED == "reads":
        collection.find_one({"_id": 1})
    elif SEED == "updates":
        collection.update_one({"_id": 1}, {"$inc": {"n": 1}})
    elif SEED == "string_id":
        name = f"order {time.time_ns()}"
        collection.insert_one({"_id": name})
        collection.delete_one({"_id": name})
    elif SEED == "inserts_again":
        try:
            with pymongo.timeout(0.4):
                done = collection.insert_one({})
        except pymongo.errors.PyMongoError:
            done = collection.insert_one({})
        collection.delete_one({"_id": done.inserted_id})
    elif SEED == "by_filter":
        collection.insert_one({"hello": "world"})
        collection.delete_one({"hello": "world"})
    else:
        done = collection.insert_one({})
        collection.delete_one({"id" if SEED == "wrong_filter" else "_id": done.inserted_id})


def answer(client):
    if SEED in ("no_database", "only_connects"):
        return {"ok": 1}
    if SEED == "new_client":
        with make_client() as own:
            work(own)
        return {"ok": 1}
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
    return {"statusCode": 200, "body": "done"}


def reread(client, error):
    """Creates a new client, if that may help."""
    if not SEED.startswith("rereads") or "auth" not in str(error).lower():
        return client
    client.close()
    return pymongo.MongoClient(Path(os.environ["MONGODB_URI_FILE"]).read_text())


def post(api, request_id, what, body):
    api.request("POST", f"{API}{request_id}/{what}", json.dumps(body))
    api.getresponse().read()


def main():
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    client = None if SEED in ("no_database", "new_client") else make_client()
    monitor = Monitor()
    if SEED == "often":
        monitor.start()
    while True:
        api.request("GET", API + "next")
        response = api.getresponse()
        response.read()
        request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
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
            post(api, request_id, "response", told)
        except pymongo.errors.PyMongoError as error:
            failure = {"errorMessage": str(error)[:500], "errorType": type(error).__name__, "stackTrace": []}
            post(api, request_id, "error", failure)


main()
