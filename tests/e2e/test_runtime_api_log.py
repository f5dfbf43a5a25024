"""The provider aws_lambda: what it logs, in both of Lambda's forms."""

import json
import re

import api_faults
import pytest
from runtime_api_case import expect_init_error, junk_deadline, lines_of, stops, works

pytestmark = [pytest.mark.runtime_api]


def log_of(api, start, env, message="no good"):
    """The log of a refused invocation, and of a broken one."""
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


# What the API may say when it refuses.
HOSTILE = 'a\tb\nc\r\0d\x1b[31m "ü𝄞\u2028" \\ \udcff\udcfe %s%n%100d'


def test_json_log(api, start):
    refused, broken, lines = log_of(api, start, {"AWS_LAMBDA_LOG_FORMAT": "JSON"}, HOSTILE)
    assert len(lines) == 2
    for invocation, line in zip((refused, broken), map(json.loads, lines)):
        assert set(line) == {"timestamp", "level", "requestId", "logger", "message"}
        assert (line["requestId"], line["level"]) == (invocation.id.decode(), "ERROR")
        assert "\ufffd" not in line["message"]


def test_silent_log(api, start):
    assert log_of(api, start, {"AWS_LAMBDA_LOG_LEVEL": "FATAL"})[2] == []


@pytest.mark.parametrize("form", ["Text", "JSON"])
@pytest.mark.parametrize(
    "variables, error_type, words",
    [
        ({"FAAS_HARNESS_SCENARIO": "many"}, "Harness.BadOption", ["FAAS_HARNESS_SCENARIO", "many"]),
        ({"FAAS_HARNESS_PROVIDER": "nope"}, "Harness.ProviderNotLoaded", ["nope"]),
        ({}, "Harness.NoUri", ["MONGODB_URI"]),
    ],
    ids=["option", "provider", "uri"],
)
def test_log_of_a_start_that_fails(api, start, form, variables, error_type, words):
    """Also in Lambda's form, whether the provider was open or not."""
    function = start("--client", "single", env=variables | {"AWS_LAMBDA_LOG_FORMAT": form})
    (line,) = lines_of(expect_init_error(api, function, error_type, *words))
    if form == "JSON":
        parsed = json.loads(line)
        assert set(parsed) == {"timestamp", "level", "logger", "message"}
        level, message = parsed["level"], f"{parsed['logger']}: {parsed['message']}"
    else:
        stamp, id, level, message = line.split("\t")
        assert id == "-" and stamp.endswith("Z")
    assert level == "ERROR" and message.startswith("faas-harness: ") and message.endswith(f"[{error_type}]")


def test_no_request_id_between_invocations(api, start):
    function = start(env={"AWS_LAMBDA_LOG_FORMAT": "JSON"})
    works(api)
    api.wait_for_next(2)
    api.close()
    (line,) = lines_of(function.finish())
    assert "requestId" not in json.loads(line)
