"""AWS's own Runtime Interface Emulator around the function, as in `sam local invoke`'s containers.

It is in the wheel of AWS SAM's command line: the file that FAAS_RIE names, or else the one in build/sam-venv.
"""

import contextlib
import http.client
import json
import os
import platform
import shlex
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from harness import BUILD_DIR, PROGRAM, SOURCE_DIR, check_secrets, environment
from secantus import free_port

ARCHITECTURE = "arm64" if platform.machine() in ("aarch64", "arm64") else "x86_64"
WHERE = f"sam-venv/lib/python*/site-packages/samcli/local/rapid/aws-lambda-rie-{ARCHITECTURE}"
START_TIMEOUT = 60


def find():
    """The emulator's path, or None."""
    found = [Path(os.environ["FAAS_RIE"])] if os.environ.get("FAAS_RIE") else []
    for folder in (SOURCE_DIR / "build", BUILD_DIR):
        found += sorted(folder.glob(WHERE))
    return next((path for path in found if path.exists()), None)


NOT_FOUND = "no AWS emulator: it comes with AWS SAM's command line, which ./dev package installs; or set FAAS_RIE"
needs_rie = pytest.mark.skipif(find() is None, reason=NOT_FOUND)


def namespaces():
    """A command prefix for a command that needs file systems of its own."""
    return ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


@dataclass
class Answer:
    status: int
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Emulator:
    root = None  # a LambdaRoot that has the emulator; else a folder whose bootstrap starts the harness as built

    def __init__(self, env=None, timeout_seconds=30):
        self.port = None
        self.process = None
        self.folder = tempfile.TemporaryDirectory(prefix="faas-e2e-rie-")
        self.log = Path(self.folder.name) / "log"
        self.env = {"AWS_LAMBDA_FUNCTION_TIMEOUT": str(timeout_seconds)} | (env or {})

    def __enter__(self):
        self.port = free_port()
        own = ["--runtime-interface-emulator-address", f"127.0.0.1:{self.port}"]
        own += ["--runtime-api-address", f"127.0.0.1:{free_port()}"]
        if self.root:
            command = self.root.emulator_command(find(), *own)
            folder, variables = "/", self.root.variables | self.env
        else:
            folder = self._compose()
            command = [*self._prefix(folder), find(), *own, f"{folder}/bootstrap"]
            variables = environment(self.env | {"LAMBDA_TASK_ROOT": folder, "_HANDLER": "mongodb"})
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                list(map(str, command)), cwd=folder, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self

    def __exit__(self, *_):
        children = psutil.Process(self.process.pid).children(recursive=True)
        # unshare, through which a root is entered, ignores the signal: the emulator is its child.
        emulator = children[0] if self.root and children else self.process
        with contextlib.suppress(psutil.NoSuchProcess):
            emulator.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        check_secrets(self.output)
        self.folder.cleanup()

    def _prefix(self, folder):
        return []

    def _compose(self):
        root = Path(self.folder.name) / "task"
        root.mkdir()
        bootstrap = root / "bootstrap"
        bootstrap.write_text(f"#!/bin/sh\nexec {shlex.quote(str(PROGRAM))}\n")
        bootstrap.chmod(0o755)
        return str(root)

    @property
    def output(self):
        return self.log.read_text(errors="replace")

    def invoke(self, event=b"{}", timeout=120):
        connection = self._connect(timeout)
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        connection.request("POST", "/2015-03-31/functions/function/invocations", body)
        response = connection.getresponse()
        answer = Answer(response.status, response.read())
        connection.close()
        return answer

    def _connect(self, timeout):
        deadline = time.monotonic() + START_TIMEOUT
        while True:
            assert self.process.poll() is None, self.output
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
            try:
                connection.connect()
                return connection
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, self.output
                time.sleep(0.02)

    def runtime(self):
        """The function's process."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        (child,) = [process for process in found if process.name() in (PROGRAM.name, "bootstrap")]
        return child


class ManagedInstance(Emulator):
    """An environment of Lambda Managed Instances: several invocations at once, no freeze. The emulator then looks for
    the bootstrap in Lambda's own places only, so it and its children see another /var."""

    def __init__(self, concurrency, env=None, timeout_seconds=30):
        super().__init__({"AWS_LAMBDA_MAX_CONCURRENCY": str(concurrency)} | (env or {}), timeout_seconds)

    def _prefix(self, folder):
        lay = 'mount -t tmpfs tmpfs /var && mkdir /var/task && cp "$0" /var/task && exec "$@"'
        return [*namespaces(), "sh", "-c", lay, f"{folder}/bootstrap"]
