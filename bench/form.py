"""What the checks of all benches have in common: each runs its bench, short, and looks at what that measured and printed. The
figures themselves are not tested."""

import argparse
import json
import subprocess
import sys
import tempfile


def arguments(*names):
    parser = argparse.ArgumentParser()
    for name in names:
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


def measured(script, *options):
    """Returns the report of --json, and its lines that have a goal."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as file:
        command = [sys.executable, script, "--quick", "--json", file.name, *options]
        run = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, timeout=550, check=False)
        print(run.stdout)
        assert run.returncode == 0, f"exit status {run.returncode}"
        report = json.load(file)
    for line in report["lines"]:
        assert line["name"] in run.stdout and line["text"] in run.stdout, f"not printed: {line}"
        assert (line["goal"] is None) == (line["met"] is None), line
    for name, reason in report.get("left_out", {}).items():
        assert reason and f"LEFT OUT: {name}: {reason}" in run.stdout, name
    goals = [line for line in report["lines"] if line["goal"] is not None]
    assert f"of {len(goals)} goals missed" in run.stdout
    return report, goals
