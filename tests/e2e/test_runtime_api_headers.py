"""The provider aws_lambda, given odd headers of events; unit.aws_lambda.next_headers has the values of each."""

import re

import pytest
from harness import check_report
from runtime_api_case import DEADLINE, ID, junk_deadline, once, stops, works

pytestmark = [pytest.mark.runtime_api]


def test_no_deadline(api, start, wire):
    function = start("--client", "single", uri=wire.uri)
    report = check_report(api.invoke(without=[DEADLINE.decode()]).response().json)
    assert report["invocation"]["deadlineMs"] is None
    stops(function)


def test_no_request_id(api, start):
    """Without an id nobody can be answered: this is not a Runtime API."""
    function = start()
    invocation = api.invoke(without=[ID.decode()])
    result = function.finish()
    assert result.exit_code == 1 and ID.decode() in result.stderr
    assert not invocation.posts


ODD_IDS = ["a/b", "..", ".", "../../init/error", "%2e%2e", "a b", "a?b=c#d", "ünï𝄞", "a;b,c&d='f\"g\\h", "x" * 255]


@pytest.mark.libcurl
def test_odd_request_ids(api, start):
    """An id is opaque: it is sent back percent-encoded, in one segment of the path."""
    function = start()
    for id in ODD_IDS:
        invocation = api.invoke(id=id)
        path = invocation.response().path
        assert re.fullmatch(r"/2018-06-01/runtime/invocation/([A-Za-z0-9._~-]|%[0-9A-F]{2})+/response", path)
        once(invocation)
        works(api)
    stops(function)


INVOCATION_ID = b"Lambda-Runtime-Invocation-Id"


def test_invocation_id_is_sent_back(api, start):
    """The scripted API compares what comes back: with a response, with an error, and not with the next one."""
    function = start()
    for id in ("0c9d3f9e-5b1c-4b64-9d43-3c0e8e0d6a2b", "ünï𝄞", "x" * 255):
        api.invoke(headers=[(INVOCATION_ID, id.encode())]).response()
    retry = {"id": "the-same", "headers": [(INVOCATION_ID, b"second")]}
    api.invoke(**retry | {"headers": [(INVOCATION_ID, b"first")]}).response()
    api.invoke(**retry).response()
    deadline = junk_deadline()
    api.invoke(**deadline | {"headers": [*deadline["headers"], (INVOCATION_ID, b"of an error")]}).error()
    works(api)
    stops(function, 1)


def test_invocation_ids_that_are_none(api, start):
    """They could not be sent back: the invocation is refused under its request id."""
    function = start()
    for id in (b"x" * 256, b"\xff\xfe"):
        invocation = api.invoke(headers=[(INVOCATION_ID.lower(), id)])
        error = invocation.error()
        assert error.header(INVOCATION_ID.decode()) is None
        assert error.type == "Provider.RuntimeApiProtocol" and "invocation id" in error.message
        once(invocation)
        works(api)
    stops(function, 1)


@pytest.mark.libcurl
def test_folded_header(api, start):
    """HTTP forbids it today; it does no harm."""
    function = start()
    folded = [(b"X-Folded", b"one\r\n two\r\n\tthree"), (b"Lambda-Runtime-Client-Context", b"a\r\n b")]
    api.invoke(headers=folded).response()
    works(api)
    stops(function)


def test_long_client_context(api, start):
    function = start()
    for size in (16384, 16385, 90_000, 200_000):
        invocation = api.invoke(headers=[(b"Lambda-Runtime-Client-Context", b"x" * size)])
        assert invocation.post().kind == ("response" if size <= 16384 else "error")
        once(invocation)
        works(api)
    stops(function, 1)
