"""SecantusDB, a real server for the tests, in its own process, with its own port and folder."""

import gc
import logging
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
from functools import partial
from pathlib import Path

START_TIMEOUT = 120


def program():
    """Beside the interpreter that runs the tests, unless FAAS_VENV names another environment."""
    folder = Path(os.environ["FAAS_VENV"]) / "bin" if os.environ.get("FAAS_VENV") else Path(sys.executable).parent
    return folder / "secantusd-py"


_reserved = []


def free_port():
    """A port that nobody listens on, and that nobody else gets meanwhile: no client, because it is below the kernel's
    range for those, and no other test, as long as this process lives."""
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    low, high = (10000, first_ephemeral) if first_ephemeral > 12000 else (61000, 65535)
    while not _reserve(port := random.randrange(low, high)):
        pass
    return port


def _reserve(port):
    # An abstract name: one per network namespace, like ports, and gone with the process.
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0faas-port-{port}")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
    except OSError:
        name.close()
        return False
    _reserved.append(name)
    return True


def preloaded():
    """The server's own modules, if ctest_cases.py has imported them."""
    modules = getattr(sys.modules["__main__"], "SERVER", {})
    return modules if program().parent == Path(sys.executable).parent else {}


def serve(modules, arguments):
    """Runs the server in a fork of a case of ctest_cases.py, because starting the program takes a second of processor
    time."""
    status = 1
    try:
        gc.freeze()  # no file of the case may be closed on garbage collection: its number may be in use again
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))  # Popen waits for the end of one of these
        sys.stdout, sys.stderr = open(1, "w"), open(2, "w")
        logging.getLogger().handlers.clear()
        sys.modules.update(modules)
        status = modules["secantus.cli"].main(arguments)
    except SystemExit as end:
        status = end.code
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


class Secantus:
    def __init__(self, *args):
        self.args = args
        self.folder = Path(tempfile.mkdtemp(prefix="faas-e2e-secantus-"))
        self.port = None
        self.process = None
        self.killed = False

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def uri(self):
        return f"mongodb://{self.address}/?replicaSet=secantus"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        status = self.process.poll()
        if status is not None and not self.killed:
            print(f"the server ended, with {status}: {(self.folder / 'log').read_text()[-4000:]}")
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Starts it, or starts it again on the same port and data; returns when it answers."""
        new, log = self.port is None, self.folder / "log"
        while True:
            self.port = free_port() if new else self.port
            self._start(log)
            if self.process.poll() is None:
                return
            assert new and "Address already in use" in log.read_text(), f"the server ended: {log.read_text()}"
            log.unlink()

    def _start(self, log):
        """Returns when it answers or has ended."""
        self.killed = False
        modules = preloaded()
        arguments = ["--port", str(self.port), "--storage-path", str(self.folder / "data"), *map(str, self.args)]
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                [program(), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                restore_signals=not modules,  # Python ignores SIGPIPE from its start, but a fork does not
                preexec_fn=partial(serve, modules, arguments) if modules else None,
            )
        deadline = time.monotonic() + START_TIMEOUT
        while self.process.poll() is None and not self._answers():
            assert time.monotonic() < deadline, f"no hello within {START_TIMEOUT} s"

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            time.sleep(0.02)
            return False
        import pymongo.errors

        try:
            with self.client(serverSelectionTimeoutMS=10_000) as client:
                return client.admin.command("hello")["ok"] == 1
        except pymongo.errors.PyMongoError:
            return False

    def client(self, **options):
        import pymongo  # slow to import, and most tests use this module for free_port only

        return pymongo.MongoClient("127.0.0.1", self.port, directConnection=True, **options)

    def count(self):
        """Documents in the scenario's collection."""
        with self.client() as client:
            return client.faas["lambda"].count_documents({})

    def kill(self):
        """SIGKILL, because SIGTERM once took more than two minutes. With --sync-on-commit nothing acknowledged is lost."""
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()
        self.killed = True

    def freeze(self):
        """Returns when all its threads have stopped: until then they may still answer."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)
