"""A drill without a database: it finds the embedded server, or says where it looked."""

import shutil
import subprocess

import secantus
from faas_drill import DRILL, HARNESS, check_nothing_left, command, drill, environment

SYSTEM = "/usr/bin:/bin"
QUICK = ("--client", "single", "--phases", "cold")


def folder_with_server(path):
    path.mkdir(parents=True)
    (path / "secantusd-py").symlink_to(secantus.program())
    return path


def folder_with_decoy(path):
    """A folder with a program that must not be chosen as the server."""
    path.mkdir(parents=True)
    decoy = path / "secantusd-py"
    decoy.write_text("#!/bin/sh\necho the decoy; exit 1\n")
    decoy.chmod(0o755)
    return path


def variables(path=SYSTEM, **more):
    return {"PATH": path, "VIRTUAL_ENV": "", **more}


def test_in_the_virtual_environment_before_the_path(tmp_path):
    folder = folder_with_server(tmp_path / "venv" / "bin")
    decoy = folder_with_decoy(tmp_path / "decoy")
    chosen = variables(f"{decoy}:{SYSTEM}", VIRTUAL_ENV=str(folder.parent))
    held = drill(tmp_path, *QUICK, *HARNESS(tmp_path), env=chosen)
    assert held.status == 0, held.stderr + held.log
    assert held.result["deployment"].endswith("in front of one server of the drill's own")


def test_beside_the_program_before_all(tmp_path):
    folder = folder_with_server(tmp_path / "bin")
    decoy = folder_with_decoy(tmp_path / "venv" / "bin")
    program = shutil.copy(DRILL, folder)
    chosen = variables(f"{decoy}:{SYSTEM}", VIRTUAL_ENV=str(decoy.parent))
    held = drill(tmp_path, *QUICK, *HARNESS(tmp_path), env=chosen, program=program)
    assert held.status == 0, held.stderr + held.log


def refused(tmp_path, *arguments, env):
    held = drill(tmp_path, *arguments, *HARNESS(tmp_path), env=env)
    assert (held.status, held.stdout, held.result) == (2, "", {})
    return held.stderr


def test_none(tmp_path, monkeypatch):
    """The one in the current folder is not found, whatever the PATH."""
    monkeypatch.chdir(folder_with_server(tmp_path / "here"))
    for path in (SYSTEM, "", ":."):
        said = refused(tmp_path, env=variables(path))
        assert (
            f"no embedded server was found: secantusd-py is not beside faas-drill in {DRILL.resolve().parent}" in said
        )
        assert "in VIRTUAL_ENV (not set) or on the PATH" in said
        assert "Install it (pip install secantusdb, with CPython 3.10 to 3.13)" in said
        assert "--server HOST:PORT or --uri URI" in said
        assert said.count("\n") == 1 and not (tmp_path / "out").exists()


def test_one_that_does_not_start(tmp_path):
    said = refused(tmp_path, env=variables(f"{folder_with_decoy(tmp_path / 'decoy')}:{SYSTEM}"))
    assert "the embedded server ended before it listened on port " in said and "the decoy" in said


def test_mongodb_uri_comes_first(tmp_path):
    folder = folder_with_server(tmp_path / "bin")
    said = refused(tmp_path, env=variables(f"{folder}:{SYSTEM}", MONGODB_URI="postgres://h/"))
    assert "the URI must begin with mongodb://" in said


def test_results_without_a_word_where_to(tmp_path):
    where = tmp_path / "where"
    where.mkdir()
    arguments = command(tmp_path, *QUICK, *HARNESS(tmp_path))
    at = arguments.index("--output")
    del arguments[at : at + 2]
    folder = folder_with_server(tmp_path / "it's a 'folder'")
    env = environment(tmp_path, **variables(f"{folder}:{SYSTEM}"))
    run = subprocess.run(arguments, capture_output=True, text=True, cwd=where, env=env, timeout=80, check=False)
    check_nothing_left(tmp_path)
    assert run.returncode == 0, run.stderr
    assert "\nTimeline: faas-drill-results/timeline.html" in run.stdout
    files = {path.name for path in (where / "faas-drill-results").iterdir()}
    assert files == {"drill.json", "junit.xml", "timeline.html", "function.log"}
