"""A function with SnapStart: restored.py WAY. Asks restore/next after its init, and inserts and deletes one document.

WAY: uuid, object_id, connects, connects_anew, never, twice, fails.
"""

import http.client
import os
import sys
import uuid

import pymongo

WAY = sys.argv[1]
API = "/2018-06-01/runtime/"


def call(api, method, path, body=None, headers=None):
    api.request(method, API + path, body, headers or {})
    answer = api.getresponse()
    return answer, answer.read()


def connect():
    client = pymongo.MongoClient(os.environ["MONGODB_URI"])
    if WAY.startswith("connects"):
        client.shop.orders.find_one({})
    return client


def restore(api, client):
    for _ in range(2 if WAY == "twice" else 1):
        call(api, "GET", "restore/next")
    if WAY == "fails":
        kind = "Runtime.AfterRestoreError"
        body = f'{{"errorType": "{kind}", "errorMessage": "no new credentials", "stackTrace": []}}'
        call(api, "POST", "restore/error", body, {"Lambda-Runtime-Function-Error-Type": kind})
        sys.exit(65)
    return connect() if WAY == "connects_anew" else client


def main():
    client = connect()
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    if WAY != "never" and os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"] == "snap-start":
        client = restore(api, client)
    while True:
        event, _ = call(api, "GET", "invocation/next")
        document = {"item": 1} if WAY == "object_id" else {"_id": str(uuid.uuid4())}
        orders = client.shop.orders
        orders.insert_one(document)
        orders.delete_one({"_id": document["_id"]})
        call(api, "POST", f"invocation/{event.headers['Lambda-Runtime-Aws-Request-Id']}/response", "{}")


main()
