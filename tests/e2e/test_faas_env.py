"""The platform that the local provider shows the driver, as the handshake on the wire has it."""

import harness
import pytest
from bson import json_util
from harness import Harness, verdict

pytestmark = [pytest.mark.handshake]

NONE = {}
EXPECTED = {
    "aws.lambda": {"name": "aws.lambda", "memory_mb": 128, "region": "us-east-1"},
    "azure.func": {"name": "azure.func"},
    "gcp.func": {"name": "gcp.func", "memory_mb": 256, "timeout_sec": 60, "region": "us-central1"},
    "vercel": {"name": "vercel", "region": "iad1"},
    "none": NONE,
}


def platform_of(client):
    return {k: v for k, v in client.get("env", {}).items() if k != "container"}


def check(wire, report, expected):
    client = wire.clients()[0]
    assert json_util.loads(json_util.dumps(report["handshake"])) == client, "the report shows what was on the wire"
    if harness.driver_version() < (1, 25):
        assert "env" not in client and verdict(report, "handshake_env") == "skipped"
        return
    # A document of more than 512 bytes loses all but the name: some builds' compiler flags are that long.
    assert platform_of(client) in (expected, {"name": expected["name"]} if expected else NONE)
    assert verdict(report, "handshake_env") == "passed"


@pytest.mark.parametrize("name", EXPECTED)
def test_driver_sees_the_platform(wire, mode, name):
    with Harness("--client", mode, "--option", f"faas_env={name}", uri=wire.uri) as program:
        check(wire, program.invoke(), EXPECTED[name])


def test_lambda_is_the_default(wire, mode):
    with Harness("--client", mode, uri=wire.uri) as program:
        check(wire, program.invoke(), EXPECTED["aws.lambda"])


@pytest.mark.parametrize("name", EXPECTED)
def test_another_platform_in_the_environment_does_not_show_through(wire, name):
    everything = {
        "AWS_EXECUTION_ENV": "AWS_Lambda_provided",
        "FUNCTIONS_WORKER_RUNTIME": "custom",
        "K_SERVICE": "service",
        "FUNCTION_NAME": "function",
        "VERCEL": "1",
    }
    with Harness("--provider", "local", "--option", f"faas_env={name}", uri=wire.uri, env=everything) as program:
        check(wire, program.invoke(), EXPECTED[name])


def test_values_of_the_environment_are_kept(wire):
    with Harness(uri=wire.uri, env={"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", "AWS_REGION": "eu-west-3"}) as program:
        check(wire, program.invoke(), {"name": "aws.lambda", "memory_mb": 512, "region": "eu-west-3"})


def test_a_handshake_without_the_platform_fails(wire):
    """The specification also names FUNCTION_NAME, which libmongoc overlooks, and the local provider makes up for."""
    if harness.driver_version() < (1, 25):
        pytest.skip("this driver sends no env")
    env = {"FUNCTION_NAME": "function"}
    with Harness("--provider", harness.provider("good"), "--client", "single", uri=wire.uri, env=env) as program:
        report = program.line()
    assert platform_of(wire.clients()[0]) == NONE
    assert verdict(report, "handshake_env") == "failed"
    assert report["error"]["type"] == "Assertion.HandshakeEnv"
