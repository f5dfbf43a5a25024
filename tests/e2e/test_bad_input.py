"""User errors: each gives one clear line or a report, and never shows a secret."""

from pathlib import Path

import harness
import pytest
import wire_faults
from harness import ENCODED_PASSWORD, PASSWORD, PROMPTLY, Harness, expect_error
from secantus import Secantus, free_port

pytestmark = [pytest.mark.input]

CREDENTIALS = f"writer:{ENCODED_PASSWORD}"


@pytest.mark.parametrize("uri", [None, ""])
def test_no_uri(uri):
    harness.run(uri=uri).expect_no_start("MONGODB_URI", "--uri")


MALFORMED = {
    "scheme": f"http://{CREDENTIALS}@localhost/",
    "no_scheme": f"{CREDENTIALS}@localhost:27017",
    "port": f"mongodb://{CREDENTIALS}@localhost:99999/",
    "port_text": f"mongodb://{CREDENTIALS}@localhost:port/",
    "password_not_encoded": f"mongodb://writer:{PASSWORD}@localhost/",
    "percent": f"mongodb://writer:{ENCODED_PASSWORD}%zz@localhost/",
    "no_host": f"mongodb://{CREDENTIALS}@/",
    "two_colons": f"mongodb://{CREDENTIALS}:{ENCODED_PASSWORD}@localhost/",
    "heartbeat_frequency": f"mongodb://{CREDENTIALS}@localhost/?heartbeatFrequencyMS=100",
    "tls_conflict": f"mongodb://{CREDENTIALS}@localhost/?tls=true&tlsInsecure=true&tlsAllowInvalidCertificates=true",
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_uri(name):
    harness.run(uri=MALFORMED[name]).expect_no_start("MONGODB_URI")


# Those that unit.options has not.
BAD_ARGUMENTS = {
    "unknown": (["--nonsense"], ["--nonsense"]),
    "provider": (["--provider", "azure"], ["azure"]),
    "provider_empty": (["--provider", ""], ["provider"]),
    "option_unknown": (["--option", "color=red"], ["color", "local", "--describe-provider"]),
    "faas_env": (["--option", "faas_env=heroku"], ["heroku", "aws.lambda", "azure.func", "gcp.func", "vercel", "none"]),
    "describe": (["--describe-provider", "nothing"], ["nothing"]),
}


@pytest.mark.parametrize("name", BAD_ARGUMENTS)
def test_bad_argument(wire, name):
    arguments, words = BAD_ARGUMENTS[name]
    harness.run(*arguments, uri=wire.uri).expect_no_start(*words)
    assert wire.connections == []


def test_help_and_version_need_nothing():
    for option, word in ("--help", "--provider"), ("--version", "libmongoc"):
        result = harness.run(option)
        assert (result.exit_code, result.stderr) == (0, "") and word in result.stdout


def test_help_names_every_option():
    text = harness.run("--help").stdout
    for option in (
        "--provider --option --scenario --client --uri --timeout --events --log-level --list-providers "
        "--describe-provider --version --help MONGODB_URI"
    ).split():
        assert option in text


def test_unreachable_server(mode):
    port = free_port()
    uri = f"mongodb://{CREDENTIALS}@127.0.0.1:{port}/?replicaSet=rs&serverSelectionTimeoutMS=2000"
    result = harness.run("--client", mode, uri=uri)
    report = expect_error(result.report, "Scenario.InsertFailed", f"127.0.0.1:{port}", "refused")
    assert report["operations"]["insert"]["durationMs"] < 1000 * PROMPTLY
    assert report["client"]["uri"] == f"mongodb://127.0.0.1:{port}/"
    assert all(count == 0 for kind in ("application", "monitoring") for count in report["connections"][kind].values())
    assert report["openConnections"] == 0 and result.exit_code == 1


def test_unknown_host(mode):
    result = harness.run("--client", mode, uri="mongodb://no-such-host.invalid:27017/?serverSelectionTimeoutMS=2000")
    expect_error(result.report, "Scenario.InsertFailed", "no-such-host.invalid")


@pytest.fixture
def guarded():
    """A real server with users: writer and reader, with the same password."""
    server = Secantus("--sync-on-commit")
    with server:
        with server.client() as client:
            for user, role in ("writer", "readWrite"), ("reader", "read"):
                client.faas.command("createUser", user, pwd=PASSWORD, roles=[{"role": role, "db": "faas"}])
        server.kill()
        server.args = ["--auth"]
        server.start()
        yield server


def guarded_uri(server, user, password=ENCODED_PASSWORD):
    return f"mongodb://{user}:{password}@{server.address}/faas?replicaSet=secantus"


def test_passwords(guarded, mode):
    uri = guarded_uri(guarded, "writer")
    result = harness.run("--client", mode, "--events", "--log-level", "debug", uri=uri)
    report = harness.expect_pass(result.report)
    assert report["client"]["uri"] == f"mongodb://{guarded.address}/faas"
    wrong = ENCODED_PASSWORD + "x"
    uri = guarded_uri(guarded, "writer", wrong)
    result = harness.run("--client", mode, "--log-level", "debug", uri=uri, secrets=[wrong])
    expect_error(result.report, "Scenario.InsertFailed", "uthentication")
    result = harness.run("--client", mode, uri=guarded_uri(guarded, "reader"))
    expect_error(result.report, "Scenario.InsertFailed", "not authorized")


def test_password_is_not_in_the_process_list(wire):
    # The scripted server knows no authentication, so the invocation fails, which does not matter here.
    uri = f"mongodb://{CREDENTIALS}@{wire.address}/?replicaSet=wire"
    with Harness("--uri", uri) as program:
        program.wait_until_ready()
        assert b"s3cr3t" not in Path(f"/proc/{program.pid}/cmdline").read_bytes()
        assert "error" in program.invoke()
        program.finish()


def test_secrets_of_the_platform_are_not_shown(wire):
    secrets = {
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG",
        "AWS_SESSION_TOKEN": "FwoGZXIvYXdzEBYaDtoken",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    }
    uri = wire.uri + "&authMechanism=MONGODB-AWS&authSource=$external"
    harness.run("--log-level", "debug", "--events", uri=uri, env=secrets, secrets=list(secrets.values())[:2])


def test_token_in_the_uri_is_not_shown(wire):
    token = "T0ken/of/the/session"
    uri = (
        f"mongodb://AKIAKEY:{ENCODED_PASSWORD}@{wire.address}/?replicaSet=wire&authMechanism=MONGODB-AWS"
        f"&authSource=$external&authMechanismProperties=AWS_SESSION_TOKEN:{token.replace('/', '%2F')}"
    )
    harness.run("--log-level", "debug", uri=uri, secrets=[token, token.replace("/", "%2F")])


def test_secret_in_a_servers_error_is_taken_out(wire, mode):
    """A server that repeats the credentials in its error text, which the driver passes on."""
    wire.fault("insert", wire_faults.command_error(2, "BadValue", f"you said {PASSWORD} and {ENCODED_PASSWORD}"))
    wire.fault("saslStart", wire_faults.command_error(18, "AuthenticationFailed", f"bad {PASSWORD}"), times=None)
    uri = f"mongodb://{CREDENTIALS}@{wire.address}/?replicaSet=wire"
    result = harness.run("--client", mode, "--events", "--log-level", "debug", uri=uri)
    expect_error(result.report, "Scenario.InsertFailed")


# Bytes kept of an error's text: in an event, by the driver.
@pytest.mark.parametrize("kept", [191, 503])
def test_secret_that_is_cut_in_an_error_is_taken_out(wire, mode, kept):
    said = f"{'x' * (kept - 10)}{PASSWORD} and so on"
    for command in "insert", "delete":
        wire.fault(command, wire_faults.command_error(2, "BadValue", said), times=None)
    result = harness.run(
        "--client", mode, "--events", "--log-level", "debug", uri=wire.uri, env={"AWS_SECRET_ACCESS_KEY": PASSWORD}
    )
    expect_error(result.report, "Scenario.InsertFailed", "xxx***")
