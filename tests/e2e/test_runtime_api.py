"""The provider aws_lambda, as a Runtime API that behaves, and one that does not, sees it."""

import contextlib
import dataclasses
import json
import re
import signal
import threading
import time
from pathlib import Path

import lambda_events
import psutil
import pytest
import runtime_api_server as api_faults
import wire_server as wire_faults
from harness import (
    ENCODED_PASSWORD,
    INSTRUMENTED,
    PATIENCE,
    PROMPTLY,
    check_report,
    expect_error,
    run,
    verdict,
    wait_until_read,
)
from runtime_api_server import Fault, Function, RuntimeApi
from secantus import free_port

pytestmark = [pytest.mark.runtime_api]

ECHO = ["--scenario", "echo"]
MEBIBYTE = 1 << 20
LIMIT = 6 * MEBIBYTE + 100
ID = b"Lambda-Runtime-Aws-Request-Id"
DEADLINE = b"Lambda-Runtime-Deadline-Ms"


@pytest.fixture
def api():
    with RuntimeApi() as server:
        yield server


@pytest.fixture
def start(api):
    """Starts a function, one that answers every event with itself unless told otherwise. Faults are scripted before."""
    with contextlib.ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(Function(api, *(args or ECHO), **options))


def works(api, event=b'{"still": "there"}'):
    assert api.invoke(event).response().body == event


def stops(function, exit_code=0):
    result = function.stop()
    assert result.exit_code == exit_code, result
    return result


def once(invocation):
    """Nobody was answered twice."""
    assert len(invocation.posts) == 1, [post.body[:100] for post in invocation.posts]


# One connection.


@pytest.mark.libcurl
@pytest.mark.timeout(900)
def test_ten_thousand_invocations_on_one_connection(api, start):
    invocations = [api.invoke(b'{"number": %d}' % number) for number in range(1000 if INSTRUMENTED else 10000)]
    function = start()
    for invocation in invocations:
        assert invocation.response(60).body == invocation.event
    assert api.connections == 1
    for invocation in invocations:
        once(invocation)
    stops(function)


def test_bytes_of_the_requests(api, start):
    """No more in them than is needed, and nothing of the environment."""
    function = start(env={"MONGODB_URI": f"mongodb://user:{ENCODED_PASSWORD}@192.0.2.1"})
    invocation = api.invoke(b"{}")
    invocation.response()
    api.wait_for_next(2)
    first, second = api.seen("next")
    assert first.head == second.head
    lines = first.head.decode().split("\r\n")
    assert lines[0] == "GET /2018-06-01/runtime/invocation/next HTTP/1.1"
    assert {line.split(":")[0] for line in lines[1:-2]} == {"Host", "User-Agent", "Accept"}
    (post,) = invocation.posts
    assert post.path == f"/2018-06-01/runtime/invocation/{invocation.id.decode()}/response"
    assert {name for name, _ in post.headers} == {"host", "user-agent", "accept", "content-type", "content-length"}
    stops(function)


def held(until, fault=wire_faults.Fault()):
    """A fault of the database that comes when `until` returns. Nothing else is answered meanwhile."""

    def edit(document):
        until()
        return fault.edit(document) if fault.edit else document

    return dataclasses.replace(fault, edit=edit)


@pytest.mark.libcurl
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_closed_while_idle(api, start, wire, how):
    """Every call finds its connection closed, and gets through on another."""
    for kind in ("next", "response", "error"):
        api.fault(kind, api_faults.then_close(how), times=None)
    wire.fault("insert", held(api.wait_until_closed, wire_faults.write_error()), times=None)
    function = start("--client", "single", uri=wire.uri)
    for _ in range(3):
        invocation = api.invoke()
        invocation.error()
        once(invocation)
    assert api.connections >= 6
    stops(function, 1)


@pytest.mark.libcurl
def test_closed_while_idle_for_longer(api, start, wire):
    """libcurl looks after connections that were idle for a second."""

    def closed_for_long():
        api.wait_until_closed()
        time.sleep(1.5)

    wire.fault("insert", held(closed_for_long), times=None)
    api.fault("next", api_faults.then_close(), times=None)
    function = start("--client", "single", uri=wire.uri)
    for _ in range(2):
        invocation = api.invoke()
        check_report(invocation.response().json)
        once(invocation)
    stops(function)


