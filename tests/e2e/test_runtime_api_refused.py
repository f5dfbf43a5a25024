"""The provider aws_lambda with a Runtime API that refuses."""

import time

import api_faults
import lambda_events
import pytest
from harness import PROMPTLY, peak_memory
from runtime_api_case import LIMIT, MEBIBYTE, junk_deadline, lines_of, once, stops, works

pytestmark = [pytest.mark.runtime_api]

CUTS = pytest.mark.parametrize("end", [None, -3, 30], ids=["whole", "cut-in-body", "cut-in-headers"])


@pytest.mark.libcurl
@CUTS
def test_next_refused(api, start, end):
    """However the connection ends then."""
    api.fault("next", api_faults.answer(403, b'{"errorMessage":"State transition is not allowed"}\r\n', end), skip=1)
    function = start()
    works(api)
    result = function.finish()
    assert result.exit_code == 1 and len(api.seen("next")) == 2
    assert "found 403" in result.stderr and ("State transition is not allowed" in result.stderr or end == 30)


@pytest.mark.libcurl
@pytest.mark.parametrize("status", [400, 403, 417])
def test_response_refused(api, start, status):
    """An error to log, but not fatal."""
    api.fault("response", api_faults.answer(status, b'{"errorMessage":"what a pity"}'))
    function = start()
    invocation = api.invoke()
    invocation.response()
    works(api)
    once(invocation)
    result = stops(function)
    assert str(status) in result.stderr and "what a pity" in result.stderr
    assert invocation.id.decode() in result.stderr


@pytest.mark.libcurl
def test_response_too_large_for_the_api(api, start):
    """Lambda then answers the invoker itself and refuses an error for that id: none is posted, one line is logged. The
    line quotes the API, but not our own limit, which is larger."""
    api.fault("response", api_faults.answer(413, b'{"errorType":"RequestEntityTooLarge"}'))
    api.fault("error", api_faults.answer(403), times=None)
    function = start()
    invocation = api.invoke(b'"a large answer"')
    invocation.response()
    works(api)
    once(invocation)
    (line,) = lines_of(stops(function))
    assert "refused the answer of 16 bytes" in line and 'found 413: {"errorType":"RequestEntityTooLarge"}' in line
    assert "at most" not in line


def large_by_its_shape():
    """The event fits; the answer contains it as a string, with every quote escaped once more."""
    return lambda_events.HTTP_API_2 | {"body": '"' * (2 * MEBIBYTE)}


def test_response_too_large_by_its_shape(api, start):
    function = start()
    invocation = api.invoke(large_by_its_shape())
    error = invocation.error()
    assert error.type == "Provider.AnswerTooLarge" and f"at most {LIMIT}" in error.message
    once(invocation)
    works(api)
    (line,) = lines_of(stops(function))
    assert error.message in line


PROBLEMS = {
    "too-large": (lambda api: api.invoke(large_by_its_shape()), "Provider.AnswerTooLarge", 0),
    "bad-header": (lambda api: api.invoke(**junk_deadline()), "Provider.RuntimeApiProtocol", 1),
    "not-served": (lambda api: api.invoke(lambda_events.AUTHORIZER_TOKEN), "Provider.EventNotServed", 1),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_error_refused_is_no_second_error(api, start, name):
    """The refusal is logged together with the problem that could not be reported."""
    invoke, error_type, exit_code = PROBLEMS[name]
    api.fault("error", api_faults.answer(403))
    function = start()
    invocation = invoke(api)
    error = invocation.error()
    assert error.type == error_type
    works(api)
    once(invocation)
    (line,) = lines_of(stops(function, exit_code))
    assert error.message[:600] in line and "found 403" in line and "InvalidStateTransition" in line


@pytest.mark.libcurl
@pytest.mark.parametrize("kind, status", [("next", 500), ("response", 503), ("error", 500)])
@CUTS
def test_container_error(api, start, kind, status, end):
    """AWS: "Non-recoverable state. Runtime should exit promptly"."""
    api.fault(kind, api_faults.answer(status, b"container is gone now", end))
    function = start()
    invocation = api.invoke(**(junk_deadline() if kind == "error" else {}))
    result = function.finish()
    assert result.exit_code == 1 and time.monotonic() - api.seen(kind)[0].at < PROMPTLY
    assert f"found {status}" in result.stderr and ("container is gone" in result.stderr or end == 30)
    assert len(invocation.posts) == (kind != "next") and len(api.seen("next")) == 1


def test_redirects_are_not_followed(api, start):
    elsewhere = b"HTTP/1.1 307 No\r\nLocation: /2018-06-01/runtime/elsewhere\r\nContent-Length: 0\r\n\r\n"
    api.fault("next", api_faults.Fault(edit=lambda _: elsewhere, takes=False))
    assert start().finish().exit_code == 1
    assert len(api.requests) == 1


def test_endless_words_of_a_refusal(api, start):
    """Read, but not stored."""
    api.fault("response", api_faults.answer(400))
    api.fault("response", api_faults.answer(400, b"\xff" * (64 * MEBIBYTE)))
    function = start()
    works(api)
    api.wait_for_next(2)
    before = peak_memory(function.pid)
    works(api)
    api.wait_for_next(3)
    assert peak_memory(function.pid) < before + 8 * MEBIBYTE
    assert "found 400" in stops(function).stderr
