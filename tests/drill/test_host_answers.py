"""faas-lambda-host: how it takes a function's answers: whole, streamed, late, or for another invocation."""

import base64
import json

import pytest
from lambda_host import LambdaHost, function

pytestmark = pytest.mark.host

TYPE = "Lambda-Runtime-Function-Error-Type"
BODY = "Lambda-Runtime-Function-Error-Body"


def encoded(value):
    return base64.b64encode(json.dumps(value).encode()).decode()


# --- streaming -----------------------------------------------------------------------------------------------------------


def test_stream(host):
    answer = host.invoke({"do": "stream", "parts": ['{"a":', "1}"]})
    assert answer.json == {"a": 1} and not answer.headers["X-Amz-Function-Error"]
    assert "response 202" in host.log
    assert not host.violations


ERROR = {"errorType": "Own.Broken", "errorMessage": "the rows ended", "stackTrace": []}
PLAIN = {"errorType": "Own.Broken", "errorMessage": "The function ended its response with an error."}


TRAILERS = [
    ({TYPE: "Own.Broken", BODY: encoded(ERROR)}, ERROR),
    ({TYPE.lower(): "Own.Broken", BODY.lower(): encoded(ERROR)}, ERROR),
    ({TYPE: "Own.Broken"}, PLAIN),
    ({TYPE: "Own.Broken", BODY: "no base64"}, PLAIN),
    ({TYPE: "Own.Broken", BODY: encoded(ERROR | {"stackTrace": ["x" * 20000]})}, None),
]


@pytest.mark.parametrize("mode", ["streaming", None])
def test_stream_that_fails(host, mode):
    """The invocation fails although the function got 202, and the environment goes on."""
    for trailers, error in TRAILERS:
        for parts in (["part ", "of it"], []):
            answer = host.invoke({"do": "stream", "mode": mode, "parts": parts, "trailers": trailers})
            assert answer.error == "Own.Broken", (trailers, parts)
            assert error is None or answer.json == error, (trailers, parts)
    assert host.log.count("response 202") == 2 * len(TRAILERS) and not host.violations
    assert host.invoke("echo").json == "echo"
    assert host.log.count("Init Duration") == 1, "the same process"


def test_trailers_that_tell_of_no_error(host):
    for trailers in ({BODY: encoded(ERROR)}, {TYPE: ""}, {"Other": "x"}):
        answer = host.invoke({"do": "stream", "parts": ["1"], "trailers": trailers})
        assert answer.json == 1 and not answer.headers["X-Amz-Function-Error"]


def test_stream_that_breaks_off(host):
    """Lambda can't take back what it has passed on, so it accepts no other answer."""
    answer = host.invoke({"do": "stream", "parts": ["part of"], "breaks off": True})
    assert answer.error == "Runtime.TruncatedResponse"
    request_id = answer.headers["X-Amzn-RequestId"]
    assert host.violations == [f"closed the connection in the middle of its answer to request {request_id}"]
    assert host.invoke("echo").json == "echo"


@pytest.mark.parametrize("mode", ["streaming", None])
def test_stream_that_takes_longer_than_there_is_time(tmp_path, mode):
    """The host breaks it off, and the function broke no rule."""
    with LambdaHost(function("told.py", tmp_path), "--timeout", "1.5") as host:
        answer = host.invoke({"do": "stream", "mode": mode, "parts": ["x"] * 100, "pause": 0.2})
        assert answer.error == "Sandbox.Timedout"
        assert not host.violations
        assert host.invoke("echo").json == "echo"


def test_mode_that_does_not_exist(host):
    answer = host.invoke({"do": "stream", "parts": ["1"], "mode": "buffered"})
    assert answer.error == "Runtime.InvalidResponseModeHeader"
    saw = '400 {"errorMessage":"Invalid function response mode","errorType":"InvalidFunctionResponseMode"}'
    assert saw in host.log
    assert 'Lambda-Runtime-Function-Response-Mode: buffered; only "streaming" is allowed' in host.violations[0]
    assert host.invoke("echo").json == "echo"


# --- attempts -----------------------------------------------------------------------------------------------------------

ID = "Lambda-Runtime-Invocation-Id"


def test_each_attempt_has_an_id_of_its_own(host):
    found = {host.invoke("headers").json[ID] for _ in range(3)}
    assert len(found) == 3 and all(len(one) == 36 for one in found)


@pytest.mark.parametrize("by", ["response", "error"])
def test_id_that_is_sent_back(host, by):
    for _ in range(2):
        answer = host.invoke({"do": "invocation id", "by": by, "send": [-1]})
        assert answer.status == 200 and answer.headers["X-Amz-Function-Error"] == (
            None if by == "response" else "Unhandled"
        )
    assert host.log.count(f"{by} 202") == 2 and not host.violations


@pytest.mark.parametrize("by", ["response", "error"])
def test_answer_for_another_attempt(host, by):
    """Refused as by AWS's emulator; the invocation still waits for its own answer."""
    assert host.invoke("echo").json == "echo"
    for number, late in enumerate((0, "", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"), 1):  # 0: the first invocation's
        answer = host.invoke({"do": "invocation id", "by": by, "send": [late, -1]})
        assert answer.json == -1 if by == "response" else answer.error == "Told.Wrong"
        assert len(host.violations) == number, late
        assert f"posted the {by} of request {answer.headers['X-Amzn-RequestId']} with {ID}" in host.violations[-1]
    refused = f'{by} 410 {{"errorMessage":"Invoke timeout","errorType":"InvokeTimeout"}}'
    assert host.log.count(refused) == host.log.count(f"{by} 202") - (by == "response") == 3
