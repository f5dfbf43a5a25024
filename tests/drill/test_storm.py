"""Phases storm and overload: many environments start at once against a limit."""

import os
import shlex
import sys

import pytest
from faas_drill import FUNCTIONS, drill, script_function

pytestmark = [pytest.mark.phases, pytest.mark.lock("storm"), pytest.mark.timeout(110)]


def storm(folder, mongodb, seed, limit, instances, *arguments):
    words = shlex.join([sys.executable, str(FUNCTIONS / "stormy.py"), seed])
    return drill(
        folder,
        *("--server", mongodb.address, "--phases", "storm", "--timeout", "25"),
        *("--instances", str(instances), "--connection-limit", str(limit), *arguments),
        script_function(folder, f"exec {words}"),
    )


def test_enough(tmp_path, mongodb):
    held = storm(tmp_path, mongodb, "none", "M0", 4)
    phase = held.phase("storm")
    assert held.status == 0, held.log
    assert phase["driverDid"].startswith("4 of 4 got in, the last after "), phase
    assert "refused" not in phase["driverDid"]
    assert "M0's 490 connections per node are enough for " in phase["advice"], phase
    assert [one["name"] for one in held.result["phases"]] == ["storm"], "no burst besides"


def test_too_many_environments_is_no_fault_of_the_function(tmp_path, mongodb):
    """Three environments need at least two connections each."""
    held = storm(tmp_path, mongodb, "none", 4, 3)
    phase = held.phase("storm")
    assert phase["verdict"] == "pass", held.log
    assert "of 3 got in" in phase["driverDid"] and "attempts refused" in phase["driverDid"]
    assert "choose a larger tier" in phase["advice"], phase


def test_a_pool_that_is_too_large(tmp_path, mongodb):
    held = storm(tmp_path, mongodb, "pool", 30, 3)
    phase = held.phase("storm")
    assert held.status == 1, held.log
    assert "never got in, although 30 connections per node would be enough for all" in phase["reason"], phase
    assert "Add maxPoolSize=1 to the URI: then 3 of 3 got in" in phase["advice"], phase


def test_a_client_that_tries_again_without_a_pause(tmp_path, mongodb):
    held = storm(tmp_path, mongodb, "hammer", 1, 2)
    phase = held.phase("storm")
    assert held.status == 1, held.log
    assert "the function retries too fast while the server refuses it" in phase["reason"], phase
    # Only root's environments have their own users, which tell them apart.
    assert os.geteuid() != 0 or "; the busiest environment sustained " in phase["driverDid"], phase


def test_a_rate_of_connections_with_a_queue(tmp_path, mongodb):
    """Connections that wait too long leave the queue."""
    rate = ("--connection-rate", "2", "--connection-queue", "50", "--uri-options", "connectTimeoutMS=300")
    held = storm(tmp_path, mongodb, "none", "M0", 3, *rate)
    phase = held.phase("storm")
    assert phase["verdict"] == "pass", held.log
    assert " connections queued, for up to " in phase["driverDid"], phase
    assert " of them closed by the client while queued" in phase["driverDid"], phase
    assert "at 2 new connections a second per node, 3 environments need " in phase["advice"], phase


def test_a_client_that_hammers_a_rate_of_connections(tmp_path, mongodb):
    held = storm(tmp_path, mongodb, "hammer", "M0", 2, "--connection-rate", "1")
    phase = held.phase("storm")
    assert held.status == 1, held.log
    assert "attempts refused" in phase["driverDid"], phase
    assert "the function retries too fast while the server refuses it" in phase["reason"], phase


def test_a_queue_without_a_rate(tmp_path):
    held = drill(tmp_path, "--connection-queue", "5", "function.zip")
    assert held.status == 2
    assert "--connection-queue is for connections beyond a rate: add --connection-rate N" in held.stderr


def overload(folder, mongodb, seed, *arguments):
    """24 inserts at once, or 3 of anew and calm, of which the server admits one a second."""
    words = shlex.join([sys.executable, str(FUNCTIONS / "stormy.py"), seed])
    held = drill(
        folder,
        *("--server", mongodb.address, "--phases", "overload", "--instances", "3", "--overload-rate", "1"),
        *("--timeout", "25", *arguments),
        script_function(folder, f"exec {words}"),
    )
    return held, held.phase("overload")


def test_a_driver_that_backs_off(tmp_path, mongodb):
    held, phase = overload(tmp_path, mongodb, "patient", "--base-backoff", "150")
    assert phase["verdict"] == "pass", held.log
    assert "of 3 got in" in phase["driverDid"] and "retried, first after" in phase["driverDid"], phase
    assert "random waits of up to 300 ms, then 600 ms, at most 2 retries" in phase["advice"], phase


FAULTS = {
    "hasty": "the driver retries without a pause after SystemOverloadedError",
    "herd": "the driver waits equally long in all environments",
    "stubborn": "retried an operation 3 times; at most 2 retries are allowed",
}


@pytest.mark.parametrize("seed", FAULTS)
def test_a_driver_that_does_not_back_off(tmp_path, mongodb, seed):
    held, phase = overload(tmp_path, mongodb, seed)
    assert held.status == 1, held.log
    assert FAULTS[seed] in phase["reason"], phase


def test_a_new_client_for_each_attempt(tmp_path, mongodb):
    held, phase = overload(tmp_path, mongodb, "anew")
    assert held.status == 1, held.log
    assert "the function, or its driver, retries without a pause after SystemOverloadedError" in phase["reason"]
    assert "each time with a new client: create it once, outside the handler" in phase["reason"], phase
    assert "attempts by new clients" in phase["driverDid"], phase


def test_a_new_client_for_each_attempt_after_a_pause(tmp_path, mongodb):
    held, phase = overload(tmp_path, mongodb, "calm")
    assert phase["verdict"] == "pass", held.log
    # Only root's environments have their own users, which tell them apart.
    assert os.geteuid() != 0 or "of the attempts came from new clients" in phase["advice"], phase


@pytest.mark.parametrize("value", ["0", "M11", "many"])
def test_no_limit(tmp_path, value):
    held = drill(tmp_path, "--connection-limit", value, "function.zip")
    assert held.status == 2
    assert "--connection-limit: expected a number" in held.stderr and value in held.stderr
