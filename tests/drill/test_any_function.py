"""Functions other than faas-harness: every command counts, and any variable may hold the URI."""

import pytest
from faas_drill import ELECTION_MS, handler, seeded

pytestmark = pytest.mark.phases


def stepped_down(held):
    return any("steps down" in (one["detail"] or "") for one in held.result["timeline"] if one["kind"] == "server")


@pytest.mark.parametrize("seed", ["reads", "updates", "aggregates", "pings"])
def test_any_command_makes_the_primary_step_down(hold, seed):
    held = hold("cold,warm,failover", seeded(seed))
    assert held.status == 0 and stepped_down(held), held.log
    # Any member may answer a ping.
    assert (held.phase("failover")["recoverMs"] >= ELECTION_MS) == (seed != "pings")
    assert "inserted and deleted nothing" in held.check("writes_once")["detail"]


@pytest.mark.parametrize("seed", ["only_connects", "reads_secondary"])
def test_a_failover_that_nothing_met_is_skipped(hold, seed):
    held = hold("cold,failover", seeded(seed))
    failover = held.phase("failover")
    assert failover["verdict"] == "skipped", held.log
    assert "the primary steps down when a command arrives" in failover["reason"], held.log
    assert failover["recoverMs"] is None and not stepped_down(held)


def test_a_client_for_each_invocation_that_updates_only(hold):
    held = hold("cold,warm", seeded("new_client_update"))
    assert "warm" in held.failed, held.log
    assert held.phase("warm")["reason"].startswith("a new client for each invocation: its command came over port ")


def test_a_function_for_a_managed_runtime(hold):
    held = hold("cold,warm,failover", handler("app.inserts"))
    assert held.status == 0 and stepped_down(held), held.log
    assert held.result["driver"].startswith("PyMongo 4.")


def test_a_uri_in_another_variable(hold):
    """Also the URIs that the drill itself tries."""
    options = {"uri_variable": "DB_URL", "uri_options": "appName=drilled", "freeze": 0.2, "timeout": 10}
    held = hold("cold,dropped", seeded("other_variable"), **options)
    assert held.phase("cold")["verdict"] == "pass", held.log
    assert held.result["handshake"]["application"]["name"] == "drilled"
    after = [one for one in held.invocations if "socketTimeoutMS" in one["name"] and not one["cold"]]
    assert [one["verdict"] for one in after] == ["pass"], held.log
