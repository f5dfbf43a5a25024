"""One program under measurement. api starts it, drives it and times it; this module talks to api."""

import contextlib
import re
import subprocess
from collections import namedtuple
from pathlib import Path

from peer import FIGURES_TIMEOUT_S, ask, end, environment, figures_of

Figures = namedtuple("Figures", "round_trip turn cpu")

# Variables that Lambda sets.
LAMBDA = {
    "AWS_LAMBDA_FUNCTION_NAME": "echo",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/echo",
    "AWS_LAMBDA_LOG_STREAM_NAME": "echo",
    "AWS_REGION": "us-east-1",
    "_HANDLER": "echo",
    "FAAS_HARNESS_SCENARIO": "echo",
}
# Sets up the driver at start. There is no server, and none is needed before the first event.
DRIVER = {"FAAS_HARNESS_SCENARIO": "mongodb", "MONGODB_URI": "mongodb://127.0.0.1:1/"}


class Program:
    """How to start a program: directly, or inside its root if it has one (a package must be at /var/task)."""

    def __init__(self, name, path, root=None):
        self.name = name
        self.path = path
        self.root = root

    def command(self, api, *before):
        if self.root is None:
            return [api, *before, self.path]
        script = 'mount --rbind /proc "$0/proc" && exec chroot "$0" "$@"'
        return ["unshare", "-rm", "sh", "-c", script, self.root, "/api", self.path]


class Client:
    def __init__(self, api, program, *before, variables=None):
        self.name = program.name
        self.process = subprocess.Popen(
            program.command(api, *before),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(LAMBDA | (variables or {})),
        )
        try:
            self.pid, self.exec_ns = figures_of(self.process, self.name)
        except BaseException:
            self.end()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """Closes api's stdin, after which api ends the program."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        end(self.process)
        self.process.stdout.close()

    def invoke(self, size, count):
        return Figures(*ask(self.process, size, count, self.name))

    def resident_kib(self):
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        return int(re.search(r"^Rss:\s+(\d+) kB", text, re.M).group(1))


def ns_to_exit(api, command):
    result = subprocess.run(
        [api, "--to-exit", *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env=environment(LAMBDA),
        check=True,
        timeout=FIGURES_TIMEOUT_S,
    )
    return int(result.stdout)


def traced(api, program, before, invocations):
    """A whole run, including its end."""
    with Client(api, program, "--let-end", *before) as client:
        client.invoke(2, invocations)
