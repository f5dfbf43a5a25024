"""User errors: each gives one clear line or a report, and never shows a secret."""

from pathlib import Path

import harness
import pytest
from harness import ENCODED_PASSWORD, PASSWORD, PATIENCE, PROMPTLY, Harness, expect_error
from secantus import Secantus, free_port

pytestmark = [pytest.mark.input]

CREDENTIALS = f"writer:{ENCODED_PASSWORD}"


def test_no_uri():
    harness.run().expect_no_start("MONGODB_URI", "--uri")


def test_empty_uri():
    harness.run(uri="").expect_no_start("MONGODB_URI")


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


@pytest.mark.parametrize("by", ["environment", "option"])
@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_uri(name, by):
    uri = MALFORMED[name]
    result = harness.run("--uri", uri) if by == "option" else harness.run(uri=uri)
    result.expect_no_start("MONGODB_URI")


BAD_ARGUMENTS = {
    "unknown": (["--nonsense"], ["--nonsense"]),
    "argument": (["nonsense"], ["argument", "--help"]),
    "client": (["--client", "double"], ["pool", "single", "double"]),
    "scenario": (["--scenario", "redis"], ["mongodb", "echo", "redis"]),
    "timeout_text": (["--timeout", "soon"], ["--timeout", "soon"]),
    "timeout_negative": (["--timeout", "-1"], ["--timeout", "-1"]),
    "timeout_zero": (["--timeout", "0"], ["--timeout", "0"]),
    "timeout_unit": (["--timeout", "10s"], ["--timeout", "10s"]),
    "timeout_huge": (["--timeout", "99999999999999999999"], ["--timeout"]),
    "timeout_missing": (["--timeout"], ["--timeout"]),
    "log_level": (["--log-level", "loud"], ["debug", "info", "warning", "error", "loud"]),
    "provider": (["--provider", "azure"], ["azure"]),
    "provider_empty": (["--provider", ""], ["provider"]),
    "option_unknown": (["--option", "color=red"], ["color", "local", "--describe-provider"]),
    "option_no_value": (["--option", "faas_env"], ["faas_env"]),
    "option_empty": (["--option", "=x"], ["--option"]),
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


def test_right_password(guarded, mode):
    uri = guarded_uri(guarded, "writer")
    result = harness.run("--client", mode, "--events", "--log-level", "debug", uri=uri)
    report = harness.expect_pass(result.report)
    assert report["client"]["uri"] == f"mongodb://{guarded.address}/faas"


@pytest.mark.parametrize("password", ["wrong-passw0rd", ENCODED_PASSWORD + "x"])
def test_wrong_password(guarded, mode, password):
    uri = guarded_uri(guarded, "writer", password)
    result = harness.run("--client", mode, "--log-level", "debug", uri=uri, secrets=[password])
    expect_error(result.report, "Scenario.InsertFailed", "uthentication")
    assert result.exit_code == 1


def test_read_only_user(guarded, mode):
    import pymongo.errors

    with pymongo.MongoClient(
        guarded.address, username="reader", password=PASSWORD, authSource="faas", directConnection=True
    ) as client:
        try:
            client.faas["lambda"].insert_one({})
            pytest.skip("this server lets a reader write")
        except pymongo.errors.OperationFailure:
            pass
    result = harness.run("--client", mode, uri=guarded_uri(guarded, "reader"))
    expect_error(result.report, "Scenario.InsertFailed", "not authorized")


def test_read_only_user_of_a_server_that_says_so(wire, mode):
    import wire_server

    denied = wire_server.command_error(13, "Unauthorized", "not authorized on faas to execute command")
    wire.fault("insert", denied, times=None)
    wire.fault("delete", denied, times=None)
    report = harness.run("--client", mode, uri=wire.uri).report
    expect_error(report, "Scenario.InsertFailed", "not authorized on faas")
    assert wire.left_behind() == 0


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
    import wire_server

    wire.fault("insert", wire_server.command_error(2, "BadValue", f"you said {PASSWORD} and {ENCODED_PASSWORD}"))
    wire.fault("saslStart", wire_server.command_error(18, "AuthenticationFailed", f"bad {PASSWORD}"), times=None)
    uri = f"mongodb://{CREDENTIALS}@{wire.address}/?replicaSet=wire"
    result = harness.run("--client", mode, "--events", "--log-level", "debug", uri=uri)
    expect_error(result.report, "Scenario.InsertFailed")


# Bytes kept of an error's text: in an event, by the driver.
@pytest.mark.parametrize("kept", [191, 503])
def test_secret_that_is_cut_in_an_error_is_taken_out(wire, mode, kept):
    import wire_server

    said = f"{'x' * (kept - 10)}{PASSWORD} and so on"
    for command in "insert", "delete":
        wire.fault(command, wire_server.command_error(2, "BadValue", said), times=None)
    result = harness.run(
        "--client", mode, "--events", "--log-level", "debug", uri=wire.uri, env={"AWS_SECRET_ACCESS_KEY": PASSWORD}
    )
    expect_error(result.report, "Scenario.InsertFailed", "xxx***")


def test_gives_up_promptly_when_start_up_fails():
    """However long the driver would wait for a server that does not answer."""
    uri = "mongodb://10.255.255.1/?serverSelectionTimeoutMS=600000&connectTimeoutMS=600000"
    harness.run("--client", "double", uri=uri, timeout=PATIENCE).expect_no_start()
