"""SecantusDB, a real server for the tests: its own process, on a port of its own, in a folder of its own."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_TIMEOUT = 120


def program():
    """Beside the interpreter that runs the tests, unless FAAS_VENV names another environment."""
    folder = Path(os.environ["FAAS_VENV"]) / "bin" if os.environ.get("FAAS_VENV") else Path(sys.executable).parent
    return folder / "secantusd-py"


def free_port():
    """A port that nobody listens on, and that no client is given meanwhile: below the range the kernel takes those from."""
    first_ephemeral = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    low, high = (10000, first_ephemeral) if first_ephemeral > 12000 else (61000, 65535)
    while True:
        port = random.randrange(low, high)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


class Secantus:
    def __init__(self, *args):
        self.args = args
        self.folder = Path(tempfile.mkdtemp(prefix="faas-e2e-secantus-"))
        self.port = None
        self.process = None

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
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        """Start, or start again on the same port and data; returns when it answers."""
        self.port = self.port or free_port()
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [program(), "--port", str(self.port), "--storage-path", self.folder / "data", *self.args],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT
        while not self._answers():
            assert self.process.poll() is None, f"the server ended: {(self.folder / 'log').read_text()}"
            assert time.monotonic() < deadline, f"no hello within {START_TIMEOUT} s"

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
        except OSError:
            time.sleep(0.02)
            return False
        import pymongo.errors

        try:
            with self.client(serverSelectionTimeoutMS=1000 * START_TIMEOUT) as client:
                return client.admin.command("hello")["ok"] == 1
        except pymongo.errors.PyMongoError:
            return False

    def client(self, **options):
        import pymongo  # takes its time, and most tests use this module for free_port only

        return pymongo.MongoClient("127.0.0.1", self.port, directConnection=True, **options)

    def count(self):
        """Documents in the scenario's collection."""
        with self.client() as client:
            return client.faas["lambda"].count_documents({})

    def kill(self):
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.terminate()
        self.process.wait(START_TIMEOUT)

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)
