"""Known faults by driver version: the harness must detect real faults of real drivers."""

import time

import harness
import pytest
from harness import PATIENCE, Harness, failed, verdict

pytestmark = [pytest.mark.driver]
SECONDS = 3  # how long to watch for what must not come: six times the shortest pause between two heartbeats


def watch(uri, *args, until=None):
    """Events for some seconds; or the reports up to the first one for which until(report) holds."""
    reports = []
    with Harness(*args, uri=uri) as program:
        end = time.monotonic() + (PATIENCE if until else SECONDS)
        while time.monotonic() < end and not (reports and until and until(reports[-1])):
            reports.append(program.invoke())
            time.sleep(0.3)
        result = program.finish()
    return reports, result.exit_code


@pytest.mark.skipif("not harness.polls_without_pause()", reason="only 1.25 to 2.2.1 poll without a pause")
def test_pooled_from_1_25_to_2_2_1_is_caught_polling_without_a_pause(mongodb_uri):
    reports, exit_code = watch(mongodb_uri, until=lambda r: verdict(r, "heartbeat_interval") == "failed")
    assert failed(reports[-1]) == ["heartbeat_interval"] and exit_code == 1
    assert reports[-1]["error"]["type"] == "Assertion.HeartbeatInterval"
    assert reports[-1]["heartbeats"]["shortestIntervalMs"] < 490
    assert verdict(reports[-1], "streaming_disabled") == "passed", "the specification's own assertion passes"


@pytest.mark.skipif("harness.driver_version() < (2, 2, 2)", reason="older drivers stream, or poll without a pause")
def test_pooled_from_2_2_2_passes_in_a_function(mongodb_uri):
    started = time.monotonic()
    reports, exit_code = watch(mongodb_uri)
    assert [failed(r) for r in reports] == [[]] * len(reports) and exit_code == 0
    assert sum(r["heartbeats"]["awaited"] for r in reports) == 0
    assert sum(r["heartbeats"]["started"] for r in reports) < 2 + (time.monotonic() - started) / 0.5


@pytest.mark.parametrize("environment", ["aws.lambda", "none"])
def test_pooled_is_caught_streaming(mongodb_uri, environment):
    if environment != "none" and not harness.streams_in_functions():
        pytest.skip("drivers from 1.25 on do not stream in a function")
    with Harness("--option", f"faas_env={environment}", uri=mongodb_uri) as program:
        end = time.monotonic() + PATIENCE
        while verdict(report := program.invoke(), "streaming_disabled") != "failed":
            assert time.monotonic() < end
        later = [program.invoke() for _ in range(3)]
        assert program.finish().exit_code == 1
    assert failed(report) == ["streaming_disabled"] and report["error"]["type"] == "Assertion.StreamingProtocol"
    assert all(verdict(r, "streaming_disabled") == "failed" for r in later), "it covers the life of the process"


@pytest.mark.parametrize("environment", ["aws.lambda", "none"])
def test_single_passes_with_every_driver(mongodb_uri, environment):
    reports, exit_code = watch(mongodb_uri, "--client", "single", "--option", f"faas_env={environment}")
    assert [failed(r) for r in reports] == [[]] * len(reports) and exit_code == 0


def test_the_driver_named_is_the_one_that_runs(wire):
    report = harness.run(uri=wire.uri).report
    client = wire.clients()[0]
    assert report["driver"]["version"] == client["driver"]["version"].split(" ")[0]
    assert tuple(map(int, report["driver"]["version"].split("."))) == harness.driver_version()
