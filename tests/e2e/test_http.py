"""The provider http as a plain server and under Fn, with well-behaved and misbehaving clients."""

import concurrent.futures
import contextlib
import datetime
import json
import os
import socket
import stat
import time

import harness
import pytest
import wire_faults
from harness import PROMPTLY, expect_pass
from http_client import Server, UnixConnection, error_type, exchange

pytestmark = [pytest.mark.http]

ECHO = ["--scenario", "echo"]
SINGLE = ["--client", "single"]  # no platform, so a pool streams, and the report says so
MEGABYTE = 1_000_000
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"


@pytest.fixture
def echo():
    with Server(*ECHO) as server:
        yield server


# Normal operation.


@pytest.mark.scenario
def test_reports(wire):
    with Server(*SINGLE, uri=wire.uri) as server:
        for number in (1, 2):
            report = expect_pass(server.report())
            assert report["invocation"]["id"] == f"http-{number}" and report["provider"]["name"] == "http"
        assert server.stop().exit_code == 0


@pytest.mark.scenario
def test_failure_is_a_status_and_the_report():
    with Server(*SINGLE, "--uri", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200") as server:
        status, body = server.request()
        assert status == 500 and harness.check_report(json.loads(body))["verdict"] == "fail"
        assert server.stop().exit_code == 1


def test_body_is_the_event(echo):
    """Whatever it is, on one connection."""
    connection = echo.connection()
    for event in (b'{"n": "\xc3\xbc"}', b"no JSON", bytes(range(256)), b"x" * 5 * MEGABYTE):
        assert exchange(connection, path="/any/path?x=1", body=event) == (200, event)
    for number in range(20):
        assert exchange(connection, body=b"%d" % number) == (200, b"%d" % number)
    connection.close()


def test_no_body_is_an_empty_event(echo):
    assert echo.request(body=None) == (200, b"{}")


def test_chunked(echo):
    assert echo.request(body=iter([b'{"a"', b":", b"1}"])) == (200, b'{"a":1}')


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_never_touches_the_database(wire, method):
    with Server(*SINGLE, uri=wire.uri) as server:
        status, body = server.request(method, body=None)
        assert status == 200 and body == (b'{"ready":true}' if method == "GET" else b"")
        assert not wire.seen("insert")
        assert server.stop().exit_code == 0


def test_other_methods(echo):
    connection = echo.connection()
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        connection.request(method, "/", b"{}")
        answer = connection.getresponse()
        assert answer.status == 405 and answer.headers["Allow"] == "GET, HEAD, POST"
        assert error_type(answer.read()) == "Event.Refused"
    connection.close()


def test_nobody_connects_before_the_client_is_made():
    """If the start fails, it never listens."""
    with Server("--uri", "nonsense://") as server:
        assert server.finish().exit_code == 2
        assert "listening" not in server.stderr


# Where it listens.


def test_port_of_the_environment():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with Server(*ECHO, listen=None, env={"PORT": str(port)}) as server:
        assert server.address == ("127.0.0.1", port) and f"0.0.0.0:{port}" in server.stderr
        assert server.request()[0] == 200


def test_port_that_is_taken(echo):
    host, port = echo.address
    with Server(*ECHO, listen=f"{host}:{port}") as second:
        result = second.finish()
    assert result.exit_code == 2 and f"{host}:{port}" in result.stderr and "listen" in result.stderr


@pytest.mark.parametrize(
    "option",
    ["listen=8080", "listen=127.0.0.1:65536", "listen=localhost:80", "listen=unix:relative", "listen=", "mode=lambda"]
    + ["max_event_bytes=0", "max_open_invocations=65", "max_open_invocations=0", "max_queued=-1", "max_queued=many"],
)
def test_options(option):
    result = harness.run(*ECHO, "--provider", "http", "--option", option, env={"PORT": "0"})
    assert result.exit_code == 2 and result.stdout == ""
    assert option.partition("=")[0] in result.stderr


# Several at once.


@pytest.mark.managed
def test_many_at_once(echo):
    events = [b'{"n":%d}' % number for number in range(400)]

    def post(event):
        while (answer := echo.request(body=event))[0] == 429:
            time.sleep(0.01)
        return answer

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert list(pool.map(post, events)) == [(200, event) for event in events]
    assert echo.stop().exit_code == 0


@pytest.mark.managed
@pytest.mark.deadline
def test_beyond_open_and_queued(wire):
    wire.stall()
    options = ["max_open_invocations=2", "max_queued=3"]
    with Server(*SINGLE, "--timeout", 3000, options=options, uri=wire.uri) as server:
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            answers = [answer.result() for answer in [pool.submit(server.request) for _ in range(20)]]
        statuses = sorted(status for status, _ in answers)
        assert (
            statuses == [429] * 15 + [500] * 5 or statuses.count(429) in range(10, 16) and set(statuses) == {429, 500}
        )
        assert {error_type(body) for status, body in answers if status == 429} == {"Event.TooMany"}


@pytest.mark.managed
@pytest.mark.timeout(600)
def test_a_thousand_at_once(echo):
    """All are answered, and so is the next one."""
    waiting = []
    with contextlib.ExitStack() as stack:
        for _ in range(1000):
            waiting.append(stack.enter_context(echo.socket()))
        for connection in waiting:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")
        statuses = [b"".join(iter(lambda: c.recv(65536), b""))[9:12] for c in waiting]
    assert set(statuses) <= {b"200", b"429"} and statuses.count(b"200") >= 4
    assert echo.request() == (200, b"{}")


# Misbehaving clients.


@pytest.mark.parametrize(
    "data",
    [b"\0" * 5000, b"nonsense\r\n\r\n", b"POST\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", os.urandom(100_000)]
    + [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n{}"]
    + [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n{}"]
    + [b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"]
    + [b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"],
    ids=["nul", "words", "short", "version", "random", "negative", "huge", "chunk", "headers"],
)
def test_garbage(echo, data):
    with contextlib.suppress(OSError):  # it may close first
        answer = echo.raw(data, shut=True)
        assert b" 200 " not in answer.partition(b"\r\n")[0]
    assert echo.request() == (200, b"{}")


@pytest.mark.parametrize(
    "lengths", [b"Content-Length: 2\r\nContent-Length: 3", b"Content-Length: 2\r\nTransfer-Encoding: chunked"]
)
def test_two_lengths(echo, lengths):
    answer = b""
    with contextlib.suppress(OSError):
        answer = echo.raw(b"POST / HTTP/1.1\r\nHost: a\r\n" + lengths + b"\r\n\r\n{}x0\r\n\r\n", shut=True)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")
    assert echo.request() == (200, b"{}")


@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes(echo, chunked):
    body = b"x" * 10 * MEGABYTE
    status, answer = echo.request(body=iter([body]) if chunked else body)
    assert (status, error_type(answer)) == (413, "Event.TooLarge")
    assert echo.request() == (200, b"{}")


def test_whoever_asks_first_is_told_before_it_sends(echo):
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\nExpect: 100-continue\r\n\r\n"
    with echo.socket() as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_half_open_and_slow_clients_are_in_nobodys_way(echo):
    with contextlib.ExitStack() as stack:
        half = [stack.enter_context(echo.socket()) for _ in range(100)]
        for index, connection in enumerate(half):
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{"[: index + 1])
        for _ in range(50):
            assert echo.request() == (200, b"{}")
    assert echo.stop().exit_code == 0


def test_slow_client_is_served(echo):
    with echo.socket() as connection:
        for byte in POST:
            connection.sendall(bytes([byte]))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")


@pytest.mark.deadline
def test_client_that_hangs_up_costs_its_invocation_only(wire):
    with Server(*SINGLE, "--timeout", 2000, options=["max_open_invocations=1"], uri=wire.uri) as server:
        expect_pass(server.report())
        wire.stall()
        with server.socket() as connection:
            connection.sendall(POST)
        wire.resume()
        status, _ = server.request()
        assert status in (200, 500)
        server.process.terminate()
        assert server.finish().exit_code in (0, 1)


# The end.


def test_stop_while_it_waits(echo):
    echo.address  # noqa: B018
    echo.process.terminate()
    assert echo.process.wait(PROMPTLY) == 0


@pytest.mark.deadline
def test_stop_answers_what_is_under_way_and_refuses_the_rest(wire):
    wire.fault("insert", wire_faults.never())
    options = ["max_open_invocations=1", "max_queued=5"]
    with Server(*SINGLE, "--timeout", 3000, options=options, uri=wire.uri) as server:
        with contextlib.ExitStack() as stack:
            waiting = [stack.enter_context(server.socket()) for _ in range(4)]
            for connection in waiting:
                connection.sendall(POST)
                assert wire.wait_for(lambda w: w.seen("insert"))
            server.request("GET", body=None)  # by the same thread, so they were read
            server.process.terminate()
            answers = [connection.recv(65536)[9:12] for connection in waiting]
        assert sorted(answers) == [b"500", b"503", b"503", b"503"]
        assert server.finish().exit_code == 1


# Deadlines and ids.


@pytest.mark.deadline
def test_openfaas_timeout(wire):
    with Server(*SINGLE, uri=wire.uri) as server:
        for text, ms in (("60s", 60_000), ("59.5s", 59_500), ("30s30000ms", 60_000), ("60000ms", 60_000)):
            report = harness.check_report(json.loads(server.request(headers={"X-Timeout": text})[1]))
            assert ms / 2 < report["invocation"]["deadlineMs"] <= ms, text
        wire.stall()
        status, body = server.request(headers={"X-Timeout": "0.5s", "X-Call-Id": "call-7"})
        report = harness.check_report(json.loads(body))
        assert status == 500 and report["error"]["type"] == "Harness.DeadlineExceeded"
        assert report["invocation"]["id"] == "call-7"


@pytest.mark.scenario
def test_ids_that_are_none(wire):
    with Server(*SINGLE, uri=wire.uri) as server:
        for number, text in enumerate(("", "x" * 129, "a b", "\xfc"), 1):
            report = server.report(headers={"X-Call-Id": text, "X-Timeout": "soon"})
            assert report["invocation"]["id"] == f"http-{number}"


# Fn.


@pytest.fixture
def fn(wire, tmp_path):
    path = tmp_path / "lsnr.sock"
    variables = {"FN_LISTENER": f"unix:{path}", "FN_FORMAT": "http-stream"}
    with Server(*SINGLE, listen=None, env=variables, uri=wire.uri) as server:
        server.wait_for_log("listening on unix:")
        yield server, path


def call(path, headers=None, target="/call"):
    connection = UnixConnection(path)
    try:
        return exchange(connection, path=target, headers=headers)
    finally:
        connection.close()


def moment(seconds):
    return (
        (datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
    )


@pytest.mark.scenario
def test_fn(fn):
    server, path = fn
    assert path.is_symlink() and "/" not in os.readlink(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 and stat.S_ISSOCK(path.stat().st_mode)
    status, body = call(path, {"Fn-Call-Id": "01ABC", "Fn-Deadline": moment(30)})
    report = expect_pass(harness.check_report(json.loads(body)))
    assert status == 200 and report["invocation"]["id"] == "01ABC"
    assert call(path, target="/other")[0] == 502
    assert server.stop().exit_code == 0
    assert not os.path.lexists(path) and list(path.parent.glob("*.sock*")) == []


def test_fn_ends_containers_that_answer_with_another_status(tmp_path):
    path = tmp_path / "lsnr.sock"
    options = ["max_event_bytes=10"]
    with Server(*ECHO, options=options, listen=None, env={"FN_LISTENER": f"unix:{path}"}) as server:
        server.wait_for_log("listening on unix:")
        connection = UnixConnection(path)
        status, body = exchange(connection, path="/call", body=b"x" * 11)
        connection.close()
        assert (status, error_type(body)) == (502, "Event.TooLarge")


@pytest.mark.deadline
@pytest.mark.parametrize("seconds", [-10, 0.5, 2])
def test_fn_deadline(fn, wire, seconds):
    _, path = fn
    wire.stall()
    status, body = call(path, {"Fn-Deadline": moment(seconds)})
    assert status == 502 and json.loads(body)["error"]["type"] == "Harness.DeadlineExceeded"


@pytest.mark.scenario
def test_fn_deadline_that_is_none(fn):
    _, path = fn
    for text in ("soon", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00+01:00", "9" * 100, "2026-01-01 00:00:00Z"):
        assert call(path, {"Fn-Deadline": text})[0] == 200, text


@pytest.mark.scenario
def test_fn_after_one_that_was_killed(wire, tmp_path):
    path = tmp_path / "lsnr.sock"
    for _ in range(2):
        with Server(*SINGLE, listen=None, env={"FN_LISTENER": f"unix:{path}"}, uri=wire.uri) as server:
            server.wait_for_log("listening on unix:")
            assert call(path)[0] == 200
            server.process.kill()
