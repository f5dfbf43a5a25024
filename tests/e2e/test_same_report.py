"""One event under every platform: the reports differ only in what belongs to the platform."""

import datetime
import json
import re

import pytest
from action_proxy import Action
from harness import Harness, check_report, driver_faults, expect_pass
from http_client import Server, UnixConnection, exchange
from runtime_api_case import Function
from runtime_api_server import RuntimeApi
from wire_server import WireServer

pytestmark = [pytest.mark.platforms]

EVENT = {"n": 1}
ID = "the-same-event"
LAMBDA = {"AWS_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128"}  # local's own values
CLOUD_EVENT = {"ce-specversion": "1.0", "ce-id": ID, "ce-source": "/tests", "ce-type": "test.event"}


# Each runs one event and returns its report.


def local(uri, *arguments):
    with Harness("--provider", "local", *arguments, uri=uri) as program:
        return program.invoke(json.dumps(EVENT))


def lambda_with(variables):
    def run(uri, *arguments):
        with RuntimeApi() as api:
            with Function(api, "--scenario", "mongodb", *arguments, uri=uri, env=LAMBDA | variables):
                return api.invoke(EVENT, id=ID).response().json

    return run


def http(variables, headers, body=EVENT, member=None):
    def run(uri, *arguments):
        with Server(*arguments, uri=uri, env=variables) as server:
            status, text = server.request(body=json.dumps(body), headers=headers)
            assert status == 200, text
            return json.loads(text)[member] if member else json.loads(text)

    return run


def fn(tmp_path):
    def run(uri, *arguments):
        path = tmp_path / "lsnr.sock"
        deadline = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=60)
        headers = {"Fn-Call-Id": ID, "Fn-Deadline": deadline.isoformat().replace("+00:00", "Z")}
        with Server(*arguments, uri=uri, listen=None, env={"FN_LISTENER": f"unix:{path}"}) as server:
            server.wait_for_log("listening on unix:")
            status, text = exchange(UnixConnection(path), path="/call", body=json.dumps(EVENT), headers=headers)
            assert status == 200, text
            return json.loads(text)

    return run


def openwhisk(uri, *arguments):
    with Action(*arguments, uri=uri) as action:
        action.acknowledged()
        return action.report(EVENT, activation_id=ID)


AZURE = {"FUNCTIONS_CUSTOMHANDLER_PORT": "1", "FUNCTIONS_WORKER_RUNTIME": "custom"}
PROVIDER = {"provider.name", "invocation.id"}
DEADLINE = {"invocation.deadlineMs"}  # local has none
# The driver's platform, and what it left out for its size.
HANDSHAKE = {"handshake.env", "handshake.os", "handshakeSize", "assertions.handshake_env.detail"}


def platforms(tmp_path):
    """By name: what runs the event, and where its report may differ from local's. The entries of PROVIDER must differ."""
    azure_id = {"X-Azure-Functions-InvocationId": ID}
    azure_call = {"Data": EVENT, "Metadata": {"sys": {"MethodName": "faas"}}}
    return {
        "aws_lambda": (lambda_with({}), PROVIDER | DEADLINE),
        "managed_instances": (lambda_with({"AWS_LAMBDA_MAX_CONCURRENCY": "2"}), PROVIDER | DEADLINE),
        "http_plain": (http({}, {"X-Call-Id": ID}), PROVIDER | HANDSHAKE),
        "http_cloudevents": (http({"K_SERVICE": "faas"}, CLOUD_EVENT), PROVIDER | HANDSHAKE),
        "http_azure": (http(AZURE, azure_id, azure_call, "ReturnValue"), PROVIDER | HANDSHAKE),
        "http_fn": (fn(tmp_path), PROVIDER | HANDSHAKE | DEADLINE),
        "openwhisk": (openwhisk, PROVIDER | HANDSHAKE | DEADLINE),
    }


# Makes reports comparable.

TIME = re.compile(r"(Ms|Duration)$")


def timeless(value, name=""):
    if isinstance(value, dict):
        return {key: timeless(one, key) for key, one in value.items()}
    if name == "durations":
        return len(value)
    if TIME.search(name) and isinstance(value, (int, float)):
        return "some time"
    if name in ("startedAt", "detail"):
        return re.sub(r"\d+(\.\d+)?", "#", value)
    return value


def comparable(report, client):
    report = timeless(check_report(report))
    report["assertions"] = {one["name"]: timeless(one) for one in report["assertions"]}
    if client == "pool":
        # The driver's own threads may or may not have connected when the report is made.
        report["heartbeats"] = report["heartbeatCount"] = None
        report["connections"]["monitoring"] = report["connections"]["descriptors"] = None
    return report


def differences(one, other, path=""):
    """The paths at which two reports differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted({*one, *other})
        return [deep for name in names for deep in differences(one.get(name), other.get(name), f"{path}.{name}")]
    return [] if one == other else [path.removeprefix(".")]


def within(path, allowed):
    return any(path == one or path.startswith(f"{one}.") for one in allowed)


@pytest.mark.timeout(120)
def test_under_every_platform(tmp_path, mode):
    if driver_faults(mode):
        pytest.skip("this driver streams in a function, or polls without a pause")
    wrong = []
    with WireServer() as wire:
        # Drivers have no name for Fn, OpenWhisk and a plain HTTP server, and would stream there.
        uri = f"{wire.uri}&serverMonitoringMode=poll"
        arguments = ["--client", mode]
        expected = comparable(expect_pass(local(uri, *arguments)), mode)
        for name, (run, allowed) in platforms(tmp_path).items():
            report = run(uri, *arguments)
            assert report["invocation"]["id"] == ID, name
            found = differences(expected, comparable(report, mode))
            wrong += [f"{name} differs in {path}" for path in found if not within(path, allowed)]
            wrong += [f"{name} does not differ in {path}" for path in PROVIDER - set(found)]
        assert wire.inserted == wire.deleted and len(wire.inserted) == 1 + len(platforms(tmp_path))
    assert not wrong, "\n".join(wrong)


def test_a_difference_is_found():
    one = {"a": {"b": 1, "c": [1]}, "aMs": 5, "verdict": "pass"}
    assert differences(timeless(one), timeless(one | {"aMs": 7})) == []
    assert differences(one, one | {"a": {"b": 2, "c": [1], "d": 0}}) == ["a.b", "a.d"]
    assert differences(one, one | {"verdict": "fail"}) == ["verdict"]
    assert within("handshake.env.name", HANDSHAKE) and not within("handshake.driver", HANDSHAKE)
    assert not within("provider.names", PROVIDER)
