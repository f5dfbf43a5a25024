"""Servers other than MongoDB: they send a text, or close at once."""

import contextlib
import socket
import struct
import threading

HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
SSH = b"SSH-2.0-OpenSSH_9.6\r\n"
REDIS = b"-ERR unknown command\r\n"
TLS_ALERT = bytes([21, 3, 3, 0, 2, 2, 40])
MARIADB = b"\x4a\x00\x00\x00\x0a5.5.5-10.6.12-MariaDB\x00" + bytes(40)

# What was sent, and what must be recognised in it.
WORDS = {
    "http": (HTTP, "found an HTTP server (HTTP/1.1 400 Bad Request)"),
    "ssh": (SSH, "found an SSH server (SSH-2.0-OpenSSH_9.6)"),
    "redis": (REDIS, "found a Redis server (-ERR unknown command)"),
    "tls": (TLS_ALERT, "found a server that speaks TLS (the URI needs tls=true)"),
    "mariadb": (MARIADB, "found a server that does not speak MongoDB's wire protocol"),
}


class OtherServer:
    """Answers the first bytes of each connection with its text; without one it closes. reset: by RST."""

    def __init__(self, words=b"", reset=False):
        self.words, self.reset, self.connections = words, reset, []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self.connections:
            connection.close()

    @property
    def uri(self):
        return f"mongodb://127.0.0.1:{self.port}/?serverSelectionTimeoutMS=2000"

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections.append(connection)
                threading.Thread(target=self._answer, args=[connection], daemon=True).start()

    def _answer(self, connection):
        with contextlib.suppress(OSError):
            connection.recv(4096)
            if self.words:
                connection.sendall(self.words)
                return
            if self.reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
