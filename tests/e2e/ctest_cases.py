"""Runs the cases that ctest_case.py asks for, each in a fork of a pytest that has collected its file: `ctest_cases.py CTEST`.

Starting pytest and collecting a file takes more processor time than most cases, so it is done once for all cases of a
file. Each case sees the file's modules as they are after their import, and nothing of the other cases. Ends together
with the ctest whose process id it got.
"""

import atexit
import contextlib
import gc
import importlib
import marshal
import os
import select
import selectors
import signal
import socket
import sys
import tempfile
import time
from pathlib import Path

from ctest_case import address, is_mine

# What pytest and the cases import, except this project's modules.
MODULES = (
    *(
        "asyncio",
        "bson",
        "concurrent.futures",
        "http.client",
        "http.server",
        "jsonschema",
        "psutil",
        "pymongo",
        "pytest",
    ),
    *("urllib.request", "xml.etree.ElementTree", "yaml", "zipfile"),
)
SERVER = {}  # its modules by name, for secantus.py
PATIENCE = 10  # seconds that a case gets to clean up after its client was ended
FILES = 16  # test files that stay collected


def main(ctest):
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(address(ctest))
    except OSError:
        return 0  # another server runs already
    listener.listen(1000)
    preload()
    file = Files(ctest, listener).next_file()
    return File(*file).run() if file else 0


def preload():
    # This folder has the tests' own modules.
    del sys.path[0]
    for module in MODULES:
        importlib.import_module(module)
    from _pytest.config import default_plugins

    for plugin in default_plugins:
        importlib.import_module(f"_pytest.{plugin}")
    preload_server()
    share_memory()


