"""Lambda's Runtime API, scripted: hands out invocations, takes answers, records every byte, and misbehaves on request.

    with RuntimeApi() as api, Function(api, "--scenario", "echo") as function:
        api.fault("response", api_faults.answer(413))       # to the next response
        invocation = api.invoke(b'{"a": 1}')
        assert invocation.error().type == "Provider.AnswerTooLarge"

If a client follows HTTP and AWS's rules, `violations` stays empty.
"""

import contextlib
import fcntl
import json
import queue
import socket
import struct
import termios
import threading
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote_to_bytes

from api_faults import Fault
from harness import PATIENCE, wait_until

BASE = "/2018-06-01/runtime/"
FUNCTION_ARN = "arn:aws:lambda:us-east-1:123456789012:function:mongodb"
TRACE_ID = "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=1"


# --- what was seen ----------------------------------------------------------------------------------------------------


@dataclass
class Request:
    method: str
    path: str
    headers: list  # (name in lower case, value)
    body: bytes
    head: bytes  # as it came, up to the empty line
    connection: int
    at: float

    def header(self, name):
        values = [value for key, value in self.headers if key == name.lower()]
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None

    @property
    def kind(self):
        if "/restore/" in self.path:
            return "restore" if self.path.endswith("/next") else "restore_error"
        return self.path.rpartition("/")[2] if "/invocation/" in self.path else "init"

    @property
    def type(self):
        return self.header("Lambda-Runtime-Function-Error-Type")

    @property
    def json(self):
        return json.loads(self.body.decode())  # strictly UTF-8

    @property
    def message(self):
        return self.json["errorMessage"]


@dataclass
class Invocation:
    id: bytes
    event: bytes
    headers: list
    posts: list = field(default_factory=list)
    answered: queue.Queue = field(default_factory=queue.Queue)

    def post(self, timeout=PATIENCE):
        """The next post for this invocation."""
        return taken(self.answered, f"nothing was posted for {self.id} within {timeout} s", timeout)

    def response(self, timeout=PATIENCE):
        post = self.post(timeout)
        assert post.kind == "response", f"an error was posted: {post.body[:2000]}"
        return post

    def error(self, timeout=PATIENCE):
        post = self.post(timeout)
        assert post.kind == "error", f"a response was posted: {post.body[:200]}"
        return post


def taken(queue_of, failure, timeout=PATIENCE):
    try:
        return queue_of.get(timeout=timeout)
    except queue.Empty:
        raise AssertionError(failure) from None


class Closed(Exception):
    pass


# --- the server -------------------------------------------------------------------------------------------------------


