"""A user's own deployment: the drill sees what the outage command does, and leaves running what it started."""

import contextlib
import shlex
import signal
import sys
from pathlib import Path
from xml.etree import ElementTree

import psutil
import pytest
import secantus
from faas_drill import HARNESS, Running, check_nothing_left, holder, in_python
from lambda_host import wait_until

pytestmark = [pytest.mark.phases, pytest.mark.timeout(180)]

NOBODY = "mongodb://127.0.0.1:1/"
PAUSE_MS = 100
RESTART = Path(__file__).parent / "restart_server.py"
FAST = in_python("told.py")  # answers at once, without a database


@pytest.fixture
def hold(tmp_path):
    return holder(tmp_path, "--uri", NOBODY)


def outages(held):
    """When the command ran, from and to, on the timeline."""
    entries = [entry for entry in held.result["timeline"] if entry["label"] == "outage command"]
    return [(entry["startMs"], entry["endMs"]) for entry in entries]


def test_invocations_follow_each_other_until_the_outage_is_over(hold):
    held = hold("cold,failover", FAST, outage_command="sleep 3")
    assert held.status == 0, held.log
    [(start, end)] = outages(held)
    invoked = [one["atMs"] for one in held.invocations[1:]]
    assert invoked[-1] > end, "one invocation sees what the outage left"
    assert 2 <= len(invoked) <= (end - start) / PAUSE_MS + 2


def test_no_outage_command(hold):
    held = hold("cold,outage,failover", FAST, freeze=0.2)
    assert held.status == 0 and "--outage-command" in held.phase("outage")["reason"], held.log


def test_what_a_good_outage_command_leaves_is_the_users(hold, tmp_path):
    """Like a member that was restarted. It has no TMPDIR, so that the test does not take it for the drill's."""
    number = tmp_path / "number"
    held = hold("cold,outage", FAST, freeze=0.1, outage_command=f"env -u TMPDIR sleep 600 & echo $! >{number}")
    assert held.status == 0, held.log
    left = psutil.Process(int(number.read_text()))
    assert left.name() == "sleep" and left.status() == psutil.STATUS_SLEEPING
    left.kill()


@pytest.mark.parametrize(
    ("then", "why", "limit"),
    [
        ("echo it broke >&2; exit 3", "exit status 3: it broke", 60),
        ("kill -9 $$", "signal 9", 60),
        ("sleep 600", "still running", 0.5),
    ],
)
def test_a_bad_outage_command_leaves_nothing(hold, then, why, limit):
    """CI also gets what was found until then."""
    held = hold("cold,outage", FAST, freeze=0.1, outage_command=f"sleep 600 & {then}", outage_timeout=limit)
    assert held.status == 2 and why in held.stderr
    assert held.result["verdict"] == "fail" and held.failed == ["outage"]
    assert held.phase("cold")["verdict"] == "pass" and why in held.phase("outage")["reason"]
    (suite,) = ElementTree.parse(held.folder / "junit.xml").iter("testsuite")
    assert suite.get("failures") == "1"


@pytest.mark.parametrize(("phase", "number"), [("outage", signal.SIGKILL), ("failover", signal.SIGTERM)])
def test_ended_during_the_outage_command(tmp_path, phase, number):
    begun = tmp_path / "begun"
    words = ["--uri", NOBODY, "--outage-command", f"sleep 600 & echo >{begun}; sleep 600"]
    words += ["--phases", f"cold,{phase}", "--freeze", "0.1", *FAST(tmp_path)]
    with Running(tmp_path, *words) as running:
        wait_until(lambda: begun.exists() or running.process.poll() is not None, "the outage")
        status, _, err = running.end(number)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 128 + number), err
    check_nothing_left(tmp_path)


def test_a_pipe_ends_whoever_writes_to_nobody(hold, tmp_path):
    status = tmp_path / "status"
    held = hold("cold,outage", FAST, freeze=0.1, outage_command=f"(yes; echo $? >{status}) | head -n 1")
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


def test_a_real_outage(tmp_path, mongodb):
    """The server goes down and comes back, once during a freeze, once between invocations; what can't be emulated is
    skipped with a reason."""
    options = {"uri_options": "serverSelectionTryOnce=false&serverSelectionTimeoutMS=90000", "client": "single"}
    with restarting(mongodb, tmp_path) as command:
        held = holder(tmp_path, "--uri", mongodb.uri)(
            *("cold,outage,failover,dropped", HARNESS),
            **options | {"outage_command": command, "freeze": 0.2, "timeout": 100, "patience": 170},
        )
        assert held.status == 0, held.log
        assert mongodb.count() == 0
    assert len(outages(held)) == 2 and not held.result["emulated"]
    assert held.named["outage"]["counts"]["connectionsCreated"] > 0
    retried = [one for one in held.invocations if one["name"] == "failover" and one["counts"]["commandsRetried"]]
    assert len(retried) == 1, "the one that found its connection gone"
    assert retried[0]["counts"]["commandsFailed"] == 1
    assert held.phase("failover")["recoverMs"] >= retried[0]["durationMs"]
    assert held.phase("dropped")["verdict"] == held.check("record_matches")["verdict"] == "skipped"
