"""The provider aws_lambda as the Runtime API sees it: which calls it makes, on one connection, with which content."""

import time

import api_faults
import pytest
import wire_faults
from harness import ENCODED_PASSWORD, INSTRUMENTED, PATIENCE, check_report, run
from runtime_api_case import ECHO, held, once, stops, works
from secantus import free_port

pytestmark = [pytest.mark.runtime_api]


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
    """Nothing unnecessary, and nothing of the environment."""
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


@pytest.mark.libcurl
@pytest.mark.parametrize("how", ["fin", "rst"])
def test_closed_while_idle(api, start, wire, how):
    """Every call finds its connection closed, and succeeds on another."""
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
    """libcurl checks connections that were idle for a second."""

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


# The environment.


ODD_ADDRESSES = ["http://x", "http://h:80", "a b:80", "h:0", "h:99999", "x/y", "host", ":80", "h:80/", "u@h:80", "h:8o"]
ODD_ADDRESSES += ["h:", "h:-1", "...:80", ".h:80", "a..b:80", "a:b:80", "h]:80", "h[]:80", "x" * 256 + ":80", ""]
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
ODD_ADDRESSES += ["x" * 100_000 + ":80"]


def test_odd_runtime_api():
    for value in [*ODD_ADDRESSES, None]:
        result = run(*ECHO, "--provider", "aws_lambda", env={"AWS_LAMBDA_RUNTIME_API": value})
        result.expect_no_start("AWS_LAMBDA_RUNTIME_API", "HOST:PORT", (value or "")[:50])


def test_runtime_api_of_every_form():
    """Valid addresses at which nothing listens."""
    port = free_port()
    for host in ("127.0.0.1", "[::1]", "[::FFFF:127.0.0.1]", "localhost", "localhost."):
        result = run(*ECHO, env={"AWS_LAMBDA_RUNTIME_API": f"{host}:{port}"})
        assert result.exit_code == 1
        assert f"next: no answer from http://{host}:{port}/" in result.stderr


@pytest.mark.libcurl
def test_the_environment_has_no_say(api, start, tmp_path):
    """And an API may be called by a name."""
    port = api.address.rpartition(":")[2]
    api.names.add(f"localhost:{port}")
    (tmp_path / ".netrc").write_text("default login user password s3cr3t\n")
    (tmp_path / ".curlrc").write_text("proxy = 127.0.0.1:1\n")
    dead = f"http://127.0.0.1:{free_port()}"
    names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    variables = {name: dead for name in names} | {"no_proxy": None, "NO_PROXY": None}
    variables |= {"HOME": str(tmp_path), "CURL_HOME": str(tmp_path), "AWS_LAMBDA_RUNTIME_API": f"localhost:{port}"}
    function = start(env=variables)
    works(api)
    stops(function)
