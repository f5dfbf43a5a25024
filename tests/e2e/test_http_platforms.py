"""The provider http under Knative and Cloud Run (CloudEvents), and as a custom handler of Azure Functions."""

import json

import harness
import pytest
from harness import check_report, expect_pass
from http_client import Server, error_type

pytestmark = [pytest.mark.http]

ECHO = ["--scenario", "echo"]
BINARY = {
    "ce-specversion": "1.0", "ce-id": "a-1", "ce-source": "/tests", "ce-type": "test.event", "Content-Type": "application/json",
}  # fmt: skip
STRUCTURED = {"specversion": "1.0", "id": "b-2", "source": "/tests", "type": "test.event", "data": {"n": [1, "ü"]}}
OF_STRUCTURED = {"Content-Type": "application/cloudevents+json; charset=utf-8"}
UNREACHABLE = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200"


@pytest.fixture
def events():
    with Server(*ECHO, env={"K_SERVICE": "faas", "PORT": "8080"}) as server:
        assert server.wait_for_log(r"\(mode (\w+)\)")[1] == "cloudevents"
        yield server


@pytest.fixture
def azure():
    with Server(*ECHO, env={"FUNCTIONS_CUSTOMHANDLER_PORT": "1", "FUNCTIONS_WORKER_RUNTIME": "custom"}) as server:
        assert server.wait_for_log(r"\(mode (\w+)\)")[1] == "azure"
        yield server


def post(server, body, headers=None, path="/"):
    """Returns status, headers and body."""
    connection = server.connection()
    connection.request("POST", path, body, headers or {})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, answer.headers, text


# CloudEvents.


def test_binary(events):
    status, headers, body = post(events, b'{"n":1}', BINARY)
    assert (status, body) == (200, b'{"n":1}')
    assert headers["ce-specversion"] == "1.0" and headers["ce-id"] == "a-1.report"
    assert headers["ce-type"] == "faas-harness.report" and headers["ce-source"] == "faas-harness"


def test_structured(events):
    for ascii_only in (True, False):
        body = json.dumps(STRUCTURED, ensure_ascii=ascii_only).encode()
        status, headers, body = post(events, body, OF_STRUCTURED)
        assert (status, json.loads(body)) == (200, {"n": [1, "ü"]}) and headers["ce-id"] == "b-2.report"


def test_structured_data(events):
    for data in ({}, {"data_base64": "AAEC"}, {"data": None}, {"data": "text"}):
        event = {name: value for name, value in STRUCTURED.items() if name != "data"} | data
        status, _, body = post(events, json.dumps(event), OF_STRUCTURED)
        assert (status, json.loads(body)) == (200, next(iter(data.values()), {}))


def test_by_the_library_of_cloudevents(events):
    """PyPI's cloudevents, which also reads the answer."""
    from cloudevents.v1.conversion import to_binary, to_structured
    from cloudevents.v1.http import CloudEvent, from_http

    event = CloudEvent({"type": "test.event", "source": "/tests"}, {"n": "ü"})
    for convert in (to_binary, to_structured):
        headers, body = convert(event)
        status, answered, text = post(events, body, headers)
        assert status == 200
        report = from_http(dict(answered.items()), text)
        assert report["type"] == "faas-harness.report" and report.data == {"n": "ü"}


def test_plain_request_is_an_event_too(events):
    status, headers, body = post(events, b"plain", {"X-Request-Id": "r"})
    assert (status, body) == (200, b"plain") and "ce-id" not in headers


VERSION = "the CloudEvent's ce-specversion must be 1.0"
ATTRIBUTES = "the CloudEvent must have ce-id, ce-source and ce-type"
NO_OBJECT = "the content type names a CloudEvent, but the body is not a JSON object"
MEMBERS = "the CloudEvent must have specversion 1.0, id, source and type"
BATCH = "batches of CloudEvents are not supported; send one at a time"

