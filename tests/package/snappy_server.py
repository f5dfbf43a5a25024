"""A server that accepts commands compressed with snappy only. Its answers are not compressed, as the protocol allows."""

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


class SnappyServer:
    """commands: the bodies of those that arrived compressed; snappy leaves text that has not come before as it is."""

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
        assert (opcode, original, compressor) == (OP_COMPRESSED, OP_MSG, SNAPPY) and size > 0
        self.commands.append(body[9:])
        reply = b"\0\0\0\0\0" + bson.encode({"ok": 1, "n": 1})
        return struct.pack("<iiii", 16 + len(reply), 1, request_id, OP_MSG) + reply
