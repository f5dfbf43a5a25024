"""Functions other than faas-harness: every command counts, and any variable may hold the URI."""

import shlex
import sys

import pytest
from faas_drill import ELECTION_MS, FUNCTIONS, drill, faulty_function, script_function
from lambda_host import interpreters

pytestmark = [pytest.mark.phases, pytest.mark.timeout(120)]


def commands_function(folder, *words):
    return script_function(folder, f"exec {shlex.join([sys.executable, str(FUNCTIONS / 'commands.py'), *words])}")


def stepped_down(held):
    return any("steps down" in (one["detail"] or "") for one in held.result["timeline"] if one["kind"] == "server")


@pytest.mark.parametrize("commands", ["find", "update", "aggregate", "ping"])
def test_any_command_makes_the_primary_step_down(tmp_path, mongodb, commands):
    held = drill(
        tmp_path, "--server", mongodb.address, "--phases", "cold,warm,failover", commands_function(tmp_path, commands)
    )
    assert held.phase("failover")["verdict"] == "pass" and stepped_down(held), held.log
    assert held.phase("warm")["verdict"] == "pass", held.log
    # Any member may answer a ping.
    assert (held.phase("failover")["recoverMs"] >= ELECTION_MS) == (commands != "ping")


@pytest.mark.parametrize("commands", ["none", "secondary"])
def test_a_failover_that_nothing_met_is_skipped(tmp_path, mongodb, commands):
    held = drill(
        tmp_path, "--server", mongodb.address, "--phases", "cold,failover", commands_function(tmp_path, commands)
    )
    failover = held.phase("failover")
    assert failover["verdict"] == "skipped" and "the primary steps down when a command arrives" in failover["reason"], (
        held.log
    )
    assert failover["recoverMs"] is None and not stepped_down(held)


def test_a_client_for_each_invocation_that_updates_only(tmp_path, mongodb):
    function = commands_function(tmp_path, "new_client_update")
    held = drill(tmp_path, "--server", mongodb.address, "--phases", "cold,warm", function)
    assert "warm" in held.failed, held.log
    assert held.phase("warm")["reason"].startswith("a new client for each invocation: its command came over port ")


@pytest.mark.parametrize(("handler", "verdict"), [("app.inserts", "pass"), ("app.raises", "fail")])
def test_a_function_for_a_managed_runtime(tmp_path, mongodb, handler, verdict):
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "cold,warm,failover", "--handler", handler),
        FUNCTIONS / "handlers",
        env={"PATH": interpreters()},
    )
    assert held.phase("cold")["verdict"] == verdict, held.log
    if verdict == "pass":
        assert held.status == 0 and stepped_down(held), held.log
        assert held.result["driver"].startswith("PyMongo 4.")
    else:
        assert "LookupError" in held.phase("cold")["reason"]


@pytest.mark.parametrize(("options", "verdict"), [(["--uri-variable", "DB_URL"], "pass"), ([], "fail")])
def test_a_uri_in_another_variable(tmp_path, mongodb, options, verdict):
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "cold,warm", "--uri-options", "appName=drilled", *options),
        commands_function(tmp_path, "find", "DB_URL"),
    )
    assert held.phase("cold")["verdict"] == verdict, held.log
    if verdict == "pass":
        assert held.result["handshake"]["application"]["name"] == "drilled"


def test_variants_go_into_that_variable_too(tmp_path, mongodb):
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "dropped", "--uri-variable", "DB_URL"),
        *("--freeze", "0.2", "--timeout", "10"),
        commands_function(tmp_path, "find", "DB_URL"),
    )
    socket = [one for one in held.invocations if "socketTimeoutMS" in one["name"] and not one["cold"]]
    assert [one["verdict"] for one in socket] == ["pass"], held.log


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--uri-variable", "AWS_REGION"], "--uri-variable AWS_REGION: Lambda reserves this name"),
        (["--uri-variable", "1ST"], "--uri-variable 1ST: Lambda refuses this name"),
        (["--uri-variable", "A=b"], "takes the name of a variable"),
        (
            ["--uri-variable", "DB_URL", "--env", "DB_URL=x"],
            "--env DB_URL: the drill sets this variable to the database's URI",
        ),
        (["--env", "MONGODB_URI=x"], "--env MONGODB_URI: the drill sets this variable to the database's URI"),
    ],
)
def test_variables_that_cannot_take_the_uri(tmp_path, options, why):
    held = drill(tmp_path, "--server", "127.0.0.1:1", *options, faulty_function(tmp_path, "none"))
    assert held.status == 2 and why in held.stderr, held.stderr


def test_the_harness_s_client_is_refused_for_another_function(tmp_path, mongodb):
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "cold,warm", "--client", "single"),
        faulty_function(tmp_path, "none"),
    )
    assert held.status == 2 and "--client single works with faas-harness only" in held.stderr, held.stderr
    assert len(held.invocations) == 1
