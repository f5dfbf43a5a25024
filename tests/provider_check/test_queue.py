"""examples/provider_queue: a platform that pushes, with four invocations open at once, built by the guide's cc command."""

import concurrent.futures
import contextlib
import os
import socket
import subprocess

import harness
import pytest
from checker import check, senders

EXAMPLE = harness.SOURCE_DIR / "examples" / "provider_queue" / "queue.c"

pytestmark = [pytest.mark.abi, pytest.mark.timeout(300)]


@pytest.fixture
def module(tmp_path):
    sanitizer = [f"-fsanitize={os.environ['FAAS_SANITIZE']}"] if os.environ.get("FAAS_SANITIZE") else []
    warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"]
    command = ["cc", "-std=c11", "-D_GNU_SOURCE", "-shared", "-fPIC", "-fvisibility=hidden", *warnings, *sanitizer]
    include = harness.SOURCE_DIR / "include"
    done = subprocess.run(
        [*command, f"-I{include}", EXAMPLE, "-o", tmp_path / "queue.so"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return tmp_path / "queue.so"


def push(path, event, timeout=60):
    """The answer to an event; empty if nobody accepts it."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(timeout)
        connection.connect(str(path))
        connection.sendall(event)
        return b"".join(iter(lambda: connection.recv(65536), b""))
    return b""


@pytest.mark.plain("the checker's own malloc is not there beside a sanitizer's")
def test_it_keeps_every_rule(module, tmp_path):
    path = tmp_path / "socket"
    with senders(lambda: push(path, b'{"n":1}', 2), 6):
        result = check("--option", f"socket={path}", module).expect_kept()
    assert result.skipped == {"caller_gone", "format_log", "log"}


@pytest.mark.managed
def test_many_at_once(module, tmp_path):
    path = tmp_path / "socket"
    arguments = ["--provider", module, "--option", f"socket={path}", "--scenario", "echo"]
    with harness.Harness(*arguments) as running, concurrent.futures.ThreadPoolExecutor(8) as pool:
        while not push(path, b"{}"):  # nobody listens yet
            assert running.process.poll() is None, running.stderr
        events = [b'{"n":%d}' % number for number in range(200)]
        assert list(pool.map(lambda event: push(path, event), events)) == events
        running.process.terminate()
        assert running.finish().exit_code == 0
    assert not path.exists()


def test_it_is_as_short_as_promised():
    code = [line for line in EXAMPLE.read_text().splitlines() if line.strip() and not line.startswith("#include")]
    assert len(code) < 125
