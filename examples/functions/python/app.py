"""A Lambda function for the managed runtimes for Python: it inserts a document and deletes it by its _id."""

import json
import os

from pymongo import MongoClient

# Outside the handler: one client, with its connections, for all invocations of this environment.
client = MongoClient(os.environ["MONGODB_URI"])


def lambda_handler(event, context):
    orders = client.shop.orders
    inserted = orders.insert_one({"item": "coffee"})
    deleted = orders.delete_one({"_id": inserted.inserted_id})
    return {"statusCode": 200, "body": json.dumps({"deleted": deleted.deleted_count})}
