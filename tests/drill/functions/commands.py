"""A function that does what COMMANDS says, over one client that it keeps: commands.py COMMANDS [URI_VARIABLE].

COMMANDS: find, update, aggregate, ping, secondary (a find that goes to secondaries), none, or new_client_update (a client for each
invocation, which only updates). It answers with what it wrote or found; it posts an error to the Runtime API.
"""

import http.client
import json
import os
import sys

import pymongo

COMMANDS = sys.argv[1]
VARIABLE = sys.argv[2] if len(sys.argv) > 2 else "MONGODB_URI"
API = "/2018-06-01/runtime/invocation/"


def work(client):
    books = client.shop.books
    if COMMANDS == "find":
        return len(list(books.find({})))
    if COMMANDS == "aggregate":
        return len(list(books.aggregate([{"$match": {}}])))
    if COMMANDS == "ping":
        return client.admin.command("ping")["ok"]
    if COMMANDS == "secondary":
        return len(list(books.with_options(read_preference=pymongo.ReadPreference.SECONDARY).find({})))
    if COMMANDS == "none":
        return 0
    return books.update_one({"_id": "read"}, {"$inc": {"times": 1}}, upsert=True).acknowledged


def main():
    client = pymongo.MongoClient(os.environ[VARIABLE])
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    while True:
        api.request("GET", f"{API}next")
        event = api.getresponse()
        event.read()
        request = event.headers["Lambda-Runtime-Aws-Request-Id"]
        try:
            if COMMANDS == "new_client_update":
                client.close()
                client = pymongo.MongoClient(os.environ[VARIABLE])
            answer, where = work(client), "response"
        except pymongo.errors.PyMongoError as error:
            answer, where = {"errorType": type(error).__name__, "errorMessage": str(error)}, "error"
        api.request("POST", f"{API}{request}/{where}", json.dumps(answer))
        api.getresponse().read()


main()
