"""What the driver under test says about where it runs, compared with MongoDB's handshake specification: the nine cases of its
prose test 1, and the variables that each platform really sets.

A departure from the specification is the driver's fault, not the harness's. KNOWN lists the departures seen, by
version: a case is an expected failure if they explain all its departures (pytest -rx shows them). It fails if the
driver departs in another way, or if a departure that KNOWN lists for its version is gone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import bson
import harness
import pytest
from harness import Harness, detail, verdict
from wire_server import WireServer

pytestmark = [pytest.mark.handshake, pytest.mark.driver]

HANDSHAKE_VIEW = harness.BUILD_DIR / "tests" / "support" / "handshake_view.so"
DOCKER = {"runtime": "docker"}
KUBERNETES = {"orchestrator": "kubernetes"}


@dataclass(frozen=True)
class Row:
    env: dict  # client.env by the specification; empty: none
    variables: dict
    docker: bool = False  # whether /.dockerenv exists
    # client.env if FUNCTION_NAME were unknown; None: the same.
    env_without_function_name: dict | None = None


AWS = {"AWS_EXECUTION_ENV": "AWS_Lambda_java8"}
AWS_WHOLE = AWS | {"AWS_REGION": "us-east-2", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024"}
AWS_ENV = {"name": "aws.lambda", "region": "us-east-2", "memory_mb": 1024}

# source/mongodb-handshake/tests/README.md, test 1.
PROSE_TEST_1 = {
    "1_aws": Row(AWS_ENV, AWS_WHOLE),
    "2_azure": Row({"name": "azure.func"}, {"FUNCTIONS_WORKER_RUNTIME": "node"}),
    "3_gcp": Row(
        {"name": "gcp.func", "memory_mb": 1024, "timeout_sec": 60, "region": "us-central1"},
        {
            "K_SERVICE": "servicename",
            "FUNCTION_MEMORY_MB": "1024",
            "FUNCTION_TIMEOUT_SEC": "60",
            "FUNCTION_REGION": "us-central1",
        },
    ),
    "4_vercel": Row({"name": "vercel", "region": "cdg1"}, {"VERCEL": "1", "VERCEL_REGION": "cdg1"}),
    "5_two_providers": Row({}, AWS | {"FUNCTIONS_WORKER_RUNTIME": "node"}),
    "6_long_string": Row({"name": "aws.lambda"}, AWS | {"AWS_REGION": "a" * 512}),
    "7_wrong_type": Row({"name": "aws.lambda"}, AWS | {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "big"}),
    "8_not_lambda": Row({}, {"AWS_EXECUTION_ENV": "EC2"}),
    "9_container": Row(AWS_ENV | {"container": KUBERNETES}, AWS_WHOLE | {"KUBERNETES_SERVICE_HOST": "1"}),
}

# What a function finds there, without keys and tokens. AWS_EXECUTION_ENV is not set on provided.al2023.
LAMBDA = {
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "faas",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/faas",
    "AWS_XRAY_DAEMON_ADDRESS": "169.254.79.129:2000",
    "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
    "_HANDLER": "bootstrap",
    "TZ": ":UTC",
}
LAMBDA_ENV = {"name": "aws.lambda", "region": "us-east-1", "memory_mb": 128}
CLOUD_RUN = {"PORT": "8080", "K_SERVICE": "faas", "K_REVISION": "faas-00001-abc", "K_CONFIGURATION": "faas"}
POD = {"HOSTNAME": "faas-0", "KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"}

PLATFORMS = {
    "lambda": Row(LAMBDA_ENV, LAMBDA),
    "managed_instances": Row(
        LAMBDA_ENV,
        LAMBDA | {"AWS_LAMBDA_INITIALIZATION_TYPE": "lambda-managed-instances", "AWS_LAMBDA_MAX_CONCURRENCY": "4"},
    ),
    "vercel": Row(
        {"name": "vercel", "region": "iad1"},
        LAMBDA | {"VERCEL": "1", "VERCEL_ENV": "production", "VERCEL_REGION": "iad1"},
    ),
    "cloud_run": Row({"name": "gcp.func"}, CLOUD_RUN),
    "knative": Row({"name": "gcp.func", "container": KUBERNETES}, CLOUD_RUN | POD),
    "azure_custom_handler": Row(
        {"name": "azure.func"},
        {
            "FUNCTIONS_CUSTOMHANDLER_PORT": "38201",
            "FUNCTIONS_HTTPWORKER_PORT": "38201",
            "FUNCTIONS_CUSTOMHANDLER_WORKER_ID": "3f6c1a52-67f4-4f3a-9ad0-9b4b1c4d1c0e",
            "FUNCTIONS_APP_ROOT_PATH": "/home/site/wwwroot",
            "FUNCTIONS_EXTENSION_VERSION": "~4",
            "FUNCTIONS_WORKER_RUNTIME": "custom",
        },
    ),
    "openfaas": Row(
        {"container": KUBERNETES},
        POD | {"fprocess": "faas-harness", "mode": "http", "upstream_url": "http://127.0.0.1:8082"},
    ),
    "fn": Row(
        {"container": DOCKER},
        {
            "FN_LISTENER": "unix:/tmp/iofs/lsnr.sock",
            "FN_FORMAT": "http-stream",
            "FN_APP_ID": "01D37WY2N9NG8G00GZJ0000001",
            "FN_FN_ID": "01D37X3AVGNG8G00GZJ0000002",
            "FN_MEMORY": "128",
            "FN_TYPE": "sync",
        },
        docker=True,
    ),
    "openwhisk": Row(
        {"container": DOCKER},
        {
            "__OW_ACTION_NAME": "/guest/faas",
            "__OW_ACTION_VERSION": "0.0.1",
            "__OW_API_HOST": "http://192.0.2.1:10001",
            "__OW_NAMESPACE": "guest",
            "__OW_WAIT_FOR_ACK": "true",
        },
        docker=True,
    ),
    # The oldest runtimes of Google's first generation, which set no K_SERVICE.
    "google_first_generation": Row(
        {"name": "gcp.func", "memory_mb": 256, "timeout_sec": 60, "region": "us-central1"},
        {
            "FUNCTION_NAME": "faas",
            "FUNCTION_MEMORY_MB": "256",
            "FUNCTION_TIMEOUT_SEC": "60",
            "FUNCTION_REGION": "us-central1",
        },
        env_without_function_name={},
    ),
    "lambda_with_a_variable_of_google_s": Row(
        {}, LAMBDA | {"FUNCTION_NAME": "shop"}, env_without_function_name=LAMBDA_ENV
    ),
}

TABLES = {"prose_test_1": PROSE_TEST_1, "platforms": PLATFORMS}


# --- known departures of the driver -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Departure:
    """A known departure of the driver from the specification."""

    name: str
    section: str  # of MongoDB's handshake specification
    seen: str  # the versions in which it was seen
    versions: list  # versions taken to have it: (the first, the first without it); None: no known end
    # From the row, and the parts of client that this file checks ("env", "container"), to what such a driver sends.
    sends: Callable[[Row, dict], dict] = field(repr=False)

    def of(self, version):
        return any(first <= version and (end is None or version < end) for first, end in self.versions)


def without_container(row, client):
    return sent({name: value for name, value in client.get("env", {}).items() if name != "container"})


def container_beside_env(row, client):
    container = client.get("env", {}).get("container")
    return without_container(row, client) | ({"container": container} if container else {})


def without_function_name(row, client):
    return client if row.env_without_function_name is None else sent(row.env_without_function_name)


KNOWN = [
    Departure("no_env", "client.env", "1.23.1", [((0,), (1, 25))], lambda row, client: {}),
    Departure(
        "function_name_unknown", "FaaS", "1.30.4, 2.2.1, 2.5.7 and 2.6.0-dev", [((1, 25), None)], without_function_name
    ),
    Departure("no_container", "Container", "1.30.4", [((1, 25), (2, 1))], without_container),
    # 2.5.7 sends it in the right place; the development branch at a047e0bc10 does not.
    Departure(
        "container_beside_env",
        "Container",
        "2.2.1 and 2.6.0-dev",
        [((2, 1), (2, 5, 7)), ((2, 6), (2, 6, 1))],
        container_beside_env,
    ),
]


def sent(env):
    """An empty env must be left out."""
    return {"env": env} if env else {}


class Unknown(Exception):
    """The departures found differ from those in KNOWN for this version."""


def judge(row, version, found):
    """The known departures that explain the finding; none if it follows the specification."""
    wanted = sent(row.env)
    known, names = wanted, []
    for departure in KNOWN:
        if departure.of(version):
            departing = departure.sends(row, known)
            names += [departure] if departing != known else []
            known = departing
    shown = ".".join(map(str, version))
    told = "; ".join(f'"{one.name}", MongoDB Handshake, {one.section}' for one in names)
    if found == wanted and names:
        raise Unknown(f"libmongoc {shown} no longer departs from the specification ({told}): say so in KNOWN")
    if found != known:
        raise Unknown(
            f"libmongoc {shown} departs from MongoDB's handshake specification in a way that is not in KNOWN: the driver's "
            f"fault, not the harness's. The specification wants {wanted}; {f'{told} would be {known}; ' if names else ''}"
            f"the driver sent {found}"
        )
    return names


# --- the driver under test --------------------------------------------------------------------------------------------


def typed(value):
    """Fields must be int32."""
    if isinstance(value, dict):
        return {name: typed(one) for name, one in value.items()}
    return f"int64 {value}" if isinstance(value, bson.Int64) else value


def handshake_of(row):
    """The client document of a driver in that environment, and the harness's report."""
    variables = row.variables | {"LD_PRELOAD": str(HANDSHAKE_VIEW)}
    variables |= {"HANDSHAKE_DOCKER": "1"} if row.docker else {}
    arguments = ["--provider", harness.provider("good"), "--client", "single"]
    with WireServer() as wire, Harness(*arguments, uri=wire.uri, env=variables) as program:
        report = program.line()
        return wire.clients()[0], report


