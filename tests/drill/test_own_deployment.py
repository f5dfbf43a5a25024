"""A user's own deployment: the drill sees what the outage command does, and leaves running what it started."""

import contextlib
import shlex
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest
import secantus
from faas_drill import FUNCTIONS, Running, check_nothing_left, drill, harness_function, script_function

pytestmark = pytest.mark.phases

NOBODY = "mongodb://127.0.0.1:1/"
PAUSE_MS = 100
RESTART = Path(__file__).parent / "restart_server.py"


def fast_function(folder):
    """One that answers at once, without a database."""
    return script_function(folder, f"exec {shlex.quote(sys.executable)} {shlex.quote(str(FUNCTIONS / 'told.py'))}")


def outages(held):
    """When the command ran, from and to, on the timeline."""
    entries = [entry for entry in held.result["timeline"] if entry["label"] == "outage command"]
    return [(entry["startMs"], entry["endMs"]) for entry in entries]


@pytest.mark.timeout(90)
def test_invocations_follow_each_other_until_the_outage_is_over(tmp_path):
    held = drill(
        tmp_path,
        *("--uri", NOBODY, "--outage-command", "sleep 3", "--phases", "cold,failover"),
        fast_function(tmp_path),
    )
    assert held.status == 0, held.log
    [(start, end)] = outages(held)
    invoked = [one["atMs"] for one in held.invocations[1:]]
    assert invoked[-1] > end, "one invocation sees what the outage left"
    assert 2 <= len(invoked) <= (end - start) / PAUSE_MS + 2


def outage_arguments(command, *more):
    return ["--uri", NOBODY, "--outage-command", command, "--phases", "cold,outage", "--freeze", "0.1", *more]


@pytest.mark.timeout(90)
def test_what_a_good_outage_command_leaves_is_the_users(tmp_path):
    """Like a member that was restarted. It has no TMPDIR, so that the test does not take it for the drill's."""
    number = tmp_path / "number"
    command = f"env -u TMPDIR sleep 600 & echo $! >{shlex.quote(str(number))}"
    held = drill(tmp_path, *outage_arguments(command), fast_function(tmp_path))
    assert held.status == 0, held.log
    left = psutil.Process(int(number.read_text()))
    assert left.name() == "sleep" and left.status() == psutil.STATUS_SLEEPING
    left.kill()


@pytest.mark.timeout(90)
@pytest.mark.parametrize(("then", "why"), [("exit 3", "exit status 3"), ("sleep 600", "still running")])
def test_a_bad_outage_command_leaves_nothing(tmp_path, then, why):
    command = f"sleep 600 & {then}"
    limit = "0.5" if then == "sleep 600" else "60"
    held = drill(tmp_path, *outage_arguments(command, "--outage-timeout", limit), fast_function(tmp_path))
    assert held.status == 2 and why in held.stderr


@pytest.mark.timeout(90)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("phase", ["outage", "failover"])
def test_ended_during_the_outage_command(tmp_path, phase, number):
    begun = tmp_path / "begun"
    command = f"sleep 600 & echo >{shlex.quote(str(begun))}; sleep 600"
    arguments = outage_arguments(command, "--phases", f"cold,{phase}")
    with Running(tmp_path, *arguments, fast_function(tmp_path)) as running:
        while not begun.exists():
            assert running.process.poll() is None, running.process.stderr.read()
            time.sleep(0.01)
        status, _, err = running.end(number)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 128 + number), err
    check_nothing_left(tmp_path)


@pytest.mark.timeout(90)
def test_a_pipe_ends_whoever_writes_to_nobody(tmp_path):
    status = tmp_path / "status"
    command = f"(yes; echo $? >{shlex.quote(str(status))}) | head -n 1"
    held = drill(tmp_path, *outage_arguments(command), fast_function(tmp_path))
    assert held.status == 0, held.log
    assert int(status.read_text()) == 128 + signal.SIGPIPE


@contextlib.contextmanager
def restarting(server, folder):
    """A command that ends the server and starts it again; the last server is ended here."""
    number = folder / "number"
    number.write_text(str(server.process.pid))
    again = [secantus.program(), "--port", server.port, "--storage-path", server.folder / "data", "--sync-on-commit"]
    try:
        yield shlex.join(
            map(str, [sys.executable, RESTART, folder / "out" / "function.log", number, server.port, *again])
        )
    finally:
        newest = psutil.Process(int(number.read_text()))
        newest.kill()
        psutil.wait_procs([newest], timeout=20)


@pytest.mark.timeout(180)
def test_a_real_outage(tmp_path, mongodb):
    """The server goes down and comes back, once during a freeze, once between invocations."""
    waits = "serverSelectionTryOnce=false&serverSelectionTimeoutMS=90000"
    with restarting(mongodb, tmp_path) as command:
        held = drill(
            tmp_path,
            *("--uri", mongodb.uri, "--outage-command", command, "--phases", "cold,outage,failover"),
            *("--client", "single", "--uri-options", waits, "--freeze", "0.2", "--timeout", "100"),
            harness_function(tmp_path),
            timeout=170,
        )
        assert held.status == 0, held.log
        assert mongodb.count() == 0
    assert len(outages(held)) == 2
    (after,) = [one["counts"] for one in held.invocations if one["name"] == "outage"]
    assert after["connectionsCreated"] > 0
    retried = [one for one in held.invocations if one["name"] == "failover" and one["counts"]["commandsRetried"]]
    assert len(retried) == 1, "the one that found its connection gone"
    assert retried[0]["counts"]["commandsFailed"] == 1
    assert held.phase("failover")["recoverMs"] >= retried[0]["durationMs"]
