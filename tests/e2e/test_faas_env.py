"""The platform that the local provider shows the driver, as the handshake on the wire has it."""

import bson
import harness
import pytest
from bson import json_util
from harness import Harness, detail, expect_pass, verdict

pytestmark = [pytest.mark.handshake]

APPEND_METADATA = harness.BUILD_DIR / "tests" / "support" / "append_metadata.so"

MAX_BYTES = 512  # limit of a client document (MongoDB Handshake, "Limitations")
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
    assert report["handshakeSize"]["bytes"] == len(bson.encode(client)) <= MAX_BYTES
    if harness.driver_version() < (1, 25):
        assert "env" not in client and verdict(report, "handshake_env") == "skipped"
        return
    # A document of more than 512 bytes loses all but the name: some builds' compiler flags are that long.
    assert platform_of(client) in (expected, {"name": expected["name"]} if expected else NONE)
    assert verdict(report, "handshake_env") == "passed"


@pytest.mark.parametrize("name", EXPECTED)
def test_driver_sees_the_platform(wire, mode, name):
    """Another platform in the environment does not show through."""
    everything = {
        "AWS_EXECUTION_ENV": "AWS_Lambda_provided",
        "FUNCTIONS_WORKER_RUNTIME": "custom",
        "K_SERVICE": "service",
        "FUNCTION_NAME": "function",
        "VERCEL": "1",
    }
    with Harness("--client", mode, "--option", f"faas_env={name}", uri=wire.uri, env=everything) as program:
        check(wire, program.invoke(), EXPECTED[name])


def test_lambda_is_the_default(wire, mode):
    with Harness("--client", mode, uri=wire.uri) as program:
        check(wire, program.invoke(), EXPECTED["aws.lambda"])


def test_values_of_the_environment_are_kept(wire):
    with Harness(uri=wire.uri, env={"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512", "AWS_REGION": "eu-west-3"}) as program:
        check(wire, program.invoke(), {"name": "aws.lambda", "memory_mb": 512, "region": "eu-west-3"})


def test_a_handshake_without_the_platform_fails(wire):
    """The specification also names FUNCTION_NAME, which libmongoc overlooks; the local provider sets K_SERVICE for it."""
    if harness.driver_version() < (1, 25):
        pytest.skip("this driver sends no env")
    env = {"FUNCTION_NAME": "function"}
    with Harness("--provider", harness.provider("good"), "--client", "single", uri=wire.uri, env=env) as program:
        report = program.line()
    assert platform_of(wire.clients()[0]) == NONE
    assert verdict(report, "handshake_env") == "failed"
    assert report["error"]["type"] == "Assertion.HandshakeEnv"
    size = report["handshakeSize"]
    assert size["bytesNeeded"] <= MAX_BYTES and size["leftOut"] == []
    assert f"there was room for it (the client document has {size['bytes']} bytes" in report["error"]["message"]


# What makes the document longer: URI options and variables.
PRELOAD = {"LD_PRELOAD": str(APPEND_METADATA)}
LENGTHENED = {
    "app_name": ("&appName=a", {}),
    "app_name_of_atlas": ("&appName=Cluster0", {}),
    "app_name_that_costs_the_platform_its_end": (f"&appName={'x' * 40}", {}),
    "longest_app_name": (f"&appName={'x' * 128}", {}),
    "appended_name": ("", PRELOAD | {"APPEND_NAME": "wrapper " * 4}),
    "appended_platform": ("", PRELOAD | {"APPEND_PLATFORM": "wrapped platform"}),
    "appended_platform_and_app_name": ("&appName=a", PRELOAD | {"APPEND_PLATFORM": "x" * 300}),
    "long_platform": ("", PRELOAD | {"APPEND_PLATFORM": "x" * 480}),
    "container": ("&appName=a", {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}),
    "long_region": ("", {"AWS_REGION": "a" * 512}),  # the specification's prose test 1, case 6
    "long_region_and_app_name": ("&appName=a", {"AWS_REGION": "a" * 512}),
}


@pytest.mark.both
@pytest.mark.parametrize("name", LENGTHENED)
def test_what_had_to_be_left_out_is_told_and_no_fault(wire, mode, name):
    """Builds send platforms of different lengths: without compiler flags, all of env fits for some."""
    if harness.driver_version() < (1, 25):
        pytest.skip("this driver sends no env")
    options, env = LENGTHENED[name]
    if "LD_PRELOAD" in env and harness.INSTRUMENTED:
        pytest.skip("a sanitizer must be the first library loaded")
    with Harness("--client", mode, uri=wire.uri + options, env=env) as program:
        report = expect_pass(program.invoke())
    client = wire.clients()[0]
    size, said = report["handshakeSize"], detail(report, "handshake_env")
    assert verdict(report, "handshake_env") == "passed"
    assert size["bytes"] == len(bson.encode(client)) <= size["maxBytes"] == MAX_BYTES
    for part in "memory_mb", "region":
        assert (f"env.{part}" in size["leftOut"]) == ("env" in client and part not in client["env"])
    assert ("env" in size["leftOut"]) == ("name" not in client.get("env", NONE))
    assert ("os" in size["leftOut"]) == (list(client["os"]) == ["type"])
    assert (size["bytesNeeded"] is not None) == any(part.startswith("env") for part in size["leftOut"])
    if size["bytesNeeded"] is not None:
        assert size["bytesNeeded"] > MAX_BYTES and "within 512 bytes" in said
    if "env" in size["leftOut"]:
        assert f"{size['bytesNeeded']} bytes" in said and "platform" in said
        assert ("appName" in said) == ("appName" in options)
        assert not size["exact"] or f"by {size['bytesNeeded'] - MAX_BYTES} bytes to make room" in said
    if "long_region" in name:
        assert "region" not in client.get("env", NONE)


@pytest.mark.plain("a sanitizer must be the first library loaded")
def test_a_shorter_platform_brings_env_back(wire):
    """Exactly as many bytes as the report says."""
    if harness.driver_version() < (1, 25):
        pytest.skip("this driver sends no env")

    def size_with(platform):
        env = PRELOAD | {"APPEND_PLATFORM": "x" * platform}
        with Harness("--client", "single", uri=wire.uri, env=env) as program:
            return program.invoke()["handshakeSize"]

    for length in range(20, 480, 30):
        size = size_with(length)
        if "env" in size["leftOut"]:
            break
    else:
        pytest.skip("this driver is linked statically")
    assert size["exact"]
    over = size["bytesNeeded"] - MAX_BYTES
    assert "env" in size_with(length - over + 1)["leftOut"]
    assert "env" not in size_with(length - over)["leftOut"]