BAD = {
    "version": (BINARY | {"ce-specversion": "0.3"}, b"{}", VERSION),
    "no_id": ({name: value for name, value in BINARY.items() if name != "ce-id"}, b"{}", ATTRIBUTES),
    "empty_type": (BINARY | {"ce-type": ""}, b"{}", ATTRIBUTES),
    "batch": ({"Content-Type": "application/cloudevents-batch+json"}, b"[]", BATCH),
    "no_json": (OF_STRUCTURED, b'{"specversion":', NO_OBJECT),
    "array": (OF_STRUCTURED, b"[]", NO_OBJECT),
    "nothing": (OF_STRUCTURED, b"", NO_OBJECT),
    "no_source": (OF_STRUCTURED, b'{"specversion":"1.0","id":"a","type":"t"}', MEMBERS),
    "old": (OF_STRUCTURED, b'{"specversion":"0.3","id":"a","type":"t","source":"s"}', MEMBERS),
    "number": (OF_STRUCTURED, b'{"specversion":"1.0","id":1,"type":"t","source":"s"}', MEMBERS),
}


def test_bad_events(events):
    """400, after which Knative does not resend."""
    for name, (headers, body, words) in BAD.items():
        status, _, text = post(events, body, headers)
        assert (status, error_type(text)) == (400, "Event.Malformed") and words in text.decode(), (name, text)
        assert post(events, b"{}", BINARY)[0] == 200, name


@pytest.mark.scenario
def test_ids_of_events(wire):
    with Server("--client", "single", env={"K_SERVICE": "faas"}, uri=wire.uri) as server:
        for event_id, want in (("a-1", "a-1"), ("x" * 129, "http-1"), ("a b", "http-2")):
            status, _, body = post(server, b"{}", BINARY | {"ce-id": event_id})
            report = expect_pass(check_report(json.loads(body)))
            assert status == 200 and report["invocation"]["id"] == want


@pytest.mark.scenario
@pytest.mark.parametrize("headers", [BINARY, {}], ids=["event", "plain"])
def test_failed_event_is_not_sent_again(headers):
    with Server("--client", "single", env={"K_SERVICE": "faas"}, uri=UNREACHABLE) as server:
        status, _, body = post(server, b"{}", headers)
        assert status == (422 if headers else 500)
        assert check_report(json.loads(body))["verdict"] == "fail"


@pytest.mark.handshake
def test_driver_knows_cloud_run(wire):
    if harness.streams_in_functions():
        pytest.skip("this driver does not recognise functions")
    with Server("--client", "single", env={"K_SERVICE": "faas"}, uri=wire.uri) as server:
        expect_pass(server.report())
    assert {client["env"]["name"] for client in wire.clients()} == {"gcp.func"}


# Azure.

CALL = {"Data": {"req": {"Method": "POST", "Body": "ü"}, "n": 1}, "Metadata": {"sys": {"MethodName": "faas"}}}


def test_azure(azure):
    status, _, body = post(azure, json.dumps(CALL), {"X-Azure-Functions-InvocationId": "i-1"}, "/faas")
    assert status == 200 and json.loads(body) == {"Outputs": {}, "Logs": [], "ReturnValue": CALL["Data"]}


def test_azure_asks_whether_it_is_ready(azure):
    assert azure.request("GET", "/", None) == (200, b'{"ready":true}')


def test_azure_hands_a_request_on(azure):
    for body in (b'{"Data":{}}', b'{"n":1}', b"text"):
        assert azure.request(body=body, path="/api/faas") == (200, body)


def test_azure_answer_that_is_no_json(azure):
    azure_call = b'{"Data":"text","Metadata":{}}'
    assert json.loads(azure.request(body=azure_call)[1])["ReturnValue"] == "text"


@pytest.mark.scenario
def test_azure_reports(wire):
    variables = {"FUNCTIONS_CUSTOMHANDLER_PORT": "1", "FUNCTIONS_WORKER_RUNTIME": "custom"}
    with Server("--client", "single", env=variables, uri=wire.uri) as server:
        status, _, body = post(server, json.dumps(CALL), {"X-Azure-Functions-InvocationId": "i-1"}, "/faas")
        report = expect_pass(check_report(json.loads(body)["ReturnValue"]))
        assert status == 200 and report["invocation"]["id"] == "i-1"


@pytest.mark.scenario
def test_azure_failure():
    variables = {"FUNCTIONS_CUSTOMHANDLER_PORT": "1"}
    with Server("--client", "single", env=variables, uri=UNREACHABLE) as server:
        status, _, body = post(server, json.dumps(CALL), path="/faas")
        answer = json.loads(body)
        report = check_report(answer["ReturnValue"])
        assert status == 500 and answer["Logs"] == [report["error"]["message"]] and answer["Outputs"] == {}
