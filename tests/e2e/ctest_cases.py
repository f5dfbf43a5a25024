"""Runs the cases that ctest_case.py asks for, each in a fork of a process that has imported pytest: `ctest_cases.py CTEST`.

A fork knows no test module, so each case reads conftest.py and its file afresh, as in a pytest of its own. Ends with the ctest
whose process id it is given.
"""

import contextlib
import gc
import importlib
import marshal
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path

from ctest_case import address, is_mine

# What pytest and the cases import, none of it this project's.
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
    *("tempfile", "urllib.request", "xml.etree.ElementTree", "yaml", "zipfile"),
)
PATIENCE = 10  # seconds that a case has to clean up when its client was ended


def main(ctest):
    listener = socket.socket(socket.AF_UNIX)
    try:
        listener.bind(address(ctest))
    except OSError:
        return 0  # another one serves
    listener.listen(1000)
    preload()
    request = Server(ctest, listener).next_case()
    return run(*request) if request else 0


def preload():
    # This folder has the tests' own modules.
    del sys.path[0]
    for module in MODULES:
        importlib.import_module(module)
    from _pytest.config import default_plugins

    for plugin in default_plugins:
        importlib.import_module(f"_pytest.{plugin}")
    # A collection would write to every page, which then is no longer shared.
    gc.collect()
    gc.freeze()


class Server:
    def __init__(self, ctest, listener):
        self.ctest = ctest
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.selector.register(listener, selectors.EVENT_READ, self.accept)
        self.cases = {}  # process id: when it is to be killed
        self.left_behind = {}  # process id: what ran below it when its client left

    def next_case(self):
        """Returns in each new process, with what its client asked for; in this one with None, when ctest is gone."""
        while self.cases or Path(f"/proc/{self.ctest}").exists():
            for key, _ in self.selector.select(0.5):
                request = key.data()
                if request:
                    return request
            for pid, deadline in self.cases.items():
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
        return None

    def accept(self):
        connection, _ = self.listener.accept()
        if not is_mine(connection):
            connection.close()
            return None
        # All of it: what can be read later is the client's end.
        header, files, _, _ = socket.recv_fds(connection, 8, 3)
        request = connection.recv(int.from_bytes(header, "little"), socket.MSG_WAITALL)
        pid = os.fork()
        if pid == 0:
            connection.close()
            self.close()
            return request, files
        for file in files:
            os.close(file)
        process = os.pidfd_open(pid)
        self.cases[pid] = float("inf")
        self.selector.register(process, selectors.EVENT_READ, lambda: self.ended(pid, process, connection))
        self.selector.register(connection, selectors.EVENT_READ, lambda: self.left(pid, connection))
        return None

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
        """In the fork: what belongs to the server and its other cases."""
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


def run(request, files):
    """What `python -m pytest` would be as the client's process."""
    arguments, folder, environment = marshal.loads(request)
    os.setsid()
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.path.insert(0, folder)
    sys.argv = ["pytest", *arguments]
    # Asserts are rewritten once for each tree and not for each case, whatever PYTHONDONTWRITEBYTECODE says.
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.path.join(environment["FAAS_BUILD_DIR"], "pycache")
    import pytest

    return pytest.main(arguments)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
