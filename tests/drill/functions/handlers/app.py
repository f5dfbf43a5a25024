"""Functions for Lambda's managed runtime for Python."""

import os
import sys


def lambda_handler(event, context):
    print("written to stdout")
    return {
        "event": event,
        "request": context.aws_request_id,
        "left_ms": context.get_remaining_time_in_millis(),
        "memory": context.memory_limit_in_mb,
        "file": __file__,
        "python": list(sys.version_info[:2]),
        "writes_bytecode": not sys.dont_write_bytecode,
        "variables": dict(os.environ),
    }


def raises(event, context):
    raise LookupError("no such order")


def inserts(event, context):
    from orders import insert_and_delete

    insert_and_delete()
    return {"statusCode": 200}
