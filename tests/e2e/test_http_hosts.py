"""The provider http under hosts and clients by others: AWS's Lambda Web Adapter behind AWS's emulator, and a sender
of CloudEvents by the SDK for Go."""

import json
import subprocess
import time

import harness
import lambda_events
import pytest
import wire_faults
from harness import PATIENCE, PROMPTLY, check_report, expect_error, expect_pass
from http_client import Server
from secantus import free_port
from web_adapter import WebAdapter, built, missing

pytestmark = [pytest.mark.http]

ECHO = ["--scenario", "echo"]
CONTEXT = "x-amzn-lambda-context"


# AWS's Lambda Web Adapter.


@pytest.fixture(scope="module")
def needs_adapter():
    if missing():
        pytest.skip(missing())


@pytest.mark.rie
@pytest.mark.usefixtures("needs_adapter")
def test_adapter(wire):
    """A pooled client, because a driver that recognises Lambda must not stream there."""
    with WebAdapter({"MONGODB_URI": wire.uri}) as aws:
        for number in (1, 2):
            answer = aws.invoke({"n": number})
            report = expect_pass(check_report(answer.json))
            assert answer.status == 200 and report["provider"]["name"] == "http"
            # The readiness check runs nothing.
            assert report["invocation"]["number"] == len(wire.seen("insert")) == number
            assert f"START RequestId: {report['invocation']['id']} " in aws.output
            assert 20_000 < report["invocation"]["deadlineMs"] <= 30_000, "the function's 30 s, from its start on"
            if not harness.streams_in_functions():
                assert report["handshake"]["env"]["name"] == "aws.lambda" and not report["heartbeats"]["awaited"]
        assert "(mode lwa)" in aws.output and "External agent lambda-adapter" in aws.output


@pytest.mark.rie
@pytest.mark.usefixtures("needs_adapter")
def test_adapter_http_front(wire):
    """An HTTP front's event is a request, and the response is its answer."""
    with WebAdapter({"MONGODB_URI": wire.uri, "FAAS_HARNESS_CLIENT": "single"}) as aws:
        answer = aws.invoke(lambda_events.REST_API).json
        report = check_report(json.loads(answer["body"]))
        assert answer["statusCode"] == 200 and answer["multiValueHeaders"]["content-type"] == ["application/json"]
        assert f"START RequestId: {report['invocation']['id']} " in aws.output
        ready = aws.invoke(lambda_events.REST_API | {"httpMethod": "GET"}).json
        assert ready["body"] == '{"ready":true}' and len(wire.seen("insert")) == 1


@pytest.mark.rie
@pytest.mark.usefixtures("needs_adapter")
def test_adapter_failure(wire):
    """By default the adapter takes no status for an error."""
    wire.fault("delete", wire_faults.deletes_nothing(), times=2)
    variables = {"MONGODB_URI": wire.uri, "FAAS_HARNESS_CLIENT": "single"}
    with WebAdapter(variables) as aws:
        expect_error(check_report(aws.invoke().json), "Assertion.DeleteRemovedOne")
    with WebAdapter(variables | {"AWS_LWA_ERROR_STATUS_CODES": "400-599"}) as aws:
        failure = aws.invoke().json
        assert failure["errorMessage"] == "Request failed with configured error status code: 500", failure
        assert "Assertion.DeleteRemovedOne" in aws.output, "what the adapter leaves out is in the log"
        assert check_report(aws.invoke().json)["invocation"]["number"] == 2, "the same processes go on"


# The adapter's header, sent by hand.


@pytest.fixture
def adapted(wire):
    env = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"}
    with Server("--client", "single", uri=wire.uri, env=env) as server:
        yield server


def context(**members):
    return {CONTEXT: json.dumps({"env_config": {}, "client_context": {"request_id": "not this"}} | members)}


def test_context(adapted):
    until = int(time.time() * 1000) + 60_000
    report = adapted.report(headers=context(request_id="a-1", deadline=until))
    assert report["invocation"]["id"] == "a-1" and 50_000 < report["invocation"]["deadlineMs"] <= 60_000


def test_deadline_of_the_context(wire, adapted):
    expect_pass(adapted.report())
    wire.fault("insert", wire_faults.never())
    start = time.monotonic()
    status, body = adapted.request(headers=context(request_id="a-2", deadline=int(time.time() * 1000) + 1500))
    assert status == 500 and time.monotonic() - start < PROMPTLY
    expect_error(check_report(json.loads(body)), "Harness.DeadlineExceeded")


BAD_CONTEXTS = [
    {},
    {CONTEXT: '{"request_id":'},
    {CONTEXT: '["request_id"]'},
    {CONTEXT: "{}"},
    context(request_id=7, deadline="1900000000000"),
    context(request_id='a"b', deadline=-1),
    context(request_id="x" * 129, deadline=10**20),
    context(request_id="", deadline=1.5),
]


def test_context_that_says_nothing(adapted):
    for number, headers in enumerate(BAD_CONTEXTS, 1):
        invocation = adapted.report(headers=headers)["invocation"]
        assert (invocation["id"], invocation["deadlineMs"]) == (f"http-{number}", None), headers


def test_port_of_the_adapter():
    """The harness listens on the loopback address, because only the adapter connects."""
    for names in (("AWS_LWA_PORT", "PORT"), ("PORT",)):
        ports = {name: str(free_port()) for name in names}
        with Server(*ECHO, listen=None, env={"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:1"} | ports) as server:
            assert server.wait_for_log(r"listening on (\S+) \(mode lwa\)")[1] == f"127.0.0.1:{ports[names[0]]}"
            assert server.request() == (200, b"{}")


# A sender of CloudEvents.


def sent(mode, url):
    """What the sender prints about its event and the answer."""
    if built("sender/faas-stamp") is None:
        pytest.skip("./dev test builds the sender")
    done = subprocess.run([built("sender/sender"), mode, url], capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def url_of(server):
    return "http://{}:{}/".format(*server.address)


def test_sender():
    with Server(*ECHO, options=["mode=cloudevents"]) as server:
        for mode in ("binary", "structured"):
            told = sent(mode, url_of(server))
            assert (told["type"], told["id"]) == ("faas-harness.report", f"go-{mode}.report"), told
            assert told["data"] == {"from": "go", "text": "ü"}, told
            assert (told["acknowledged"], told["status"], told["retries"]) == (True, 200, 0), told


def test_sender_of_an_event_that_fails(wire):
    """The report is the answer, and the event is not resent."""
    wire.fault("delete", wire_faults.deletes_nothing())
    with Server("--client", "single", uri=wire.uri, options=["mode=cloudevents"]) as server:
        told = sent("binary", url_of(server))
        report = expect_error(check_report(told["data"]), "Assertion.DeleteRemovedOne")
        assert told["type"] == "faas-harness.report" and report["invocation"]["id"] == "go-binary"
        assert (told["acknowledged"], told["status"], told["retries"]) == (False, 422, 0), told
        assert expect_pass(server.report())["invocation"]["number"] == 2
