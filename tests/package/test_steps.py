"""./dev's steps without a terminal: what is announced is also reported as done."""

import subprocess

import harness
import pytest

STEP = """FAAS_LOGS=$1; set -euo pipefail; source "$2/ui.sh"; ui_step name Resting sleep "$3" """


@pytest.mark.parametrize("seconds, lines", [(0, 0), (1.3, 2), (2.1, 2)])
def test_announced_and_done(tmp_path, seconds, lines):
    command = ["bash", "-c", STEP, "-", tmp_path, harness.SOURCE_DIR / "tools", str(seconds)]
    said = subprocess.run(command, stderr=subprocess.PIPE, text=True, timeout=harness.PATIENCE, check=True).stderr
    assert [line.split("(")[0].strip() for line in said.splitlines()] == ["· Resting", "✓ Resting"][:lines]
