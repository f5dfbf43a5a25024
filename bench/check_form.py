"""Checks that run.py measures and prints everything. The figures themselves are not tested."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from peer import Stub

ROUNDS = "5"
GOALS = 4 + 2 + 2 + 3  # time and CPU, start, memory, growth
LINES = 2 * (4 + 2) + 2 * 3 + 1 + 2 * 2 + 2 * 2


def check(report, text):
    lines = report["lines"]
    names = [line["name"] for line in lines]
    for line in lines:
        assert line["name"] in text and line["text"] in text, f"not printed: {line}"
        assert (line["goal"] is None) == (line["met"] is None), line
    assert sum(line["goal"] is not None for line in lines) == GOALS, names
    no_strace = "system calls" in names
    assert len(lines) == (LINES - 3 if no_strace else LINES), names
    assert all(line["value"] is not None or "not counted" in line["text"] for line in lines), lines
    assert f"of {GOALS} goals missed" in text, text


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for program in ("harness", "bare", "stub"):
        parser.add_argument(f"--{program}", required=True)
    options = parser.parse_args()
    # With the stub in place of --uri's server, because this only checks run.py.
    with Stub(options.stub, None) as server, tempfile.NamedTemporaryFile("r", suffix=".json") as file:
        command = [sys.executable, Path(__file__).with_name("run.py"), "--quick", "--rounds", ROUNDS]
        command += ["--json", file.name, "--harness", options.harness, "--bare", options.bare]
        command += ["--stub", options.stub, "--uri", server.uri]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=550)
        print(run.stdout)
        assert run.returncode == 0, f"exit status {run.returncode}"
        check(json.load(file), run.stdout)


main()
