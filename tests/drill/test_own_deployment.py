"""A deployment of the user's own: what the outage command does to it is seen, and what it leaves behind stays."""

import shlex
import signal
import sys

import psutil
import pytest
from faas_drill import FUNCTIONS, drill, script_function

pytestmark = pytest.mark.phases

NOBODY = "mongodb://127.0.0.1:1/"
PAUSE_MS = 100


def fast_function(folder):
    """One that answers at once, without a database."""
    return script_function(folder, f"exec {shlex.quote(sys.executable)} {shlex.quote(str(FUNCTIONS / 'told.py'))}")


def outages(held):
    """When the command ran, from and to, on the axis."""
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
    assert invoked[-1] > end, "one sees what the outage has left"
    assert 2 <= len(invoked) <= (end - start) / PAUSE_MS + 2


def outage_arguments(command, *more):
    return ["--uri", NOBODY, "--outage-command", command, "--phases", "cold,outage", "--freeze", "0.1", *more]


@pytest.mark.timeout(90)
def test_what_a_good_outage_command_leaves_is_the_users(tmp_path):
    """As a member that was started again. Not to be told from the drill's own by the test, it has no TMPDIR."""
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
def test_a_pipe_ends_whoever_writes_to_nobody(tmp_path):
    status = tmp_path / "status"
    command = f"(yes; echo $? >{shlex.quote(str(status))}) | head -n 1"
    held = drill(tmp_path, *outage_arguments(command), fast_function(tmp_path))
    assert held.status == 0, held.log
    assert int(status.read_text()) == 128 + signal.SIGPIPE
