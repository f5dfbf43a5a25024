"""Phase slow: a primary and a secondary that answer late, and a network that loses packets."""

import pytest
from faas_drill import seeded

pytestmark = pytest.mark.phases


# Of the slow primaries, only the one with 1 s is tried: the other delays are not below the time limit.
OPTIONS = {"timeout": 5}


def test_a_function_that_waits(hold):
    held = hold("slow", seeded("none"), **OPTIONS)
    assert held.status == 0, held.log
    phase = held.phase("slow")
    # Insert and delete; a cold start also waits for two hellos, its monitor's and its connection's.
    assert held.named["primary 1 s late, warm"]["durationMs"] >= 2000
    assert held.named["secondary 5 s late, warm"]["durationMs"] < 2500
    assert "5 s: skipped; 20 s: skipped; secondary 5 s late: 0." in phase["driverDid"], phase
    assert "5 % lost: 10 of 10 answered" in phase["driverDid"]
    assert "none of the client's limits" in phase["advice"] or "time limit" in phase["advice"], phase


def test_a_function_that_waits_for_a_secondary(hold):
    held = hold("slow", seeded("asks_secondary"), **OPTIONS)
    assert "slow" in held.failed, held.log
    reason = held.phase("slow")["reason"]
    assert "secondary 5 s late, warm" in reason and "though its commands go to the primary" in reason


def test_a_function_that_writes_twice(hold):
    held = hold("slow", seeded("inserts_again"), **OPTIONS)
    assert "slow" in held.failed, held.log
    phase = held.phase("slow")
    assert phase["reason"].startswith("primary 1 s late, warm: 2 documents inserted instead of 1: "), phase
    assert (
        "primary 1 s late, warm: insert given up after 0.4 s (socketTimeoutMS, timeoutMS, or a limit of the function)"
        in phase["advice"]
    ), phase


def test_a_limit_that_lost_packets_meet(hold):
    """A lost packet is resent after 200 ms: a function that waits for less, and does not retry, fails."""
    held = hold("slow", seeded("none"), **OPTIONS, uri_options="socketTimeoutMS=150&retryWrites=false")
    assert "slow" in held.failed, held.log
    phase = held.phase("slow")
    assert phase["reason"].startswith("with 5 % of all messages lost and resent, "), phase
    assert "primary 1 s late: error after 0." in phase["driverDid"], "which is an answer, too"
