"""Drills that cannot run: what is wrong, what to do, and the results of an earlier drill stay or go."""

import os
import shutil
import socket
import subprocess
import zipfile

import pytest
from faas_drill import (
    against,
    DRILL,
    check_nothing_left,
    command,
    drill,
    environment,
    harness_function,
    script_function,
    temporary,
)
from lambda_host import mounts

pytestmark = pytest.mark.phases


@pytest.mark.parametrize("missing", ["server", "package"])
def test_no_results_of_an_earlier_drill(tmp_path, mongodb, missing):
    """Otherwise an earlier drill's green junit.xml would be attached to today's job."""
    function = harness_function(tmp_path)
    assert drill(tmp_path, *against(mongodb), "--phases", "cold", "--client", "single", function).status == 0
    if missing == "server":
        held = drill(tmp_path, "--server", "127.0.0.1:1", function)
    else:
        held = drill(tmp_path, *against(mongodb), tmp_path / "no-such.zip")
    assert held.status == 2
    assert [file.name for file in held.folder.iterdir()] == ["function.log"]


def refused(tmp_path, why, *arguments):
    held = drill(tmp_path, *arguments)
    assert held.status == 2, held.stdout
    assert why in held.stderr, held.stderr
    # One line for each message, and one for the end.
    assert "faas-drill: " in held.stderr.splitlines()[-1]


def test_no_such_package(tmp_path):
    refused(tmp_path, "no-such.zip", "--server", "127.0.0.1:1", tmp_path / "no-such.zip")


def test_package_without_bootstrap(tmp_path):
    path = tmp_path / "empty.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme", "nothing else")
    refused(tmp_path, "bootstrap", "--server", "127.0.0.1:1", path)


def test_package_for_another_architecture(tmp_path):
    root = tmp_path / "function"
    root.mkdir()
    header = bytearray((DRILL).read_bytes()[:4096])
    header[18:20] = (0xF3).to_bytes(2, "little")  # EM_RISCV
    (root / "bootstrap").write_bytes(header)
    (root / "bootstrap").chmod(0o755)
    refused(tmp_path, "riscv", "--server", "127.0.0.1:1", root)


def test_no_server_there(tmp_path):
    with socket.socket() as taken:  # bound, but not listening
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        refused(tmp_path, address.split(":")[1], "--server", address, harness_function(tmp_path))


@pytest.mark.parametrize(
    ("server", "why"), [("echo no disk; exit 1", "no disk"), ("sleep 600", "did not listen on port ")]
)
@pytest.mark.timeout(200)
def test_a_server_that_never_comes_up(tmp_path, server, why):
    refused(tmp_path, why, "--server-command", server, harness_function(tmp_path))


def test_an_output_folder_that_is_none(tmp_path):
    (tmp_path / "out").write_text("a file")
    refused(tmp_path, "--output", "--server", "127.0.0.1:1", harness_function(tmp_path))
    os.remove(tmp_path / "out")


def test_output_makes_its_folders(tmp_path, mongodb):
    where = tmp_path / "results" / "of" / "today"
    run = subprocess.run(
        [DRILL, *against(mongodb), "--phases", "cold", "--output", f"{where}/", *mounts(), harness_function(tmp_path)],
        capture_output=True,
        text=True,
        env=environment(TMPDIR=str(temporary(tmp_path))),
        timeout=60,
    )
    assert run.returncode in (0, 1), run.stderr
    assert sorted(file.name for file in where.iterdir()) == ["drill.json", "function.log", "junit.xml", "timeline.html"]


def test_output_in_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    for where, found in (("", "is empty"), (tmp_path / "file" / "out", "Not a directory")):
        refused(tmp_path, found, "--output", where, "--server", "127.0.0.1:1", harness_function(tmp_path))
        shutil.rmtree(tmp_path / "function")


@pytest.mark.plain("sanitizers reserve terabytes of addresses")
@pytest.mark.timeout(120)
def test_no_free_memory(tmp_path, mongodb):
    """With no memory at all, up to enough: either a clear error or a drill, never a crash, and nothing left behind."""
    function, statuses = harness_function(tmp_path), []
    for megabytes in range(16, 120, 4):
        limit = ["prlimit", f"--as={megabytes << 20}"]
        run = subprocess.run(
            [*limit, *command(tmp_path, *against(mongodb), "--phases", "cold", "--client", "single", function)],
            capture_output=True,
            text=True,
            env=environment(TMPDIR=str(temporary(tmp_path))),
            timeout=60,
        )
        statuses.append(run.returncode)
        assert run.returncode in (0, 1, 2, 127), (megabytes, run.stderr)  # 127: from the dynamic loader
        if run.returncode == 2:
            assert run.stderr.splitlines()[-1].startswith("faas-drill: "), run.stderr
        if run.returncode == 0:
            break
    assert 2 in statuses and statuses[-1] == 0, statuses
    check_nothing_left(tmp_path)


def test_init_failure_is_red(tmp_path, mongodb):
    held = drill(tmp_path, *against(mongodb), "--phases", "cold", script_function(tmp_path, "exit 7"))
    assert held.status == 1
    reason = held.phase("cold")["reason"]
    assert "Runtime.ExitError" in reason and "exit status 7" in reason


def test_a_password_is_shown_nowhere(tmp_path, mongodb):
    uri = mongodb.uri.replace("mongodb://", "mongodb://user:s3cr3t%2Fw0rd%4042@")
    run = subprocess.run(
        [DRILL, "--uri", uri, "--phases", "cold", "--output", tmp_path / "out", harness_function(tmp_path)],
        capture_output=True,
        text=True,
        env=environment(TMPDIR=str(temporary(tmp_path))),
        timeout=60,
    )
    shown = run.stdout + run.stderr + "".join(file.read_text() for file in (tmp_path / "out").iterdir())
    assert "s3cr3t" not in shown and "w0rd" not in shown
