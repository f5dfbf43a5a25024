"""./dev and build/venv: made once, also by two ./dev at a time, in a copy whose venv is a file."""

import os
import subprocess
import time

import pytest

# Waits until both have been started; the second finds the lock taken, or would make a venv, too.
STAND_INS = """
packages_need() { :; }
venv_find_python() { echo python; }
venv_make() {
   echo made >>"$FAAS_BUILD/made"
   until [[ -e $FAAS_BUILD/go-on ]]; do read -rt 0.05 <> <(:) || true; done
   mkdir -p "$2/bin" && ln -sf /usr/bin/env "$2/bin/python" && echo "$3" >"$2/faas-stamp"
}
build_tree() { BUILD_NAME=tree; venv_ensure; }
"""


@pytest.fixture
def copy(dev_copy):
    (dev_copy / "build" / "venv").unlink()
    return dev_copy


def stand_in(copy, text):
    with (copy / "tools" / "test.sh").open("a") as file:
        file.write(text)


def build(copy):
    environment = os.environ | {"NO_COLOR": "1"}
    return subprocess.Popen([copy / "dev", "build"], env=environment, stderr=subprocess.PIPE, text=True)


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_two_at_once_make_one(copy):
    stand_in(copy, STAND_INS)
    first = build(copy)
    until((copy / "build" / "made").exists)
    second = build(copy)
    waits = second.stderr.readline()
    (copy / "build" / "go-on").touch()
    said = [run.communicate(timeout=60)[1] for run in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert waits == "Waiting for another ./dev, which is making build/venv\n"
    assert (copy / "build" / "made").read_text() == "made\n" and "Installing" not in said[1]


def test_second_makes_it_when_the_first_could_not(copy):
    stand_in(copy, STAND_INS + "venv_make() { echo made >>$FAAS_BUILD/made; false; }\n")
    for time_ in (1, 2):
        run = build(copy)
        said = run.communicate(timeout=60)[1]
        assert run.returncode == 1 and (copy / "build" / "made").read_text() == time_ * "made\n"
        assert "The last lines of" in said and "(nothing)" in said
