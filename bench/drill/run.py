"""Measures the drill: what its Lambda host adds to an invocation, and 1,000 freezes with failovers: bench/drill/run.

The host: one bootstrap, an echo by raw sockets (bench/lambda/raw.c), is run by faas-lambda-host with --no-freeze, by
the same with its freezes, and by AWS's Runtime Interface Emulator. A client in C (invoke.c) keeps one connection to
each. The host's own cost is the time from before the client's request is written to after its answer is read, less the
round trip of the same bootstrap with nothing but a socket in between (bench/lambda/api.c: from the event written to the
response read). This includes everything that the host does: the invoke API, the Runtime API, the log, the wait for the
next /next; and with freezes, stopping and continuing the process. All of it is on one CPU, where only one of them has
work at a time. Blocks alternate in an order that rotates, and a cost is the median of the blocks' differences, with
their quartiles. Other load on the machine still moves single figures.

The front: see front.py.

The load: faas-drill with the driver in a pool, each freeze 50 ms, a failover after every 100.

The crowd: see crowd.py.
"""

import collections
import contextlib
import json
import os
import shlex
import statistics
import subprocess
import sys
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(BENCH), str(BENCH / "lambda"), str(BENCH.parent / "tests" / "e2e")]
from client import LAMBDA, Client, Program  # noqa: E402
from crowd import measure_crowd  # noqa: E402
from emulator import find as find_emulator  # noqa: E402
from figures import BenchError, Table, parser_of, quartiles, rotated, run, show  # noqa: E402
from front import measure_front  # noqa: E402
from peer import ask, end, environment  # noqa: E402
from peers import c_program  # noqa: E402
from secantus import free_port  # noqa: E402
from start import measure_start  # noqa: E402

COST_GOAL_NS = 100_000
BYTES = 2
START_LIMIT_S = 20

RAW, HOST, FREEZING, AWS = "raw sockets", "host, --no-freeze", "host, with freezes", "AWS's emulator"

FREEZE_S = 0.05
LOAD_LIMIT_S = 1800

Cost = collections.namedtuple("Cost", "median low high")


def micro(ns):
    return f"{ns / 1e3:,.1f} µs"


# --- the host ---------------------------------------------------------------------------------------------------------


