"""The Runtime API of faas-lambda-host: what a function gets from it, and the rules it must keep."""

import base64
import json
import re
import time

import psutil
import pytest
from lambda_host import LambdaHost

pytestmark = pytest.mark.host

LIMIT = 6 * 1024 * 1024


# --- what the function is given --------------------------------------------------------------------------------------------


def test_environment_is_exactly_lambdas(told):
    """https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, plus one because there is no /dev/shm."""
    with LambdaHost(told, env={"MINE": "a=b", "TZ": "Europe/Oslo"}) as host:
        variables = host.invoke("environment").json
    variables.pop("LC_CTYPE", None)  # set by the interpreter itself
    api = variables.pop("AWS_LAMBDA_RUNTIME_API")
    stream = variables.pop("AWS_LAMBDA_LOG_STREAM_NAME")
    secrets = [variables.pop(f"AWS_{name}") for name in ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN")]
    assert variables.pop("AWS_LAMBDA_FUNCTION_MEMORY_SIZE").isdigit()
    assert variables == {
        "folder": "/var/task",
        "stdin": "",
        "_HANDLER": "mongodb",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "function",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/function",
        "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR",
        "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
        "_AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129",
        "_AWS_XRAY_DAEMON_PORT": "2000",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LANG": "en_US.UTF-8",
        "LD_LIBRARY_PATH": "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
        "MONGOC_DISABLE_SHM": "1",
        "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "MINE": "a=b",
        "TZ": "Europe/Oslo",
    }
    assert re.fullmatch(r"127\.0\.0\.1:\d+", api)
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", stream)
    assert all("not" in secret.lower() for secret in secrets), "recognised at once"


def test_headers(told):
    with LambdaHost(told, "--timeout", 7) as host:
        context = {"client": {"app_title": "drill"}}
        encoded = base64.b64encode(str(context).encode()).decode()
        before = int(time.time() * 1000)
        answer = host.invoke("headers", X_Amz_Client_Context=encoded, X_Amz_Cognito_Identity='{"id":"x"}')
        headers = answer.json
        assert headers["Lambda-Runtime-Aws-Request-Id"] == answer.headers["X-Amzn-RequestId"]
        assert before + 7000 <= int(headers["Lambda-Runtime-Deadline-Ms"]) <= headers["now"] + 7000
        assert headers["Lambda-Runtime-Invoked-Function-Arn"].startswith("arn:aws:lambda:us-east-1:")
        assert headers["Lambda-Runtime-Invoked-Function-Arn"].endswith(":function:function")
        trace = r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=[01]"
        assert re.fullmatch(trace, headers["Lambda-Runtime-Trace-Id"])
        assert headers["Lambda-Runtime-Client-Context"] == str(context)
        assert headers["Lambda-Runtime-Cognito-Identity"] == '{"id":"x"}'
        assert headers["Content-Type"] == "application/json"
        plain = host.invoke("headers").json
        assert not {"Lambda-Runtime-Client-Context", "Lambda-Runtime-Cognito-Identity"} & set(plain)


CONTEXT = "Lambda-Runtime-Client-Context"
IDENTITY = "Lambda-Runtime-Cognito-Identity"


CONTEXTS = [
    (json.dumps({"client": {"app_title": "drill"}}, indent="\t"), '{ \t"client": { \t\t"app_title": "drill" \t} }'),
    ("\r\n one\r\ntwo\n", "one  two"),
    ("x" * 20000, "x" * 20000),
    ("", None),
    ("\n", None),
]


def test_client_context_becomes_one_line(host):
    """In its header, as in AWS's emulator."""
    for text, found in CONTEXTS:
        answer = host.invoke("headers", X_Amz_Client_Context=base64.b64encode(text.encode()).decode())
        assert answer.status == 200 and answer.json.get(CONTEXT) == found
    assert host.function().status() == psutil.STATUS_STOPPED
    assert host.log.count("END RequestId: ") == host.log.count("START RequestId: ") == len(CONTEXTS)


def test_empty_headers_are_none(host):
    headers = host.invoke("headers", X_Amz_Client_Context="", X_Amz_Cognito_Identity="", X_Amzn_Trace_Id="").json
    assert CONTEXT not in headers and IDENTITY not in headers
    assert headers["Lambda-Runtime-Trace-Id"].startswith("Root=1-")


def test_largest_event(host):
    event = b'"' + b"x" * (LIMIT - 2) + b'"'
    assert host.invoke(event).body == event


def test_largest_answer(host):
    assert len(host.invoke("most").body) == LIMIT + 100
    assert not host.violations


def test_answer_too_large(host):
    """Refused with 413, and the error posted after it with 403, as by AWS; the invoker gets Lambda's own error."""
    answer = host.invoke("too large")
    assert answer.error == "Function.ResponseSizeTooLarge"
    assert "response 413" in host.log and "error 403" in host.log
    assert not host.violations
    assert host.invoke("echo").json == "echo"


# --- the rules of the Runtime API -------------------------------------------------------------------------------------------


VIOLATIONS = [
    ("twice", "one", [r"answered request ID twice, the second time by its response"]),
    ("error again", "one", [r"answered request ID twice, the second time by its error"]),
    ("wrong id", "right", [r"posted the response of request 0{8}-0000-4000-8000-0{12}, but its request is ID"]),
    ("next first", "right", [r"asked for the next event before it had answered request ID"]),
    ("late init error", "right", [r"posted to init/error after its init"]),
    (
        "wrong calls",
        "right",
        [
            r"called GET /2018-06-01/runtime/nonsense, which is not in the Runtime API",
            r"called POST /2018-06-01/runtime/invocation/next, which does not support that method",
            r"called GET /2018-06-01/runtime/invocation/ID/response, which does not support that method",
        ],
    ),
    ("break off", "right", [r"closed the connection in the middle of its answer to request ID"]),
    ("exit after", "done", [r"exited with error: exit status 3 after its answer, before it asked for the next event"]),
]


def test_violations_are_named(host):
    told = 0
    for event, payload, named in VIOLATIONS:
        answer = host.invoke(event)
        assert answer.status == 200 and answer.json == payload
        assert host.invoke("echo").json == "echo"
        found = [one.replace(answer.headers["X-Amzn-RequestId"], "ID") for one in host.violations[told:]]
        assert len(found) == len(named), "told once"
        for sentence, rule in zip(found, named, strict=True):
            assert re.fullmatch(rf"(Runtime )?{rule}", sentence), event
        told += len(named)


@pytest.mark.parametrize(
    "then, error, words",
    [
        ("hang", "Sandbox.Timedout", "Task timed out after 3.00 seconds"),
        ("exit", "Runtime.ExitError", "Error: Runtime exited with error: exit status 4"),
        pytest.param(
            *("eat memory", "Runtime.OutOfMemory", "Error Type: Runtime.OutOfMemory"),
            marks=pytest.mark.plain("the limit is lifted for sanitizers"),
        ),
        ("error", "Told.Wrong", "error 202"),
    ],
    ids=["hang", "exit", "memory", "error"],
)
def test_broken_rule_before_another_end(told, then, error, words):
    """The log has both, the broken rule within the invocation's lines."""
    with LambdaHost(told, "--timeout", 3) as host:
        answer = host.invoke({"do": "next, then", "then": then}, X_Amz_Log_Type="Tail")
        assert answer.error == error and words in host.log
        rule = f"asked for the next event before it had answered request {answer.headers['X-Amzn-RequestId']}"
        assert host.violations == [rule]
        assert host.log.index(rule) < host.log.index("END RequestId: ")
        assert f"Runtime API violation: {rule}" in answer.log, "and what the invoker gets of it"


def test_rule_broken_during_init(told):
    with LambdaHost(told, env={"TOLD_INIT": "wrong call"}) as host:
        assert host.invoke("echo").error == "Runtime.ExitError"
        rule = "called GET /2018-06-01/runtime/nonsense, which is not in the Runtime API"
        assert host.violations == [rule] * 2, "of both its inits"
