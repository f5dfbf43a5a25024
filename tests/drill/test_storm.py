"""Phases storm and overload: many environments start at once against a limit."""

import os

import pytest
from faas_drill import in_python

pytestmark = [pytest.mark.phases, pytest.mark.lock("storm")]


@pytest.fixture
def storm(hold):
    def run(seed, limit, instances, **options):
        options |= {"timeout": 25, "instances": instances, "connection_limit": limit}
        held = hold("storm", in_python("stormy.py", seed), **options)
        return held, held.phase("storm")

    return run


def test_enough(storm):
    held, phase = storm("none", "M0", 4)
    assert held.status == 0, held.log
    assert phase["driverDid"].startswith("4 of 4 environments connected, the last after "), phase
    assert "refused" not in phase["driverDid"]
    assert "M0's 490 connections per node are enough for " in phase["advice"], phase
    assert [one["name"] for one in held.result["phases"]] == ["storm"], "no burst besides"


def test_a_pool_that_is_too_large(storm):
    held, phase = storm("pool", 30, 3)
    assert held.status == 1, held.log
    assert "never connected, although 30 connections per node would be enough for all" in phase["reason"], phase
    assert "Add maxPoolSize=1 to the URI: then 3 of 3 connected" in phase["advice"], phase


def test_a_client_that_tries_again_without_a_pause(storm):
    held, phase = storm("hammer", 1, 2)
    assert held.status == 1, held.log
    assert "the function retries too fast while the server refuses it" in phase["reason"], phase
    # Only root's environments have their own users, which tell them apart.
    assert os.geteuid() != 0 or "; the busiest environment sustained " in phase["driverDid"], phase


def test_a_rate_of_connections_with_a_queue(storm):
    """Connections that wait too long leave the queue."""
    rate = {"connection_rate": 2, "connection_queue": 50, "uri_options": "connectTimeoutMS=300"}
    held, phase = storm("none", "M0", 3, **rate)
    assert phase["verdict"] == "pass", held.log
    assert " connections queued, for up to " in phase["driverDid"], phase
    assert " of them closed by the client while queued" in phase["driverDid"], phase
    assert "at 2 new connections a second per node, 3 environments need " in phase["advice"], phase


@pytest.fixture
def overload(hold):
    def run(seed, **options):
        """24 inserts at once, or 3 of anew, of which the server admits one a second."""
        options |= {"timeout": 25, "instances": 3, "overload_rate": 1}
        held = hold("overload", in_python("stormy.py", seed), **options)
        return held, held.phase("overload")

    return run


def test_a_driver_that_backs_off(overload):
    held, phase = overload("patient", base_backoff=150)
    assert phase["verdict"] == "pass", held.log
    assert "of 3 environments were served" in phase["driverDid"] and "retried, first after" in phase["driverDid"], phase
    assert "random waits of up to 300 ms, then 600 ms, at most 2 retries" in phase["advice"], phase


@pytest.mark.parametrize(
    ("seed", "why"),
    [
        ("hasty", "the driver retries without a pause after SystemOverloadedError"),
        ("stubborn", "retried an operation 3 times; at most 2 retries are allowed"),
    ],
)
def test_a_driver_that_does_not_back_off(overload, seed, why):
    held, phase = overload(seed)
    assert held.status == 1, held.log
    assert why in phase["reason"], phase


def test_a_new_client_for_each_attempt(overload):
    held, phase = overload("anew")
    assert held.status == 1, held.log
    assert "the function, or its driver, retries without a pause after SystemOverloadedError" in phase["reason"]
    assert "each time with a new client: create it once, outside the handler" in phase["reason"], phase
    assert "attempts by new clients" in phase["driverDid"], phase
