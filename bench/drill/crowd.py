"""A drill at its largest: 200 environments at once with 100 connections each, and 100,000 invocations of one more.

Measured are what the drill itself takes, front and Lambda host included: its memory, its CPU time an invocation, a tenth of
the invocations beside all of them, and what it leaves: a page that a browser opens, and drill.json.
"""

import json
import os
import shlex
import subprocess
import sys
import time
from pathlib import Path

from client import BenchError
from front import cpu_ns

ENVIRONMENTS, CONNECTIONS, INVOCATIONS = 200, 100, 100_000
QUICK_ENVIRONMENTS, QUICK_CONNECTIONS, QUICK_INVOCATIONS = 8, 10, 100
PAGE_GOAL_BYTES = 5_000_000
GROWTH_GOAL = 1.2
LOOK_S = 0.05


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
    """What the function needs of this machine beside /usr, none of it inside another."""
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


def measure_crowd(table, options, server):
    environments = QUICK_ENVIRONMENTS if options.quick else ENVIRONMENTS
    connections = QUICK_CONNECTIONS if options.quick else CONNECTIONS
    invocations = QUICK_INVOCATIONS if options.quick else INVOCATIONS
    small = Drill(options, server, 1, "--phases", f"cold,warm*{invocations // 10}")
    large = Drill(
        options, server, connections, "--phases", f"cold,warm*{invocations}", "--instances", str(environments)
    )
    table.head(
        f"{environments} environments at once with {connections} connections each, and {invocations:,} invocations; "
        f"load {os.getloadavg()[0]:.1f}"
    )
    most = max(sample["connections"] for sample in large.results["samples"])
    table.line("connections, most at once", f"{most:,}", value=most)
    table.line("invocations that failed", f"{large.failed} of {large.count:,}", goal="0", met=large.failed == 0)
    per_small, per_large = small.cpu_ns / small.count, large.cpu_ns / large.count
    table.line("CPU of the drill, a tenth", f"{per_small / 1e6:.2f} ms an invocation", value=per_small)
    table.line("CPU of the drill", f"{per_large / 1e6:.2f} ms an invocation", value=per_large)
    growth = per_large / per_small
    table.line("all to a tenth", f"{growth:.2f}×", value=growth, goal=f"≤ {GROWTH_GOAL}×", met=growth <= GROWTH_GOAL)
    table.line("memory of the drill, a tenth", f"{small.memory_kib / 1024:.0f} MiB", value=small.memory_kib)
    table.line("memory of the drill", f"{large.memory_kib / 1024:.0f} MiB", value=large.memory_kib)
    page = f"{large.page_bytes / 1e6:.1f} MB"
    goal = f"< {PAGE_GOAL_BYTES / 1e6:.0f} MB"
    table.line("the page", page, value=large.page_bytes, goal=goal, met=large.page_bytes < PAGE_GOAL_BYTES)
    table.line("drill.json", f"{large.results_bytes / 1e6:.1f} MB", value=large.results_bytes)
