"""The two programs that are compared, run as processes, and reached only through their pipes and /proc."""

import contextlib
import os
import select
import subprocess
import time

from figures import BenchError

ANSWER_TIMEOUT_S = 60
FIGURES_TIMEOUT_S = 150
EVENT = b"{}\n"

# These make the driver believe that it is in a Lambda function, where it polls instead of streaming. The harness's
# local provider sets them itself; with them here, both drivers do the same in the background.
LAMBDA = {
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
    "AWS_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
}
# These could make a program run differently from the others, or from what the command line says.
FOREIGN = ("AWS_", "FAAS_", "FUNCTION", "K_SERVICE", "VERCEL", "KUBERNETES_", "MONGODB_", "LAMBDA_")
FOREIGN += ("MALLOC_", "GLIBC_", "GO", "RUST", "TOKIO_", "LD_")


def environment(own=LAMBDA):
    return {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)} | own


def cpu_ns(pid):
    """The CPU time of all threads of another process, including ended ones: its clock is built as clock_getcpuclockid(3) does."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def end(process):
    """Waits for the end of a program that was told to end, and kills one that does not."""
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def ask(process, size, count, name):
    """Asks a program that takes the times itself for count invocations of that size; returns its line of figures."""
    with contextlib.suppress(BrokenPipeError):  # the missing figures give a better message
        process.stdin.write(f"{size} {count}\n")
        process.stdin.flush()
    return figures_of(process, name)


def figures_of(process, name):
    if not select.select([process.stdout], [], [], FIGURES_TIMEOUT_S)[0]:
        raise BenchError(f"{name}: no figures within {FIGURES_TIMEOUT_S} s")
    line = process.stdout.readline()
    if not line:
        raise BenchError(f"{name}: the program ended without figures; see its message above")
    return list(map(int, line.split()))


class Peer:
    """A running program that answers each line on stdin with a line."""

    def __init__(self, command):
        self.command = command
        self.started_ns = time.perf_counter_ns()
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), bufsize=0
        )
        self.pid = self.process.pid
        self._in = self.process.stdin.fileno()
        self._out = self.process.stdout.fileno()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Kills it, because its normal end is not measured."""
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def cpu_ns(self):
        return cpu_ns(self.pid)

    def send(self, events=1):
        with contextlib.suppress(BrokenPipeError):  # the missing answer gives a better message
            os.write(self._in, EVENT * events)

    def receive(self, answers=1):
        """Returns the lines, once all of them have arrived."""
        text = b""
        missing = answers
        while missing > 0:
            if not select.select([self._out], [], [], ANSWER_TIMEOUT_S)[0]:
                raise BenchError(f"{self.command[0]}: no answer within {ANSWER_TIMEOUT_S} s")
            chunk = os.read(self._out, 1 << 20)
            if not chunk:
                raise BenchError(f"{self.command[0]} ended, exit code {self.process.wait()}, after {text[-500:]!r}")
            text += chunk
            missing -= chunk.count(b"\n")
        return text

    def round_ns(self):
        """From an event written to its answer read. Raises an error if the round did not pass."""
        begin = time.perf_counter_ns()
        os.write(self._in, EVENT)
        answer = os.read(self._out, 1 << 16)
        end = time.perf_counter_ns()
        if not answer.endswith(b"\n"):
            answer += self.receive()
        self.check(answer)
        return end - begin

    def first_answer_ns(self):
        """From the exec to the answer to the first event."""
        self.send()
        answer = self.receive()
        end = time.perf_counter_ns()
        self.check(answer)
        return end - self.started_ns

    def rounds(self, count):
        for _ in range(count):
            self.round_ns()

    def echoes(self, count):
        """Sends events without waiting in between; they must come back unchanged."""
        self.send(count)
        answer = self.receive(count)
        if answer != EVENT * count:
            raise BenchError(f"{self.command[0]}: expected {count} events back, found {answer[:200]!r}")

    def finish(self):
        self.process.stdin.close()
        self.process.wait(ANSWER_TIMEOUT_S)

    def check(self, answer):
        if answer != b"pass\n" and b'"verdict":"pass"' not in answer:
            raise BenchError(f"{self.command[0]}: expected a round that passes, found {answer[:2000]!r}")

    def memory_kib(self):
        """Resident, proportional and private memory."""
        figures = {}
        with open(f"/proc/{self.pid}/smaps_rollup", encoding="ascii") as rollup:
            next(rollup)
            for line in rollup:
                name, value = line.split()[:2]
                figures[name.rstrip(":")] = int(value)
        return {
            "resident": figures["Rss"],
            "proportional": figures["Pss"],
            "private": figures["Private_Clean"] + figures["Private_Dirty"],
        }


class Programs:
    """How to start both programs alike."""

    def __init__(self, harness, bare):
        self.harness_path = harness
        self.bare_path = bare

    def harness(self, uri, mode, *more):
        return [self.harness_path, "--provider", "local", "--client", mode, "--uri", uri, *more]

    def bare(self, uri, mode):
        return [self.bare_path, mode, uri]

    def pair(self, uri, mode):
        return self.harness(uri, mode), self.bare(uri, mode)

    def echo(self):
        return [self.harness_path, "--provider", "local", "--scenario", "echo"]

    def version(self):
        """The versions of the program and its driver, in one line."""
        text = subprocess.run([self.harness_path, "--version"], capture_output=True, text=True, check=True).stdout
        return ", ".join(text.splitlines()[:2])


class Stub:
    """The server that acknowledges everything at once."""

    def __init__(self, path, cpus):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        if cpus:
            os.sched_setaffinity(self.process.pid, cpus)
        self.uri = self.process.stdout.readline().decode().strip()
        if not self.uri:
            raise BenchError(f"{path} does not start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
