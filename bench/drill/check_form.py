"""Checks that run.py measures and prints everything; see form.py."""

import shlex
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from form import arguments, measured  # noqa: E402

HOST = ["raw sockets, no host", "host, --no-freeze", "host, with freezes", "AWS's emulator"]
START = ["own file system", "the machine's", "added"]
FRONT = ["the server itself", "through the front", "CPU through the front", "front to none", "front to the older one"]
LOAD = ["time", "invocations", "lost", "with a verdict other than pass", "the drill's exit status"]
LOAD += ["database_used", "writes_once", "connections_steady", "no_cpu_while_frozen", "protocol_kept"]
LOAD += ["thaw to answer", "thaw to answer, less its commands", "connections open, most", "connections made"]
LOAD += ["memory, first and last"]
CROWD = ["connections, most at once", "environments that failed", "CPU of the drill, a quarter", "CPU of the drill"]
CROWD += ["all to a quarter", "memory of the drill with them", "invocations that failed", "CPU of the drill, a tenth"]
CROWD += ["CPU of the drill with all", "all to a tenth", "memory of the drill, a tenth", "memory of the drill with all"]
CROWD += ["the page", "drill.json"]
RECOVERED = "recovered from a failover, median"  # a driver may not recover
GOALS = 1 + 1 + 3 + 5 + 5  # the host's cost, the cost of a cold start, failures, the drill's checks, the crowd
INVOCATIONS = 1 + 2 * (20 + 1)


def check(report, goals):
    lines = report["lines"]
    names = [line["name"] for line in lines]
    assert [name for name in names if name != RECOVERED] == HOST + START + FRONT + LOAD + CROWD, names
    assert len(goals) == GOALS, names
    by_name = {line["name"]: line for line in lines}
    assert by_name["invocations"]["value"] >= INVOCATIONS, by_name["invocations"]
    assert by_name["connections, most at once"]["value"] >= 8 * 10, by_name["connections, most at once"]
    # AWS's emulator may be missing; then the report says so.
    emulator = by_name["AWS's emulator"]
    assert emulator["value"] is not None or emulator["text"].startswith("left out: "), emulator
    assert all(by_name[name]["value"] is not None for name in HOST[:3]), lines


def function_of(harness, folder):
    """The function is not packaged as for Lambda: it runs where it was built."""
    folder.mkdir()
    bootstrap = folder / "bootstrap"
    bootstrap.write_text(f"#!/bin/sh\nexec {shlex.quote(harness)}\n", encoding="utf-8")
    bootstrap.chmod(0o755)
    return folder


def main():
    options = arguments("bin", "venv")
    programs = Path(options.bin)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        function = function_of(str(programs / "faas-harness"), work / "function")
        command = ["--bin", programs, "--work", work, "--venv", options.venv, "--function", function]
        command += ["--mount", programs.resolve().parent, "--mount", Path(__file__).resolve().parents[2]]
        check(*measured(Path(__file__).with_name("run.py"), *command))


main()
