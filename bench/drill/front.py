"""Measures what the front adds to a command: an insert and a delete over one connection, to the server itself and
through faas-front. With --before, an older faas-front is measured in the same run, in alternating blocks: the figure is
the median of the blocks' ratios. Commands are numbered as those of drivers are (lsid, txnNumber), so the front has all
its work."""

import contextlib
import re
import socket
import statistics
import struct
import subprocess
import time
import uuid

import bson
from figures import BenchError, Ratio, quartiles, rotated, show
from peer import cpu_ns
from secantus import Secantus

GOAL = 1.05
OP_MSG = 2013
NOW, BEFORE, DIRECT = "through the front", "through the older front", "the server itself"


class Connection:
    """A connection like an application's, after its hello; pid is that of the front behind it."""

    def __init__(self, port, pid=None):
        self.pid, self.cpu_ns = pid, []
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.session = {"id": bson.Binary.from_uuid(uuid.uuid4())}
        self.number = 0
        self.run(
            {"hello": 1, "client": {"driver": {"name": "bench", "version": "1"}, "os": {"type": "Linux"}}}, "admin"
        )

    def run(self, command, database="faas"):
        body = b"\0\0\0\0\0" + bson.encode(command | {"$db": database})
        self.socket.sendall(struct.pack("<iiii", 16 + len(body), 1, 0, OP_MSG) + body)
        length = struct.unpack("<i", self._read(4))[0]
        reply = bson.decode(self._read(length - 4)[17:])
        if not reply.get("ok"):
            raise BenchError(f"{next(iter(command))}: {reply}")

    def _read(self, count):
        found = b""
        while len(found) < count:
            part = self.socket.recv(count - len(found))
            if not part:
                raise BenchError("the connection was closed")
            found += part
        return found

    def insert_and_delete(self):
        document = {"_id": bson.ObjectId()}
        for command in (
            {"insert": "bench", "documents": [document]},
            {"delete": "bench", "deletes": [{"q": document, "limit": 1}]},
        ):
            self.number += 1
            self.run(command | {"lsid": self.session, "txnNumber": bson.Int64(self.number)})

    def _cpu_ns(self):
        return cpu_ns(self.pid) if self.pid else 0

    def block(self, count):
        """Returns nanoseconds per command."""
        cpu, start = self._cpu_ns(), time.perf_counter_ns()
        for _ in range(count):
            self.insert_and_delete()
        took = time.perf_counter_ns() - start
        self.cpu_ns.append((self._cpu_ns() - cpu) / count / 2)
        return took / count / 2


@contextlib.contextmanager
def through(program, server):
    command = [str(program), "--server", server.address]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as front:
        try:
            uri = next((found for line in front.stdout if (found := re.search(r"127\.0\.0\.1:(\d+)", line))), None)
            if uri is None:
                raise BenchError(f"{program} printed no URI")
            yield Connection(int(uri[1]), front.pid)
        finally:
            front.kill()


def measure_front(table, program, before, quick):
    blocks, count = (10, 50) if quick else (40, 100)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(Secantus())
        connections = {DIRECT: Connection(server.port), NOW: stack.enter_context(through(program, server))}
        if before:
            connections[BEFORE] = stack.enter_context(through(before, server))
        found = {name: [] for name in connections}
        names = list(connections)
        for name in names:
            connections[name].block(count)
        for i in range(blocks):
            for name in rotated(names, i):
                found[name].append(connections[name].block(count))
    table.head(f"A command, insert or delete of one document, median of {blocks} blocks of {2 * count}")
    for name in names:
        middle, (low, high) = statistics.median(found[name]), quartiles(found[name])
        table.line(name, f"{show(middle, 'ns')} ({show(low, 'ns')} to {show(high, 'ns')})", value=middle)
    for name in names[1:]:
        cpu = statistics.median(connections[name].cpu_ns)
        table.line(f"CPU {name}", show(cpu, "ns"), value=cpu)
    ratio = Ratio(found[NOW], found[DIRECT])
    table.line("front to none", ratio.text("ns"), value=ratio.median)
    if not before:
        table.line("front to the older one", "left out: --before names an older faas-front")
        return
    ratio = Ratio(found[NOW], found[BEFORE])
    table.line(
        "front to the older one", ratio.text("ns"), value=ratio.median, goal=f"≤ {GOAL}×", met=ratio.median <= GOAL
    )
