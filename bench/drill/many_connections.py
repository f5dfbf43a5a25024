"""A Lambda function with a pool that is too large: it opens CONNECTIONS connections to the primary before its first
event, and uses the next of them for each event. It uses no driver and imports little, so that 200 copies can start at
once on a small machine.
"""

import itertools
import os
import socket
import struct

OP_MSG = 2013
INTRODUCTION = {"driver": {"name": "bench", "version": "1"}, "os": {"type": "Linux"}, "env": {"name": "aws.lambda"}}
GOOD, IS_PRIMARY = b"\x01ok\0" + struct.pack("<d", 1), b"\x08isWritablePrimary\0\1"


def element(name, value):
    """One element of BSON: a number, a string, an ObjectId as bytes, a document, or an array as a list."""
    name = name.encode() + b"\0"
    if isinstance(value, int):
        return b"\x10" + name + struct.pack("<i", value)
    if isinstance(value, str):
        return b"\x02" + name + struct.pack("<i", len(value) + 1) + value.encode() + b"\0"
    if isinstance(value, bytes):
        return b"\x07" + name + value
    if isinstance(value, list):
        return b"\x04" + name + document({str(i): one for i, one in enumerate(value)})
    return b"\x03" + name + document(value)


def document(fields):
    elements = b"".join(element(name, value) for name, value in fields.items())
    return struct.pack("<i", 5 + len(elements)) + elements + b"\0"


def read(connection, count):
    found = b""
    while len(found) < count:
        part = connection.recv(count - len(found))
        if not part:
            raise ConnectionError("the connection was closed")
        found += part
    return found


def run(connection, command):
    body = b"\0\0\0\0\0" + document(command)
    connection.sendall(struct.pack("<iiii", 16 + len(body), 1, 0, OP_MSG) + body)
    reply = read(connection, struct.unpack("<i", read(connection, 4))[0] - 4)
    if GOOD not in reply:
        raise RuntimeError(f"{next(iter(command))}: {reply}")
    return reply


def connect(port):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection, IS_PRIMARY in run(connection, {"hello": 1, "client": INTRODUCTION, "$db": "admin"})


def find_primary():
    members = os.environ["MONGODB_URI"].split("/")[2].split(",")
    for port in (int(member.rsplit(":", 1)[1]) for member in members):
        connection, is_primary = connect(port)
        connection.close()
        if is_primary:
            return port
    raise RuntimeError("none of the members is primary")


def insert_and_delete(connection):
    one = {"_id": os.urandom(12)}
    run(connection, {"insert": "lambda", "documents": [one], "$db": "faas"})
    run(connection, {"delete": "lambda", "deletes": [{"q": one, "limit": 1}], "$db": "faas"})


def ask(api, request):
    """Sends one request to the Runtime API and returns the headers of the answer."""
    api.sendall(request.encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += read(api, 1)
    lines = (line.partition(":") for line in answer.decode().split("\r\n")[1:])
    headers = {name.lower(): value.strip() for name, _, value in lines}
    read(api, int(headers.get("content-length", 0)))
    return headers


def main():
    port = find_primary()
    connections = itertools.cycle([connect(port)[0] for _ in range(int(os.environ["CONNECTIONS"]))])
    host, _, api_port = os.environ["AWS_LAMBDA_RUNTIME_API"].partition(":")
    api = socket.create_connection((host, int(api_port)))
    path = "/2018-06-01/runtime/invocation/"
    while True:
        event = ask(api, f"GET {path}next HTTP/1.1\r\nHost: api\r\n\r\n")
        insert_and_delete(next(connections))
        request_id = event["lambda-runtime-aws-request-id"]
        ask(api, f"POST {path}{request_id}/response HTTP/1.1\r\nHost: api\r\nContent-Length: 2\r\n\r\n{{}}")


main()
