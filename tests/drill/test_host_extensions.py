"""faas-lambda-host: internal extensions, which a function registers itself; alone, and compared with AWS's emulator."""

import json
import re
import time

import emulator
import psutil
import pytest
from lambda_host import LambdaHost, await_gone, function
from test_host_beside_aws import Emulator

pytestmark = pytest.mark.host

ID = "Lambda-Extension-Identifier"
TYPE = "Lambda-Extension-Function-Error-Type"
UNKNOWN = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"


def register(name, events=(), headers=None, body=None):
    body = json.dumps({"events": list(events)}) if body is None else body
    return ["POST", "register", {"Lambda-Extension-Name": name} | (headers or {}), body]


def run(tmp_path, *options, **told):
    return LambdaHost(function("extended.py", tmp_path), *options, env={"EXTENDED": json.dumps(told)})


def refused(kind, message, group="Extension."):
    return [403, [], {"errorMessage": message, "errorType": group + kind}]


def malformed(message):
    return refused("InvalidRequestFormat", message, group="")


def next_event(identifier=None):
    return ["GET", "event/next", {ID: identifier} if identifier else {}]


def error(where, identifier):
    return ["POST", f"{where}/error", {ID: identifier, TYPE: "Own.Error"}]


def parsed(answer):
    status, headers, data = answer
    return [status, headers, json.loads(data) if data else data]


def told_of(log, name):
    """The events that the extension received."""
    return [json.loads(event) for event in re.findall(rf"^TOLD {name} 200 .*?({{.*)$", log, re.MULTILINE)]


# --- register and events ------------------------------------------------------------------------------------------------


def test_register_and_be_told_of_invocations(tmp_path):
    with run(tmp_path, calls=[register("own", ["INVOKE"])], loops=["own"]) as host:
        (registered,) = host.invoke("calls", X_Amzn_Trace_Id="Root=1-5759e988-bd862e3fe1be46a994272793").json
        body = {"functionName": "function", "functionVersion": "$LATEST", "handler": "mongodb"}
        assert parsed(registered) == [200, [ID], body]
        second = host.invoke({"a": 1})
        assert second.json == {"a": 1}
        first, event = told_of(host.log, "own")
        assert first["tracing"] == {"type": "X-Amzn-Trace-Id", "value": "Root=1-5759e988-bd862e3fe1be46a994272793"}
        assert event["tracing"]["value"].startswith("Root=1-")
        assert event["eventType"] == "INVOKE" and event["requestId"] == second.headers["X-Amzn-RequestId"]
        assert event["invokedFunctionArn"].endswith(":function:function")
        assert 0 < event["deadlineMs"] - time.time() * 1000 <= 30000
        assert "Lambda-Extension-Event-Identifier" in host.log
        assert "EXTENSION\tName: own\tState: Ready\tEvents: [INVOKE]" in host.log.splitlines()
        assert not host.violations


def test_one_that_wants_no_events(tmp_path):
    """The way for a function to get SIGTERM at its end, without events."""
    with run(tmp_path, calls=[register("own")], loops=["own"]) as host:
        assert [host.invoke({"n": n}).json["n"] for n in range(3)] == [0, 1, 2]
        assert "TOLD" not in host.log and not host.violations
        assert "EXTENSION\tName: own\tState: Ready\tEvents: []" in host.log.splitlines()


def test_several(tmp_path):
    names = [f"own-{n}" for n in range(10)]
    with run(tmp_path, calls=[register(name, ["INVOKE"]) for name in names], loops=names) as host:
        host.invoke("calls")
        host.invoke("echo")
        assert [len(told_of(host.log, name)) for name in names] == [2] * 10


def test_environment_is_frozen_when_they_have_asked_again(tmp_path):
    """Not as soon as the function has asked: for Lambda the invocation is not over yet."""
    with run(tmp_path, calls=[register("own", ["INVOKE"])], loops=["own"], pause=1.5) as host:
        started = time.monotonic()
        host.invoke("echo")
        assert time.monotonic() - started >= 1.5
        assert host.function().status() == psutil.STATUS_STOPPED
        assert host.invoke("echo").headers["X-Faas-Frozen-Cpu-Ms"] == "0.000"
        assert len(told_of(host.log, "own")) == 2 and not host.violations


def test_init_lasts_until_they_are_ready(tmp_path):
    with run(tmp_path, calls=[register("own")], loops=["own"], unready=1) as host:
        assert host.invoke("echo").json == "echo"
        assert float(re.search(r"Init Duration: (\S+) ms", host.log)[1]) >= 1000


