"""The phases about the life of an environment: killed without a FIN, frozen before its first event, killed at its time limit."""

import pytest
from faas_drill import seeded
from test_platform import service

pytestmark = pytest.mark.phases


OPTIONS = {"freeze": 0.3, "timeout": 8}


def test_killed(hold):
    held = hold("killed,warm", seeded("none"), **OPTIONS)
    assert held.status == 0, held.log
    phase = held.phase("killed")
    # A monitor for each member, and one connection for its commands.
    assert phase["driverDid"] == "3 killed environments left 12 connections at the server, at most 4 each"
    assert "At 4 each, 125 environments" in phase["advice"]
    assert [one["cold"] for one in held.invocations] == [True, True, True, True, False]
    # The dead environments' connections do not count as the live one's.
    assert held.check("connections_steady")["verdict"] == "pass", held.log


def test_killed_with_a_lock(hold):
    held = hold("killed", seeded("locks"), **OPTIONS)
    assert "killed" in held.failed, held.log
    assert held.invocations[0]["verdict"] == "pass"
    assert {one["outcome"] for one in held.invocations[1:]} == {"init failed"}
    assert "duplicate key" in held.phase("killed")["reason"]


def test_frozen_after_init(hold):
    held = hold("init_frozen", seeded("none"), **OPTIONS)
    assert held.status == 0, held.log
    for one in held.invocations:
        assert one["cold"] and one["frozenMs"] >= 300 and one["initMs"] > 0


def test_frozen_after_an_init_that_connects(hold):
    """After a FIN the driver knows that the connection has ended; after a silent end it waits until a socket timeout."""
    held = hold("init_frozen", seeded("pings_in_init"), **OPTIONS)
    assert held.failed == ["init_frozen"], held.log
    outcomes = {one["name"]: one["outcome"] for one in held.invocations}
    assert outcomes["init_frozen, FIN"] == "answered" and outcomes["init_frozen, silent"] == "timed out"
    assert outcomes["init_frozen, silent, socketTimeoutMS=5000"] == "answered"
    assert "With socketTimeoutMS=5000 in the URI it answered 5" in held.phase("init_frozen")["advice"]


@pytest.mark.parametrize("platform", ["cloud-run", "azure"])
def test_frozen_after_init_elsewhere(hold, platform):
    held = hold("init_frozen", service("none"), platform=platform, **OPTIONS)
    assert held.status == 0, held.log
    assert all(one["cold"] for one in held.invocations)


def test_timeout(hold):
    held = hold("timeout", seeded("none"), **OPTIONS)
    assert held.status == 0, held.log
    did = held.phase("timeout")["driverDid"]
    assert "not applied: timed out after" in did and "0 documents inserted; applied: timed out after" in did
    assert did.endswith("1 document inserted")
    assert [one["outcome"] for one in held.invocations] == ["timed out", "answered"] * 2
    assert held.log.count("Task timed out after 3.00 seconds") >= 2


def test_timeout_of_a_function_with_a_limit_of_its_own(hold):
    held = hold("timeout", seeded("none"), **OPTIONS, uri_options="timeoutMS=1000")
    assert held.status == 0, held.log
    assert "function error after 1." in held.phase("timeout")["driverDid"]


def test_timeout_with_a_lock(hold):
    held = hold("timeout", seeded("locks"), **OPTIONS)
    assert "timeout" in held.failed and "duplicate key" in held.phase("timeout")["reason"], held.log
