"""How the drill's programs refuse command lines, naming the wrong word and never a secret, and what other users can read
of a command line while a program runs."""

import subprocess
from pathlib import Path

import psutil
import pytest
from faas_drill import script_function
from harness import BUILD_DIR, PATIENCE

SECRET = "s3cr3t"
URI = f"mongodb://writer:{SECRET}@db.example/"


def complaint(program, *arguments):
    """The one line on stderr."""
    run = subprocess.run(
        [BUILD_DIR / "bin" / program, *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1), run
    assert SECRET not in run.stderr
    return run.stderr


@pytest.mark.parametrize("program", ["faas-drill", "faas-front", "faas-lambda-host", "faas-provider-check"])
def test_wrong_option_behind_an_argument(program):
    assert "--bogus" in complaint(program, URI, "--bogus")
    assert "--bogus" in complaint(program, URI, f"--bogus={URI}")
    assert "-m" in complaint(program, URI, f"-{URI}")


@pytest.mark.parametrize(
    "program, option",
    [
        ("faas-drill", "--uri"),
        ("faas-front", "--server"),
        ("faas-lambda-host", "--env"),
        ("faas-provider-check", "--option"),
    ],
)
def test_option_without_a_value_behind_an_argument(program, option):
    assert f"{option} needs a value" in complaint(program, URI, option)


@pytest.mark.parametrize("uri", [URI, f"writer:{SECRET}@db.example"])
@pytest.mark.parametrize("program, more", [("faas-drill", ["function.zip"]), ("faas-front", [])])
def test_connection_string_for_a_server(program, more, uri):
    assert "not a connection string" in complaint(program, "--server", uri, *more)


@pytest.mark.parametrize("program, more", [("faas-drill", ["--server", "127.0.0.1:1"]), ("faas-lambda-host", [])])
def test_connection_string_for_a_package(program, more):
    assert "is a connection string, not " in complaint(program, *more, URI)


def shown_command_lines(program, ready, *arguments):
    """What any user of the machine can read of a program and its children, once it is ready."""
    command = [BUILD_DIR / "bin" / program, *arguments]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert any(ready in line for line in process.stderr)
            family = [process.pid, *(child.pid for child in psutil.Process(process.pid).children(recursive=True))]
            return b"".join(Path(f"/proc/{one}/cmdline").read_bytes() for one in family)
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def test_secrets_leave_the_command_line_of_the_drill(tmp_path):
    function = script_function(tmp_path, "exit 0")
    server = ["--server-command", "echo nothing listens; exec sleep 300", "--output", tmp_path / "out"]
    secrets = ["--uri-options", f"proxyPassword={SECRET}", "--env", f"MINE={SECRET}", f"--env=ITS_URI={URI}"]
    shown = shown_command_lines("faas-drill", "Starting the database", *server, *secrets, function)
    assert SECRET.encode() not in shown and b"--uri-options" in shown


def test_secrets_leave_the_command_line_of_the_lambda_host(tmp_path):
    function = script_function(tmp_path, "exit 0")
    secrets = ["--env", f"MINE={SECRET}", f"--env=MONGODB_URI={URI}"]
    shown = shown_command_lines("faas-lambda-host", "listening", *secrets, function)
    assert SECRET.encode() not in shown and b"--env" in shown
