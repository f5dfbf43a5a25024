"""The provider aws_lambda with a Runtime API whose connections end, and that answers in every form of HTTP."""

import re

import api_faults
import pytest
from harness import check_report
from runtime_api_case import DEADLINE, ID, MEBIBYTE, junk_deadline, once, stops, works

pytestmark = [pytest.mark.runtime_api]


# Connections that end.


@pytest.mark.libcurl
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_next_not_answered(api, start, how):
    """Nothing arrived, so nothing can be answered twice."""
    api.fault("next", api_faults.hang_up(how), times=2)
    api.fault("next", api_faults.hang_up(how), skip=1)
    function = start()
    works(api)
    works(api)
    stops(function)


@pytest.mark.libcurl
def test_next_never_answered(api, start):
    """It tries a few times, then stops."""
    api.fault("next", api_faults.hang_up(), times=None)
    result = start().finish()
    assert result.exit_code == 1 and "Runtime API, next: no answer" in result.stderr
    assert 2 <= len(api.seen("next")) <= 20


@pytest.mark.libcurl
@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("size", [5, 30])
def test_next_cut_before_the_id(api, start, size, how):
    """The invocation is unknown: it asks for the next one."""
    api.fault("next", api_faults.cut(size, how))
    function = start()
    lost = api.invoke()
    works(api)
    assert not lost.posts
    stops(function)


def cut_in_headers(data):
    return data[: data.index(b"Lambda-Runtime-Trace-Id") + 10]


@pytest.mark.libcurl
@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("where", ["headers", "body", "end", "chunk"])
def test_next_cut_after_the_id(api, start, where, how):
    """The caller gets an error."""
    faults = {
        "headers": api_faults.Fault(edit=cut_in_headers, close="fin"),  # a reset may overtake the id
        "body": api_faults.cut_in_body(7, "fin"),
        "end": api_faults.cut(-1, how),
        "chunk": api_faults.Fault(edit=lambda data: api_faults.chunked(5).edit(data)[:-9], close=how),
    }
    api.fault("next", faults[where])
    function = start()
    lost = api.invoke(b'{"a": "long enough an event"}')
    error = lost.error()
    assert error.type == "Runtime.EventTruncated" and "the event is incomplete" in error.message
    once(lost)
    works(api)
    assert lost.id.decode() in stops(function, 1).stderr


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["response", "error"])
@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("size", [None, 100], ids=["read", "half-read"])
def test_post_not_answered(api, start, kind, how, size):
    """The API may have taken it, so it is never sent again; ending the process tells Lambda."""
    api.fault(kind, api_faults.hang_up(how, size))
    function = start()
    invocation = api.invoke(b'"%s"' % (b"x" * 1000), **(junk_deadline() if kind == "error" else {}))
    result = function.finish()
    assert result.exit_code == 1
    assert f"Runtime API, {kind}: no answer" in result.stderr
    assert "the request is not sent again" in result.stderr
    once(invocation)


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["response", "error"])
@pytest.mark.parametrize("size", [60, -3], ids=["headers", "body"])
def test_post_answered_in_part(api, start, kind, size):
    """The status is enough."""
    api.fault(kind, api_faults.cut(size))
    function = start()
    invocation = api.invoke(**(junk_deadline() if kind == "error" else {}))
    works(api)
    once(invocation)
    stops(function, kind == "error")


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["response", "error"])
def test_post_answered_without_a_status(api, start, kind):
    api.fault(kind, api_faults.cut(8))
    function = start()
    invocation = api.invoke(**(junk_deadline() if kind == "error" else {}))
    assert function.finish().exit_code == 1
    once(invocation)


@pytest.mark.libcurl
def test_refused_before_it_was_read(api, start):
    """As servers do when a request is too large."""
    api.fault("response", api_faults.Fault(edit=api_faults.answer(413).edit, read=1000))
    function = start()
    invocation = api.invoke(b"x" * (5 * MEBIBYTE))
    invocation.response()
    works(api)
    once(invocation)
    assert "found 413" in stops(function).stderr


# Events in every form that HTTP allows.


@pytest.mark.libcurl
@pytest.mark.parametrize("size", [1, 7, 70000])
def test_chunked(api, start, size):
    api.fault("next", api_faults.chunked(size), times=None)
    function = start()
    for length in (2, 50, 300):
        works(api, b'"%s"' % (b"x" * length))
    works(api, b"x" * MEBIBYTE if size > 7 else b"x")
    stops(function)
    assert api.connections == 1


@pytest.mark.libcurl
def test_trailers(api, start, wire):
    """They are not headers (RFC 9110, 6.5.1)."""
    trailers = [b"Some-Trailer: x", ID + b": of-the-trailers", DEADLINE + b": 1"]
    api.fault("next", api_faults.chunked(5, b"".join(line + b"\r\n" for line in trailers)))
    function = start("--client", "single", uri=wire.uri)
    for _ in range(2):
        invocation = api.invoke()
        report = check_report(invocation.response().json)
        assert report["invocation"]["id"] == invocation.id.decode()
        assert report["invocation"]["deadlineMs"] > 1000
    stops(function)


@pytest.mark.libcurl
def test_body_that_ends_with_the_connection(api, start):
    """As in HTTP/1.0, and with Connection: close."""

    def edit(data):
        return re.sub(rb"Content-Length: \d+", b"Connection: close", data)

    api.fault("next", api_faults.Fault(edit=edit, close="fin"), times=None)
    function = start()
    works(api)
    works(api)
    stops(function)


@pytest.mark.libcurl
def test_slow_bytes(api, start):
    for kind in ("next", "response"):
        api.fault(kind, api_faults.slow(), times=None)
    function = start()
    works(api)
    works(api)
    stops(function)
    assert api.connections == 1


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["next", "response", "error"])
def test_informational_responses(api, start, kind):
    """Their headers are not those of the answer."""
    informational = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n%s: early\r\n\r\n" % ID
    api.fault(kind, api_faults.before(informational), times=None)
    function = start()
    works(api)
    api.invoke(**junk_deadline()).error()
    works(api)
    stops(function, 1)
    assert api.connections == 1


def test_no_event(api, start):
    """A length of 0: an empty event, with an empty answer. Before it, one that is no text."""
    function = start()
    works(api, bytes(range(256)))
    works(api, b"")
    works(api, b"{}")
    works(api, b"")
    stops(function)
