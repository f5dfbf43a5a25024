"""Checks that run.py measures and prints each number of workers. The figures themselves are not tested."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from peer import Stub  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for program in ("harness", "crowd", "load", "stub"):
        parser.add_argument(f"--{program}", required=True)
    options = parser.parse_args()
    programs = [f"--{name}={value}" for name, value in vars(options).items()]
    # With the stub in place of --uri's server, because this only checks run.py.
    with Stub(options.stub, None) as server, tempfile.NamedTemporaryFile("r", suffix=".json") as file:
        command = [sys.executable, Path(__file__).with_name("run.py"), "--quick", "--rounds", "20"]
        command += ["--json", file.name, "--uri", server.uri, *programs]
        run = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=550)
        print(run.stdout)
        assert run.returncode == 0, f"exit status {run.returncode}"
        lines = json.load(file)["lines"]
    assert [line["name"].split()[1] for line in lines] == ["1", "2", "4", "8"] * 4, lines
    assert all(line["text"] in run.stdout and line["value"] > 0 for line in lines), lines
    assert sum(line["goal"] is not None for line in lines) == 8 and "of 8 goals missed" in run.stdout, lines


main()
