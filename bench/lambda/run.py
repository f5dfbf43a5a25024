"""Measures the harness as a Lambda function against other runtimes' echo functions: bench/lambda/run.

All of it is measured in one run, side by side, with --scenario echo: the harness, its lean package, a raw-socket
program (raw.c, the limit) and the peers of peers.py. Only the packages' start is measured with the driver, too. Each
has a strict Runtime API of its own (api.c), and all of them are on one CPU, where only one of them has work at a time.
Blocks of invocations alternate in a rotating order, so that other load affects all of them. A ratio is the median of
the ratios of the blocks, with their quartiles. Other load on the machine still moves single figures: compare within a
run, never between runs.

A megabyte is measured over many connections, each with its own process, because TCP's behaviour on a single connection
varies more than the programs differ.

round trip: from the event written to the response read. turn: from before the event's first byte to the same.
CPU: the program's own, user and system, from one next to the following one.
"""

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
import peers  # noqa: E402
import syscalls  # noqa: E402
from client import DRIVER, Client, Program, ns_to_exit, traced  # noqa: E402
from figures import BenchError, Ratio, Table, parser_of, rotated, run  # noqa: E402

SMALL, LARGE = 2, 1 << 20
WARM_UP_SMALL, WARM_UP_LARGE = 500, 10

ROUND_TRIP_GOAL = 2.0
TURN_GOAL = 1.3
CPU_GOAL = 2.4
ECHO_START_GOAL_NS = 2_000_000
CALLS_GOAL = 16
LEAN_MEMORY_GOAL_KIB = 8192

RAW, HARNESS, LEAN = "raw sockets", "harness", "harness, lean package"
OURS = (HARNESS, LEAN)
PACKAGE = "harness, package"  # only its start is measured, because the rest is the harness's
DRIVER_START_GOALS_NS = {PACKAGE: 5_000_000, LEAN: 2_000_000}


class Amounts:
    def __init__(self, quick):
        self.blocks = 5 if quick else 30
        self.small = 50 if quick else 300
        self.large = 3 if quick else 15
        self.connections = 2 if quick else 40
        self.connection_blocks = 2
        self.starts = 5 if quick else 40
        self.traced = (100, 200) if quick else (500, 1500)


def micro(ns):
    return f"{ns / 1e3:,.1f} µs"


def milli(ns):
    return f"{ns / 1e6:.2f} ms"


def blocks_of(clients, size, per_block, blocks, found):
    """Appends each block's figures to found, by name."""
    for block in range(blocks):
        for client in rotated(clients, block):
            found[client.name].append(client.invoke(size, per_block))