def test_extension_that_never_asks_again(tmp_path):
    """Its function has answered, but the environment's time expires."""
    with run(tmp_path, "--timeout", 3, calls=[register("own", ["INVOKE"])], loops=["own"], pause=600) as host:
        answer = host.invoke("echo")
        assert answer.json == "echo" and not answer.headers["X-Amz-Function-Error"]
        assert host.violations == [
            "its extension own did not ask for its next event within the invocation's time limit"
        ]
        assert "Task timed out after 3.00 seconds" in host.log
        assert host.function() is None


@pytest.mark.parametrize("loops", [[], ["own"]], ids=["asks-not", "asks-late"])
def test_extension_that_is_never_ready(tmp_path, loops):
    options = ["--init-timeout", 1, "--timeout", 2]
    with run(tmp_path, *options, calls=[register("own")], loops=loops, unready=600) as host:
        assert host.invoke("echo").error == "Sandbox.Timedout"


# --- what is refused ----------------------------------------------------------------------------------------------------

TRANSITION = "State transition from {} to {} failed for extension $own. Error: State transition is not allowed"
CALLS = [
    (["POST", "register", {}, "{}"], refused("InvalidExtensionName", "Empty extension name")),
    (
        register("other", ["INVOKE", "SHUTDOWN"]),
        refused("InvalidEventType", "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension"),
    ),
    (register("other", ["INVOKE", "BREAKFAST"]), refused("InvalidEventType", "BREAKFAST: ErrorInvalidEventType")),
    (register("other", body=""), malformed("unexpected end of JSON input")),
    (
        register("other", body='{"events":[],"configurationKeys":["a"]}'),
        malformed("configurationKeys are deprecated; use environment variables instead"),
    ),
    (register("own", ["INVOKE"]), refused("InvalidExtensionState", "Extension with this name already registered")),
    (next_event(), refused("MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header")),
    (next_event("own"), refused("InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier")),
    (next_event(UNKNOWN), refused("UnknownExtensionIdentifier", f"Unknown extension {UNKNOWN}")),
    (error("init", UNKNOWN), refused("UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier")),
    (error("exit", UNKNOWN), refused("UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier")),
    (["POST", "init/error", {ID: "$own"}], refused("MissingHeader", "Lambda-Extension-Function-Error-Type not found")),
]

AFTER_INIT = [
    (register("other"), refused("RegistrationClosed", "Extension registration closed already")),
    (next_event("$own"), refused("InvalidExtensionState", TRANSITION.format("Ready", "Ready"))),
    (error("init", "$own"), refused("InvalidExtensionState", TRANSITION.format("Ready", "InitError"))),
]


def see(running, after_init):
    """What the function was answered, before and after its first event."""
    before = [parsed(answer) for answer in running.invoke("calls").json]
    return before, [parsed(running.invoke({"call": call}).json) for call in after_init]


BEFORE = {"calls": [register("own"), *[call for call, _ in CALLS]], "loops": ["own"]}


def test_refused_calls(tmp_path):
    with run(tmp_path, **BEFORE) as host:
        (own, *before), after = see(host, [call for call, _ in AFTER_INIT])
        assert own[0] == 200
        assert before == [answer for _, answer in CALLS] and after == [answer for _, answer in AFTER_INIT]
        assert len(host.violations) == len(CALLS) + len(AFTER_INIT)
        assert (
            "its extension's call was refused: Extension.InvalidEventType: SHUTDOWN: "
            "ShutdownEventNotSupportedForInternalExtension"
        ) in host.violations


def test_no_more_than_ten(tmp_path):
    with run(tmp_path, calls=[register(f"own-{n}") for n in range(11)], loops=[f"own-{n}" for n in range(10)]) as host:
        answers = [parsed(answer) for answer in host.invoke("calls").json]
        assert [answer[0] for answer in answers[:10]] == [200] * 10
        assert answers[10] == refused("TooManyExtensions", "Extension limit (10) reached")


def test_registration_that_is_none(tmp_path):
    bodies = ("no JSON", "[]", '{"events":"INVOKE"}', '{"events":[1]}', '{"events":' + "[" * 2000)
    with run(tmp_path, calls=[register("own", body=body) for body in bodies]) as host:
        answers = [parsed(answer) for answer in host.invoke("calls").json]
        assert [(answer[0], answer[2]["errorType"]) for answer in answers] == [(403, "InvalidRequestFormat")] * len(
            bodies
        )


def test_subscriptions_are_accepted_and_not_served(tmp_path):
    calls = [
        register("own"),
        ["PUT", "/2020-08-15/logs", {ID: "$own"}, "{}"],
        ["PUT", "/2022-07-01/telemetry", {}, "{}"],
    ]
    with run(tmp_path, calls=calls, loops=["own"]) as host:
        _, *answers = [parsed(answer) for answer in host.invoke("calls").json]
        assert answers == [
            [202, [], {"errorMessage": f"{name} API is not supported", "errorType": f"{name}.NotSupported"}]
            for name in ("Logs", "Telemetry")
        ]
        assert not host.violations


