"""A function with a fault: faulty.py FAULT. It speaks the Runtime API and writes one document.

FAULT: none, new_client, leak, answer_twice, hang, crash_second, delete_in_vain, spin, asks_first_hang, asks_first_crash,
asks_first_error (in its second invocation it asks for the next event before it answers), pool (no fault: it has ten
connections to each member), elsewhere (no fault: it leaves a document in another collection), or unreported HARNESS: it
answers with the report of that program, which writes another document.
"""

import http.client
import os
import subprocess
import sys
import threading
import time

import pymongo

FAULT = sys.argv[1]
API = "/2018-06-01/runtime/invocation/"
leaked = []


class Pool(pymongo.monitoring.ConnectionPoolListener):
    """A pool that reports when all its connections are open."""

    def __init__(self):
        self.missing = threading.Semaphore(0)

    def connection_ready(self, _):
        self.missing.release()

    def _other(self, _):
        pass

    connection_created = connection_closed = connection_checked_in = connection_checked_out = _other
    connection_check_out_failed = connection_check_out_started = _other
    pool_created = pool_ready = pool_cleared = pool_closed = _other


def full_pool(size=10, members=3):
    pool = Pool()
    client = pymongo.MongoClient(os.environ["MONGODB_URI"], minPoolSize=size, event_listeners=[pool])
    client.admin.command("ping")  # before this it does nothing if it runs in Lambda
    for _ in range(size * members):
        assert pool.missing.acquire(timeout=9)
    return client


def new_client():
    return pymongo.MongoClient(os.environ["MONGODB_URI"])


def write(client):
    if FAULT == "elsewhere":
        client.shop.orders.insert_one({"_id": len(leaked)})
        leaked.append(client)
        return
    collection = client.faas["lambda"]
    done = collection.insert_one({})
    collection.delete_one({"_id": None if FAULT == "delete_in_vain" else done.inserted_id})


def work(client, number):
    if FAULT == "new_client":
        client = new_client()
    elif FAULT == "leak":
        leaked.append(new_client())
        leaked[-1].admin.command("ping")
    elif FAULT == "hang" and number == 2:
        time.sleep(3600)
    elif FAULT == "crash_second" and number == 2:
        os.abort()
    write(client)
    if FAULT == "new_client":
        client.close()


def answer():
    if FAULT != "unreported":
        return b'"written"'
    run = subprocess.run([sys.argv[2], "--provider", "local"], input=b"{}", stdout=subprocess.PIPE, check=True)
    return run.stdout


def end(api, event, how):
    if how == "hang":
        time.sleep(3600)
    if how == "crash":
        os.abort()
    error = b'{"errorType":"Own.Error","errorMessage":"' + b"a long story " * 60 + b'"}'
    api.request("POST", f"{API}{event.headers['Lambda-Runtime-Aws-Request-Id']}/error", error)
    api.getresponse().read()


def spin():
    while True:
        pass


def main():
    client = full_pool() if FAULT == "pool" else new_client()
    if FAULT == "spin":
        threading.Thread(target=spin, daemon=True).start()
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    number = 0
    while True:
        api.request("GET", f"{API}next")
        event = api.getresponse()
        event.read()
        number += 1
        work(client, number)
        body = answer()
        if FAULT.startswith("asks_first") and number == 2:
            api.request("GET", f"{API}next")
            api.getresponse().read()
            end(api, event, FAULT.removeprefix("asks_first_"))
            time.sleep(3600)
        for _ in range(2 if FAULT == "answer_twice" else 1):
            api.request("POST", f"{API}{event.headers['Lambda-Runtime-Aws-Request-Id']}/response", body)
            api.getresponse().read()


main()
