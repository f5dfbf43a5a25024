"""Throughput of the harness with 1, 2, 4 and 8 workers, beside a bare libmongoc program with as many threads:
./dev bench --workers.

Both are processes of the same driver and build type against the same server, whole runs in turns (A B B A …). A ratio
is the median of the ratios of the runs, with their quartiles: 1.00 is as many invocations a second as the bare program
makes pairs of an insert and a delete. Two servers: that of --uri, and a stub that acknowledges at once (--stub), so
that only the two processors limit the throughput.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from figures import BenchError, Table, parser_of, quartiles, run  # noqa: E402
from peer import Stub, environment  # noqa: E402

WORKERS = (1, 2, 4, 8)
GOAL = 0.95
PAIRS = 7
RUN_SECONDS = 1.5


def seconds_of(command):
    started = time.perf_counter()
    done = subprocess.run(command, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    took = time.perf_counter() - started
    if done.returncode != 0:
        raise BenchError(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return took


def commands(options, uri, mode, workers, rounds):
    harness = [
        options.harness,
        "--provider",
        options.load,
        "--option",
        f"invocations={rounds}",
        "--log-level",
        "warning",
    ]
    return (
        [*harness, "--client", mode, "--workers", str(workers), "--uri", uri],
        [options.bare, mode, uri, str(workers), str(rounds)],
    )


def compare(table, options, uri, mode, workers, goal):
    rounds = options.rounds or 200
    if not options.rounds:
        # Enough rounds to make the time that a process takes to start negligible.
        pace = seconds_of(commands(options, uri, mode, workers, rounds)[1]) / rounds
        rounds = max(rounds, int(RUN_SECONDS / pace / (4 if options.quick else 1)))
    took = ([], [])
    for pair in range(2 if options.quick else PAIRS):
        both = commands(options, uri, mode, workers, rounds)
        for which in (0, 1) if pair % 2 == 0 else (1, 0):
            took[which].append(seconds_of(both[which]))
    ratios = [theirs / ours for ours, theirs in zip(*took, strict=True)]
    median = statistics.median(ratios)
    low, high = quartiles(ratios)
    pace = rounds / statistics.median(took[0])
    table.line(
        f"{mode}: {workers} worker{'s' if workers > 1 else ''}",
        f"{median:.3f}× ({low:.3f} to {high:.3f})   {pace:,.0f} invocations a second",
        goal=f"≥ {GOAL:.2f}×" if goal else None,
        met=median >= GOAL if goal else None,
        value=median,
    )


def main():
    parser = parser_of(
        __doc__,
        harness="the program, a Release build",
        bare="the program that it is compared with, which can have threads",
        load="the provider that hands out invocations",
        stub="the stub server",
        uri="a server",
    )
    parser.add_argument("--rounds", type=int, help="invocations of a run")
    options = parser.parse_args()
    table = Table()
    with Stub(options.stub, None) as stub:
        for title, uri, goal in (("Server of --uri", options.uri, True), ("Stub server", stub.uri, False)):
            table.head(f"{title}: throughput, harness ÷ bare, median (quartiles)")
            for mode in ("pool", "single"):
                for workers in WORKERS:
                    compare(table, options, uri, mode, workers, goal)
    table.end(options.json)
    return 0


if __name__ == "__main__":
    run(main)
