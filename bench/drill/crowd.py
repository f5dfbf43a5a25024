"""Drills at their largest: 200 environments at once with 100 connections each, or as many as ulimit -n allows, and 100,000
invocations of one.

Measures the drill's own memory and CPU time, including front and Lambda host, which should grow no faster than the
work, and the size of its page and drill.json.
"""

import json
import os
import resource
import shlex
import subprocess
import sys
import time
from pathlib import Path

from figures import BenchError
from peer import cpu_ns

ENVIRONMENTS, CONNECTIONS, INVOCATIONS = 200, 100, 100_000
QUICK_ENVIRONMENTS, QUICK_CONNECTIONS, QUICK_INVOCATIONS = 8, 10, 100
PAGE_GOAL_BYTES = 5_000_000
GROWTH_GOAL = 1.2
LOOK_S = 0.05


def connections_that_fit(environments, wish):
    """The drill needs a descriptor for each connection, and about fifteen for each function."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return wish if most == resource.RLIM_INFINITY else min(wish, most // environments - 15)


def package(folder):
    folder.mkdir(exist_ok=True)
    bootstrap = folder / "bootstrap"
    program = Path(__file__).with_name("many_connections.py")
    bootstrap.write_text(
        f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -S {shlex.quote(str(program))}\n", encoding="utf-8"
    )
    bootstrap.chmod(0o755)
    return folder


def folders_of_python():
    """What the function needs of this machine besides /usr; none of these is inside another."""
    needed = {Path(__file__).resolve().parents[2], Path(sys.prefix), Path(sys.base_prefix)}
    return [one for one in needed if not any(one.is_relative_to(other) for other in {*needed, Path("/usr")} - {one})]


class Drill:
    """One drill, watched until it ends."""

    def __init__(self, options, server, connections, *arguments):
        output = options.work / "crowd"
        output.mkdir(exist_ok=True)
        command = [options.bin / "faas-drill", "--server-command", server, "--quiet", "--output", output, *arguments]
        for folder in folders_of_python():
            command += ["--mount", folder]
        command += ["--env", f"CONNECTIONS={connections}", package(options.work / "many_connections")]
        self.memory_kib = self.cpu_ns = 0
        log = output / "table.txt"
        with log.open("w") as table, subprocess.Popen(list(map(str, command)), stdout=table, stderr=table) as process:
            while process.poll() is None:
                self._look(process.pid)
                time.sleep(LOOK_S)
        if process.returncode not in (0, 1):
            raise BenchError(f"faas-drill ended with status {process.returncode}: see {log}")
        self.results = json.loads((output / "drill.json").read_text())
        self.page_bytes = (output / "timeline.html").stat().st_size
        self.results_bytes = (output / "drill.json").stat().st_size
        self.failed = sum(one["verdict"] != "pass" for one in self.results["invocations"])
        self.count = len(self.results["invocations"])

    def _look(self, pid):
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            self.cpu_ns = max(self.cpu_ns, cpu_ns(pid))
        except OSError:
            return
        found = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")]
        self.memory_kib = max([self.memory_kib, *found])


def tell_connections(table, options, server, environments):
    wish = QUICK_CONNECTIONS if options.quick else CONNECTIONS
    counts = [connections_that_fit(environments, wish) // 4, connections_that_fit(environments, wish)]
    few, many = (Drill(options, server, n, "--phases", "cold", "--instances", str(environments)) for n in counts)
    most = max(sample["connections"] for sample in many.results["samples"])
    table.head(f"{environments} environments at once with {counts[1]} connections each; load {os.getloadavg()[0]:.1f}")
    table.line("connections, most at once", f"{most:,}", value=most)
    table.line("environments that failed", f"{many.failed}", goal="0", met=many.failed == 0, value=many.failed)
    each = [drill.cpu_ns / environments / n for drill, n in zip((few, many), counts, strict=True)]
    table.line("CPU of the drill, a quarter", f"{each[0] / 1e3:.0f} µs a connection", value=each[0])
    table.line("CPU of the drill", f"{each[1] / 1e3:.0f} µs a connection", value=each[1])
    tell_growth(table, "all to a quarter", each[1] / each[0])
    table.line("memory of the drill with them", f"{many.memory_kib / 1024:.0f} MiB", value=many.memory_kib)


def tell_growth(table, name, growth):
    table.at_most(name, growth, GROWTH_GOAL, "{:.2f}×".format)


def tell_invocations(table, options, server):
    count = QUICK_INVOCATIONS if options.quick else INVOCATIONS
    few, many = (Drill(options, server, 1, "--phases", f"cold,warm*{n}") for n in (count // 10, count))
    table.head(f"{count:,} invocations of one environment; load {os.getloadavg()[0]:.1f}")
    table.line("invocations that failed", f"{many.failed} of {many.count:,}", goal="0", met=many.failed == 0)
    each = [drill.cpu_ns / drill.count for drill in (few, many)]
    table.line("CPU of the drill, a tenth", f"{each[0] / 1e6:.2f} ms an invocation", value=each[0])
    table.line("CPU of the drill with all", f"{each[1] / 1e6:.2f} ms an invocation", value=each[1])
    tell_growth(table, "all to a tenth", each[1] / each[0])
    table.line("memory of the drill, a tenth", f"{few.memory_kib / 1024:.0f} MiB", value=few.memory_kib)
    table.line("memory of the drill with all", f"{many.memory_kib / 1024:.0f} MiB", value=many.memory_kib)
    page, goal = f"{many.page_bytes / 1e6:.1f} MB", f"< {PAGE_GOAL_BYTES / 1e6:.0f} MB"
    table.line("the page", page, value=many.page_bytes, goal=goal, met=many.page_bytes < PAGE_GOAL_BYTES)
    table.line("drill.json", f"{many.results_bytes / 1e6:.1f} MB", value=many.results_bytes)


def measure_crowd(table, options, server):
    tell_connections(table, options, server, QUICK_ENVIRONMENTS if options.quick else ENVIRONMENTS)
    tell_invocations(table, options, server)
