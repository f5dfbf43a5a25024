"""The provider aws_lambda, given events of every size and shape."""

import json
import re

import api_faults
import lambda_events
import psutil
import pytest
import wire_faults
from harness import check_report
from runtime_api_case import LIMIT, MEBIBYTE, once, stops, works

pytestmark = [pytest.mark.runtime_api]


# Sizes.


def test_largest_event(api, start):
    function = start()
    for event in (b"x" * LIMIT, b'"%s"' % (b"y" * (6 * MEBIBYTE - 2))):
        assert api.invoke(event).response(60).body == event
    works(api)
    stops(function)


@pytest.mark.libcurl
@pytest.mark.parametrize("how", ["length", "chunked"])
def test_event_too_large(api, start, how):
    """Reported, and not stored: the memory stays that of the largest event allowed."""
    if how == "chunked":
        api.fault("next", api_faults.chunked(65536), times=None)
    function = start()
    api.invoke(b"x" * LIMIT).response(60)
    api.wait_for_next(2)  # nothing of the first event is in progress any more
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
    """A length for which no machine has memory."""

    def edit(data):
        return re.sub(rb"Content-Length: \d+", b"Content-Length: 9" + b"0" * 15, data)

    api.fault("next", api_faults.Fault(edit=edit, close="fin"))
    function = start()
    assert api.invoke().error().type in ("Runtime.EventTooLarge", "Runtime.EventTruncated")
    works(api)
    stops(function, 1)


# Shapes.

SHAPES = {
    "rest": lambda_events.REST_API,
    "http-1": lambda_events.HTTP_API_1,
    "http-2": lambda_events.HTTP_API_2,
    "url": lambda_events.FUNCTION_URL,
    "load-balancer": lambda_events.LOAD_BALANCER,
    "load-balancer-multi": lambda_events.LOAD_BALANCER_MULTI,
    "websocket-connect": lambda_events.WEBSOCKET_CONNECT,
    "websocket-message": lambda_events.WEBSOCKET_MESSAGE,
    "websocket-disconnect": lambda_events.WEBSOCKET_DISCONNECT,
    "lattice-1": lambda_events.LATTICE_1,
    "lattice-2": lambda_events.LATTICE_2,
}


def check_shape(shape, invocation, response):
    answer = response.json
    single = {"Content-Type": "application/json", "X-Faas-Request-Id": invocation.id.decode()}
    expected = {"statusCode": 200, "body": answer["body"], "isBase64Encoded": False}
    if shape == "load-balancer-multi":
        expected["multiValueHeaders"] = {name: [value] for name, value in single.items()}
    elif not shape.startswith("websocket"):
        expected["headers"] = single
    if shape.startswith("load-balancer"):
        expected["statusDescription"] = "200 OK"
    assert answer == expected
    return answer["body"]


def test_http_fronts(api, start):
    """The body is the report (here the event) as a string; unit.aws_lambda.event_shape has events that only look like these."""
    function = start()
    for shape, event in SHAPES.items():
        unusual = json.dumps(event | {"body": 'ünïcode 𝄞 "quotes" \\ and \n\t\u0001 controls'})
        for text in (unusual, "\n  " + json.dumps(event, indent=4) + "\n"):
            invocation = api.invoke(text.encode())
            assert check_shape(shape, invocation, invocation.response()) == text
    stops(function)


def test_failures_for_http_fronts(api, start, wire):
    """A failed invocation is never an answer of any shape, or the front would not notice it."""
    wire.fault("insert", wire_faults.write_error(), times=None)
    function = start("--client", "single", uri=wire.uri)
    for event in SHAPES.values():
        assert api.invoke(event).error().type == "Scenario.InsertFailed"
    stops(function, 1)


AUTHORIZERS = [name for name in dir(lambda_events) if name.startswith("AUTHORIZER_")]


def test_authorizers_are_named_as_not_served(api, start, wire):
    """Neither a policy that lets everyone in, nor a report, which API Gateway answers with 500. Nothing is inserted."""
    function = start("--client", "single", uri=wire.uri)
    for name in AUTHORIZERS:
        invocation = api.invoke(getattr(lambda_events, name))
        error = invocation.error()
        assert error.type == "Provider.EventNotServed" and "authorizer" in error.message, name
        once(invocation)
    assert "insert" not in [command.name for command in wire.operations()]
    check_report(api.invoke().response().json)
    assert stops(function, 1).stderr.count("Lambda authorizer") == len(AUTHORIZERS)
