"""Checks that run.py measures and prints each number of workers; see form.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from form import arguments, measured  # noqa: E402
from peer import Stub  # noqa: E402


def main():
    options = arguments("harness", "bare", "load", "stub")
    programs = [f"--{name}={value}" for name, value in vars(options).items()]
    # With the stub in place of --uri's server, because this only checks run.py.
    with Stub(options.stub, None) as server:
        script = Path(__file__).with_name("run.py")
        report, goals = measured(script, "--rounds", "20", "--uri", server.uri, *programs)
    lines = report["lines"]
    assert [line["name"].split()[1] for line in lines] == ["1", "2", "4", "8"] * 4, lines
    assert all(line["value"] > 0 for line in lines) and len(goals) == 8, lines


main()
