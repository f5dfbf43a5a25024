"""A server that accepts commands compressed with snappy only, and compresses its answers.

Its snappy follows the format's description (google/snappy, format_description.txt); answers use literals only.
"""

import contextlib
import socket
import struct
import threading

import bson

OP_REPLY, OP_QUERY, OP_COMPRESSED, OP_MSG = 1, 2004, 2012, 2013
SNAPPY = 1
HELLO = {"ok": 1, "isWritablePrimary": True, "ismaster": True, "minWireVersion": 0, "maxWireVersion": 21}
HELLO |= {"maxBsonObjectSize": 16 << 20, "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000}
HELLO |= {"compression": ["snappy"]}
LITERAL_MAX = 60


def varint(data):
    value = shift = at = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, data[at:]


def uncompress(data):
    length, data = varint(data)
    out, at = bytearray(), 0
    while at < len(data):
        tag, at = data[at], at + 1
        if tag & 3 == 0:
            size = tag >> 2
            extra = max(0, size - 59)
            size = int.from_bytes(data[at : at + extra], "little") if extra else size
            at += extra
            out += data[at : at + size + 1]
            at += size + 1
            continue
        if tag & 3 == 1:
            size, offset, at = (tag >> 2 & 7) + 4, (tag >> 5) << 8 | data[at], at + 1
        else:
            width = 2 if tag & 3 == 2 else 4
            size, offset, at = (tag >> 2) + 1, int.from_bytes(data[at : at + width], "little"), at + width
        for _ in range(size):
            out.append(out[-offset])
    assert len(out) == length, (len(out), length)
    return bytes(out)


def compress(data):
    out = bytearray()
    left = len(data)
    while left >= 0x80:
        out.append(left & 0x7F | 0x80)
        left >>= 7
    out.append(left)
    for at in range(0, len(data), LITERAL_MAX):
        part = data[at : at + LITERAL_MAX]
        out += bytes([(len(part) - 1) << 2]) + part
    return bytes(out)


class SnappyServer:
    """commands: the names of those that arrived compressed."""

    def __init__(self):
        self.commands = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.uri = f"mongodb://127.0.0.1:{self._listener.getsockname()[1]}/?compressors=snappy&retryWrites=false"

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, EOFError), connection, connection.makefile("rb") as stream:
            while head := stream.read(16):
                length, request_id, _, opcode = struct.unpack("<iiii", head)
                connection.sendall(self._answer(request_id, opcode, stream.read(length - 16)))

    def _answer(self, request_id, opcode, body):
        if opcode == OP_QUERY:
            reply = struct.pack("<iqii", 8, 0, 0, 1) + bson.encode(HELLO)
            return struct.pack("<iiii", 16 + len(reply), 1, request_id, OP_REPLY) + reply
        if opcode == OP_MSG:
            reply = b"\0\0\0\0\0" + bson.encode(HELLO)
            return struct.pack("<iiii", 16 + len(reply), 1, request_id, OP_MSG) + reply
        original, size, compressor = struct.unpack("<iiB", body[:9])
        message = uncompress(body[9:])
        assert (opcode, original, compressor, size) == (OP_COMPRESSED, OP_MSG, SNAPPY, len(message))
        end = 5 + struct.unpack_from("<i", message, 5)[0]
        self.commands.append(next(iter(bson.decode(message[5:end]))))
        reply = b"\0\0\0\0\0" + bson.encode({"ok": 1, "n": 1})
        reply = struct.pack("<iiB", OP_MSG, len(reply), SNAPPY) + compress(reply)
        return struct.pack("<iiii", 16 + len(reply), 1, request_id, OP_COMPRESSED) + reply