def preload_server():
    """Loads what secantus.py forks: the first WiredTiger in a process measures the clock, for 0.7 s of processor time."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a fork would lack the other threads
    importlib.import_module("secantus.cli")
    with tempfile.TemporaryDirectory() as folder:
        importlib.import_module("wiredtiger").wiredtiger_open(folder, "create").close()
    # The tests have a module of that name.
    for name in [name for name in sys.modules if name.partition(".")[0] == "secantus"]:
        SERVER[name] = sys.modules.pop(name)


def share_memory():
    """Shares memory with forked processes: garbage collection would write to every page."""
    gc.collect()
    gc.freeze()


class Files:
    """Passes each request to the process that has collected its file."""

    def __init__(self, ctest, listener):
        self.ctest = ctest
        self.listener = listener
        self.channels = {}  # by file, folder and environment; the one used last is last

    def next_file(self):
        """Returns in each new process what it must collect; in this one None, once ctest is gone."""
        while Path(f"/proc/{self.ctest}").exists():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)
            if select.select([self.listener], [], [], 0.5)[0]:
                file = self.accept()
                if file:
                    return file
        return None

    def accept(self):
        connection, _ = self.listener.accept()
        with connection:
            if not is_mine(connection):
                return None
            # Everything: only the client's end can be read later.
            header, descriptors, _, _ = socket.recv_fds(connection, 8, 3)
            request = connection.recv(int.from_bytes(header, "little"), socket.MSG_WAITALL)
            (*options, node), folder, environment = marshal.loads(request)
            file = node.partition("::")[0]
            key = (file, folder, *sorted(environment.items()))
            channel = self.channels.pop(key, None)
            if not channel:
                channel, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
                if os.fork() == 0:
                    self.close(channel, descriptors)
                    return end, options, file, folder, environment
                end.close()
            with contextlib.suppress(BrokenPipeError):  # it crashed; its cases fail, because nobody answers them
                socket.send_fds(channel, [node.encode()], [connection.fileno(), *descriptors])
                self.channels[key] = channel
            for descriptor in descriptors:
                os.close(descriptor)
        if len(self.channels) > FILES:
            self.channels.pop(next(iter(self.channels))).close()
        return None

    def close(self, channel, descriptors):
        """In the fork: closes what belongs to this process and its other files."""
        for file in (self.listener, channel, *self.channels.values()):
            file.close()
        for descriptor in descriptors:
            os.close(descriptor)


class File:
    """A plugin of the pytest that collects a file: instead of its cases it runs the requested ones, each in a fork."""

    def __init__(self, channel, options, file, folder, environment):
        self.channel = channel
        self.options = options
        self.file = file
        self.folder = folder
        self.environment = environment
        self.selector = selectors.DefaultSelector()
        self.selector.register(channel, selectors.EVENT_READ, self.receive)
        self.open = True
        self.node = None  # in a case's process, its name
        self.descriptors = []
        self.cases = {}  # process id: when to kill it
        self.left_behind = {}  # process id: its descendants when its client left

    def run(self):
        """In each case's process: does what `python -m pytest` would do as the client's."""
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        sys.path.insert(0, self.folder)
        sys.argv = ["pytest", *self.options, self.file]
        # Assertions are rewritten once per tree, not per file, whatever PYTHONDONTWRITEBYTECODE says.
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.path.join(self.environment["FAAS_BUILD_DIR"], "pycache")
        import pytest

        status = pytest.main([*self.options, self.file], plugins=[self])
        if self.node is None:  # conftest.py has an error: each case reports it
            self.next_case()
            self.take_descriptors()
            status = pytest.main([*self.options, self.node])
        # Python's normal exit would free every object of the server, and so copy its memory, which is most of a small
        # case's cost.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

    def pytest_runtestloop(self, session):
        sys.stdout.flush()
        share_memory()
        self.next_case()
        plugin = session.config.pluginmanager.get_plugin
        # It has kept the descriptors that existed when it started.
        plugin("capturemanager").stop_global_capturing()
        self.take_descriptors()
        plugin("capturemanager").start_global_capturing()
        plugin("capturemanager").suspend_global_capture()
        plugin("terminalreporter").pytest_sessionstart(session)  # its clock
        if "::" in self.node:  # and not the whole file
            session.items = [item for item in session.items if item.nodeid == self.node]
        session.testscollected = len(session.items)

    def next_case(self):
        """Returns in each new process; this one ends when no requests come any more."""
        while self.cases or self.open:
            for key, _ in self.selector.select(0.5):
                key.data()
                if self.node is not None:
                    return
            for pid, deadline in self.cases.items():
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
        os._exit(0)

    def take_descriptors(self):
        for number, descriptor in enumerate(self.descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)

    def receive(self):
        node, descriptors, _, _ = socket.recv_fds(self.channel, 10_000, 4)
        if not node:
            self.selector.unregister(self.channel)
            self.open = False
            return
        connection = socket.socket(fileno=descriptors.pop(0))
        pid = os.fork()
        if pid == 0:
            connection.close()
            self.close()
            os.setsid()
            self.node, self.descriptors = node.decode(), descriptors
            return
        for descriptor in descriptors:
            os.close(descriptor)
        process = os.pidfd_open(pid)
        self.cases[pid] = float("inf")
        self.selector.register(process, selectors.EVENT_READ, lambda: self.ended(pid, process, connection))
        self.selector.register(connection, selectors.EVENT_READ, lambda: self.left(pid, connection))

    def ended(self, pid, process, connection):
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        del self.cases[pid]
        for process_below in self.left_behind.pop(pid, []):
            end(process_below)
        self.selector.unregister(process)
        os.close(process)
        if connection.fileno() >= 0:
            self.selector.unregister(connection)
            with contextlib.suppress(OSError):
                connection.sendall(status.to_bytes(4, "little", signed=True))
            connection.close()

    def left(self, pid, connection):
        """The client was ended, by ctest after its time limit or from the keyboard."""
        if pid not in self.cases:
            return  # both ended at once
        self.selector.unregister(connection)
        connection.close()
        self.cases[pid] = time.monotonic() + PATIENCE
        self.left_behind[pid] = below(pid)
        os.kill(pid, signal.SIGINT)

    def close(self):
        """In the fork: closes what belongs to the other cases."""
        files = [key.fileobj for key in self.selector.get_map().values()]
        self.selector.close()
        for file in files:
            os.close(file) if isinstance(file, int) else file.close()


def below(pid):
    import psutil

    return psutil.Process(pid).children(recursive=True)


def end(process):
    import psutil

    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
