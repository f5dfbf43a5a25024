"""Drills that cannot run: what is wrong, what to do, and no results of an earlier drill remain."""

import socket
import subprocess

import pytest
from faas_drill import (
    DRILL,
    HARNESS,
    check_nothing_left,
    command,
    environment,
    refused,
    seeded,
)
from lambda_host import mounts

pytestmark = pytest.mark.phases

RESULTS = ["drill.json", "function.log", "junit.xml", "timeline.html"]


@pytest.fixture
def earlier(tmp_path):
    """The results of an earlier drill: a green junit.xml would be attached to today's job."""
    (tmp_path / "out").mkdir()
    for name in RESULTS:
        (tmp_path / "out" / name).write_text("of yesterday")
    yield
    left = {file.name: file.read_text() for file in (tmp_path / "out").iterdir()}
    assert set(left) == {"function.log"} and left["function.log"] != "of yesterday"


@pytest.mark.usefixtures("earlier")
def test_no_such_package(tmp_path):
    assert "no-such.zip" in refused(tmp_path, "--server", "127.0.0.1:1", tmp_path / "no-such.zip")


@pytest.mark.usefixtures("earlier")
def test_no_server_there(tmp_path):
    with socket.socket() as taken:  # bound, but not listening
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        assert address.split(":")[1] in refused(tmp_path, "--server", address, *HARNESS(tmp_path))


@pytest.mark.parametrize(
    ("server", "why"),
    [("setsid sleep 600 & echo no disk; exit 1", "no disk"), ("sleep 600", "did not listen on port ")],
)
def test_a_server_that_never_comes_up(tmp_path, server, why):
    assert why in refused(tmp_path, "--server-command", server, *HARNESS(tmp_path))


def test_no_folder_for_the_output(tmp_path):
    (tmp_path / "file").write_text("")
    for where, found in (
        ("", "is empty"),
        (tmp_path / "file", "--output"),
        (tmp_path / "file" / "out", "Not a directory"),
    ):
        assert found in refused(tmp_path, "--output", where, "--server", "127.0.0.1:1", *HARNESS(tmp_path))


def test_client_of_the_harness_for_another_function(hold):
    held = hold("cold,warm", seeded("none"), client="single")
    assert held.status == 2 and "--client single works with faas-harness only" in held.stderr, held.stderr
    assert len(held.invocations) == 1


@pytest.mark.plain("sanitizers reserve terabytes of addresses")
def test_no_free_memory(tmp_path, mongodb):
    """With no memory at all, up to enough: either a clear error or a drill, never a crash, and nothing left behind."""
    words = command(tmp_path, "--server", mongodb.address, "--phases", "cold", "--client", "single", *HARNESS(tmp_path))
    statuses = []
    for megabytes in range(16, 120, 8):
        run = subprocess.run(
            ["prlimit", f"--as={megabytes << 20}", *words],
            capture_output=True,
            text=True,
            env=environment(tmp_path),
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


def test_a_password_is_shown_nowhere(tmp_path, mongodb):
    """Also, the drill makes the folders for its results."""
    uri = mongodb.uri.replace("mongodb://", "mongodb://user:s3cr3t%2Fw0rd%4042@")
    where = tmp_path / "results" / "of" / "today"
    run = subprocess.run(
        [DRILL, "--uri", uri, "--phases", "cold", "--output", f"{where}/", *mounts(), *HARNESS(tmp_path)],
        capture_output=True,
        text=True,
        env=environment(tmp_path),
        timeout=60,
    )
    files = {file.name: file.read_text() for file in where.iterdir()}
    assert sorted(files) == RESULTS
    shown = run.stdout + run.stderr + "".join(files.values())
    assert "s3cr3t" not in shown and "w0rd" not in shown
