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


OPTIONS = {
    "faas-drill": "--uri",
    "faas-front": "--server",
    "faas-lambda-host": "--env",
    "faas-provider-check": "--option",
}


@pytest.mark.parametrize("program", OPTIONS)
def test_wrong_option_behind_an_argument(program):
    assert "--bogus" in complaint(program, URI, "--bogus")
    assert "--bogus" in complaint(program, URI, f"--bogus={URI}")
    assert "-m" in complaint(program, URI, f"-{URI}")
    assert f"{OPTIONS[program]} needs a value" in complaint(program, URI, OPTIONS[program])


def test_connection_string_in_a_wrong_place():
    """tests/unit/drill/test_options.c has those of the drill."""
    for uri in (URI, f"writer:{SECRET}@db.example"):
        assert "not a connection string" in complaint("faas-front", "--server", uri)
    assert "is a connection string, not " in complaint("faas-lambda-host", URI)


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


SECRETS = ["--env", f"MINE={SECRET}", f"--env=ITS_URI={URI}"]


@pytest.mark.parametrize(
    ("program", "ready", "words"),
    [
        ("faas-drill", "Starting the database", ["--server-command", "exec sleep 300", "--uri-options", f"p={SECRET}"]),
        ("faas-lambda-host", "listening", []),
    ],
    ids=["drill", "host"],
)
def test_secrets_leave_the_command_line(tmp_path, monkeypatch, program, ready, words):
    monkeypatch.chdir(tmp_path)
    shown = shown_command_lines(program, ready, *words, *SECRETS, script_function(tmp_path, "exit 0"))
    assert SECRET.encode() not in shown and b"--env" in shown
