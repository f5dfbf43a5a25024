"""A user's own deployment: the drill sees what the outage command does, and leaves running what it started."""

import signal
import time
from xml.etree import ElementTree

import psutil
import pytest
from faas_drill import HARNESS, Running, holder, in_python
from lambda_host import wait_until
from secantus import Secantus

pytestmark = pytest.mark.phases

NOBODY = "mongodb://127.0.0.1:1/"
PAUSE_MS = 100
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
        running.until(begun.exists, "the outage")
        running.ended_by(number)


def test_a_pipe_ends_whoever_writes_to_nobody(hold, tmp_path):
    status = tmp_path / "status"
    held = hold("cold,outage", FAST, freeze=0.1, outage_command=f"(yes; echo $? >{status}) | head -n 1")
    assert held.status == 0, held.log
    assert int(status.read_text()) == 128 + signal.SIGPIPE


def restart(server, log):
    """Just after an invocation: a server killed during a write may have applied it, but not know that when the driver
    retries. Gives up on that if the function is suspended anyway."""
    before, until = log.read_text().count("REPORT RequestId: "), time.monotonic() + 2
    wait_until(lambda: log.read_text().count("REPORT RequestId: ") > before or time.monotonic() > until, "its end")
    server.kill()
    server.start()


@pytest.fixture
def durable():
    """A server that loses nothing acknowledged when it is killed."""
    with Secantus("--sync-on-commit") as server:
        yield server


def test_a_real_outage(tmp_path, durable):
    """The server goes down and comes back, once during a freeze, once between invocations; what can't be emulated is
    skipped with a reason."""
    asked = tmp_path / "asked"
    command = f"touch {asked}; while [ -e {asked} ]; do sleep 0.02; done"
    waits = "serverSelectionTryOnce=false&serverSelectionTimeoutMS=90000"
    words = ["--uri", durable.uri, "--outage-command", command, "--phases", "cold,outage,failover,dropped"]
    words += ["--client", "single", "--uri-options", waits, "--freeze", "0.2", "--timeout", "100", *HARNESS(tmp_path)]
    with Running(tmp_path, *words) as running:
        for _ in range(2):
            running.until(asked.exists, "the outage")
            restart(durable, tmp_path / "out" / "function.log")
            asked.unlink()
        held = running.held()
    assert held.status == 0, held.log
    assert durable.count() == 0
    assert len(outages(held)) == 2 and not held.result["emulated"]
    assert held.named["outage"]["counts"]["connectionsCreated"] > 0
    retried = [one for one in held.invocations if one["name"] == "failover" and one["counts"]["commandsRetried"]]
    assert len(retried) == 1, "the one that found its connection gone"
    assert retried[0]["counts"]["commandsFailed"] == 1
    assert held.phase("failover")["recoverMs"] >= retried[0]["durationMs"]
    assert held.phase("dropped")["verdict"] == held.check("record_matches")["verdict"] == "skipped"
