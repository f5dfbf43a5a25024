"""A server that speaks MongoDB's wire protocol, looks like the primary of a one-member replica set, and misbehaves on request.

    with WireServer() as server:
        server.fault("insert", wire_faults.acknowledge(0))  # the next insert
        server.fault("delete", wire_faults.never(), times=2)  # the next two deletes
        ... run a driver on server.uri ...
        assert server.inserted == server.deleted

It records what it saw before it misbehaves, so a test can compare a report with the wire.
"""

import asyncio
import itertools
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

import bson
from wire_faults import Fault, changed

OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
CHECKSUM_PRESENT, MORE_TO_COME, EXHAUST_ALLOWED = 1 << 0, 1 << 1, 1 << 16
HELLOS = ("hello", "ismaster", "isMaster")


# --- what was seen ----------------------------------------------------------------------------------------------------


@dataclass
class Connection:
    number: int
    client: dict | None = None  # the client document of its first hello
    commands: list = field(default_factory=list)
    open: bool = True


@dataclass
class Command:
    name: str
    body: dict
    connection: Connection
    at: float
    awaited: bool = False
    replies: int = 0


# --- the server -------------------------------------------------------------------------------------------------------


class WireServer:
    def __init__(self, hello=None, set_name="wire"):
        """hello: fields of every hello reply to change (MISSING takes one out)."""
        self.hello_changes = hello or {}
        self.set_name = set_name
        self.port = None
        self.connections = []
        self.commands = []
        self.collections = {}  # namespace -> {_id: document}
        self.inserted = []  # _ids, in order
        self.deleted = []
        self.violations = []  # what no client may send
        self.hello_flood = 0  # answers to an exhaust hello without a pause; the last one ends the stream
        self._rules = []
        self._retries = {}  # (session, transaction number) -> reply
        self._changed = threading.Condition()
        self._request_ids = itertools.count(1_000_000)
        self._topology = {"processId": bson.ObjectId(), "counter": bson.Int64(0)}
        self._served = {}  # number of the connection -> (writer, task)

    # Use from a test.

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self):
        return f"mongodb://{self.address}/?replicaSet={self.set_name}"

    def fault(self, command, fault, times=1):
        """The next `times` (None: all) of a command go wrong. "hello" includes isMaster."""
        self._rules.append([command, fault, times])

    def seen(self, name):
        """The commands of that name; "hello" includes isMaster."""
        with self._changed:
            return [c for c in self.commands if c.name == name or (name == "hello" and c.name in HELLOS)]

    def operations(self):
        """Every command except hellos: what a driver reports as command events."""
        with self._changed:
            return [c for c in self.commands if c.name not in HELLOS]

    def clients(self):
        """The client documents received."""
        with self._changed:
            return [c.client for c in self.connections if c.client is not None]

    def left_behind(self):
        return sum(len(documents) for documents in self.collections.values())

    def wait_for(self, condition, timeout=60.0):
        """Waits until condition(self) is true; returns whether it became so."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), timeout)

    def stall(self):
        """Sends nothing more on any connection, open ones included, like a process under SIGSTOP."""
        self._call(self._going.clear)

    def resume(self):
        self._call(self._going.set)

    def drop_connections(self, how="fin"):
        """Closes all open connections: "fin", or "rst" like a peer that lost its state."""

        def drop():
            for writer, task in list(self._served.values()):
                _close(writer, how)
                task.cancel()  # it may wait for something other than the connection

        self._call(drop)

    def change_hello(self, **fields):
        """Changes later hellos; those that await a change are answered at once."""

        def change():
            self.hello_changes = self.hello_changes | fields
            self._bump_topology()

        self._call(change)

    # Inside.

    def __enter__(self):
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire-server", daemon=True)
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *_):
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(60)

    def _call(self, function):
        async def call():
            function()

        self._run(call())

    async def _start(self):
        self._going = asyncio.Event()
        self._going.set()
        self._topology_changed = asyncio.Event()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _stop(self):
        self._server.close()
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _bump_topology(self):
        self._topology["counter"] = bson.Int64(self._topology["counter"] + 1)
        self._topology_changed.set()
        self._topology_changed = asyncio.Event()

    async def _serve(self, reader, writer):
        with self._changed:
            connection = Connection(len(self.connections) + 1)
            self.connections.append(connection)
            self._served[connection.number] = (writer, asyncio.current_task())
            self._changed.notify_all()
        try:
            while True:
                header = await reader.readexactly(16)
                length, request_id, _, opcode = struct.unpack("<iiii", header)
                if not 16 < length <= 48_000_000:
                    self.violations.append(f"message of {length} bytes: {header!r}")
                    break
                message = await reader.readexactly(length - 16)
                await self._going.wait()
                await self._handle(connection, writer, request_id, opcode, message)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            with self._changed:
                connection.open = False
                self._served.pop(connection.number, None)
                self._changed.notify_all()
            writer.close()

    async def _handle(self, connection, writer, request_id, opcode, message):
        flags = 0
        if opcode == OP_MSG:
            flags, body = _parse_msg(message)
        elif opcode == OP_QUERY:
            body = bson.decode(message[message.index(b"\0", 4) + 1 + 8 :])
            body = body.get("$query", body)
        else:
            self.violations.append(f"opcode {opcode}: {message[:100]!r}")
            raise ConnectionError(self.violations[-1])
        name = next(iter(body))
        command = Command(name, body, connection, time.monotonic(), awaited="topologyVersion" in body)
        fault = self._record(command)

        if command.awaited:
            await self._await_topology(body)
        document = self._carry_out(name, body, fault)
        if fault.delay:
            await asyncio.sleep(fault.delay)
            await self._going.wait()
        if fault.answer:
            await self._send(writer, command, opcode, request_id, document, flags, fault)
        if fault.close:
            _close(writer, fault.close)
            raise ConnectionError("closed on purpose")

    def _record(self, command):
        with self._changed:
            connection = command.connection
            connection.commands.append(command)
            self.commands.append(command)
            if connection.client is None and "client" in command.body:
                connection.client = command.body["client"]
            fault = self._next_fault(command.name)
            self._changed.notify_all()
        return fault

    def _next_fault(self, name):
        for rule in self._rules:
            command, fault, times = rule
            if times != 0 and (command == name or (command == "hello" and name in HELLOS)):
                rule[2] = times and times - 1
                return fault
        return Fault()

    def _carry_out(self, name, body, fault):
        with self._changed:
            document = self._answer(name, body, fault.apply)
            self._changed.notify_all()
        return fault.edit(document) if fault.edit else document

    async def _send(self, writer, command, opcode, request_id, document, flags, fault):
        """Send a reply; to an exhaust hello go on sending until the connection ends, or a flood does."""
        exhaust = command.name in HELLOS and flags & EXHAUST_ALLOWED
        while True:
            number = next(self._request_ids)
            data = _message(opcode, number, request_id, document, MORE_TO_COME if exhaust else 0)
            writer.write(fault.garble(data) if fault.garble else data)
            await writer.drain()
            with self._changed:
                command.replies += 1
                self._changed.notify_all()
            if not exhaust or fault.close:
                return
            request_id = number
            if self.hello_flood > 0:
                self.hello_flood -= 1
                exhaust = self.hello_flood > 0
                self._topology["counter"] = bson.Int64(self._topology["counter"] + 1)
            else:
                await self._await_topology(command.body | {"topologyVersion": document["topologyVersion"]})
                fault = self._next_fault(command.name)
                await asyncio.sleep(fault.delay)
                await self._going.wait()
            document = self._carry_out(command.name, command.body, fault)

    async def _await_topology(self, body):
        """Until there is news or maxAwaitTimeMS is over."""
        if body["topologyVersion"]["counter"] != self._topology["counter"]:
            return
        changed = self._topology_changed
        try:
            await asyncio.wait_for(changed.wait(), body["maxAwaitTimeMS"] / 1000)
        except asyncio.TimeoutError:
            pass
        await self._going.wait()

    def _answer(self, name, body, apply):
        if name in HELLOS:
            return self._hello(name)
        if name in ("insert", "delete"):
            return self._once(body, self._insert if name == "insert" else self._delete, apply)
        if name in ("ping", "endSessions"):
            return {"ok": 1.0}
        if name in ("saslStart", "saslContinue"):
            return {"ok": 0.0, "errmsg": "Authentication failed.", "code": 18, "codeName": "AuthenticationFailed"}
        return {"ok": 0.0, "errmsg": f"no such command: '{name}'", "code": 59, "codeName": "CommandNotFound"}

    def _hello(self, name):
        document = {
            "helloOk": True,
            "isWritablePrimary" if name == "hello" else "ismaster": True,
            "topologyVersion": dict(self._topology),
            "hosts": [self.address],
            "setName": self.set_name,
            "secondary": False,
            "primary": self.address,
            "me": self.address,
            "maxBsonObjectSize": 16777216,
            "maxMessageSizeBytes": 48000000,
            "maxWriteBatchSize": 100000,
            "logicalSessionTimeoutMinutes": 30,
            "minWireVersion": 0,
            "maxWireVersion": 21,
            "ok": 1.0,
        }
        changes = dict(self.hello_changes)
        if "isWritablePrimary" in changes and name != "hello":
            changes["ismaster"] = changes.pop("isWritablePrimary")
        return changed(document, changes)

    def _once(self, body, write, apply):
        """A retry of an applied write gets the first reply again."""
        if "txnNumber" not in body:
            return write(body, apply)
        key = (bytes(body["lsid"]["id"]), body["txnNumber"])
        document = self._retries.get(key) or write(body, apply)
        if apply:
            self._retries[key] = document
        return document

    def _insert(self, body, apply):
        collection = self.collections.setdefault(f"{body['$db']}.{body['insert']}", {})
        errors, n = [], 0
        for index, document in enumerate(body["documents"]):
            if document["_id"] in collection:
                errors.append({"index": index, "code": 11000, "errmsg": "E11000 duplicate key error"})
                continue
            n += 1
            if apply:
                collection[document["_id"]] = document
                self.inserted.append(document["_id"])
        return {"n": n, "ok": 1.0} | ({"writeErrors": errors} if errors else {})

    def _delete(self, body, apply):
        collection = self.collections.setdefault(f"{body['$db']}.{body['delete']}", {})
        n = 0
        for statement in body["deletes"]:
            matching = [i for i, d in collection.items() if all(d.get(k) == v for k, v in statement["q"].items())]
            for identifier in matching[: statement["limit"] or None]:
                n += 1
                if apply:
                    del collection[identifier]
                    self.deleted.append(identifier)
        return {"n": n, "ok": 1.0}


# --- bytes ------------------------------------------------------------------------------------------------------------


def _parse_msg(message):
    """The flags of an OP_MSG and its body, with the document sequences merged in."""
    (flags,) = struct.unpack_from("<I", message)
    at, end = 4, len(message) - (4 if flags & CHECKSUM_PRESENT else 0)
    body, sequences = {}, {}
    while at < end:
        kind = message[at]
        (size,) = struct.unpack_from("<i", message, at + 1)
        section = message[at + 1 : at + 1 + size]
        at += 1 + size
        if kind == 0:
            body = bson.decode(section)
        else:
            name, _, documents = section[4:].partition(b"\0")
            sequences[name.decode()] = bson.decode_all(documents)
    return flags, body | sequences


def _message(opcode, number, response_to, document, flags):
    data = bson.encode(document)
    if opcode == OP_QUERY:
        payload, opcode = struct.pack("<iqii", 8, 0, 0, 1) + data, OP_REPLY
    else:
        payload, opcode = struct.pack("<IB", flags, 0) + data, OP_MSG
    return struct.pack("<iiii", 16 + len(payload), number, response_to, opcode) + payload


def _close(writer, how):
    if writer.is_closing():
        return
    if how == "rst":
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    else:
        writer.close()
