"""The primary lost during a freeze: by FIN and by RST, longer and shorter than heartbeatFrequencyMS; how failures are
described."""

import re
import shlex
import sys

import pytest
from faas_drill import FUNCTIONS, drill, harness_function, needs_a_pool_that_behaves, script_function

pytestmark = [pytest.mark.phases, pytest.mark.timeout(150)]


def verdicts(held):
    return {one["name"]: one["verdict"] for one in held.invocations if one["name"].startswith("outage")}


def test_each_ending_and_a_short_and_a_long_freeze(tmp_path, mongodb):
    needs_a_pool_that_behaves()
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "cold,outage", "--freeze", "10.5"),
        harness_function(tmp_path),
    )
    assert held.status == 0, held.log
    assert verdicts(held) == {
        "outage, FIN, 2 s frozen": "pass", "outage, RST, 2 s frozen": "pass",
        "outage, FIN, 10.5 s frozen": "pass", "outage, RST, 10.5 s frozen": "pass",
    }  # fmt: skip


def seeded(seed):
    return f"exec {shlex.join([sys.executable, str(FUNCTIONS / 'seeded.py'), seed])}"


def test_failures_are_counted_and_grouped_by_what_came(tmp_path, mongodb):
    """A driver that does not retry meets the old primary or the new one; which of them is a race."""
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "cold,outage*2", "--freeze", "2", "--timeout", "15"),
        script_function(tmp_path, seeded("no_retry")),
    )
    outage = held.phase("outage")
    assert len([one for one in held.invocations if one["name"].startswith("outage, ")]) == 4
    assert outage["verdict"] == "fail", held.log
    told = re.match(r"([1-4]) of 4 failed\. (Once|\d times): (no command reached|insert sent)", outage["reason"])
    assert told and "The first: " in outage["reason"], outage


def test_one_that_closes_its_client_has_nothing_to_lose(tmp_path, mongodb):
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "dropped", "--freeze", "0.3", "--timeout", "10"),
        script_function(tmp_path, seeded("new_client")),
    )
    dropped = held.phase("dropped")
    assert dropped["verdict"] == "skipped" and "no connection was open" in dropped["reason"], held.log


def test_a_setting_that_a_driver_refuses_is_none_of_its_options(tmp_path, mongodb):
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "dropped", "--freeze", "0.3", "--timeout", "6"),
        script_function(tmp_path, seeded("no_socket_timeout")),
    )
    after = {one["name"]: one for one in held.invocations}
    for name in ("socketTimeoutMS=2000", "both"):
        assert (
            after[name]["verdict"] == "skipped" and "this driver does not support the option" in after[name]["reason"]
        )
    dropped = held.phase("dropped")
    assert "of 2 URI settings" in dropped["driverDid"], dropped
    assert "socketTimeoutMS" not in (dropped["advice"] or ""), held.log
