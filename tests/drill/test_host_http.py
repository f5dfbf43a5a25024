"""faas-lambda-host as an HTTP server: which requests it accepts, which it refuses and when, on both of its APIs."""

import contextlib
import http.client
import json
import socket
import time

import pytest
from lambda_host import PATH

pytestmark = pytest.mark.host

LIMIT = 6 * 1024 * 1024
LATER_LIMIT = 1024 * 1024
HEAD = f"POST {PATH} HTTP/1.1\r\nHost: host\r\n".encode()


def converse(host, *pieces):
    """Returns status, headers and body."""
    with socket.create_connection(("127.0.0.1", host.port), timeout=30) as connection:
        for piece in pieces:
            connection.sendall(piece)
        response = http.client.HTTPResponse(connection)
        response.begin()
        return response.status, response.headers, response.read()


def refusal(answer):
    status, headers, body = answer
    return status, headers["X-Amzn-ErrorType"], json.loads(body)["message"]


# --- the target ---------------------------------------------------------------------------------------------------------


def test_absolute_form(host):
    """RFC 9112, 3.2.2: a server must accept it."""
    for scheme in ("http", "HTTP"):
        root = f"{scheme}://127.0.0.1:{host.port}"
        answer = host.request("POST", f"{root}{PATH}", b'{"a":1}')
        assert (answer.status, answer.json) == (200, {"a": 1})
        assert host.request("POST", root).status == 404
        assert host.request("POST", f"{root}/else{PATH}").status == 404
    event = {"do": "absolute form"}
    assert host.invoke(event).json == event
    assert not host.violations


# --- the event ----------------------------------------------------------------------------------------------------------


NO_JSON = [
    (b"no JSON", "Unexpected character 'o' (code 111) at byte 1: expected true, false or null"),
    (b"{'a': 1}", "Unexpected character ''' (code 39) at byte 1: expected a key in double quotes or '}'"),
    (b'{"a":', "Unexpected end of input: expected a JSON value"),
    (b'{"a": 1} {"b": 2}', "Unexpected character '{' (code 123) at byte 9: expected one value only"),
    (b'"\xff"', "Unexpected byte 0xff at byte 1: expected UTF-8 text"),
    (b'"a\nb"', "Unexpected byte 0x0a at byte 2: expected UTF-8 text without control characters"),
    (b"01", "Unexpected character '1' (code 49) at byte 1"),
    (b"\xef\xbb\xbf{}", "Unexpected byte 0xef at byte 0: expected a JSON value: it may be a byte order mark"),
    (b"\x00", "Unexpected byte 0x00 at byte 0"),
    (b"  ", "Unexpected end of input: expected a JSON value"),
    (b"a=1&b=2", "Unexpected character 'a' (code 97) at byte 0: expected a JSON value"),
]


@pytest.mark.parametrize("kind", ["RequestResponse", "Event"])
def test_event_that_is_not_json(host, kind):
    """Refused in Lambda's words, followed by its parser's."""
    start = "Could not parse request body into json: Could not parse payload into json: "
    for event, words in NO_JSON:
        answer = host.invoke(event, X_Amz_Invocation_Type=kind)
        assert answer.status == 400 and answer.headers["X-Amzn-ErrorType"] == "InvalidRequestContentException"
        assert answer.json["message"].startswith(start + words), answer
    assert host.function() is None, "the function never sees it"


def test_event_as_it_came(host):
    for event in (
        *(b" \r\n\t{}\n", b'"caf\xc3\xa9 \\u00e9"', b"-1.5e+3", b"null"),
        *(b"[" * 2000 + b"]" * 2000, b"[[1, {}], [], false]"),
    ):
        assert host.invoke(event).body == event


def test_no_event_is_an_empty_object(host):
    assert host.invoke(b"").body == b"{}"


# --- limits -------------------------------------------------------------------------------------------------------------


def test_declared_too_large_is_refused_at_once(host):
    """Before any of the body is sent."""
    for more in (b"", b"Expect: 100-continue\r\n"):
        answer = converse(host, HEAD + more + b"Content-Length: %d\r\n\r\n" % (LIMIT + 1))
        assert refusal(answer) == (
            413,
            "RequestTooLargeException",
            "Request must be smaller than 6291456 bytes for the InvokeFunction operation",
        )


def test_declared_too_large_and_sent_all_the_same(host):
    """By a client that writes everything before it reads: a server that closed at once would reset its connection."""
    for _ in range(3):
        body = b'"' + b"x" * (2 * LIMIT) + b'"'
        answer = converse(host, HEAD + b"Content-Length: %d\r\n\r\n" % len(body), body)
        assert refusal(answer)[0] == 413


def test_chunks_too_large_are_refused_before_their_end(host):
    piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    answer = converse(host, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[piece] * 7)
    assert refusal(answer)[:2] == (413, "RequestTooLargeException")


def test_largest_event_nobody_waits_for(host):
    """1 MB since October 2025, while synchronous events may have 6."""
    text = b'"' + b"x" * (LATER_LIMIT - 2) + b'"'
    assert host.invoke(text, X_Amz_Invocation_Type="Event").status == 202
    answer = host.invoke(text + b" ", X_Amz_Invocation_Type="Event")
    assert answer.status == 413 and answer.headers["X-Amzn-ErrorType"] == "RequestTooLargeException"
    words = "1048577 byte payload is too large for the Event invocation type (limit 1048576 bytes)"
    assert answer.json["message"] == words
    assert host.invoke(text + b" ").status == 200


# --- many connections ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("half", [b"", HEAD, HEAD + b'Content-Length: 9\r\n\r\n"'], ids=["nothing", "head", "body"])
def test_half_open_requests_keep_nobody_waiting(host, half):
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", host.port), timeout=30))
            connection.sendall(half)
        started = time.monotonic()
        assert host.invoke("echo", timeout=10).json == "echo"
        # Takes some 10 ms on an idle machine, including the function's start; a full accept queue costs seconds.
        assert time.monotonic() - started < 10


def test_half_open_requests_to_the_runtime_api(host):
    assert host.invoke({"do": "half open", "times": 100}, timeout=20).json == "open"
    assert host.invoke("echo").json == "echo"
