"""Measures the harness against a bare driver program that does the same two operations: ./dev bench.

Both are processes of the same driver and build type, on the same CPU, against the same server, in the same run: rounds
alternate (A B B A …), so that load on the machine or the server affects both. A ratio is the median of the ratios of 20
blocks of rounds, with their quartiles. Two servers: the one of --uri, which takes most of a round's time, and a stub
that acknowledges at once (--stub), so that a round takes the client's own time.
"""

import contextlib
import os
import shutil
import statistics
import time
from functools import partial

import syscalls
from figures import BenchError, Ratio, Table, at_share, parser_of, run, show, slope_per_1000
from peer import Peer, Programs, Stub

MODES = ("pool", "single")
BLOCKS = 20
FEWEST_BLOCKS = 3
WARM_UP = 50
GROWTH_STEPS = 50

TIME_GOAL = 1.05
CPU_GOAL = 1.10
START_GOAL = 1.20
MEMORY_GOAL_KIB = 2048
# The kernel's own accounting adds and removes a page or two.
GROWTH_TOLERANCE_KIB = 16


class Amounts:
    def __init__(self, options):
        quick = options.quick
        self.rounds = options.rounds or (400 if quick else 4000)
        self.seconds = 4 if quick else 180  # for one comparison of rounds, on a slow server
        self.starts = min(self.rounds, 15 if quick else 60)
        self.memory_rounds = min(self.rounds, 1000)
        self.echoes = min(10_000, 200 * self.rounds) if quick else 100_000
        self.scenarios = min(1_000, 20 * self.rounds) if quick else 10_000
        few = min(self.rounds, 200)
        self.traced = (few, 2 * few)


def compare_rounds(commands, amounts):
    """Time and CPU of a round, each as a Ratio."""
    blocks = min(BLOCKS, amounts.rounds)
    per_block = amounts.rounds // blocks
    with Peer(commands[0]) as harness, Peer(commands[1]) as bare:
        peers = (harness, bare)
        for peer in peers:
            peer.rounds(min(WARM_UP, amounts.rounds))
        time_blocks, cpu_blocks = ([], []), ([], [])
        end = time.monotonic() + amounts.seconds
        while len(time_blocks[0]) < blocks and (len(time_blocks[0]) < FEWEST_BLOCKS or time.monotonic() < end):
            cpu_before = [peer.cpu_ns() for peer in peers]
            times = ([], [])
            for i in range(per_block):
                for which in (0, 1) if i % 2 == 0 else (1, 0):
                    times[which].append(peers[which].round_ns())
            for which in (0, 1):
                time_blocks[which].append(statistics.median(times[which]))
                cpu_blocks[which].append((peers[which].cpu_ns() - cpu_before[which]) / per_block)
    return Ratio(*time_blocks), Ratio(*cpu_blocks)


def invocation(table, programs, uri, amounts, judged):
    for mode in MODES:
        took, cpu = compare_rounds(programs.pair(uri, mode), amounts)
        table.ratio(f"{mode}: time of an invocation", took, "ns", TIME_GOAL if judged else None)
        table.ratio(f"{mode}: CPU of an invocation", cpu, "ns", CPU_GOAL if judged else None)


def start(table, programs, uri, amounts, judged):
    for mode in MODES:
        times = ([], [])
        for i in range(amounts.starts):
            for which in (0, 1) if i % 2 == 0 else (1, 0):
                with Peer(programs.pair(uri, mode)[which]) as peer:
                    times[which].append(peer.first_answer_ns())
        table.ratio(f"{mode}: exec to first answer", Ratio(*times), "ns", START_GOAL if judged else None)


def memory(table, programs, uri, amounts):
    for mode in MODES:
        commands = programs.pair(uri, mode)
        # Both run at once, so that what they share counts equally for both.
        with Peer(commands[0]) as harness, Peer(commands[1]) as bare:
            for peer in (harness, bare):
                peer.rounds(amounts.memory_rounds)
            used = (harness.memory_kib(), bare.memory_kib())
        for kind in ("resident", "proportional", "private"):
            ours, theirs = (figures[kind] for figures in used)
            judged = kind == "resident"
            table.line(
                f"{mode}: {kind} memory",
                f"{ours - theirs:+,} KiB   {show(ours, 'KiB')}, bare {show(theirs, 'KiB')}",
                goal=f"≤ +{MEMORY_GOAL_KIB:,} KiB" if judged else None,
                met=ours - theirs <= MEMORY_GOAL_KIB if judged else None,
                value=ours - theirs,
            )


