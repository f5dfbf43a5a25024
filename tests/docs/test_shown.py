"""Commands of the pages that contain names of the reader's own, run with other names."""

import subprocess

import pytest
from faas_drill import DRILL, seeded
from lambda_host import mounts
from secantus import Secantus

pytestmark = pytest.mark.commands


@pytest.mark.timeout(180)
@pytest.mark.skipif(not DRILL.exists(), reason="the drill is not built")
def test_another_drivers_function_is_saved(tmp_path):
    """A function in Python, whose driver cancels operations on a server that its monitor has given up."""
    function = seeded("none")(tmp_path)
    with Secantus() as server:
        done = subprocess.run(
            [DRILL, "--server", server.address, "--phases", "dropped", "--freeze", "5", *mounts(), *function],
            capture_output=True,
            text=True,
            cwd=tmp_path,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "✓ socketTimeoutMS=5000   recovered" in done.stdout, done.stdout