class Invoked:
    """A host that runs functions, and the client that measures it."""

    def __init__(self, name, invoke, port, command, log, variables=None):
        self.name = name
        self.stack = contextlib.ExitStack()
        out = self.stack.enter_context(open(log, "wb"))
        self.host = subprocess.Popen(
            list(map(str, command)),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=environment(LAMBDA | (variables or {})),
        )
        self.stack.callback(self._end, self.host)
        try:
            await_listening(port, self.host, log)
            self.client = subprocess.Popen(
                [invoke, f"127.0.0.1:{port}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        except BaseException:
            self.stack.close()
            raise
        self.stack.callback(self._end, self.client)

    @staticmethod
    def _end(process):
        process.terminate()
        end(process)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def block(self, count):
        """Returns the median of that many invocations."""
        (median,) = ask(self.client, BYTES, count, self.name)
        return median


def await_listening(port, process, log):
    """Looks in /proc, because the host could take a connection for an invocation."""
    deadline = time.monotonic() + START_LIMIT_S
    wanted = f"0100007F:{port:04X} 00000000:0000 0A"
    while wanted not in Path("/proc/net/tcp").read_text(encoding="ascii"):
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchError(f"nobody listens on port {port}: see {log}")
        time.sleep(0.02)


def hosts(options, function):
    """What to measure: (name, port, command, variables)."""
    folder = options.work
    program = options.bin / "faas-lambda-host"
    found = []
    for name, more in ((HOST, ["--no-freeze"]), (FREEZING, [])):
        port = free_port()
        log = folder / f"{'freeze' if not more else 'host'}-lines.log"
        found.append((name, port, [program, *more, "--port", port, "--log", log, function], {}))
    emulator = find_emulator()
    if emulator:
        port = free_port()
        own = ["--runtime-interface-emulator-address", f"127.0.0.1:{port}"]
        own += ["--runtime-api-address", f"127.0.0.1:{free_port()}"]
        variables = {"LAMBDA_TASK_ROOT": str(function), "AWS_LAMBDA_FUNCTION_TIMEOUT": "30"}
        found.append((AWS, port, [emulator, *own, function / "bootstrap"], variables))
    return found


def blocks_of(options, api, raw, invoke, function):
    """Returns the round trips of each block, by name."""
    blocks, count, warm_up = (8, 50, 100) if options.quick else (60, 100, 1000)
    with contextlib.ExitStack() as stack:
        invoked = []
        for name, port, command, variables in hosts(options, function):
            log = options.work / f"{name.replace(' ', '-').replace(',', '')}.log"
            invoked.append(stack.enter_context(Invoked(name, invoke, port, command, log, variables)))
        bare = stack.enter_context(Client(api, Program(RAW, raw)))
        runs = [(host.name, host.block) for host in invoked]
        runs.append((RAW, lambda count: bare.invoke(BYTES, count).round_trip))
        found = {name: [] for name, _ in runs}
        for _, measure in runs:
            measure(warm_up)
        for i in range(blocks):
            for name, measure in rotated(runs, i):
                found[name].append(measure(count))
    return found


def cost_of(blocks, raw_blocks):
    costs = [ours - theirs for ours, theirs in zip(blocks, raw_blocks, strict=True)]
    return Cost(statistics.median(costs), *quartiles(costs))


def measure_host(table, options):
    function = options.work / "echo"
    function.mkdir(parents=True, exist_ok=True)
    raw, api = (c_program(options.work, name) for name in ("raw", "api"))
    invoke = c_program(options.work, "invoke", BENCH / "drill")
    (function / "bootstrap").unlink(missing_ok=True)
    (function / "bootstrap").hardlink_to(raw)
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        found = blocks_of(options, api, raw, invoke, function)
    finally:
        os.sched_setaffinity(0, allowed)
    table.head(f"An invocation of {BYTES} B, all on CPU {max(allowed)}; load {os.getloadavg()[0]:.1f}")
    table.line(f"{RAW}, no host", micro(statistics.median(found[RAW])), value=statistics.median(found[RAW]))
    table.head("Own cost of an invocation: round trip less that of raw sockets, median (quartiles)")
    for name in (HOST, FREEZING, AWS):
        if name not in found:
            table.line(name, "left out: it comes with AWS SAM's command line in build/sam-venv; FAAS_RIE names it")
            continue
        cost = cost_of(found[name], found[RAW])
        goal = {"goal": f"≤ {micro(COST_GOAL_NS)}", "met": cost.median <= COST_GOAL_NS} if name == HOST else {}
        text = f"{micro(cost.median)} ({micro(cost.low)} to {micro(cost.high)})"
        table.line(name, text, value=cost.median, **goal)
    measure_start(table, options.bin / "faas-lambda-host", function, options.work, 10 if options.quick else 40)


# --- the load ---------------------------------------------------------------------------------------------------------


def server_command(options):
    configuration = options.work / "empty.toml"
    configuration.write_text("")  # without it the server would read one in the home folder
    words = [options.venv / "bin" / "secantusd-py", "--config", configuration, "--host", "127.0.0.1"]
    rest = '--port "$PORT" --storage-path "$FOLDER/data" --sync-on-commit --enable-test-commands'
    return f"exec {shlex.join(map(str, words))} {rest}"


def hold_drill(options, rounds, freezes):
    phases = ",".join(["cold"] + [f"frozen*{freezes},failover"] * rounds)
    output = options.work / "load"
    output.mkdir(exist_ok=True)
    command = [options.bin / "faas-drill", "--server-command", server_command(options), "--quiet", "--freeze", FREEZE_S]
    command += [word for path in options.mount for word in ("--mount", path)]
    command += ["--phases", phases, "--output", output, options.function]
    start = time.monotonic()
    command = list(map(str, command))
    result = subprocess.run(command, capture_output=True, text=True, timeout=LOAD_LIMIT_S, check=False)
    (output / "table.txt").write_text(result.stdout)
    if result.returncode not in (0, 1):
        raise BenchError(f"faas-drill could not run the drill: {result.stderr}")
    return json.loads((output / "drill.json").read_text()), result.returncode, time.monotonic() - start


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def measure_load(table, options):
    rounds, freezes = (2, 20) if options.quick else (10, 100)
    drill, status, took_s = hold_drill(options, rounds, freezes)
    invocations = drill["invocations"]
    frozen = [one for one in invocations if one["name"] == "frozen"]
    answers_ms = [one["thawToAnswerMs"] for one in frozen if one["thawToAnswerMs"] is not None]
    if not answers_ms:
        raise BenchError(f"no function was thawed and answered: see {options.work / 'load'}")
    checks = {check["name"]: check for check in drill["checks"]}
    lost = [one for one in invocations if one["outcome"] != "answered"]
    failed = [one for one in invocations if one["verdict"] != "pass"]
    table.head(
        f"{len(frozen):,} freezes of {FREEZE_S * 1000:.0f} ms, {rounds} failovers; "
        f"{drill['driver']}, {drill['client']}; load {os.getloadavg()[0]:.1f}"
    )
    table.line("time", f"{took_s:.1f} s", value=took_s)
    table.line("invocations", f"{len(invocations):,}", value=len(invocations))
    table.line("lost", f"{len(lost)}", goal="0", met=not lost, value=len(lost))
    table.line("with a verdict other than pass", f"{len(failed)}", goal="0", met=not failed, value=len(failed))
    table.line("the drill's exit status", f"{status}", goal="0", met=status == 0, value=status)
    for name in ("database_used", "writes_once", "connections_steady", "no_cpu_while_frozen", "protocol_kept"):
        check = checks.get(name)
        said = check["detail"] if check else "not checked"
        table.line(name, said, goal="pass", met=bool(check) and check["verdict"] == "pass")
    middle, late = statistics.median(answers_ms), percentile(answers_ms, 0.99)
    table.line(
        "thaw to answer", f"median {middle:.1f} ms, 99 % {late:.1f} ms, most {max(answers_ms):.1f} ms", value=middle
    )
    # Other load on this machine shows mostly in the server's time.
    reported = [one for one in frozen if one["report"] and one["thawToAnswerMs"]]
    own_ms = [one["thawToAnswerMs"] - sum(one["report"]["commands"]["durations"]) for one in reported]
    middle, late = statistics.median(own_ms), percentile(own_ms, 0.99)
    table.line("thaw to answer, less its commands", f"median {middle:.2f} ms, 99 % {late:.2f} ms", value=middle)
    counts = [one["counts"] for one in invocations if one["counts"]]
    most = max(count["applicationConnections"] + count["monitoringConnections"] for count in counts)
    table.line("connections open, most", f"{most}", value=most)
    created = sum(count["connectionsCreated"] for count in counts)
    table.line("connections made", f"{created}", value=created)
    resident = [one["maxMemoryMb"] for one in invocations if one["maxMemoryMb"]]
    table.line("memory, first and last", f"{resident[0]} MB, {resident[-1]} MB", value=resident[-1])
    recovered = [phase["recoverMs"] for phase in drill["phases"] if phase["name"] == "failover" and phase["recoverMs"]]
    if recovered:
        table.line("recovered from a failover, median", show(statistics.median(recovered) * 1e6, "ns"))


def arguments():
    parser = parser_of(__doc__)
    parser.add_argument("--bin", required=True, type=Path, help="the folder of the programs, a Release build")
    parser.add_argument("--work", required=True, type=lambda text: Path(text).resolve(), help="folder to build in")
    parser.add_argument("--venv", required=True, type=Path, help="the Python environment with the embedded server")
    parser.add_argument("--function", type=Path, help="the function of the load, an unpacked package")
    parser.add_argument("--mount", type=Path, action="append", default=[], help="a folder that function needs besides")
    parser.add_argument("--before", type=Path, help="an older faas-front, to be measured beside this one")
    parser.add_argument("--only", choices=("host", "front", "load", "crowd"), help="one of the four")
    return parser.parse_args()


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    table = Table()
    if options.only in (None, "host"):
        measure_host(table, options)
    if options.only in (None, "front"):
        measure_front(table, options.bin / "faas-front", options.before, options.quick)
    if options.only in (None, "load"):
        measure_load(table, options)
    if options.only in (None, "crowd"):
        measure_crowd(table, options, server_command(options))
    table.end(options.json)
    return 0


if __name__ == "__main__":
    run(main)
