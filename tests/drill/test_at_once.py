"""Drills with --concurrency: a managed instance gets several invocations at once and is never suspended."""

import json
import shlex
import subprocess
import sys

import pytest
from faas_drill import (
    DRILL,
    FUNCTIONS,
    drill,
    faulty_function,
    harness_function,
    needs_a_pool_that_behaves,
    script_function,
    wire_faults,
)
from harness import SOURCE_DIR

pytestmark = [pytest.mark.phases, pytest.mark.timeout(150)]


def at_once(folder, mongodb, workers, phases, *arguments):
    options = ["--concurrency", workers, "--memory", 1024, "--phases", phases]
    return drill(folder, "--server", mongodb.address, *options, *arguments)


def threads(folder, *arguments):
    """A well-written function for managed instances."""
    words = [sys.executable, FUNCTIONS / "threads.py", *arguments]
    return script_function(folder, f"exec {shlex.join(map(str, words))}")


def of_phase(held, name):
    (number,) = [number for number, phase in enumerate(held.result["phases"]) if phase["name"] == name]
    return [one for one in held.invocations if one["phase"] == number]


def overlap(invocations):
    """All of them were open at the same time."""
    return max(one["atMs"] for one in invocations) < min(one["atMs"] + one["durationMs"] for one in invocations)


@pytest.mark.driver
def test_the_harness(tmp_path, mongodb):
    needs_a_pool_that_behaves()
    held = at_once(tmp_path, mongodb, 4, "cold,warm*3,frozen,outage,failover", harness_function(tmp_path))
    # After an outage it is a race which of its connections the client tries first (docs/drill.md).
    assert set(held.failed) <= {"outage"}, held.stdout
    assert "AWS Lambda Managed Instances, 4 at once" in held.stdout
    assert held.result["concurrency"] == 4
    assert held.phase("frozen")["verdict"] == "skipped"
    assert held.phase("frozen")["reason"] == "a managed instance is never frozen"
    assert len(of_phase(held, "cold")) == 1
    warm = of_phase(held, "warm")
    assert len(warm) == 12 and not any(one["cold"] for one in warm)
    for name, count in {"failover": 4, "outage": 8}.items():
        assert len(of_phase(held, name)) == count
    assert sorted(one["lane"] for one in of_phase(held, "failover")) == [0, 1, 2, 3]
    assert overlap(of_phase(held, "failover"))
    assert {one["instance"] for one in held.invocations} == {0}, "one process for all of it"
    assert {one["frozenMs"] for one in held.invocations} == {None}
    assert held.check("report_agrees")["verdict"] == held.check("record_matches")["verdict"] == "pass", held.stdout
    assert "(limit 18: 6 for each member)" in held.check("connections_steady")["detail"]
    assert held.check("no_cpu_while_frozen")["verdict"] == "skipped"
    assert mongodb.count() == 0


@pytest.mark.driver
def test_single_clients(tmp_path, mongodb):
    """One client for each worker."""
    held = at_once(tmp_path, mongodb, 3, "cold,warm*3", "--client", "single", harness_function(tmp_path))
    assert set(held.failed) <= wire_faults("single"), held.stdout
    assert "3 for each member" in held.check("connections_steady")["detail"]


def test_threads(tmp_path, mongodb):
    """A function other than faas-harness."""
    held = at_once(tmp_path, mongodb, 4, "cold,warm*2,failover", threads(tmp_path))
    assert not held.failed, held.stdout
    assert sorted(one["lane"] for one in of_phase(held, "failover")) == [0, 1, 2, 3]
    assert held.check("writes_once")["detail"].startswith("13 inserted and 13 deleted")


def test_one_after_the_other(tmp_path, mongodb):
    """A runtime that does not know the variable."""
    held = at_once(tmp_path, mongodb, 4, "cold,warm", faulty_function(tmp_path, "none"))
    assert held.failed == ["warm"]
    assert held.phase("warm")["reason"].startswith("only 1 of 4 invocations ran at a time")


def test_one_worker_fewer(tmp_path, mongodb):
    held = at_once(tmp_path, mongodb, 4, "cold,warm", threads(tmp_path, "1"))
    assert held.failed == ["warm"]
    assert held.phase("warm")["reason"].startswith("only 3 of 4 invocations ran at a time")
    assert len(of_phase(held, "warm")) == 3


def test_dropped(tmp_path, mongodb):
    """Its process keeps running while no event comes."""
    held = at_once(tmp_path, mongodb, 2, "cold,dropped", "--freeze", 2, "--timeout", 10, threads(tmp_path))
    assert "after its event" in held.stdout and "after the thaw" not in held.stdout
    names = [one["name"] for one in of_phase(held, "dropped")]
    assert names.count("ended by FIN") == names.count("ended by RST") == 2
    assert {one["frozenMs"] for one in held.invocations} == {None}


def test_rounds_are_those_of_one_process(tmp_path, mongodb):
    held = at_once(tmp_path, mongodb, 2, "warm*2", "--repeat", 2, threads(tmp_path))
    assert not held.failed, held.stdout
    assert [one["cold"] for one in held.invocations] == [True] + [False] * 6


def test_one_is_as_ever(tmp_path, mongodb):
    held = at_once(tmp_path, mongodb, 1, "cold,frozen", "--freeze", 1, faulty_function(tmp_path, "none"))
    assert not held.failed, held.stdout
    assert held.result["concurrency"] == 1 and held.phase("frozen")["frozenMs"] > 900
    assert {one["lane"] for one in held.invocations} == {0}
    assert "managed" not in held.stdout


@pytest.mark.parametrize("value", ["0", "65", "two", "-1", "2.5"])
def test_no_number(value):
    run = subprocess.run([DRILL, "--concurrency", value, "x"], capture_output=True, text=True)
    assert run.returncode == 2
    assert f'--concurrency: expected a whole number from 1 to 64, found "{value}"' in run.stderr


@pytest.mark.browser
def test_lanes_of_the_page(tmp_path, mongodb):
    """One row for each invocation open at once in the one environment."""
    from browser import Browser

    held = at_once(tmp_path, mongodb, 4, "cold,warm*2,failover", threads(tmp_path))
    with Browser(tmp_path) as browser:
        browser.open(held.folder / "timeline.html")
        assert browser.console() == []
        lane = browser.driver.execute_script(
            """const lane = drill.timeline.model.lanes[0];
            const shown = lane.events.filter((event) => event.kind === "invocation");
            return {rows: lane.rows, slots: lane.slots, instances: lane.instances,
                    pairs: shown.map((event) => [event.slot, event.row]),
                    joined: shown.every((event) => event.invocation?.lane === event.slot)};"""
        )
        assert "4 invocations at once" in browser.text("#summary")
    assert (lane["rows"], lane["slots"], lane["instances"]) == (4, 4, 1)
    assert all(slot == row for slot, row in lane["pairs"]) and {slot for slot, _ in lane["pairs"]} == {0, 1, 2, 3}
    assert lane["joined"], "each knows its invocation"


def test_schema_says_what_a_lane_is():
    schema = json.loads((SOURCE_DIR / "docs" / "drill.schema.json").read_text())
    assert "lane" in schema["$defs"]["invocation"]["required"] and "concurrency" in schema["required"]