def growth_of(command, invoke, invocations):
    """Resident memory as (invocations so far, KiB) after each of GROWTH_STEPS steps; invoke(peer, count) runs one."""
    per_step = max(invocations // GROWTH_STEPS, 1)
    samples = []
    with Peer(command) as peer:
        for count in range(per_step, invocations + 1, per_step):
            invoke(peer, per_step)
            samples.append((count, peer.memory_kib()["resident"]))
    return samples


def show_growth(table, name, samples, judged=True):
    begin, middle, end = (at_share(samples, share) for share in (0.1, 0.5, 1))
    table.line(
        name,
        f"{end - begin:+,} KiB   {begin:,} KiB at 10%, {middle:,} at 50%, {end:,} at 100% of {samples[-1][0]:,}; "
        f"{slope_per_1000(samples):+.3f} KiB per 1,000",
        goal="none" if judged else None,
        met=end - begin <= GROWTH_TOLERANCE_KIB if judged else None,
        value=end - begin,
    )


def growth(table, programs, uri, amounts):
    samples = growth_of(programs.echo(), Peer.echoes, amounts.echoes)
    show_growth(table, "growth over echo invocations", samples)
    for mode in MODES:
        harness, bare = programs.pair(uri, mode)
        samples = growth_of(harness, Peer.rounds, amounts.scenarios)
        show_growth(table, f"{mode}: growth over invocations", samples)
        samples = growth_of(bare, Peer.rounds, amounts.scenarios)
        show_growth(table, f"{mode}: growth of bare", samples, judged=False)


def traced(command, before, rounds):
    with Peer([*before, *command]) as peer:
        peer.rounds(rounds)
        peer.finish()


def system_calls(table, programs, uri, amounts):
    for mode in MODES:
        for name, command in zip(("harness", "bare"), programs.pair(uri, mode), strict=True):
            label = f"{mode}: system calls, {name}"
            try:
                syscalls.tell(table, label, syscalls.per_invocation(partial(traced, command), *amounts.traced))
            except BenchError as error:
                table.line(label, f"not counted: {error}")


def measure(table, programs, amounts, servers):
    for title, uri, judged in servers:
        table.head(f"{title}: harness ÷ bare, median (quartiles)   bare + what the harness adds")
        invocation(table, programs, uri, amounts, judged)
        start(table, programs, uri, amounts, judged)
    # These take many rounds, and the server does not change the results, so use the stub, the quicker one, if there is
    # one.
    title, uri, _ = servers[-1]
    table.head(f"{title}: memory")
    memory(table, programs, uri, amounts)
    growth(table, programs, uri, amounts)
    table.head(f"{title}: system calls of an invocation")
    if shutil.which("strace"):
        system_calls(table, programs, uri, amounts)
    else:
        table.line("system calls", "not counted: there is no strace on this machine")


def choose_cpus(pin):
    """One CPU for the clients and this script, which take turns; the others for the stub. None: the kernel chooses."""
    cpus = sorted(os.sched_getaffinity(0))
    if not pin or len(cpus) < 2:
        return None, None
    return {cpus[-1]}, set(cpus[:-1])


def arguments():
    parser = parser_of(
        __doc__, harness="the program, a Release build", bare="what it is compared with, of the same build"
    )
    parser.add_argument("--stub", help="the stub server")
    parser.add_argument("--uri", help="a server")
    parser.add_argument("--rounds", type=int, help="rounds of each program for a ratio (4,000; 400 if quick)")
    parser.add_argument("--no-pin", action="store_true", help="do not keep the clients on one CPU and the stub off it")
    options = parser.parse_args()
    if not options.uri and not options.stub:
        parser.error("no server: pass --uri or --stub")
    if options.rounds is not None and options.rounds < 1:
        parser.error(f"--rounds: expected at least 1, found {options.rounds}")
    return options


def main():
    options = arguments()
    programs = Programs(options.harness, options.bare)
    amounts = Amounts(options)
    table = Table()
    own_cpus, other_cpus = choose_cpus(not options.no_pin)
    with contextlib.ExitStack() as stack:
        servers = []
        if options.uri:
            servers.append(("Server of --uri", options.uri, True))
        if options.stub:
            stub = stack.enter_context(Stub(options.stub, other_cpus))
            servers.append(("Stub server", stub.uri, False))
        if own_cpus:
            os.sched_setaffinity(0, own_cpus)
        load = os.getloadavg()[0]
        where = f"clients on CPU {min(own_cpus)}" if own_cpus else "clients on any CPU"
        print(f"{programs.version()}; {amounts.rounds} rounds of each; {where}; load {load:.1f}")
        measure(table, programs, amounts, servers)
    table.end(options.json, harness=programs.version(), rounds=amounts.rounds)
    return 0


if __name__ == "__main__":
    run(main)
