"""./dev and build/venv: made once, even by two ./dev at a time, in a copy whose venv is a file; unsuitable machines."""

import os
import subprocess

import pytest
from harness import wait_until

# Waits until both have started; the second must find the lock taken, or it would make a venv, too.
STAND_INS = """
packages_need() { :; }
venv_find_python() { echo python; }
apt-cache() { false; }
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


def test_two_at_once_make_one(copy):
    stand_in(copy, STAND_INS)
    first = build(copy)
    wait_until((copy / "build" / "made").exists, lambda: "no venv is being made")
    second = build(copy)
    waits = second.stderr.readline()
    (copy / "build" / "go-on").touch()
    said = [run.communicate(timeout=60)[1] for run in (first, second)]
    assert (first.returncode, second.returncode) == (0, 0), said
    assert waits == "Waiting for another ./dev, which is creating build/venv\n"
    assert (copy / "build" / "made").read_text() == "made\n" and "Installing" not in said[1]


def test_second_makes_it_when_the_first_could_not(copy):
    stand_in(copy, STAND_INS + "venv_make() { echo made >>$FAAS_BUILD/made; false; }\n")
    for time_ in (1, 2):
        run = build(copy)
        said = run.communicate(timeout=60)[1]
        assert run.returncode == 1 and (copy / "build" / "made").read_text() == time_ * "made\n"
        assert "The last lines of" in said and "(nothing)" in said


RELEASES = {
    'PRETTY_NAME="Debian GNU/Linux 11 (bullseye)"\nVERSION_ID="11"\nID=debian\n': True,
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n': False,
    'PRETTY_NAME="Debian GNU/Linux forky/sid"\nID=debian\n': False,
    'PRETTY_NAME="Ubuntu 20.04.6 LTS"\nVERSION_ID="20.04"\nID=ubuntu\n': True,
    'PRETTY_NAME="Ubuntu 22.04.5 LTS"\nVERSION_ID="22.04"\nID=ubuntu\n': False,
    'PRETTY_NAME="Alpine Linux v3.20"\nVERSION_ID=3.20.0\nID=alpine\n': False,
}


@pytest.mark.parametrize("text", RELEASES, ids=lambda text: text.split('"')[1].replace(" ", "_"))
def test_a_release_is_old_or_not(copy, tmp_path, text):
    (tmp_path / "os-release").write_text(text)
    script = f"source {copy}/tools/packages.sh; packages_release_is_old {tmp_path}/os-release"
    assert (subprocess.run(["bash", "-c", script]).returncode == 0) == RELEASES[text]


def test_an_old_release_is_told_before_anything_is_installed(copy):
    stand_in(
        copy,
        'packages_release_is_old() { PACKAGES_RELEASE="Debian GNU/Linux 11 (bullseye)"; }\n'
        "packages_install() { echo installs >&2; }\n",
    )
    run = build(copy)
    said = run.communicate(timeout=60)[1]
    assert run.returncode == 2 and said.startswith("dev: Debian GNU/Linux 11 (bullseye) is too old for ./dev"), said
    assert "debian:12 ./dev build" in said and "installs" not in said


NEWER = """
packages_need() { echo "needed: $*" >&2; }
packages_are_debians() { true; }
apt-cache() { %s; }
build_tree() { BUILD_NAME=tree; venv_need_python; }
"""


def test_a_python_too_new_gets_an_older_one_beside_it(copy):
    stand_in(
        copy, NEWER % "true" + "venv_find_python() { [[ ! -e $FAAS_BUILD/b ]] || echo python; touch $FAAS_BUILD/b; }\n"
    )
    run = build(copy)
    said = run.communicate(timeout=60)[1]
    assert run.returncode == 0 and "needed: python3.13 python3.13-venv\n" in said, said


def test_a_python_too_new_and_no_older_one(copy):
    stand_in(copy, NEWER % "false" + "venv_find_python() { :; }\n")
    run = build(copy)
    said = run.communicate(timeout=60)[1]
    assert run.returncode == 2 and "No CPython 3.10 to 3.13" in said and "python3.13-venv" not in said, said
