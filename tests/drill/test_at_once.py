"""Drills with --concurrency: a managed instance gets several invocations at once and is never suspended."""

import pytest
from faas_drill import HARNESS, in_python, needs_a_pool_that_behaves, seeded, wire_faults

pytestmark = pytest.mark.phases

THREADS = in_python("threads.py")  # a well-written function for managed instances


@pytest.fixture
def at_once(hold):
    return lambda workers, *words, **options: hold(*words, **{"concurrency": workers, "memory": 1024} | options)


def overlap(invocations):
    """All of them were open at the same time."""
    return max(one["atMs"] for one in invocations) < min(one["atMs"] + one["durationMs"] for one in invocations)


@pytest.mark.driver
def test_the_harness(at_once, mongodb):
    needs_a_pool_that_behaves()
    held = at_once(4, "cold,warm*3,frozen,outage,failover", HARNESS)
    # After an outage it is a race which of its connections the client tries first (docs/drill-phases.md).
    assert set(held.failed) <= {"outage"}, held.stdout
    assert "AWS Lambda Managed Instances, 4 at once" in held.stdout
    assert held.result["concurrency"] == 4
    assert held.phase("frozen")["verdict"] == "skipped"
    assert held.phase("frozen")["reason"] == "a managed instance is never frozen"
    assert [len(held.of_phase(name)) for name in ("cold", "warm", "failover", "outage")] == [1, 12, 4, 8]
    assert not any(one["cold"] for one in held.of_phase("warm"))
    assert sorted(one["lane"] for one in held.of_phase("failover")) == [0, 1, 2, 3]
    assert overlap(held.of_phase("failover"))
    assert {one["instance"] for one in held.invocations} == {0}, "one process for all of it"
    assert {one["frozenMs"] for one in held.invocations} == {None}
    assert held.check("report_agrees")["verdict"] == held.check("record_matches")["verdict"] == "pass", held.stdout
    assert "(limit 18: 6 for each member)" in held.check("connections_steady")["detail"]
    assert held.check("no_cpu_while_frozen")["verdict"] == "skipped"
    assert mongodb.count() == 0


@pytest.mark.driver
def test_single_clients(at_once):
    """One client for each worker."""
    held = at_once(3, "cold,warm*3", HARNESS, client="single")
    assert set(held.failed) <= wire_faults("single"), held.stdout
    assert "3 for each member" in held.check("connections_steady")["detail"]


@pytest.mark.browser
def test_threads(at_once, tmp_path):
    """A function other than faas-harness; the page has one row for each invocation open at once in the one environment."""
    from browser import Browser

    held = at_once(4, "cold,warm*2,failover", THREADS)
    assert not held.failed, held.stdout
    assert sorted(one["lane"] for one in held.of_phase("failover")) == [0, 1, 2, 3]
    assert held.check("writes_once")["detail"].startswith("13 inserted and 13 deleted")
    with Browser(tmp_path) as browser:
        browser.open(held.folder / "timeline.html")
        assert browser.console() == []
        lane = browser.run(
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


def test_one_after_the_other(at_once):
    """A runtime that does not know the variable."""
    held = at_once(4, "cold,warm", seeded("none"))
    assert held.failed == ["warm"]
    assert held.phase("warm")["reason"].startswith("only 1 of 4 invocations ran at a time")


def test_one_worker_fewer(at_once):
    held = at_once(4, "cold,warm", in_python("threads.py", "1"))
    assert held.failed == ["warm"]
    assert held.phase("warm")["reason"].startswith("only 3 of 4 invocations ran at a time")
    assert len(held.of_phase("warm")) == 3


def test_dropped(at_once):
    """Its process keeps running while no event comes."""
    held = at_once(2, "cold,dropped", THREADS, freeze=2, timeout=10)
    assert "after its event" in held.stdout and "after the thaw" not in held.stdout
    names = [one["name"] for one in held.of_phase("dropped")]
    assert names.count("ended by FIN") == names.count("ended by RST") == 2
    assert {one["frozenMs"] for one in held.invocations} == {None}


def test_rounds_are_those_of_one_process(at_once):
    held = at_once(2, "warm*2", THREADS, repeat=2)
    assert not held.failed, held.stdout
    assert [one["cold"] for one in held.invocations] == [True] + [False] * 6