def test_registration_with_what_is_asked_for(tmp_path):
    calls = [
        register("own", headers={"Lambda-Extension-Accept-Feature": "other, accountId"}),
        register("another", headers={"Lambda-Extension-Accept-Feature": "accountIds"}),
        register("third", body='{"Events":null}'),
    ]
    with run(tmp_path, calls=calls, loops=["own", "another", "third"]) as host:
        found = [parsed(answer)[2].get("accountId") for answer in host.invoke("calls").json]
        assert re.fullmatch(r"\d{12}", found[0]) and found[1:] == [None, None]


# --- errors -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("where, kind", [("init/error", "Extension.InitError"), ("exit/error", "Extension.ExitError")])
def test_error_that_an_extension_reports(tmp_path, where, kind):
    calls = [register("own"), ["POST", where, {ID: "$own", TYPE: "Own.Error"}, "{}"]]
    with run(tmp_path, calls=calls, then="exit") as host:
        answer = host.invoke("echo")
        assert answer.error == kind
        assert answer.json["errorMessage"].endswith("Error: Runtime exited with error: exit status 5")
        assert f"Phase: init\tStatus: error\tError Type: {kind}" in host.log
        assert not host.violations


def test_external_ones_are_not_run(tmp_path):
    """Lambda would not start one from the package either; the log says so once."""
    root = function("extended.py", tmp_path)
    (root / "extensions").mkdir()
    extension = root / "extensions" / "own"
    extension.write_text("#!/bin/sh\necho it runs\n")
    extension.chmod(0o755)
    with LambdaHost(root, env={"EXTENDED": "{}"}) as host:
        for _ in range(2):
            assert host.invoke("echo").json == "echo"
        assert host.log.count("the package's extensions/ is ignored") == 1
        assert "it runs" not in host.log


# --- the end ------------------------------------------------------------------------------------------------------------


def test_end_is_told_by_sigterm(tmp_path):
    with run(tmp_path, calls=[register("own")], loops=["own"], term="exit") as host:
        host.invoke("echo")
        assert host.function().status() == psutil.STATUS_STOPPED
        assert host.stop() == 0
        assert host.log.splitlines()[-2:] == ["SIGTERM", "ENDED BY ITSELF"]


def test_end_without_an_extension_is_told_by_nothing(tmp_path):
    with run(tmp_path, term="exit") as host:
        host.invoke("echo")
        assert host.stop() == 0
        assert "SIGTERM" not in host.log


def test_end_of_one_that_goes_on(tmp_path):
    """Killed after half a second, with all its descendants."""
    with run(tmp_path, calls=[register("own")], loops=["own"], term="ignore") as host:
        host.invoke("echo")
        process = host.function()
        started = time.monotonic()
        assert host.stop() == 0
        assert time.monotonic() - started >= 0.5
        assert "SIGTERM" in host.log
        await_gone([process])


@pytest.mark.parametrize("then", [None, "hang"], ids=["invocation", "init"])
def test_time_out_is_told_by_sigterm(tmp_path, then):
    """A reset behaves like a shutdown."""
    options = ["--timeout", 2, "--init-timeout", 1]
    with run(tmp_path, *options, calls=[register("own")], loops=["own"], term="exit", then=then) as host:
        assert host.invoke("hang").error == "Sandbox.Timedout"
        assert host.log.count("ENDED BY ITSELF") == (2 if then else 1)


# --- beside AWS's emulator ----------------------------------------------------------------------------------------------


@pytest.mark.rie
@pytest.mark.skipif(
    emulator.find() is None,
    reason="no AWS emulator: it comes with AWS SAM's command line, which ./dev package installs; or set FAAS_RIE",
)
def test_as_aws_answers(tmp_path):
    """Every call above, and the end."""
    after = [call for call, _ in AFTER_INIT]
    told = BEFORE | {
        "calls": [*BEFORE["calls"], register("told", ["INVOKE"])],
        "loops": ["own", "told"],
        "term": "exit",
    }
    root = function("extended.py", tmp_path)
    env = {"EXTENDED": json.dumps(told)}
    with LambdaHost(root, "--timeout", 5, env=env) as host, Emulator(root, env=env, timeout_seconds=5) as aws:
        ours, theirs = see(host, after), see(aws, after)
        for before in (ours[0][0][2], theirs[0][0][2]):
            assert before.pop("functionName") and before.pop("handler") is not None
        ours[0][-1][2] = theirs[0][-1][2] = None
        assert ours == theirs
        for running, log in ((host, lambda: host.log), (aws, lambda: aws.output)):
            event = told_of(log(), "told")[-1]
            assert event["eventType"] == "INVOKE" and set(event) >= {"deadlineMs", "requestId", "invokedFunctionArn"}
            running.invoke("hang")
            assert log().count("ENDED BY ITSELF") == 1
