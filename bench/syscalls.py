"""The system calls of an invocation, by strace's counts of a short run and of a long one."""

import re
import tempfile

from figures import BenchError


def per_invocation(run, few, many):
    """run(command, count) runs a program, with that command before it, for count invocations to its end."""
    before, after = counts(run, few), counts(run, many)
    return {name: (count - before.get(name, 0)) / (many - few) for name, count in after.items()}


def counts(run, invocations):
    """The system calls of a whole run, by name."""
    with tempfile.NamedTemporaryFile("r") as file:
        run(["strace", "-c", "-f", "-o", file.name], invocations)
        calls = {}
        for line in file:
            # % time, seconds, usecs/call, calls, [errors,] syscall
            fields = line.split()
            if len(fields) >= 5 and re.fullmatch(r"[0-9.]+", fields[0]) and fields[-1] != "total":
                calls[fields[-1]] = int(fields[3])
    if not calls:
        raise BenchError("strace counted nothing")
    return calls


def tell(table, name, calls):
    """A line with their sum, which it returns, and those that are frequent."""
    often = sorted((item for item in calls.items() if item[1] >= 0.05), key=lambda item: -item[1])
    listed = ", ".join(f"{call} {count:.1f}" for call, count in often)
    table.line(name, f"{sum(calls.values()):.1f}   {listed}", value=sum(calls.values()))
    return sum(calls.values())
