"""./dev survey: the command itself."""

import fcntl
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from faas_drill import check_looked_once, wire_faults
from harness import SOURCE_DIR, driver_faults, driver_version
from invented_drills import drill

pytestmark = pytest.mark.survey


def dev(*arguments, timeout=280, **options):
    """Locks, because one tree must not be built twice at once."""
    with (SOURCE_DIR / "build" / "docs.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return subprocess.run(
            [SOURCE_DIR / "dev", "survey", *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            **options,
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "an entry is a function"),
        (["python=mongodb@1"], "such as pymongo=="),
        (["python="], 'no driver in "python="'),
        (["ruby"], "needs a checkout of the driver, ruby=source:DIR"),
        (["harness=2.5.7"], "system, debian:SUITE or source:DIR"),
        (["debian:../x"], "Debian suite is a name"),
        (["source:/nowhere"], "no such folder"),
        (["--times", "0"], "--times takes a whole number"),
        (["--jobs", "two"], "--jobs takes a whole number"),
        (["--freeze", "long"], "--freeze takes a number"),
        (["--freeze", "0"], "--freeze takes a number of seconds from 0.001 to 86400"),
        (["--freeze", "0.0009"], "--freeze takes a number"),
        (["--freeze", "86400.0001"], "--freeze takes a number"),
        (["--freeze", "86401"], "--freeze takes a number"),
        (["--phases", "cold,nap"], "--phases"),
        (["--phases", "warm" + 64 * ",warm"], "--phases takes at most 64 phases; found 65"),
        (["--phases", "cold*0"], "each once or *1 to *100000"),
        (["--phases", "cold,frozen*100001"], "each once or *1 to *100000"),
        (["--clients", "1"], "an entry is a function"),
    ],
    ids=lambda value: value[-1][:14].replace(",", " ").replace("*", "x") if isinstance(value, list) else "",
)
def test_refused_before_the_first_build(tmp_path, arguments, said):
    run = dev("--output", tmp_path / "out", "python", *arguments, timeout=60)
    assert run.returncode == 2 and said in run.stderr, run.stderr
    assert "Building" not in run.stderr and not (tmp_path / "out").exists()


def place(action, folder, *rows):
    command = [sys.executable, SOURCE_DIR / "tools" / "survey" / "place.py", action, folder, *rows]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


PLANS = (
    "a list of my own",
    "[]",
    '{"rows": [{"row": "python"}]}',
    '{"planVersion": 1}',
    '{"planVersion": 1, "rows": [{"row": "../other"}]}',
    '{"planVersion": 1, "rows": [{"row": "/etc"}]}',
    '{"planVersion": 1, "rows": [{"row": ""}]}',
)


def test_another_plan_is_no_survey(tmp_path):
    """Other programs use the name plan.json, too."""
    folder = tmp_path / "out"
    (folder / "python").mkdir(parents=True)
    (folder / "python" / "thesis.txt").write_text("mine")
    (tmp_path / "other").mkdir()
    assert place("check", folder, "python").returncode == 2, "a folder of somebody else's"
    for plan in PLANS:
        (folder / "plan.json").write_text(plan)
        for action in ("check", "clear"):
            run = place(action, folder, "python")
            assert run.returncode == 2 and "Choose another folder" in run.stdout, run
        assert (folder / "plan.json").read_text() == plan and (folder / "python" / "thesis.txt").exists()
        assert (tmp_path / "other").exists()
    run = dev("--output", folder, "python", timeout=60)
    assert run.returncode == 2 and (folder / "python" / "thesis.txt").exists(), run.stderr


def test_an_earlier_survey_goes_and_nothing_else(folder):
    folder.row("python", drill())
    folder.row("node", drill())
    folder.survey()
    notes = folder.path / "notes" / "survey.md"
    notes.parent.mkdir()
    notes.write_text("mine")
    assert place("check", folder.path, "go").returncode == 0 and (folder.path / "survey.md").exists()
    run = place("check", folder.path, "go", "notes")
    assert run.returncode == 2 and "has a notes that does not belong to the survey there" in run.stdout
    assert place("clear", folder.path, "go").returncode == 0
    assert [path.name for path in folder.path.iterdir()] == ["notes"] and notes.read_text() == "mine"


def test_wrong_arguments_leave_an_earlier_survey_alone(folder):
    folder.row("python", drill())
    folder.survey()
    run = dev("--output", folder.path, "python", "--times", "0", timeout=60)
    assert run.returncode == 2 and (folder.path / "survey.html").exists() and (folder.path / "python/1").exists()


