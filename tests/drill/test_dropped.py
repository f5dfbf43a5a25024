"""Dropped connections and a primary lost during a freeze: the settings that are tried, and how failures are told."""

import re

import pytest
from faas_drill import HARNESS, needs_a_pool_that_behaves, seeded

pytestmark = pytest.mark.phases


@pytest.mark.lock("storm")
def test_lambdas_own_time(hold):
    """Lambda's default time limit of 3 s: longer timeouts do not help."""
    needs_a_pool_that_behaves()
    held = hold("dropped", HARNESS, freeze=0.5, timeout=3, client="pool")
    assert held.status == 0, held.log
    dropped = {name: one["verdict"] for name, one in held.named.items() if not one["cold"]}
    assert dropped == {
        "ended by FIN": "pass", "ended by RST": "pass",
        "URI as given": "fail", "connectTimeoutMS=1000": "fail", "socketTimeoutMS=1000": "pass", "both": "pass",
    }  # fmt: skip
    assert "Add socketTimeoutMS=1000 to the URI: then it recovers in 1." in held.phase("dropped")["advice"]


def test_keep_alive_during_the_freeze_is_the_drills(hold):
    """The function's connections fail two seconds after their first keep-alive probe."""
    held = hold("dropped", seeded("keep_alive"), "--env", "KEEP_ALIVE_S=1", freeze=2, timeout=10)
    advice = held.phase("dropped")["advice"]
    assert "probes were sent during the freeze, because here only the process is suspended" in advice


def test_keep_alive_ends_no_wait_for_an_answer(hold):
    """Although keep-alive would end the connection within the function's time limit."""
    held = hold("dropped", seeded("keep_alive"), "--env", "KEEP_ALIVE_S=8", freeze=0.5, timeout=14)
    assert held.named["URI as given"]["verdict"] == "fail", held.log
    advice = held.phase("dropped")["advice"]
    assert "does not help" in advice and "none is sent while a command is unacknowledged" in advice


def test_one_that_closes_its_client_has_nothing_to_lose(hold):
    held = hold("dropped", seeded("new_client"), freeze=0.3, timeout=10)
    dropped = held.phase("dropped")
    assert dropped["verdict"] == "skipped" and "no open connection could be dropped" in dropped["reason"], held.log


def test_a_setting_that_a_driver_refuses_is_none_of_its_options(hold):
    held = hold("dropped", seeded("no_socket_timeout"), freeze=0.3, timeout=6)
    for name in ("socketTimeoutMS=2000", "both"):
        after = held.named[name]
        assert after["verdict"] == "skipped" and "this driver does not support the option" in after["reason"]
    dropped = held.phase("dropped")
    assert "of 2 URI settings" in dropped["driverDid"], dropped
    assert "socketTimeoutMS" not in (dropped["advice"] or ""), held.log


def test_outages_by_each_ending_and_a_short_and_a_long_freeze(hold):
    """Shorter and longer than heartbeatFrequencyMS."""
    needs_a_pool_that_behaves()
    held = hold("cold,outage", HARNESS, freeze=10.5)
    assert held.status == 0, held.log
    assert {name: one["verdict"] for name, one in held.named.items() if name != "cold"} == {
        "outage, FIN, 2 s frozen": "pass", "outage, RST, 2 s frozen": "pass",
        "outage, FIN, 10.5 s frozen": "pass", "outage, RST, 10.5 s frozen": "pass",
    }  # fmt: skip


def test_failed_outages_are_counted_and_grouped_by_what_came(hold):
    """A driver that does not retry meets the old primary or the new one; which of them is a race."""
    held = hold("cold,outage*2", seeded("no_retry"), freeze=2, timeout=15)
    outage = held.phase("outage")
    assert len([one for one in held.invocations if one["name"].startswith("outage, ")]) == 4
    assert outage["verdict"] == "fail", held.log
    told = re.match(r"([1-4]) of 4 failed\. (Once|\d times): (no command reached|insert sent)", outage["reason"])
    assert told and "The first: " in outage["reason"], outage