# Refusals.


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
    """A fault to log, not one to die of."""
    api.fault("response", api_faults.answer(status, b'{"errorMessage":"what a pity"}'))
    function = start()
    invocation = api.invoke()
    invocation.response()
    works(api)
    once(invocation)
    result = stops(function)
    assert str(status) in result.stderr and "what a pity" in result.stderr
    assert invocation.id.decode() in result.stderr


def test_error_refused(api, start):
    api.fault("error", api_faults.answer(403))
    function = start()
    invocation = api.invoke(**junk_deadline())
    invocation.error()
    works(api)
    once(invocation)
    assert "InvalidStateTransition" in stops(function, 1).stderr


@pytest.mark.libcurl
def test_response_too_large_for_the_api(api, start):
    """What it says of it is in the error and in the log; our own limit, which is larger than this, is in neither."""
    api.fault("response", api_faults.answer(413, b'{"errorType":"RequestEntityTooLarge"}'))
    function = start()
    invocation = api.invoke(b'"a large answer"')
    invocation.response()
    error = invocation.error()
    assert error.type == "Provider.AnswerTooLarge"
    works(api)
    (line,) = lines_of(stops(function))
    for text in (line, error.message):
        assert "found one of 16 bytes" in text and 'found 413: {"errorType":"RequestEntityTooLarge"}' in text
        assert "at most" not in text


def test_response_too_large_by_its_shape(api, start):
    """The event fits; the answer has it as a string, with every quote escaped once more."""
    function = start()
    invocation = api.invoke(lambda_events.HTTP_API_2 | {"body": '"' * (2 * MEBIBYTE)})
    error = invocation.error()
    assert error.type == "Provider.AnswerTooLarge" and f"at most {LIMIT} bytes" in error.message
    once(invocation)
    works(api)
    assert error.message in stops(function).stderr


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["next", "response", "error"])
@pytest.mark.parametrize("status", [500, 503])
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
    api.fault("next", Fault(edit=lambda _: elsewhere, takes=False))
    assert start().finish().exit_code == 1
    assert len(api.requests) == 1


def most_memory(function):
    """The most that it ever had in memory, in bytes (proc_pid_status(5))."""
    status = Path(f"/proc/{function.pid}/status").read_text()
    return 1024 * int(re.search(r"^VmHWM:\s*(\d+) kB$", status, re.M).group(1))


@pytest.mark.serial
def test_endless_words_of_a_refusal(api, start):
    """Read, but not kept."""
    api.fault("response", api_faults.answer(400))
    api.fault("response", api_faults.answer(400, b"\xff" * (64 * MEBIBYTE)))
    function = start()
    works(api)
    api.wait_for_next(2)
    before = most_memory(function)
    works(api)
    api.wait_for_next(3)
    assert most_memory(function) < before + 8 * MEBIBYTE
    assert "found 400" in stops(function).stderr


# Connections that end.


@pytest.mark.libcurl
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_next_not_answered(api, start, how):
    """Nothing came, so nothing can be answered twice."""
    api.fault("next", api_faults.hang_up(how), times=2)
    api.fault("next", api_faults.hang_up(how), skip=1)
    function = start()
    works(api)
    works(api)
    stops(function)


@pytest.mark.libcurl
def test_next_never_answered(api, start):
    """A few tries, and no more."""
    api.fault("next", api_faults.hang_up(), times=None)
    result = start().finish()
    assert result.exit_code == 1 and "Runtime API, next: expected an answer" in result.stderr
    assert 2 <= len(api.seen("next")) <= 20


def test_nobody_there(api, start):
    result = start(env={"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{free_port()}"}).finish()
    assert result.exit_code == 1 and "Runtime API, next: expected an answer" in result.stderr


