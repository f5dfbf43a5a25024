"""./dev survey: which driver may I ship in Lambda?"""

import json
import os
import subprocess
import sys

import pytest
from faas_drill import check_looked_once, wire_faults
from harness import INSTRUMENTED, SOURCE_DIR, driver_faults, driver_version

pytestmark = pytest.mark.phases


def row(table, client):
    (found,) = [line for line in table.splitlines() if f"| {client} |" in line]
    return [cell.strip() for cell in found.strip("|").split("|")]


@pytest.mark.package
@pytest.mark.driver
@pytest.mark.timeout(1200)
@pytest.mark.skipif(INSTRUMENTED, reason="packages are release builds")
@pytest.mark.skipif("FAAS_DRIVER" not in os.environ, reason="./dev test names the driver to package")
def test_survey_of_this_driver(tmp_path):
    """In a clean clone it builds and packages the harness first."""
    command = [SOURCE_DIR / "dev", "survey", "--freeze", "0.5", "--output", tmp_path / "out", os.environ["FAAS_DRIVER"]]
    run = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=1170)
    assert run.returncode == 0, run.stderr
    assert run.stdout == (tmp_path / "out" / "survey.md").read_text()
    version = ".".join(map(str, driver_version()))
    for client in ("pool", "single"):
        cells = row(run.stdout, client)
        assert version in cells[0]
        assert ("fail" in cells[2]) == bool(wire_faults(client)), run.stdout
    assert ("awaited" in row(run.stdout, "pool")[3]) == ("streaming_disabled" in driver_faults("pool"))
    (file,) = (tmp_path / "out").glob("*-single/drill.json")
    single = json.loads(file.read_text())
    check_looked_once(single)
    advice = [phase["advice"] for phase in single["phases"] if phase["advice"]]
    assert all(text in run.stdout for text in advice)


def survey(folder):
    return subprocess.run(
        [sys.executable, SOURCE_DIR / "tools" / "survey.py", folder], capture_output=True, text=True, timeout=60
    )


def drill(folder, **changes):
    """A drill.json with as much in it as the table shows."""
    result = {
        "driver": "libmongoc 9.9.9",
        "client": "pool",
        "handshake": {"env": {"name": "aws.lambda"}},
        "phases": [{"name": "frozen", "verdict": "pass", "reason": None, "recoverMs": 12.4, "advice": None}],
        "checks": [],
        "invocations": [],
    }
    (folder / "one").mkdir()
    (folder / "one" / "drill.json").write_text(json.dumps(result | changes))


def test_red_ones_are_explained(tmp_path):
    drill(tmp_path, checks=[{"name": "writes_once", "verdict": "fail", "detail": "found 3"}])
    run = survey(tmp_path)
    assert run.returncode == 0, run.stderr
    assert "**fail**" in run.stdout and "writes_once: found 3" in run.stdout


def test_green_ones_need_no_words(tmp_path):
    drill(tmp_path)
    run = survey(tmp_path)
    assert "| pass |" in run.stdout and "12 ms" in run.stdout and "red" not in run.stdout


def test_nothing_to_show(tmp_path):
    run = survey(tmp_path)
    assert run.returncode == 1 and "found none" in run.stderr
