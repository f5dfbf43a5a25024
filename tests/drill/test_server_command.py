"""A server that the drill starts: found, watched and ended, whatever processes the command starts."""

import shlex
import signal

import psutil
import pytest
from faas_drill import (
    Running,
    check_nothing_left,
    drill,
    harness_function,
    needs_a_pool_that_behaves,
    server_command,
    temporary,
)

pytestmark = pytest.mark.phases

SERVER = server_command().removeprefix("exec ")
# The shell has ended long before the server listens, and no process is in its group.
DAEMON = f"setsid {SERVER} &"
# Less than an interpreter needs, more than a shell.
SERVER_MB = 10


def single(command, *more):
    return ["--server-command", command, "--client", "single", "--freeze", "0.2", *more]


@pytest.mark.timeout(90)
def test_a_daemon(tmp_path):
    held = drill(tmp_path, *single(DAEMON, "--phases", "cold,frozen"), harness_function(tmp_path))
    assert held.status == 0, held.stderr + held.log


@pytest.mark.timeout(90)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_ended_with_a_daemon(tmp_path, number):
    arguments = single(DAEMON, "--phases", "cold,frozen", "--freeze", "600")
    with Running(tmp_path, *arguments, harness_function(tmp_path)) as running:
        running.suspended()
        servers = [process for process in psutil.process_iter() if is_server(process, tmp_path)]
        running.end(number)
    assert servers and not psutil.wait_procs(servers, timeout=20)[1]
    check_nothing_left(tmp_path)


def is_server(process, folder):
    try:
        return str(temporary(folder)) in " ".join(process.cmdline()) and "--storage-path" in process.cmdline()
    except psutil.Error:
        return False


@pytest.mark.timeout(90)
@pytest.mark.parametrize(
    ("command", "ended"),
    [(server_command(), "ended by signal 9"), (f"{SERVER}; exit $?", "ended with status 137")],
    ids=["itself", "below its shell"],
)
def test_killed_during_the_drill(tmp_path, command, ended):
    """Whoever killed it, the driver is not to blame for what fails then."""
    arguments = single(command, "--phases", "cold,frozen,outage", "--freeze", "3", harness_function(tmp_path))
    with Running(tmp_path, *arguments) as running:
        running.suspended()
        kill_server(tmp_path)
        held = running.held()
    assert held.status == 2, held.stderr
    assert f"--server-command's server {ended} in phase frozen: the driver was not tested" in held.stderr
    assert [phase["name"] for phase in held.result["phases"]] == ["cold", "frozen"] and not held.result["checks"]
    assert ended in held.phase("frozen")["reason"]


@pytest.mark.timeout(90)
def test_somebody_elses_is_gone(tmp_path, mongodb):
    arguments = ("--server", mongodb.address, "--client", "single", "--phases", "cold,frozen", "--freeze", "3")
    with Running(tmp_path, *arguments, harness_function(tmp_path)) as running:
        running.suspended()
        mongodb.kill()
        held = running.held()
    assert held.status == 2, held.stderr
    assert (
        f"the server at {mongodb.address} refuses connections in phase frozen: the driver was not tested" in held.stderr
    )


def kill_server(folder):
    servers = [process for process in psutil.process_iter() if is_server(process, folder)]
    # The shell's own command line contains the words, too.
    (server,) = [process for process in servers if process.name() != "sh"]
    server.kill()


@pytest.mark.timeout(90)
def test_a_daemon_of_a_command_that_fails(tmp_path):
    held = drill(tmp_path, *single("setsid sleep 600 & echo no disk; exit 1"), harness_function(tmp_path))
    assert held.status == 2 and "no disk" in held.stderr


@pytest.mark.timeout(90)
def test_another_port_is_tried(tmp_path):
    """Another process may have taken the first port meanwhile."""
    ports = tmp_path / "ports"
    quoted = shlex.quote(str(ports))
    command = f"echo $PORT >>{quoted}; [ $(wc -l <{quoted}) = 2 ] || {{ echo taken; exit 1; }}; {server_command()}"
    held = drill(tmp_path, *single(command, "--phases", "cold"), harness_function(tmp_path))
    assert held.status == 0, held.stderr + held.log
    assert len(ports.read_text().split()) == 2


@pytest.mark.timeout(120)
@pytest.mark.parametrize("command", [f"{SERVER}; exit $?", DAEMON], ids=["below its shell", "daemon"])
def test_memory_in_a_burst(tmp_path, command):
    needs_a_pool_that_behaves()
    held = drill(
        tmp_path,
        *("--server-command", command, "--phases", "cold", "--instances", "4", "--client", "pool"),
        harness_function(tmp_path),
    )
    assert held.status == 0, held.stderr + held.log
    samples = held.result["samples"]
    assert len(samples) >= 2 and samples[-1]["running"] == 0
    assert all(sample["serverMb"] is not None and sample["serverMb"] > SERVER_MB for sample in samples), samples