@pytest.mark.libcurl
@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("size", [5, 30])
def test_next_cut_before_the_id(api, start, size, how):
    """Whose invocation it was is not known: on to the next one."""
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
    """Whoever waits is told."""
    faults = {
        "headers": Fault(edit=cut_in_headers, close="fin"),  # a reset may overtake the id
        "body": api_faults.cut_in_body(7, "fin"),
        "end": api_faults.cut(-1, how),
        "chunk": Fault(edit=lambda data: api_faults.chunked(5).edit(data)[:-9], close=how),
    }
    api.fault("next", faults[where])
    function = start()
    lost = api.invoke(b'{"a": "long enough an event"}')
    error = lost.error()
    assert error.type == "Runtime.EventTruncated" and "expected the whole event" in error.message
    once(lost)
    works(api)
    assert lost.id.decode() in stops(function, 1).stderr


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["response", "error"])
@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("size", [None, 100], ids=["read", "half-read"])
def test_post_not_answered(api, start, kind, how, size):
    """It may have been taken, so it is never sent again, and Lambda is told by an end."""
    api.fault(kind, api_faults.hang_up(how, size))
    function = start()
    invocation = api.invoke(b'"%s"' % (b"x" * 1000), **(junk_deadline() if kind == "error" else {}))
    result = function.finish()
    assert result.exit_code == 1
    assert f"Runtime API, {kind}: expected an answer" in result.stderr
    assert "what was sent is not sent again" in result.stderr
    once(invocation)


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["response", "error"])
@pytest.mark.parametrize("size", [60, -3], ids=["headers", "body"])
def test_post_answered_in_part(api, start, kind, size):
    """The status tells enough."""
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
    """As servers do with what is too large for them."""
    api.fault("response", Fault(edit=api_faults.answer(413).edit, read=1000))
    function = start()
    invocation = api.invoke(b"x" * (5 * MEBIBYTE))
    invocation.response()
    assert invocation.error().type == "Provider.AnswerTooLarge"
    works(api)
    stops(function)


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
    """They are no headers (RFC 9110, 6.5.1)."""
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
    """HTTP/1.0's way, and that of servers that say Connection: close."""

    def edit(data):
        return re.sub(rb"Content-Length: \d+", b"Connection: close", data)

    api.fault("next", Fault(edit=edit, close="fin"), times=None)
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
    """Headers of theirs are not those of the answer."""
    informational = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n%s: early\r\n\r\n" % ID
    api.fault(kind, api_faults.before(informational), times=None)
    function = start()
    works(api)
    api.invoke(**junk_deadline()).error()
    works(api)
    stops(function, 1)
    assert api.connections == 1


def test_no_event(api, start):
    """A length of nothing: what is answered is nothing too."""
    function = start()
    works(api, b"")
    works(api, b"{}")
    works(api, b"")
    stops(function)


# Headers.


def junk_deadline(value=b"soon"):
    return {"headers": [(DEADLINE, value)], "without": [DEADLINE.decode()]}


def test_deadlines_that_are_none(api, start):
    function = start()
    for value in (b"soon", b"", b"-1", b"1e3", b"0x10", b"12345678901234567890", b"1 2"):
        error = api.invoke(**junk_deadline(value)).error()
        assert error.type == "Provider.RuntimeApiProtocol" and "expected a deadline" in error.message
        works(api)
    stops(function, 1)


def test_odd_deadlines(api, start):
    """Past, or in the far future: an echo needs no time."""
    function = start()
    for value in (b"0", b"1", b"999999999999999999"):
        api.invoke(**junk_deadline(value)).response()
    stops(function)


def test_no_deadline(api, start, wire):
    function = start("--client", "single", uri=wire.uri)
    report = check_report(api.invoke(without=[DEADLINE.decode()]).response().json)
    assert report["invocation"]["deadlineMs"] is None
    stops(function)


def test_no_request_id(api, start):
    """Nobody to answer: that is no Runtime API."""
    function = start()
    invocation = api.invoke(without=[ID.decode()])
    result = function.finish()
    assert result.exit_code == 1 and ID.decode() in result.stderr
    assert not invocation.posts


def test_same_header_twice(api, start):
    function = start()
    api.invoke(id="twice", headers=[(ID, b"twice")]).response()
    stops(function)


def test_differing_request_ids(api, start):
    function = start()
    error = api.invoke(id="first", headers=[(ID, b"second")]).error()
    assert error.type == "Provider.RuntimeApiProtocol" and "second" in error.message
    works(api)
    stops(function, 1)


ODD_IDS = ["a/b", "..", ".", "../../init/error", "%2e%2e", "a b", "a?b=c#d", "ünï𝄞", "a;b,c&d='f\"g\\h", "x" * 255]


