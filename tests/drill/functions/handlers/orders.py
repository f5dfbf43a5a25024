"""A function with one client that it keeps."""

import os

import pymongo

client = pymongo.MongoClient(os.environ["MONGODB_URI"])


def insert_and_delete():
    done = client.shop.orders.insert_one({})
    client.shop.orders.delete_one({"_id": done.inserted_id})
