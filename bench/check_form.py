"""Checks that run.py measures and prints everything; see form.py."""

from pathlib import Path

from form import arguments, measured
from peer import Stub

ROUNDS = "5"
GOALS = 4 + 2 + 2 + 3  # time and CPU, start, memory, growth
LINES = 2 * (4 + 2) + 2 * 3 + 1 + 2 * 2 + 2 * 2


def main():
    options = arguments("harness", "bare", "stub")
    programs = [f"--{name}={value}" for name, value in vars(options).items()]
    # With the stub in place of --uri's server, because this only checks run.py.
    with Stub(options.stub, None) as server:
        script = Path(__file__).with_name("run.py")
        report, goals = measured(script, "--rounds", ROUNDS, "--uri", server.uri, *programs)
    lines = report["lines"]
    names = [line["name"] for line in lines]
    assert len(goals) == GOALS, names
    no_strace = "system calls" in names
    assert len(lines) == (LINES - 3 if no_strace else LINES), names
    assert all(line["value"] is not None or "not counted" in line["text"] for line in lines), lines


main()
