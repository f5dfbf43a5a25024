"""A function for managed instances, as its author should write it: threads.py [FEWER]. One client, and as many threads as
AWS_LAMBDA_MAX_CONCURRENCY says, less FEWER, each with a GET next of its own. Writes one document and deletes it."""

import http.client
import os
import sys
import threading

import pymongo

API = "/2018-06-01/runtime/invocation/"
FEWER = int(sys.argv[1]) if len(sys.argv) > 1 else 0


def work(client):
    collection = client.shop.orders
    collection.delete_one({"_id": collection.insert_one({}).inserted_id})
    return b'"written"'


def serve(client):
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", f"{API}next")
        event = api.getresponse()
        event.read()
        api.request("POST", f"{API}{event.headers['Lambda-Runtime-Aws-Request-Id']}/response", work(client))
        api.getresponse().read()


def main():
    client = pymongo.MongoClient(os.environ["MONGODB_URI"])
    workers = int(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY", "1")) - FEWER
    for _ in range(1, workers):
        threading.Thread(target=serve, args=(client,), daemon=True).start()
    serve(client)


main()