class RuntimeApi:
    def __init__(self):
        self.requests = []
        self.violations = []
        self.connections = 0
        self.init_errors = queue.Queue()
        self.restore_errors = queue.Queue()
        self._restored = False
        self._waiting = []  # invocations not yet handed out
        self._handed_out = {}
        self._rules = []
        self._sockets = []
        self._closing = False
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self._listener.getsockname()[1]
        self.names = {self.address}  # a name that clients may use for it

    def __enter__(self):
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind, *_):
        self.close()
        if kind is None:
            assert not self.violations, "\n".join(self.violations)

    def close(self):
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        for connection in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    # Use from a test.

    def invoke(self, event=b"{}", id=None, deadline_ms=PATIENCE * 1000, headers=(), without=()):
        """Queues an invocation with additional headers, and without those in `without`."""
        id = (id or str(uuid.uuid4())).encode() if not isinstance(id, bytes) else id
        own = [
            (b"Lambda-Runtime-Aws-Request-Id", id),
            (b"Lambda-Runtime-Deadline-Ms", b"%d" % (time.time() * 1000 + deadline_ms)),
            (b"Lambda-Runtime-Invoked-Function-Arn", FUNCTION_ARN.encode()),
            (b"Lambda-Runtime-Trace-Id", TRACE_ID.encode()),
        ]
        own = [(name, value) for name, value in own if name.decode() not in without]
        event = event if isinstance(event, bytes) else json.dumps(event).encode()
        invocation = Invocation(id, event, own + list(headers))
        with self._changed:
            self._waiting.append(invocation)
            self._changed.notify_all()
        return invocation

    def fault(self, kind, fault, times=1, skip=0):
        """The next `times` (None: all) of next, response, error or init go wrong, after `skip` good ones."""
        with self._changed:
            self._rules.append([kind, fault, times, skip])

    def seen(self, kind):
        with self._changed:
            return [request for request in self.requests if request.kind == kind]

    def wait_for_next(self, count, kind="next"):
        """Waits until next was called so many times."""
        with self._changed:
            found = self._changed.wait_for(lambda: sum(r.kind == kind for r in self.requests) >= count, PATIENCE)
        assert found, f"{kind} was asked for {len(self.seen(kind))} times, expected {count}"

    def wait_for_restore_next(self, count=1):
        """Waits until restore/next was called so many times: Lambda would take the snapshot then."""
        self.wait_for_next(count, "restore")

    def wait_until_closed(self):
        """Waits until no client's kernel believes that it has a connection to this server."""
        wait_until(lambda: not self._established(), lambda: "still connected")

    def _established(self):
        peer = ":%04X" % int(self.address.rpartition(":")[2])
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return [row for row in rows if row[2].endswith(peer) and row[3] == "01"]  # proc_net_tcp: ESTABLISHED

    def init_error(self):
        return taken(self.init_errors, "no init error was posted")

    def restore(self):
        """Answers restore/next: the process goes on as a copy of the snapshot."""
        with self._changed:
            self._restored = True
            self._changed.notify_all()

    def restore_error(self):
        return taken(self.restore_errors, "no restore error was posted")

    # The server's own thread for every connection.

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._changed:
                    self.connections += 1
                    self._sockets.append(connection)
                threading.Thread(target=self._serve, args=[connection, self.connections], daemon=True).start()

    def _serve(self, connection, number):
        with contextlib.suppress(OSError, Closed):
            reader = connection.makefile("rb", buffering=1 << 16)
            while True:
                self._handle(connection, reader, number)
        with contextlib.suppress(OSError):
            connection.close()

    def _handle(self, connection, reader, number):
        head = self._read_head(reader)
        request = self._parse(head, number)
        fault = self._next_fault(request.kind)
        length = int(request.header("Content-Length") or 0)
        request.body = reader.read(length if fault.read is None else min(length, fault.read))
        if fault.read is None and len(request.body) < length:
            raise Closed
        invocation, data = self._carry_out(connection, request, fault)
        if fault.edit:
            data = fault.edit(data)
        if fault.answer:
            self._send(connection, data, fault)
        if invocation:
            invocation.answered.put(request)
        if fault.read is not None and not fault.close:
            reader.read(length - len(request.body))
        if fault.close:
            self._hang_up(connection, reader, fault.close)

    def _read_head(self, reader):
        lines = []
        while not lines or lines[-1] != b"\r\n":
            lines.append(reader.readline())
            if not lines[-1]:
                raise Closed
        return b"".join(lines)

    def _parse(self, head, number):
        lines = head.decode("latin-1").split("\r\n")
        method, path, version = lines[0].split(" ")
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:-2])]
        names = [name for name, _ in headers]
        self._expect(version == "HTTP/1.1", f"version {version}")
        self._expect(path.startswith(BASE), f"path {path}")
        self._expect(len(set(names)) == len(names), f"a header twice: {names}")
        self._expect(self.names & {value for name, value in headers if name == "host"}, f"Host: {headers}")
        self._expect("expect" not in names and "transfer-encoding" not in names, f"of no use here: {names}")
        self._expect(not any("proxy" in name for name in names), f"a proxy: {names}")
        return Request(method, path, headers, b"", head, number, time.monotonic())

    def _expect(self, good, found):
        if not good:
            with self._changed:
                self.violations.append(found)

    def _next_fault(self, kind):
        with self._changed:
            for rule in self._rules:
                if rule[0] != kind or rule[2] == 0:
                    continue
                if rule[3] > 0:
                    rule[3] -= 1
                    return Fault()
                rule[2] = rule[2] and rule[2] - 1
                return rule[1]
        return Fault()

    def _carry_out(self, connection, request, fault):
        """The invocation that was answered, and the correct answer to send."""
        with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        if request.kind in ("next", "restore"):
            self._expect(request.method == "GET" and not request.body, f"{request.method} {request.path}")
            wait = self._take if request.kind == "next" else self._await_restore
            return None, wait(connection) if fault.takes else b""
        self._check_post(request)
        if request.kind in ("init", "restore_error"):
            (self.init_errors if request.kind == "init" else self.restore_errors).put(request)
            return None, ACCEPTED
        invocation = self._find(request)
        if invocation:
            self._check_invocation_id(invocation, request)
            invocation.posts.append(request)
        return invocation, ACCEPTED

    def _check_post(self, request):
        self._expect(request.method == "POST", f"{request.method} {request.path}")
        self._expect(request.header("Content-Length") is not None, "a post without a length")
        self._expect(request.header("Content-Type") == "application/json", f"{request.header('Content-Type')}")
        if request.kind != "response" and len(request.body) == int(request.header("Content-Length")):
            good = request.type == request.json["errorType"] and request.json["stackTrace"] == []
            self._expect(good and len(request.json) == 3, f"error: {request.type} {request.body[:200]}")

    def _check_invocation_id(self, invocation, request):
        """Since July 2026 this id, which must come back unchanged, distinguishes a late answer from a retry's."""
        given = dict(invocation.headers).get(b"Lambda-Runtime-Invocation-Id", b"").decode("latin-1") or None
        found = request.header("Lambda-Runtime-Invocation-Id")
        self._expect(found == given, f"Lambda-Runtime-Invocation-Id: {found}, expected {given}")

    def _find(self, request):
        encoded = request.path.removeprefix(BASE + "invocation/").rpartition("/")[0]
        self._expect("/" not in encoded, f"path {request.path}")
        invocation = self._handed_out.get(unquote_to_bytes(encoded))
        self._expect(invocation is not None, f"an answer to nothing: {request.path}")
        return invocation

    def _await(self, condition, connection):
        self._changed.wait_for(lambda: condition() or self._closing)
        if self._closing or is_gone(connection):
            raise Closed

    def _await_restore(self, connection):
        with self._changed:
            self._await(lambda: self._restored, connection)
        return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n"

    def _take(self, connection):
        with self._changed:
            self._await(lambda: self._waiting, connection)
            invocation = self._waiting.pop(0)
            self._handed_out[invocation.id] = invocation
        lines = [b"%s: %s\r\n" % header for header in invocation.headers]
        length = b"Content-Length: %d\r\n" % len(invocation.event)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + b"".join(lines) + length
        return head + b"\r\n" + invocation.event

    def _send(self, connection, data, fault):
        if fault.halves:
            sent, rest = fault.halves
            connection.sendall(data[: len(data) // 2])
            wait_until_received(connection)
            sent.set()
            rest.wait(PATIENCE)
            data = data[len(data) // 2 :]
        step = fault.step or len(data) or 1
        for at in range(0, len(data), step):
            connection.sendall(data[at : at + step])
            if fault.pause:
                time.sleep(fault.pause)

    def _hang_up(self, connection, reader, how):
        if how == "rst":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        reader.close()
        connection.close()
        raise Closed


def wait_until_received(connection):
    """Waits until the other end's kernel has acknowledged everything that was sent (tcp(7), SIOCOUTQ)."""

    def left():
        return struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, bytes(4)))[0]

    wait_until(lambda: left() == 0, lambda: "what was sent does not arrive")


def is_gone(connection):
    """Whether the client closed it: an invocation sent there would be lost."""
    try:
        return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


ACCEPTED = b'HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{"status":"OK"}\n'
