"""A function for managed instances, as its author should write it: threads.py [FEWER]. One client, and as many threads as
AWS_LAMBDA_MAX_CONCURRENCY says, less FEWER, each with a GET next of its own. Writes one document and deletes it."""

import os
import sys
import threading

import pymongo
from runtime_api import serve

orders = pymongo.MongoClient(os.environ["MONGODB_URI"]).shop.orders


def work():
    orders.delete_one({"_id": orders.insert_one({}).inserted_id})
    return "written"


workers = int(os.environ.get("AWS_LAMBDA_MAX_CONCURRENCY", "1")) - sum(map(int, sys.argv[1:]))
for _ in range(1, workers):
    threading.Thread(target=serve, args=(work,), daemon=True).start()
serve(work)
