"""Missing packages are installed by one apt-get at a time, because a second apt-get does not wait, but fails."""

import os
import subprocess

import harness

NEED = (
    """FAAS_LOGS=$1/logs; set -euo pipefail; source "$2/ui.sh"; source "$2/packages.sh"; shift 2; packages_need "$@" """
)

STAND_INS = {
    "dpkg-query": '[ ! -f "$STATE/installed/$4" ] || echo installed\n',
    "sudo": 'exec "$@"\n',
    # Slow, and with apt-get's message when another one is running.
    "apt-get": """mkdir "$STATE/lock" 2>/dev/null || { echo 'E: Could not get lock'; exit 100; }
echo "$*" >>"$STATE/calls"
sleep 0.5
[ "$1" != install ] || { shift 3; (cd "$STATE/installed" && touch "$@"); }
rmdir "$STATE/lock"
""",
}


class Machine:
    """A machine on which nothing is installed."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "bin").mkdir()
        (folder / "installed").mkdir()
        for name, text in STAND_INS.items():
            (folder / "bin" / name).write_text(f"#!/bin/sh\n{text}")
            (folder / "bin" / name).chmod(0o755)

    def need(self, *names):
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        variables = os.environ | {"STATE": str(self.folder), "PATH": path, "FAAS_SKIP_PACKAGES": ""}
        command = ["bash", "-c", NEED, "-", self.folder, harness.SOURCE_DIR / "tools", *names]
        return subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, text=True)

    @property
    def calls(self):
        return (self.folder / "calls").read_text().splitlines()


def ends_well(process):
    _, said = process.communicate(timeout=harness.PATIENCE)
    assert process.returncode == 0, said


def test_two_at_once(tmp_path):
    machine = Machine(tmp_path)
    for process in [machine.need("one"), machine.need("two")]:
        ends_well(process)
    assert {path.name for path in (tmp_path / "installed").iterdir()} == {"one", "two"}


def test_what_another_has_installed_is_not_installed_again(tmp_path):
    machine = Machine(tmp_path)
    for process in [machine.need("one", "two"), machine.need("two", "one")]:
        ends_well(process)
    assert [call.split()[0] for call in machine.calls] == ["update", "install"]


def test_nothing_is_missing(tmp_path):
    machine = Machine(tmp_path)
    (tmp_path / "installed" / "one").touch()
    ends_well(machine.need("one"))
    assert not (tmp_path / "calls").exists()
