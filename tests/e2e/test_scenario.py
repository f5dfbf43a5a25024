"""The scenario with sound servers: what it does, counts and keeps over invocations."""

import signal
import time

import harness
import pytest
from harness import PATIENCE, Harness, expect_pass

pytestmark = [pytest.mark.scenario]


def total(reports, *path):
    def value(report):
        for key in path:
            report = report[key]
        return report

    return sum(map(value, reports))


def test_inserts_and_deletes_one_document(wire, mode):
    with Harness("--client", mode, uri=wire.uri) as program:
        report = expect_pass(program.invoke())
        assert report["operations"]["insert"]["acknowledged"] == report["operations"]["delete"]["acknowledged"] == 1
        assert len(wire.inserted) == 1 and wire.inserted == wire.deleted and wire.left_behind() == 0
        assert list(wire.collections) == ["faas.lambda"]
        assert report["commands"]["started"] == report["commands"]["succeeded"] == len(wire.operations()) == 2


def test_keeps_its_client_over_invocations(wire, mode):
    with Harness("--client", mode, uri=wire.uri) as program:
        reports = [expect_pass(program.invoke()) for _ in range(3)]
        monitoring = 2 if mode == "pool" else 0
        end = time.monotonic() + PATIENCE  # for the driver's own threads, which may be later than the first invocations
        while total(reports, "connections", "monitoring", "created") < monitoring and time.monotonic() < end:
            reports.append(expect_pass(program.invoke()))
    assert [r["openConnections"] for r in reports] == [1] * len(reports)
    assert [r["connections"]["application"]["created"] for r in reports] == [1] + [0] * (len(reports) - 1)
    assert total(reports, "connections", "monitoring", "created") == monitoring
    assert len(wire.connections) == 1 + monitoring
    assert len(wire.inserted) == len(reports) and wire.inserted == wire.deleted


def test_invocations_are_numbered_and_the_first_is_cold(wire):
    reports = harness.run(uri=wire.uri, stdin="{}{}{}").reports
    assert [r["invocation"]["number"] for r in reports] == [1, 2, 3]
    assert [r["invocation"]["cold"] for r in reports] == [True, False, False]
    assert [r["invocation"]["sinceLastMs"] is None for r in reports] == [True, False, False]
    assert len({r["invocation"]["id"] for r in reports}) == 3
    assert [r["invocation"]["deadlineMs"] for r in reports] == [None] * 3


def test_reports_say_what_they_are_about(wire, mode):
    report = harness.run("--client", mode, uri=wire.uri + "&appName=x").report
    assert report["client"] == {"mode": mode, "uri": f"mongodb://{wire.address}/"}
    assert report["provider"]["name"] == "local" and "events" not in report


def test_events_are_shown_on_request(wire, mode):
    with Harness("--client", mode, "--events", uri=wire.uri) as program:
        first, second = expect_pass(program.invoke()), expect_pass(program.invoke())
    for report in (first, second):
        commands = [(e["type"], e["command"]) for e in report["events"] if e["type"].startswith("command")]
        assert commands == [
            ("commandStarted", "insert"),
            ("commandSucceeded", "insert"),
            ("commandStarted", "delete"),
            ("commandSucceeded", "delete"),
        ]
        assert all(e["server"] == wire.address for e in report["events"] if "server" in e)
        within = [e["atMs"] for e in report["events"] if e["invocation"]]
        assert all(0 <= at <= report["invocation"]["durationMs"] + 1 for at in within)
        before = [e["atMs"] for e in report["events"] if e["invocation"] == 0]
        assert all(at <= 0 for at in before)


def test_frozen_process_goes_on(mongodb_uri, mode):
    with Harness("--client", mode, uri=mongodb_uri) as program:
        expect_pass(program.invoke())
        program.process.send_signal(signal.SIGSTOP)
        time.sleep(1.5)
        program.process.send_signal(signal.SIGCONT)
        report = expect_pass(program.invoke())
    assert report["invocation"]["sinceLastMs"] >= 1500
    assert not report["invocation"]["cold"]


def test_server_restarted_between_invocations(mongodb, mode):
    # Or a polling driver may check the server while it starts, and know of it before the insert does.
    with Harness("--client", mode, "--events", uri=f"{mongodb.uri}&heartbeatFrequencyMS=600000") as program:
        expect_pass(program.invoke())
        mongodb.kill()
        mongodb.start()
        report = expect_pass(program.invoke())
        assert report["connections"]["application"]["created"] == 1
        assert report["connections"]["application"]["closed"] == 1
        assert report["openConnections"] == 1
        if mode == "pool" and not harness.driver_faults(mode):
            # A polling driver learns of it from the insert itself.
            assert report["commands"]["retried"] == 1 and report["commands"]["failed"] == 1
            assert report["commands"]["started"] == 3
    assert mongodb.count() == 0


def test_lambda_variables_choose_no_provider_that_is_not_asked_for(wire):
    result = harness.run("--provider", "local", uri=wire.uri, env={"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"})
    expect_pass(result.report)


def test_echo_needs_no_database(wire):
    result = harness.run("--scenario", "echo", uri=wire.uri, stdin='{"a": [1, 2]} "x" 7')
    assert result.exit_code == 0 and result.stderr == "" and wire.connections == []
    assert result.stdout.splitlines() == ['{"a": [1, 2]}', '"x"', "7"]
