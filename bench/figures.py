"""Formats numbers as lines, each with its goal and whether it is met; and what all benches do at their beginning and end."""

import argparse
import json
import statistics
import subprocess
import sys
import zipfile


class BenchError(Exception):
    pass


def parser_of(description, **required):
    """required: options without which the bench can't start, with their help."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, text in required.items():
        parser.add_argument(f"--{name}", required=True, help=text)
    parser.add_argument("--quick", action="store_true", help="fewer of everything")
    parser.add_argument("--json", metavar="FILE", help="the lines, for a program")
    return parser


def run(main):
    try:
        sys.exit(main())
    except (BenchError, OSError, subprocess.SubprocessError, zipfile.BadZipFile) as error:
        sys.exit(f"bench: {error}")


def rotated(items, by):
    by %= len(items)
    return items[by:] + items[:by]


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


class Ratio:
    """Compares two programs over the same blocks of time: the median of the blocks' ratios, and their quartiles."""

    def __init__(self, harness_blocks, bare_blocks):
        self.harness = statistics.median(harness_blocks)
        self.bare = statistics.median(bare_blocks)
        self.ratios = [ours / theirs for ours, theirs in zip(harness_blocks, bare_blocks, strict=True)]
        self.median = statistics.median(self.ratios)
        self.low, self.high = quartiles(self.ratios)

    def text(self, unit):
        more = self.harness - self.bare
        return (
            f"{self.median:.3f}× ({self.low:.3f} to {self.high:.3f})   {show(self.bare, unit)} "
            f"{'-' if more < 0 else '+'} {show(abs(more), unit)}"
        )


def show(value, unit):
    if unit == "KiB":
        return f"{value:,.0f} KiB"
    return f"{value / 1e6:.2f} ms" if value >= 1e6 else f"{value / 1e3:.0f} µs"


def slope_per_1000(samples):
    """Least-squares slope of (count, KiB), without the first tenth, because set-up is not growth."""
    late = [(count, kib) for count, kib in samples if count >= samples[-1][0] / 10]
    return statistics.linear_regression(*zip(*late)).slope * 1000 if len(late) > 1 else 0.0


def at_share(samples, share):
    """Returns the sample nearest to this share of the run."""
    return min(samples, key=lambda sample: abs(sample[0] - share * samples[-1][0]))[1]


class Table:
    """Prints lines at once, and keeps them for the JSON report."""

    def __init__(self):
        self.lines = []

    def head(self, text):
        print(f"\n{text}", flush=True)

    def line(self, name, text, *, goal=None, met=None, value=None):
        verdict = "" if goal is None else f"   goal {goal}: {'met' if met else 'MISSED'}"
        print(f"  {name:<34} {text}{verdict}", flush=True)
        self.lines.append({"name": name, "text": text, "value": value, "goal": goal, "met": met})

    def at_most(self, name, value, limit, form, *, more="", of=""):
        """A value and its limit, both in that form."""
        self.line(name, form(value) + more, goal=f"≤ {form(limit)}{of}", met=value <= limit, value=value)

    def ratio(self, name, ratio, unit, at_most=None):
        self.line(
            name,
            ratio.text(unit),
            goal=None if at_most is None else f"≤ {at_most:.2f}×",
            met=None if at_most is None else ratio.median <= at_most,
            value=ratio.median,
        )

    def end(self, path, **more):
        """Prints which goals were missed, and writes the lines, and more, to the file of --json."""
        goals = [line for line in self.lines if line["goal"] is not None]
        missed = [f"{line['name']} {line['goal']}" for line in goals if not line["met"]]
        print(f"\n{len(missed)} of {len(goals)} goals missed" + (f": {'; '.join(missed)}" if missed else ""))
        if path:
            with open(path, "w", encoding="utf-8") as file:
                json.dump(more | {"lines": self.lines}, file, indent=1)