def check_judgement(report, row, found):
    """The harness itself says what is wrong with the name, and where a container is."""
    if harness.driver_version() < (1, 25):
        assert verdict(report, "handshake_env") == "skipped"
        return
    right = found.get("env", {}).get("name") == row.env.get("name")
    assert verdict(report, "handshake_env") == ("passed" if right else "failed")
    assert right or report["error"]["type"] == "Assertion.HandshakeEnv"
    assert ("client.container" in detail(report, "handshake_env")) == ("container" in found and right)
    assert "though it would fit" not in detail(report, "handshake_env")


@pytest.mark.plain("a sanitizer must be the first library loaded")
@pytest.mark.parametrize("table", TABLES)
def test_client_env(table):
    faults, unknown = [], []
    for name, row in TABLES[table].items():
        client, report = handshake_of(row)
        assert len(bson.encode(client)) <= 512
        found = {part: typed(client[part]) for part in ("env", "container") if part in client}
        check_judgement(report, row, found)
        try:
            known = judge(row, harness.driver_version(), found)
        except Unknown as error:
            unknown.append(f"{name}: {error}")
            continue
        said = "; ".join(f"{one.name} (MongoDB Handshake, {one.section}; seen in {one.seen})" for one in known)
        faults += [f"{name}: the driver's fault: {said}: {found} in place of {sent(row.env)}"] if known else []
    if unknown:
        pytest.fail("\n".join(unknown), pytrace=False)
    if faults:
        pytest.xfail("\n".join(faults))


def test_a_departure_that_comes_or_goes_is_told():
    not_lambda, container = PROSE_TEST_1["8_not_lambda"], PROSE_TEST_1["9_container"]
    google = PLATFORMS["google_first_generation"]
    for version in [(1, 23, 1), (1, 30, 4), (2, 2, 1), (2, 5, 7), (2, 6, 0)]:
        assert judge(not_lambda, version, {}) == []
        with pytest.raises(Unknown, match="not in KNOWN: the driver's fault"):
            judge(not_lambda, version, {"env": {"name": "aws.lambda"}})
        with pytest.raises(Unknown, match=r'no longer departs .*("function_name_unknown"|"no_env")'):
            judge(google, version, sent(google.env))
    beside = {"env": AWS_ENV, "container": KUBERNETES}
    assert [one.name for one in judge(container, (2, 6, 0), beside)] == ["container_beside_env"]
    with pytest.raises(Unknown, match="not in KNOWN"):
        judge(container, (2, 5, 7), beside)
    with pytest.raises(Unknown, match="no longer departs"):
        judge(container, (2, 2, 1), sent(container.env))
