"""Throughput of the harness with 1, 2, 4 and 8 workers, beside a bare libmongoc program with as many threads:
./dev bench --workers.

Both are processes of the same driver and build type against the same server, whole runs in turns (A B B A …). A ratio
is the median of the ratios of the runs, with their quartiles: 1.00 is as many invocations a second as the bare program
makes pairs of an insert and a delete. Two servers: that of --uri, and a stub that acknowledges at once (--stub), so
that only the two processors limit the throughput.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from figures import Table, quartiles  # noqa: E402
from peer import BenchError, Stub, environment  # noqa: E402

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
        [options.crowd, mode, uri, str(workers), str(rounds)],
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--harness", required=True)
    parser.add_argument("--crowd", required=True, help="the bare program with threads")
    parser.add_argument("--load", required=True, help="the provider that hands out invocations")
    parser.add_argument("--stub", required=True, help="the stub server")
    parser.add_argument("--uri", required=True, help="a server")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs")
    parser.add_argument("--rounds", type=int, help="invocations of a run")
    parser.add_argument("--json", metavar="FILE", help="the lines, for a program")
    options = parser.parse_args()
    table = Table()
    with Stub(options.stub, None) as stub:
        for title, uri, goal in (("Server of --uri", options.uri, True), ("Stub server", stub.uri, False)):
            table.head(f"{title}: throughput, harness ÷ bare, median (quartiles)")
            for mode in ("pool", "single"):
                for workers in WORKERS:
                    compare(table, options, uri, mode, workers, goal)
    missed = [line["name"] for line in table.lines if line["met"] is False]
    judged = sum(line["goal"] is not None for line in table.lines)
    print(f"\n{len(missed)} of {judged} goals missed" + (f": {', '.join(missed)}" if missed else ""))
    if options.json:
        Path(options.json).write_text(json.dumps({"lines": table.lines}, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (BenchError, OSError) as error:
        sys.exit(f"bench: {error}")