@contextlib.contextmanager
def started(api, programs, size, warm_up):
    """Starts a process for each program, and warms up its connection with some invocations."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Client(api, program)) for program in programs]
        for client in clients:
            client.invoke(size, warm_up)
        yield clients


def invocations(api, programs, amounts):
    small, large = ({program.name: [] for program in programs} for _ in range(2))
    with started(api, programs, SMALL, WARM_UP_SMALL) as clients:
        blocks_of(clients, SMALL, amounts.small, amounts.blocks, small)
        resident = {client.name: client.resident_kib() for client in clients}
        for client in clients:
            client.invoke(LARGE, WARM_UP_LARGE)
        resident_large = {client.name: client.resident_kib() for client in clients}
    for connection in range(amounts.connections):
        with started(api, rotated(programs, connection), LARGE, WARM_UP_LARGE) as clients:
            blocks_of(clients, LARGE, amounts.large, amounts.connection_blocks, large)
    return small, large, resident, resident_large


def starts(api, programs, bare, amounts):
    """By name, the ns from exec to the first next; and the ns of a program that only sets up the driver and ends."""
    found = {program.name: [] for program in programs}
    bare_found = []
    for i in range(amounts.starts):
        for program in rotated(programs, i):
            with Client(api, program) as client:
                found[program.name].append(client.exec_ns)
        if bare:
            bare_found.append(ns_to_exit(api, [bare, "pool", "mongodb://127.0.0.1:1/"]))
    return found, bare_found


def judge_driver_starts(table, api, packages, amounts):
    """Exec to the first next of the packages when they set up the driver, unlike the echoes."""
    found = {program.name: [] for program in packages}
    for i in range(amounts.starts):
        for program in rotated(packages, i):
            with Client(api, program, variables=DRIVER) as client:
                found[program.name].append(client.exec_ns)
    for name, values in found.items():
        name, limit = f"{name}: exec to first next, with the driver", DRIVER_START_GOALS_NS[name]
        table.at_most(name, statistics.median(values), limit, milli, more=f", fastest {milli(min(values))}")


def column(blocks, field):
    return {name: [getattr(figures, field) for figures in of_name] for name, of_name in blocks.items()}


def ratio_lines(table, title, values, form):
    table.head(f"{title}: ratio to raw sockets, median (quartiles)   median")
    for name, of_name in values.items():
        ratio = Ratio(of_name, values[RAW])
        table.line(
            name,
            f"{ratio.median:6.2f}× ({ratio.low:.2f} to {ratio.high:.2f})   {form(ratio.harness)}",
            value=ratio.median,
        )


def judge_ratio(table, title, values, at_most, better_than):
    for ours in OURS:
        if ours not in values:
            continue
        ratio = Ratio(values[ours], values[RAW]).median
        table.line(f"{ours}: {title}", f"{ratio:.2f}×", goal=f"≤ {at_most:.1f}× raw", met=ratio <= at_most, value=ratio)
        for peer in better_than:
            ratio = Ratio(values[ours], values[peer]).median
            table.line(f"{ours}: {title}", f"{ratio:.2f}×", goal=f"< 1× {peer}", met=ratio < 1, value=ratio)


def judge_starts(table, found, bare_found, cpp):
    median = {name: statistics.median(values) for name, values in found.items()}
    if LEAN in median:
        table.at_most(f"{LEAN}: exec to first next", median[LEAN], ECHO_START_GOAL_NS, milli)
    if bare_found and cpp in median:
        limit = median[cpp] + statistics.median(bare_found)
        of = ", aws-lambda-cpp and the bare driver program"
        table.at_most(f"{HARNESS}: exec to first next", median[HARNESS], limit, milli, of=of)


def system_calls(table, api, programs, amounts):
    """Prints a line for each program and returns the sums by name. Not for programs in their own root, which has no
    strace."""
    sums = {}
    table.head("System calls of an invocation, 2 B")
    if not shutil.which("strace"):
        table.line("system calls", "not counted: there is no strace on this machine")
        return sums
    for program in programs:
        if program.root:
            table.line(program.name, "not counted: it runs in a root of its own")
            continue
        try:
            calls = syscalls.per_invocation(partial(traced, api, program), *amounts.traced)
        except BenchError as error:
            table.line(program.name, f"not counted: {error}")
            continue
        sums[program.name] = syscalls.tell(table, program.name, calls)
    return sums


def measure(table, api, programs, packages, bare, amounts):
    names = [program.name for program in programs]
    others = [name for name in names if name not in (RAW, *OURS)]
    cpp = next((name for name in others if name.startswith("aws-lambda-cpp")), None)
    go = next((name for name in others if name.startswith("Go ")), None)
    small, large, resident, resident_large = invocations(api, programs, amounts)
    round_trip, turn, cpu = column(small, "round_trip"), column(large, "turn"), column(small, "cpu")
    ratio_lines(table, "Round trip, 2 B", round_trip, micro)
    ratio_lines(table, "Turn, 1 MiB", turn, micro)
    ratio_lines(table, "CPU of an invocation, 2 B", cpu, micro)
    ratio_lines(table, "CPU of an invocation, 1 MiB", column(large, "cpu"), micro)
    table.head(
        f"Resident memory after {WARM_UP_SMALL + amounts.blocks * amounts.small:,} invocations of 2 B, then 1 MiB"
    )
    for name in names:
        table.line(name, f"{resident[name]:,} KiB, {resident_large[name]:,} KiB", value=resident[name])
    found, bare_found = starts(api, programs, bare, amounts)
    ratio_lines(table, "Exec to first next", found, milli)
    if bare_found:
        table.line("the bare driver program, to its end", milli(statistics.median(bare_found)))
    sums = system_calls(table, api, programs, amounts)

    table.head("Goals")
    judge_ratio(table, "round trip, 2 B", round_trip, ROUND_TRIP_GOAL, [name for name in (cpp, go) if name])
    judge_ratio(table, "turn, 1 MiB", turn, TURN_GOAL, others)
    judge_ratio(table, "CPU, 2 B", cpu, CPU_GOAL, [])
    judge_starts(table, found, bare_found, cpp)
    judge_driver_starts(table, api, packages, amounts)
    if HARNESS in sums:
        table.at_most(f"{HARNESS}: system calls", sums[HARNESS], CALLS_GOAL, "{:.1f}".format)
    if LEAN in resident:
        table.at_most(f"{LEAN}: memory", resident[LEAN], LEAN_MEMORY_GOAL_KIB, "{:,} KiB".format)


def package_program(name, package, api, root):
    """Unpacks the package as Lambda does, in /var/task, with no other libraries."""
    shutil.rmtree(root, ignore_errors=True)
    task = root / "var/task"
    task.mkdir(parents=True)
    (root / "proc").mkdir()
    shutil.copy2(api, root / "api")
    with zipfile.ZipFile(package) as archive:
        for entry in archive.infolist():
            (task / archive.extract(entry, task)).chmod(entry.external_attr >> 16 & 0o777)
    return Program(name, "/var/task/bootstrap", root)


def gather(options, api):
    folder = options.work
    programs = [Program(RAW, peers.c_program(folder, "raw")), Program(HARNESS, options.harness)]
    missing = {}
    if options.lean:
        programs.append(package_program(LEAN, options.lean, api, folder / "lean-root"))
    built, unbuilt = (
        ({}, dict.fromkeys(peers.PEERS, "--without-peers")) if options.without_peers else peers.build(folder)
    )
    programs += [Program(name, path) for name, path in built.items()]
    missing.update(unbuilt)
    usable = []
    for program in programs:
        try:
            with Client(api, program) as client:
                client.invoke(SMALL, 10)
                client.invoke(LARGE, 2)
            usable.append(program)
        except BenchError as error:
            if program.name in (RAW, HARNESS):
                raise
            missing[program.name] = str(error)
    return usable, missing


def arguments():
    parser = parser_of(__doc__, harness="the program, a Release build")
    parser.add_argument("--bare", help="bench/bare.c of the same build, for the goal of its start")
    parser.add_argument("--lean", metavar="ZIP", help="a lean package of it, for this machine's architecture")
    parser.add_argument("--package", metavar="ZIP", help="the default package, of which only the start is measured")
    parser.add_argument("--work", required=True, type=lambda text: Path(text).resolve(), help="folder to build in")
    parser.add_argument("--without-peers", action="store_true", help="beside raw sockets only")
    options = parser.parse_args()
    for name in ("harness", "bare"):
        if getattr(options, name):
            setattr(options, name, os.path.abspath(getattr(options, name)))
    return options


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    api = peers.c_program(options.work, "api")
    programs, missing = gather(options, api)
    packages = [program for program in programs if program.root]
    if options.package and packages:
        packages.append(package_program(PACKAGE, options.package, api, options.work / "package-root"))
    cpu = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpu})
    version = subprocess.run([options.harness, "--version"], capture_output=True, text=True, check=True).stdout
    print(f"\n{', '.join(version.splitlines()[:2])}; all on CPU {cpu}; load {os.getloadavg()[0]:.1f}")
    if not options.lean:
        missing[LEAN] = "no --lean"
    for name, reason in missing.items():
        print(f"LEFT OUT: {name}: {reason}")
    table = Table()
    measure(table, api, programs, packages, options.bare, Amounts(options.quick))
    table.end(options.json, harness=version.splitlines()[:2], left_out=missing)
    for name in missing:
        print(f"Not compared with {name}, which was left out." if name != LEAN else f"Not measured: {LEAN}.")
    return 0


if __name__ == "__main__":
    run(main)