def needs_built(name):
    if not (SOURCE_DIR / "build" / "functions" / name / "pinned").exists():
        pytest.skip(f"not built; ./dev drill --function {name} builds it, or says what is missing")


@pytest.mark.phases
@pytest.mark.functions
@pytest.mark.plain("./dev survey is of release builds")
def test_survey_of_functions(tmp_path):
    """Two drivers, one of them in a version that does not exist."""
    needs_built("python")
    run = dev(
        *("--output", tmp_path / "out", "--times", "2", "--jobs", "2", "--freeze", "0.5"),
        *("--phases", "cold,warm", "python", "python=pymongo==0.0.1"),
    )
    assert run.returncode == 1 and (tmp_path / "out" / "survey.json").exists(), run.stderr
    result = json.loads((tmp_path / "out" / "survey.json").read_text())
    pinned, absent = result["rows"]
    assert pinned["held"] == 2 and pinned["driver"].startswith("PyMongo ") and not pinned["streaming"]["yes"]
    assert pinned["introduced"]["name"].startswith("PyMongo")
    assert pinned["coldStart"]["medianMs"] > 0 and pinned["connections"] >= 4
    assert absent["notBuilt"]["line"] and (tmp_path / "out" / absent["notBuilt"]["log"]).exists()
    for one in pinned["drills"]:
        assert (tmp_path / "out" / one["page"]).exists()
    assert "drill 2 of 2: python, time 2 of 2" in run.stderr
    assert result["server"].startswith("secantusdb ") and result["startedAt"] and not result["complete"]
    assert "not built" in run.stdout


@pytest.mark.phases
@pytest.mark.functions
@pytest.mark.plain("./dev survey is of release builds")
def test_interrupted_survey_has_a_table(tmp_path):
    """By SIGTERM here; Ctrl-C has the same trap. What the drills have started ends with them."""
    needs_built("python")
    out = tmp_path / "out"
    with (SOURCE_DIR / "build" / "docs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [SOURCE_DIR / "dev", "survey", "--output", out, "--times", "2", "--phases", "cold,frozen"]
        run = subprocess.Popen(
            [*command, "--freeze", "300", "python"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in run.stderr:
            if "drill 1 of 2" in line:
                break
        run.send_signal(signal.SIGTERM)
        stdout, stderr = run.communicate(timeout=60)
    assert run.returncode == 130, stderr
    assert "Interrupted" in stderr and "time 1: did not finish" in stdout
    assert f"Page: {out}/survey.html" in stderr
    assert (out / "survey.html").exists()
    environments = (
        Path(name).read_bytes()
        for name in map("/proc/{}/cmdline".format, filter(str.isdigit, os.listdir("/proc")))
        if Path(name).exists()
    )
    assert not any(str(out).encode() in line for line in environments), "a drill is still running"


@pytest.mark.phases
@pytest.mark.package
@pytest.mark.checkout
@pytest.mark.fixtures("package_own")
@pytest.mark.timeout(1200)
@pytest.mark.plain("packages are release builds")
@pytest.mark.skipif("FAAS_DRIVER" not in os.environ, reason="./dev test names the driver to package")
def test_survey_of_this_driver(tmp_path):
    """In a clean clone it builds and packages the harness first."""
    run = dev(
        *("--times", "1", "--jobs", "2", "--freeze", "0.5", "--phases", "cold,warm,outage,failover"),
        *("--output", tmp_path / "out", f"harness={os.environ['FAAS_DRIVER']}"),
        timeout=1170,
    )
    assert run.returncode == 0, run.stderr
    rows = {row["client"]: row for row in json.loads((tmp_path / "out" / "survey.json").read_text())["rows"]}
    version = ".".join(map(str, driver_version()))
    for client in ("pool", "single"):
        assert version in rows[client]["driver"]
        assert bool(rows[client]["failed"]) == bool(wire_faults(client)), run.stdout
    assert bool(rows["pool"]["streaming"]["yes"]) == ("streaming_disabled" in driver_faults("pool"))
    (file,) = (tmp_path / "out").glob("*-single/1/drill.json")
    single = json.loads(file.read_text())
    check_looked_once(single)
    advice = [phase["advice"] for phase in single["phases"] if phase["advice"]]
    assert all(text in " ".join(run.stdout.split()) for text in advice)
