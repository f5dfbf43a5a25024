"""A function in Python whose fault shows when many of it start at once: SEED is none, pool (50 connections, all opened
before the first event) or hammer (tries again without a pause)."""

import json
import os
import sys
import threading
import time
import urllib.request

import pymongo

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
POOL = 50




def open_pool(client):
    """As many operations at once as the pool has connections."""

    def hold():
        try:
            client.admin.command("ping")
        except pymongo.errors.PyMongoError as error:
            print(error, file=sys.stderr)

    threads = [threading.Thread(target=hold) for _ in range(POOL)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def hammer(uri):
    """A new client for each try, and no pause between them."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        client = pymongo.MongoClient(uri, serverSelectionTimeoutMS=20)
        try:
            client.admin.command("ping")
            return client
        except pymongo.errors.PyMongoError:
            client.close()
    raise TimeoutError("no server let it in within 5 s")


def insert(client):
    lamps = client.shop.lamps
    inserted = lamps.insert_one({}).inserted_id
    lamps.delete_one({"_id": inserted})


def main(seed):
    uri = os.environ["MONGODB_URI"]
    client = None if seed == "hammer" else pymongo.MongoClient(uri, serverSelectionTimeoutMS=4000)
    if seed == "pool":
        open_pool(client)
    while True:
        with urllib.request.urlopen(f"{API}/next") as event:
            request_id = event.headers["Lambda-Runtime-Aws-Request-Id"]
            event.read()
        path, answer = "response", {}
        try:
            client = client or hammer(uri)
            insert(client)
        except (pymongo.errors.PyMongoError, TimeoutError) as error:
            path, answer = "error", {"errorType": type(error).__name__, "errorMessage": str(error)[:300]}
        body = json.dumps(answer).encode()
        urllib.request.urlopen(f"{API}/{request_id}/{path}", data=body).close()


if __name__ == "__main__":
    main(sys.argv[1])
