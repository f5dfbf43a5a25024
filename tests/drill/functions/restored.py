"""A function with SnapStart: restored.py WAY. Asks restore/next after its init, and inserts and deletes one document.

WAY: uuid, object_id, connects, connects_anew, never, twice, fails.
"""

import json
import os
import sys
import uuid

import pymongo
from runtime_api import RuntimeApi

WAY = sys.argv[1]


def connect():
    client = pymongo.MongoClient(os.environ["MONGODB_URI"])
    if WAY.startswith("connects"):
        client.shop.orders.find_one({})
    return client


def restore(api, client):
    for _ in range(2 if WAY == "twice" else 1):
        api.call("GET", "restore/next")
    if WAY == "fails":
        kind = "Runtime.AfterRestoreError"
        body = {"errorType": kind, "errorMessage": "no new credentials", "stackTrace": []}
        api.call("POST", "restore/error", json.dumps(body), {"Lambda-Runtime-Function-Error-Type": kind})
        sys.exit(65)
    return connect() if WAY == "connects_anew" else client


def main():
    client = connect()
    api = RuntimeApi()
    if WAY != "never" and os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] == "snap-start":
        client = restore(api, client)
    orders = client.shop.orders
    while True:
        request_id = api.next()
        document = {"item": 1} if WAY == "object_id" else {"_id": str(uuid.uuid4())}
        orders.insert_one(document)
        orders.delete_one({"_id": document["_id"]})
        api.respond(request_id, {})


main()