@pytest.mark.libcurl
def test_odd_request_ids(api, start):
    """An id is opaque: it comes back percent-encoded, in one segment of the path."""
    function = start()
    for id in ODD_IDS:
        invocation = api.invoke(id=id)
        path = invocation.response().path
        assert re.fullmatch(r"/2018-06-01/runtime/invocation/([A-Za-z0-9._~-]|%[0-9A-F]{2})+/response", path)
        once(invocation)
        works(api)
    stops(function)


@pytest.mark.parametrize("id", [b"x" * 256, b"\xff\xfe", b"a\x01b"], ids=["long", "not-utf8", "control"])
def test_impossible_request_ids(api, start, id):
    function = start()
    api.invoke(id=id)
    assert function.finish().exit_code == 1


@pytest.mark.libcurl
def test_folded_header(api, start):
    """HTTP has forbidden it for long; it does no harm."""
    function = start()
    folded = [(b"X-Folded", b"one\r\n two\r\n\tthree"), (b"Lambda-Runtime-Client-Context", b"a\r\n b")]
    api.invoke(headers=folded).response()
    works(api)
    stops(function)


def test_header_of_other_names_and_forms(api, start):
    """Names in any case, no space after the colon, lines that are no headers."""

    def edit(data):
        return data.replace(b"Lambda-Runtime-Aws-Request-Id: ", b"LAMBDA-runtime-aws-REQUEST-id:").replace(
            b"Content-Type: application/json\r\n", b"Content-Type:\r\nX-Empty:\r\nX-Colons: a:b::c\r\n"
        )

    api.fault("next", Fault(edit=edit))
    function = start()
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


def test_attributes_of_no_text(api, start):
    function = start()
    error = api.invoke(headers=[(b"Lambda-Runtime-Cognito-Identity", b"\xc3\x28")]).error()
    assert "UTF-8" in error.message
    works(api)
    stops(function, 1)


def test_attributes_of_any_text(api, start):
    function = start()
    for value in ('{"identityId":"id","identityPoolId":"pool"}', "ünïcode", ""):
        names = (b"Lambda-Runtime-Cognito-Identity", b"Lambda-Runtime-Client-Context")
        api.invoke(headers=[(name, value.encode()) for name in names]).response()
    stops(function)


# Sizes.


def test_largest_event(api, start):
    function = start()
    for event in (b"x" * LIMIT, b'"%s"' % (b"y" * (6 * MEBIBYTE - 2))):
        assert api.invoke(event).response(60).body == event
    works(api)
    stops(function)


@pytest.mark.libcurl
@pytest.mark.serial
@pytest.mark.parametrize("how", ["length", "chunked"])
def test_event_too_large(api, start, how):
    """Told, and not kept: the memory stays what an event of the largest size takes."""
    if how == "chunked":
        api.fault("next", api_faults.chunked(65536), times=None)
    function = start()
    api.invoke(b"x" * LIMIT).response(60)
    api.wait_for_next(2)  # nothing of the first event is under way any more
    before = psutil.Process(function.pid).memory_info().rss
    for size in (LIMIT + 1, 80 * MEBIBYTE):
        invocation = api.invoke(b"x" * size)
        error = invocation.error(60)
        assert error.type == "Runtime.EventTooLarge" and str(LIMIT) in error.message
        once(invocation)
    works(api)
    api.wait_for_next(5)
    assert psutil.Process(function.pid).memory_info().rss < before + 4 * MEBIBYTE
    stops(function, 1)


def test_length_that_lies(api, start):
    """One that no memory has."""

    def edit(data):
        return re.sub(rb"Content-Length: \d+", b"Content-Length: 9" + b"0" * 15, data)

    api.fault("next", Fault(edit=edit, close="fin"))
    function = start()
    assert api.invoke().error().type in ("Runtime.EventTooLarge", "Runtime.EventTruncated")
    works(api)
    stops(function, 1)


ODD_EVENTS = [
    b"[" * 10_000 + b"]" * 10_000,
    b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    b'{"requestContext":' * 10_000 + b"1" + b"}" * 10_000,
    b"not JSON",
    b'{"requestContext":',
    b'{"requestContext":{"http":{}},"version":"2.0"',
    bytes(range(256)),
    b"\0",
    b"   ",
]


