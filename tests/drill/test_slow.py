"""Phase slow: a primary and a secondary that answer late, and a network that loses packets."""

import pytest
from faas_drill import drill
from test_seeded import in_python

pytestmark = [pytest.mark.phases, pytest.mark.timeout(150)]


def hold(folder, mongodb, seed, *arguments):
    """Of the slow primaries, only the one with 1 s is tried: the other delays are not below the time limit."""
    words = ("--server", mongodb.address, "--phases", "slow", "--timeout", "5", *arguments)
    return drill(folder, *words, *in_python(folder, seed))


def invocation(held, name):
    (found,) = [one for one in held.invocations if one["name"] == name]
    return found


def test_a_function_that_waits(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "none")
    assert held.status == 0, held.log
    phase = held.phase("slow")
    # Insert and delete; a cold start also waits for two hellos, its monitor's and its connection's.
    assert invocation(held, "primary 1 s late, warm")["durationMs"] >= 2000
    assert invocation(held, "secondary 5 s late, warm")["durationMs"] < 2500
    assert "5 s: skipped; 20 s: skipped; secondary 5 s late: 0." in phase["driverDid"], phase
    assert "5 % lost: 10 of 10 answered" in phase["driverDid"]
    assert "none of the client's limits" in phase["advice"] or "time limit" in phase["advice"], phase


def test_a_function_that_waits_for_a_secondary(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "asks_secondary")
    assert "slow" in held.failed, held.log
    reason = held.phase("slow")["reason"]
    assert "secondary 5 s late, warm" in reason and "though its commands go to the primary" in reason


def test_a_function_that_writes_twice(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "inserts_again")
    assert "slow" in held.failed, held.log
    phase = held.phase("slow")
    assert phase["reason"].startswith("primary 1 s late, warm: 2 documents inserted instead of 1: "), phase
    assert (
        "primary 1 s late, warm: insert given up after 0.4 s (socketTimeoutMS, timeoutMS, or a limit of the function)"
        in phase["advice"]
    ), phase


def test_a_limit_that_lost_packets_meet(tmp_path, mongodb):
    """A lost packet is resent after 200 ms: a function that waits for less, and does not retry, fails."""
    held = hold(tmp_path, mongodb, "none", "--uri-options", "socketTimeoutMS=150&retryWrites=false")
    assert "slow" in held.failed, held.log
    phase = held.phase("slow")
    assert phase["reason"].startswith("with 5 % of all messages lost and resent, "), phase
    assert "primary 1 s late: error after 0." in phase["driverDid"], "which is an answer, too"
