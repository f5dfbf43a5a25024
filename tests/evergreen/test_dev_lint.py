"""./dev lint and ./dev format: Python, in a repository with one bad file and the tools."""

import subprocess

import pytest
from conftest import run_dev, write_program

BAD = "x = [1,\n  2]\ny = 'text'\n"
GOOD = 'x = [1, 2]\ny = "text"\n'


@pytest.fixture
def copy(dev_copy):
    subprocess.run(["git", "init", "--quiet"], cwd=dev_copy, check=True)
    return dev_copy


def test_python_that_is_not_formatted(copy):
    (copy / "bad.py").write_text(BAD)
    found = run_dev(copy, "lint")
    assert found.returncode == 1 and "Not formatted: Python. Run ./dev format." in found.stderr, found
    assert "+++ bad.py" in found.stderr and "--- tools/" not in found.stderr, found
    assert (copy / "bad.py").read_text() == BAD, "lint changes nothing"

    assert run_dev(copy, "format").returncode == 0
    assert (copy / "bad.py").read_text() == GOOD
    assert "Not formatted" not in run_dev(copy, "lint").stderr


def test_program_without_an_ending_is_formatted(copy):
    """The stand-ins have none, because they have the names of the programs that they replace."""
    program = write_program(copy / "tests/evergreen/stand_ins/bin/aws", "#!/usr/bin/env python3\n" + BAD)
    assert run_dev(copy, "format").returncode == 0
    assert program.read_text() == "#!/usr/bin/env python3\n" + GOOD