def test_odd_events(api, start):
    """Nobody parses what is only passed on."""
    function = start()
    for event in ODD_EVENTS:
        works(api, event)
    stops(function)


# Shapes.

SHAPES = {
    "rest": lambda_events.REST_API,
    "http-1": lambda_events.HTTP_API_1,
    "http-2": lambda_events.HTTP_API_2,
    "url": lambda_events.FUNCTION_URL,
    "load-balancer": lambda_events.LOAD_BALANCER,
    "load-balancer-multi": lambda_events.LOAD_BALANCER_MULTI,
}


@pytest.fixture(params=SHAPES)
def shape(request):
    return request.param


def check_shape(shape, invocation, response):
    answer = response.json
    single = {"Content-Type": "application/json", "X-Faas-Request-Id": invocation.id.decode()}
    expected = {"statusCode": 200, "body": answer["body"], "isBase64Encoded": False}
    if shape == "load-balancer-multi":
        expected["multiValueHeaders"] = {name: [value] for name, value in single.items()}
    else:
        expected["headers"] = single
    if shape.startswith("load-balancer"):
        expected["statusDescription"] = "200 OK"
    assert answer == expected
    return answer["body"]


def test_http_fronts(api, start, shape):
    """The body is the report, here the event, as a string."""
    function = start()
    event = json.dumps(SHAPES[shape] | {"body": 'ünïcode 𝄞 "quotes" \\ and \n\t\u0001 controls'})
    invocation = api.invoke(event.encode())
    assert check_shape(shape, invocation, invocation.response()) == event
    laid_out = "\n  " + json.dumps(SHAPES[shape], indent=4) + "\n"
    invocation = api.invoke(laid_out.encode())
    assert check_shape(shape, invocation, invocation.response()) == laid_out
    stops(function)


def test_reports_for_http_fronts(api, start, shape, wire):
    function = start("--client", "single", uri=wire.uri)
    invocation = api.invoke(SHAPES[shape])
    report = check_report(json.loads(check_shape(shape, invocation, invocation.response())))
    assert report["invocation"]["id"] == invocation.id.decode()
    stops(function)


def test_failures_for_http_fronts(api, start, shape, wire):
    """An invocation that failed is no answer of any shape, or nobody in front would see it."""
    wire.fault("insert", wire_faults.write_error(), times=None)
    function = start("--client", "single", uri=wire.uri)
    assert api.invoke(SHAPES[shape]).error().type == "Scenario.InsertFailed"
    stops(function, 1)


LOOKALIKES = [
    {"text": "requestContext"},
    {"text": '"requestContext"'},
    {"text": json.dumps(lambda_events.REST_API)},
    {"requestContext": None, "httpMethod": "GET"},
    {"requestContext": "elb", "httpMethod": "GET"},
    {"requestContext": [{"elb": {}}]},
    {"requestContext": {}},
    {"requestContext": {"http": {}}, "version": 2.0},
    {"requestContext": {"routeKey": "$connect", "connectionId": "x"}},
    {"deeper": lambda_events.REST_API},
    [lambda_events.REST_API],
    "requestContext",
    ["requestContext", {"httpMethod": "GET"}],
]


def test_events_that_only_look_like_it(api, start):
    function = start()
    for event in LOOKALIKES:
        works(api, json.dumps(event).encode())
    stops(function)


def test_plain_report(api, start, wire):
    function = start("--client", "single", uri=wire.uri)
    for number in (1, 2):
        invocation = api.invoke(b"")
        report = check_report(invocation.response().json)
        assert report["invocation"]["id"] == invocation.id.decode()
        assert report["invocation"]["number"] == number and report["invocation"]["cold"] == (number == 1)
        assert report["provider"]["name"] == "aws_lambda"
        assert PATIENCE * 500 < report["invocation"]["deadlineMs"] <= PATIENCE * 1000
    stops(function)


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
    """Half a second, or a tenth of the time when that is less."""
    function = start("--client", "single", uri=wire.uri)
    for seconds, most in ((4, 3600), (PATIENCE, PATIENCE * 1000 - 500)):
        post = api.invoke(deadline_ms=seconds * 1000).post()  # of a machine that stands still, an error
        assert report_of(post)["invocation"]["deadlineMs"] <= most
    stops(function, int(len(api.seen("error")) > 0))


