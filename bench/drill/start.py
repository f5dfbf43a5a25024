"""Measures what the function's own file system adds to its cold start, by comparing the host with one that cannot
create it, because it runs in a user namespace that allows no more namespaces. Both start the same bootstrap, an echo by
raw sockets, in turn; the figure is the Init Duration that the host logs, from exec to the first /next."""

import re
import statistics
import subprocess
import time
import urllib.request

from figures import BenchError

GOAL_NS = 5_000_000
START_LIMIT_S = 20
NO_MORE = 'echo 0 > /proc/sys/user/max_mnt_namespaces && echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
WITHOUT = ["unshare", "--user", "--map-root-user", "sh", "-c", NO_MORE, "sh"]
OWN, MACHINES = "own file system", "the machine's"


def start_once(prefix, program, function, log):
    """Returns the nanoseconds of one cold start."""
    log.unlink(missing_ok=True)
    command = list(map(str, [*prefix, program, "--log", log, function]))
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as host:
        try:
            url = next((found[0] for line in host.stderr if (found := re.findall(r"listening on (\S+)", line))), None)
            if url is None:
                raise BenchError(f"{command[0]} does not start")
            with urllib.request.urlopen(url, b"{}", timeout=START_LIMIT_S) as answer:
                answer.read()
            return init_of(log)
        finally:
            host.terminate()


def init_of(log):
    until = time.monotonic() + START_LIMIT_S
    while not (found := re.findall(r"Init Duration: ([0-9.]+) ms", log.read_text(errors="replace"))):
        if time.monotonic() > until:
            raise BenchError(f"no Init Duration in {log}")
        time.sleep(0.005)
    return float(found[0]) * 1e6


def measure_start(table, program, function, folder, times):
    if subprocess.run([*WITHOUT, "true"], capture_output=True, check=False).returncode != 0:
        table.line("cold start", "left out: no user namespace can be made, in which more could be forbidden")
        return
    found = {OWN: [], MACHINES: []}
    for _ in range(times):
        found[OWN].append(start_once([], program, function, folder / "start.log"))
        found[MACHINES].append(start_once(WITHOUT, program, function, folder / "start.log"))
    own, machines = (statistics.median(found[name]) for name in (OWN, MACHINES))
    table.head(f"A cold start, exec to the first /next, median of {times}")
    for name, value in ((OWN, own), (MACHINES, machines)):
        table.line(name, milli(value), value=value)
    table.at_most("added", own - machines, GOAL_NS, milli)


def milli(ns):
    return f"{ns / 1e6:.2f} ms"
