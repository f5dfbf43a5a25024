"""The provider aws_lambda: what it reports to the Runtime API about failed invocations and failed starts."""

import json
import re
import time

import api_faults
import pytest
import wire_faults
from harness import ENCODED_PASSWORD, PATIENCE, PROMPTLY, check_report, expect_error, verdict
from runtime_api_case import expect_init_error, once, stops

pytestmark = [pytest.mark.runtime_api]


# Failures of invocations.


def expect_failure(invocation, error_type, *words):
    """The report is in the message, after its first line."""
    error = invocation.error()
    assert error.type == error_type, error.message
    first, _, text = error.message.partition("\n")
    report = expect_error(check_report(json.loads(text)), error_type, *words)
    assert re.sub(r"[\x00-\x1f]", " ", report["error"]["message"]) == first
    once(invocation)
    return report


def test_insert_that_fails(api, start, wire):
    function = start("--client", "single", uri=wire.uri)
    wire.fault("insert", wire_faults.write_error(), times=1)
    expect_failure(api.invoke(), "Scenario.InsertFailed", "Document failed validation")
    check_report(api.invoke().response().json)
    stops(function, 1)


def test_delete_of_nothing(api, start, wire):
    function = start("--client", "single", uri=wire.uri)
    wire.fault("delete", wire_faults.deletes_nothing())
    report = expect_failure(api.invoke(), "Assertion.DeleteRemovedOne")
    assert verdict(report, "delete_removed_one") == "failed"
    stops(function, 1)


def report_of(post):
    return check_report(post.json if post.kind == "response" else json.loads(post.message.partition("\n")[2]))


def test_time_left_to_answer_in(api, start, wire):
    """Half a second, or a tenth of the time if that is less."""
    function = start("--client", "single", uri=wire.uri)
    for seconds, most in ((4, 3600), (PATIENCE, PATIENCE * 1000 - 500)):
        post = api.invoke(deadline_ms=seconds * 1000).post()  # ms that a busy machine may add
        assert report_of(post)["invocation"]["deadlineMs"] <= most
    stops(function, int(len(api.seen("error")) > 0))


def test_deadline(api, start, wire):
    """Before the platform's deadline, which would kill the process without a message."""
    function = start("--client", "pool", uri=wire.uri)
    api.invoke().post()  # from now on no program start counts
    wire.fault("insert", wire_faults.never(), times=None)
    for seconds in (8, 10):
        started = time.monotonic()
        invocation = api.invoke(deadline_ms=seconds * 1000)
        report = expect_failure(invocation, "Harness.DeadlineExceeded", "during the insert")
        assert seconds * 500 < report["invocation"]["deadlineMs"] <= seconds * 1000 - 500
        assert seconds / 2 < invocation.posts[0].at - started < seconds + PROMPTLY
    stops(function, 1)


def test_deadline_that_is_over(api, start, wire):
    function = start("--client", "pool", uri=wire.uri)
    expect_failure(api.invoke(deadline_ms=-1000), "Harness.DeadlineExceeded")
    stops(function, 1)


def test_messages_that_are_hostile(api, start, wire):
    """The server's text reaches the error as valid JSON, and no header."""
    function = start("--client", "single", uri=wire.uri)
    wire.fault("insert", wire_faults.write_error(message='"\\\r\nX-Evil: 1\r\n\r\n\u0001' + "ü𝄞" * 600))
    expect_failure(api.invoke(), "Scenario.InsertFailed", "X-Evil")
    stops(function, 1)


# Failures to start; test_runtime_api_log.py has more.


@pytest.mark.parametrize("uri", ["mongodb:/u:%s@host", "mongodb://u:%s@host:99999"])
def test_malformed_uri(api, start, uri):
    expect_init_error(api, start("--client", "single", uri=uri % ENCODED_PASSWORD), "Harness.BadUri")


def test_bad_option_of_the_provider(api, start):
    expect_init_error(api, start("--option", "color=red", uri="mongodb://192.0.2.1"), "Harness.BadOption", "color")


def test_init_error_at_once(api, start):
    """Without trying to reach a database first, which would take longer than this test waits."""
    uri = "mongodb://192.0.2.1/?serverSelectionTimeoutMS=600000&connectTimeoutMS=600000&serverSelectionTryOnce=false"
    function = start("--client", "single", "--option", "color=red", uri=uri)
    expect_init_error(api, function, "Harness.BadOption", "color")


@pytest.mark.parametrize(
    "fault",
    [api_faults.answer(403), api_faults.answer(500), api_faults.hang_up(), api_faults.cut(9)],
    ids=["403", "500", "hang-up", "cut"],
)
@pytest.mark.libcurl
def test_init_error_not_taken(api, start, fault):
    """It is logged to stderr, and posted only once."""
    api.fault("init", fault, times=None)
    result = start("--client", "single").finish()
    assert result.exit_code == 2 and "MONGODB_URI" in result.stderr
    assert len(api.requests) == 1