def test_deadline(api, start, wire):
    """Before the platform's, which would kill without a word."""
    function = start("--client", "pool", uri=wire.uri)
    api.invoke().response()  # what comes now has no start of a program in its time
    wire.fault("insert", wire_faults.never(), times=None)
    for seconds in (8, 10):
        started = time.monotonic()
        invocation = api.invoke(deadline_ms=seconds * 1000)
        report = expect_failure(invocation, "Harness.DeadlineExceeded", "in the insert")
        assert seconds * 500 < report["invocation"]["deadlineMs"] <= seconds * 1000 - 500
        assert seconds / 2 < invocation.posts[0].at - started < seconds + PROMPTLY
    stops(function, 1)


def test_deadline_that_is_over(api, start, wire):
    function = start("--client", "pool", uri=wire.uri)
    expect_failure(api.invoke(deadline_ms=-1000), "Harness.DeadlineExceeded")
    stops(function, 1)


def test_messages_that_are_hostile(api, start, wire):
    """What the server says reaches the error, in JSON that is good, and no header."""
    function = start("--client", "single", uri=wire.uri)
    wire.fault("insert", wire_faults.write_error(message='"\\\r\nX-Evil: 1\r\n\r\n\u0001' + "ü𝄞" * 600))
    expect_failure(api.invoke(), "Scenario.InsertFailed", "X-Evil")
    stops(function, 1)


# Failures to start.


def expect_init_error(api, function, error_type, *words):
    error = api.init_error()
    result = function.finish()
    assert result.exit_code == 2
    assert error.type == error_type and error.path == "/2018-06-01/runtime/init/error"
    assert set(error.json) == {"errorMessage", "errorType", "stackTrace"}
    for word in words:
        assert word in error.message and word in result.stderr
    assert ENCODED_PASSWORD not in error.body.decode() and "s3cr3t" not in error.body.decode()
    assert [request.kind for request in api.requests] == ["init"]
    return result


def test_no_uri(api, start):
    expect_init_error(api, start("--client", "single"), "Harness.NoUri", "MONGODB_URI")


@pytest.mark.parametrize("uri", ["mongodb:/u:%s@host", "mongodb://u:%s@host:99999"])
def test_malformed_uri(api, start, uri):
    expect_init_error(api, start("--client", "single", uri=uri % ENCODED_PASSWORD), "Harness.BadUri")


def test_bad_option(api, start):
    function = start("--client", "single", uri="mongodb://192.0.2.1", env={"FAAS_HARNESS_SCENARIO": "many"})
    expect_init_error(api, function, "Harness.BadOption", "FAAS_HARNESS_SCENARIO", "many")


def test_bad_option_of_the_provider(api, start):
    expect_init_error(api, start("--option", "color=red", uri="mongodb://192.0.2.1"), "Harness.BadOption", "color")


def test_unloadable_provider(api, start):
    function = start("--client", "single", env={"FAAS_HARNESS_PROVIDER": "nope"})
    expect_init_error(api, function, "Harness.ProviderNotLoaded", "nope")


def test_init_error_at_once(api, start):
    """No try to reach a database comes before it: that would take longer than anybody here waits."""
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
    """It is on stderr all the same, and posted once."""
    api.fault("init", fault, times=None)
    result = start("--client", "single").finish()
    assert result.exit_code == 2 and "MONGODB_URI" in result.stderr
    assert len(api.requests) == 1


# The environment.


ODD_ADDRESSES = ["http://x", "http://h:80", "a b:80", "h:0", "h:99999", "x/y", "host", ":80", "h:80/", "u@h:80", "h:8o"]
ODD_ADDRESSES += ["h:", "h:-1", "...:80", ".h:80", "a..b:80", "a:b:80", "h]:80", "h[]:80"]
ODD_ADDRESSES += [
    "::1:9001",
    "[::1:9001",
    "::1]:9001",
    "[]:80",
    "[h]:80",
    "[1.2.3.4]:80",
    "[::1]",
    "[::1]80",
    "[::1%lo]:80",
]


def test_odd_runtime_api():
    for value in ODD_ADDRESSES:
        result = run(*ECHO, env={"AWS_LAMBDA_RUNTIME_API": value})
        result.expect_no_start("AWS_LAMBDA_RUNTIME_API", "HOST:PORT", value)


