"""Dropped connections: the settings that are tried, and the advice on TCP keep-alive."""

import shlex
import sys

import pytest
from faas_drill import FUNCTIONS, drill, harness_function, needs_a_pool_that_behaves, script_function

pytestmark = pytest.mark.phases


@pytest.mark.lock("storm")
@pytest.mark.timeout(90)
def test_lambdas_own_time(tmp_path, mongodb):
    """Lambda's default time limit of 3 s: longer timeouts do not help."""
    needs_a_pool_that_behaves()
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "dropped", "--freeze", "0.5", "--timeout", "3", "--client", "pool"),
        harness_function(tmp_path),
    )
    assert held.status == 0, held.log
    dropped = {one["name"]: one["verdict"] for one in held.invocations if not one["cold"]}
    assert dropped == {
        "ended by FIN": "pass", "ended by RST": "pass",
        "URI as given": "fail", "connectTimeoutMS=1000": "fail", "socketTimeoutMS=1000": "pass", "both": "pass",
    }  # fmt: skip
    assert "Add socketTimeoutMS=1000 to the URI: then it recovers in 1." in held.phase("dropped")["advice"]


def with_keep_alive(folder, server, seconds, *arguments):
    """A function whose connections fail two seconds after the first keep-alive probe."""
    words = shlex.join([sys.executable, str(FUNCTIONS / "keep_alive.py")])
    held = drill(
        folder,
        *("--server", server.address, "--phases", "dropped", "--env", f"KEEP_ALIVE_S={seconds}", *arguments),
        script_function(folder, f"exec {words}"),
    )
    (given,) = [one for one in held.invocations if not one["cold"] and one["name"] == "URI as given"]
    return given["verdict"], held.phase("dropped")["advice"], held.log


@pytest.mark.timeout(90)
def test_keep_alive_during_the_freeze_is_the_drills(tmp_path, mongodb):
    _, advice, _ = with_keep_alive(tmp_path, mongodb, 1, "--freeze", "2", "--timeout", "10")
    assert "probes were sent during the freeze, because here only the process is suspended" in advice


@pytest.mark.timeout(90)
def test_keep_alive_ends_no_wait_for_an_answer(tmp_path, mongodb):
    """Although keep-alive would end the connection within the function's time limit."""
    verdict, advice, log = with_keep_alive(tmp_path, mongodb, 8, "--freeze", "0.5", "--timeout", "14")
    assert verdict == "fail", log
    assert "does not help" in advice and "none is sent while a command is unacknowledged" in advice
