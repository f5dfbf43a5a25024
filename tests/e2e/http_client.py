"""The provider http from outside: a running harness, its address, and well-behaved and misbehaving clients."""

import http.client
import json
import re
import socket

from harness import PATIENCE, Harness, parse, wait_until


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(str(self.path))


class Server(Harness):
    def __init__(self, *args, options=(), listen="127.0.0.1:0", **rest):
        names = [*options, f"listen={listen}"] if listen else options
        given = [word for name in names for word in ("--option", name)]
        super().__init__("--provider", "http", *given, *args, **rest)

    def wait_for_log(self, pattern):
        return wait_until(lambda: re.search(pattern, self.stderr), lambda: self.stderr, self.process)

    @property
    def address(self):
        found = self.wait_for_log(r"listening on (127\.0\.0\.1|0\.0\.0\.0):(\d+) ")
        return "127.0.0.1", int(found[2])

    def socket(self):
        return socket.create_connection(self.address, timeout=PATIENCE)

    def connection(self):
        return http.client.HTTPConnection(*self.address, timeout=PATIENCE)

    def request(self, method="POST", path="/", body=b"{}", headers=None):
        """Returns status and body."""
        connection = self.connection()
        try:
            return exchange(connection, method, path, body, headers)
        finally:
            connection.close()

    def report(self, **request):
        status, body = self.request(**request)
        assert status == 200, (status, body)
        return parse(body.decode())

    def raw(self, data, shut=False):
        """Sends these bytes and returns everything that comes back until the server closes."""
        with self.socket() as connection:
            connection.sendall(data)
            if shut:
                connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def stop(self):
        self.process.terminate()
        return self.finish()


def exchange(connection, method="POST", path="/", body=b"{}", headers=None):
    connection.request(method, path, body, headers or {})
    answer = connection.getresponse()
    text = answer.read()
    if text:
        assert answer.headers["Content-Type"] == "application/json"
    return answer.status, text


def error_type(body):
    return json.loads(body)["errorType"]