def test_runtime_api_of_every_form():
    """Good addresses, at which there is nobody."""
    port = free_port()
    for host in ("127.0.0.1", "[::1]", "[::FFFF:127.0.0.1]", "localhost", "localhost."):
        result = run(*ECHO, env={"AWS_LAMBDA_RUNTIME_API": f"{host}:{port}"})
        assert result.exit_code == 1
        assert f"next: expected an answer from http://{host}:{port}/" in result.stderr


@pytest.mark.parametrize("value", [None, ""])
def test_no_runtime_api(value):
    result = run(*ECHO, "--provider", "aws_lambda", env={"AWS_LAMBDA_RUNTIME_API": value})
    result.expect_no_start("AWS_LAMBDA_RUNTIME_API", "HOST:PORT")


def test_long_runtime_api():
    for length in (256, 100_000):
        run(*ECHO, env={"AWS_LAMBDA_RUNTIME_API": "x" * length + ":80"}).expect_no_start("HOST:PORT")


def test_runtime_api_by_name(api, start):
    port = api.address.rpartition(":")[2]
    api.names.add(f"localhost:{port}")
    function = start(env={"AWS_LAMBDA_RUNTIME_API": f"localhost:{port}"})
    works(api)
    stops(function)


@pytest.mark.libcurl
def test_proxies_are_not_used(api, start):
    dead = f"http://127.0.0.1:{free_port()}"
    names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    function = start(env={name: dead for name in names} | {"no_proxy": None, "NO_PROXY": None})
    works(api)
    stops(function)


def test_home_has_no_say(api, start, tmp_path):
    (tmp_path / ".netrc").write_text("default login user password s3cr3t\n")
    (tmp_path / ".curlrc").write_text("proxy = 127.0.0.1:1\n")
    function = start(env={"HOME": str(tmp_path), "CURL_HOME": str(tmp_path)})
    works(api)
    stops(function)


# Stops.


@pytest.mark.libcurl
def test_stop_while_waiting(api, start):
    function = start()
    api.wait_for_next(1)
    started = time.monotonic()
    stops(function)
    assert time.monotonic() - started < PROMPTLY


def test_stop_before_the_first_event(api, start):
    function = start(uri="mongodb://192.0.2.1")
    function.wait_until_ready()
    stops(function)


def test_stop_during_an_invocation(api, start, wire):
    """It is answered, and nothing more is asked for."""
    stopped = threading.Event()
    wire.fault("insert", held(lambda: stopped.wait(PATIENCE)))
    function = start("--client", "single", uri=wire.uri)
    invocation = api.invoke()
    assert wire.wait_for(lambda w: w.seen("insert"))
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    stopped.set()
    check_report(invocation.response().json)
    assert function.finish().exit_code == 0
    assert len(api.seen("next")) == 1


def test_stop_while_an_event_arrives(api, start):
    """Once the API has handed it out, nobody else will run it."""
    sent, rest = threading.Event(), threading.Event()
    api.fault("next", api_faults.in_halves(sent, rest))
    function = start()
    invocation = api.invoke()
    assert sent.wait(PATIENCE)
    wait_until_read(int(api.address.rpartition(":")[2]))
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    rest.set()
    assert invocation.response().body == b"{}"
    assert function.finish().exit_code == 0
    assert len(api.seen("next")) == 1


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["response", "error"])
def test_stop_while_an_answer_is_taken(api, start, kind):
    """It is not given up: nobody could tell whether the API has it."""
    sent, rest = threading.Event(), threading.Event()
    api.fault(kind, api_faults.in_halves(sent, rest))
    function = start()
    invocation = api.invoke(**(junk_deadline() if kind == "error" else {}))
    assert sent.wait(PATIENCE)
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    rest.set()
    assert invocation.post().kind == kind
    assert function.finish().exit_code == (kind == "error")
    once(invocation)
    assert len(api.seen("next")) == 1


def test_answer_that_is_never_taken(api, start):
    """Waited for, as Lambda ends the process itself; by hand the second signal does."""
    api.fault("response", api_faults.silence())
    function = start()
    invocation = api.invoke()
    invocation.response()
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    assert function.process.poll() is None
    function.process.terminate()
    assert function.process.wait(PATIENCE) == -signal.SIGTERM
    once(invocation)


