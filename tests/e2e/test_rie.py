"""The function under AWS's Runtime Interface Emulator, which does not share our reading of the Runtime API."""

import json

import lambda_events
import pytest
import wire_faults
from emulator import Emulator, needs_rie
from harness import check_report, expect_error, streams_in_functions

pytestmark = [pytest.mark.rie, needs_rie]

ECHO = {"FAAS_HARNESS_SCENARIO": "echo"}
MEBIBYTE = 1 << 20


def scenario(uri, **variables):
    """A single-threaded client, for which no driver version has known faults."""
    return {"MONGODB_URI": uri, "FAAS_HARNESS_CLIENT": "single"} | variables


def report_in(answer):
    """A posted error comes back with status 200, and the report after the first line of its message."""
    assert answer.status == 200
    failure = answer.json
    assert set(failure) == {"errorMessage", "errorType", "stackTrace"}, failure
    first, _, text = failure["errorMessage"].partition("\n")
    return expect_error(check_report(json.loads(text)), failure["errorType"], first)


def test_cold_and_warm(mongodb_uri):
    with Emulator(scenario(mongodb_uri)) as aws:
        for number in (1, 2, 3):
            report = check_report(aws.invoke(b"").json)
            assert report["verdict"] == "pass" and report["provider"]["name"] == "aws_lambda"
            assert report["invocation"]["number"] == number and report["invocation"]["cold"] == (number == 1)
            assert f"START RequestId: {report['invocation']['id']}" in aws.output
            assert streams_in_functions() or report["handshake"]["env"]["name"] == "aws.lambda"


def test_http_front(mongodb_uri):
    with Emulator(scenario(mongodb_uri)) as aws:
        answer = aws.invoke(lambda_events.REST_API).json
        report = check_report(json.loads(answer["body"]))
        assert answer["statusCode"] == 200
        assert answer["headers"]["X-Faas-Request-Id"] == report["invocation"]["id"]


def test_failing_assertion(wire):
    wire.fault("delete", wire_faults.deletes_nothing())
    with Emulator(scenario(wire.uri)) as aws:
        report = report_in(aws.invoke())
        assert report["error"]["type"] == "Assertion.DeleteRemovedOne"
        assert check_report(aws.invoke().json)["invocation"]["number"] == 2, "the same process goes on"


def test_deadline(wire):
    """Reported by the function, before the platform kills it."""
    with Emulator(scenario(wire.uri), timeout_seconds=15) as aws:
        check_report(aws.invoke().json)  # from now on no program start counts
        wire.fault("insert", wire_faults.never(), times=None)
        report = report_in(aws.invoke())
        assert report["error"]["type"] == "Harness.DeadlineExceeded"
        assert report_in(aws.invoke())["invocation"]["number"] == 3, "the same process goes on"
        assert "Task timed out" not in aws.output


def test_large_events():
    with Emulator(ECHO) as aws:
        for event in (b'"%s"' % (b"x" * (5 * MEBIBYTE)), b"[" * 10_000 + b"]" * 10_000, b"not JSON", b""):
            answer = aws.invoke(event)
            assert answer.status == 200 and answer.body == event


def test_init_error():
    with Emulator({"MONGODB_URI": "mongodb:/nonsense"}) as aws:
        answer = aws.invoke()
        assert answer.status == 502 and answer.json["errorType"] == "Harness.BadUri"
        assert "Harness.BadUri" in aws.output, "the log has it too"