def test_frozen_between_invocations(api, start):
    """As Lambda does, here for a second: the connection is kept."""
    function = start()
    for _ in range(2):
        works(api)
        process = psutil.Process(function.pid)
        process.suspend()
        time.sleep(1.2)
        invocation = api.invoke(b'{"after": "the thaw"}')
        process.resume()
        assert invocation.response().body == invocation.event
    assert api.connections == 1
    stops(function)


# Logs.


def lines_of(result):
    """Without what old drivers say before anyone can keep them from it."""
    return [line for line in result.stderr.split("\n") if line and " mongoc: " not in line]


def log_of(api, start, env, message="no good"):
    """What an invocation that is refused leaves, and one that is broken."""
    api.fault("response", api_faults.answer(400, message.encode("utf-8", "surrogateescape")))
    function = start(env=env)
    refused = api.invoke()
    refused.response()
    broken = api.invoke(**junk_deadline())
    broken.error()
    works(api)
    result = stops(function, 1)
    return refused, broken, lines_of(result)


def test_text_log(api, start):
    refused, broken, lines = log_of(api, start, {})
    assert len(lines) == 2
    for invocation, line in zip((refused, broken), lines):
        stamp, id, level, message = line.split("\t")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp)
        assert (id, level) == (invocation.id.decode(), "ERROR") and message.startswith("aws_lambda: Runtime API")


# What the API may say of a refusal.
HOSTILE = ['"', "\\", "a\tb\nc\r\0d\x1b[31m", "ü𝄞\u2028", "\udcff\udcfe"]
HOSTILE += ['"' * 3000, "ü" * 3000, '{"a": "b"}', "%s%n%100d"]


def test_json_log(api, start):
    for message in HOSTILE:
        refused, broken, lines = log_of(api, start, {"AWS_LAMBDA_LOG_FORMAT": "JSON"}, message)
        assert len(lines) == 2
        for invocation, line in zip((refused, broken), map(json.loads, lines)):
            assert set(line) == {"timestamp", "level", "requestId", "logger", "message"}
            assert (line["requestId"], line["level"]) == (invocation.id.decode(), "ERROR")
            assert "\ufffd" not in line["message"]


@pytest.mark.parametrize("form", ["Text", "JSON"])
@pytest.mark.parametrize(
    "variables, error_type",
    [
        ({"FAAS_HARNESS_SCENARIO": "many"}, "Harness.BadOption"),
        ({"FAAS_HARNESS_PROVIDER": "nope"}, "Harness.ProviderNotLoaded"),
        ({}, "Harness.NoUri"),
    ],
    ids=["option", "provider", "uri"],
)
def test_log_of_a_start_that_fails(api, start, form, variables, error_type):
    """In Lambda's form too, whether the provider was open by then or not."""
    function = start("--client", "single", env=variables | {"AWS_LAMBDA_LOG_FORMAT": form})
    (line,) = lines_of(expect_init_error(api, function, error_type))
    if form == "JSON":
        parsed = json.loads(line)
        assert set(parsed) == {"timestamp", "level", "logger", "message"}
        level, message = parsed["level"], f"{parsed['logger']}: {parsed['message']}"
    else:
        stamp, id, level, message = line.split("\t")
        assert id == "-" and stamp.endswith("Z")
    assert level == "ERROR" and message.startswith("faas-harness: ") and message.endswith(f"[{error_type}]")


def test_levels_of_the_log(api, start):
    expected = {"TRACE": 2, "debug": 2, "INFO": 2, "WARN": 2, "ERROR": 2, "FATAL": 0, "loud": 2, "": 2}
    for level, count in expected.items():
        env = {"AWS_LAMBDA_LOG_FORMAT": "JSON", "AWS_LAMBDA_LOG_LEVEL": level}
        assert len(log_of(api, start, env)[2]) == count, level


def test_no_request_id_between_invocations(api, start):
    function = start(env={"AWS_LAMBDA_LOG_FORMAT": "JSON"})
    works(api)
    api.wait_for_next(2)
    api.close()
    (line,) = lines_of(function.finish())
    assert "requestId" not in json.loads(line)
