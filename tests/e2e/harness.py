"""Runs faas-harness as a program: input, output, and the checks that apply to every run."""

import collections
import contextlib
import functools
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

SOURCE_DIR = Path(os.environ.get("FAAS_SOURCE_DIR") or Path(__file__).resolve().parents[2])
BUILD_DIR = Path(os.environ.get("FAAS_BUILD_DIR") or SOURCE_DIR / "build")
PROGRAM = Path(os.environ.get("FAAS_HARNESS") or BUILD_DIR / "bin" / "faas-harness")

# A password that needs percent-encoding, used by every test that needs one: no run may ever show it.
PASSWORD = "s3cr3t/w0rd@42"
ENCODED_PASSWORD = quote(PASSWORD, safe="")
SECRETS = (PASSWORD, ENCODED_PASSWORD, ENCODED_PASSWORD.lower(), "s3cr3t", "w0rd@42", "w0rd%4042")

# What makes a driver believe that it runs in a function, and what the harness itself reads.
PLATFORM_VARIABLES = re.compile(r"^(AWS_|_HANDLER$|LAMBDA_|FUNCTIONS?_|K_SERVICE$|VERCEL|KUBERNETES_|MONGODB_|FAAS_)")

INSTRUMENTED = bool(os.environ.get("FAAS_SANITIZE"))  # sanitizers cost memory and time

# Seconds. Any process may stand still for some on a busy machine, so PATIENCE is for what has to come, and PROMPTLY for what
# has to come at once: shorter than the 30 s after which a driver gives up by itself (serverSelectionTimeoutMS).
PATIENCE = 60
PROMPTLY = 20


@functools.cache
def report_validator():
    import jsonschema  # slow to import, and half of the tests see no report

    schema = json.loads((SOURCE_DIR / "docs" / "report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def check_report(report):
    """Checks every report of every test: it matches the schema and is consistent."""
    errors = sorted(report_validator().iter_errors(report), key=str)
    assert not errors, "\n".join(f"{error.json_path}: {error.message}" for error in errors)
    names = [assertion["name"] for assertion in report["assertions"]]
    assert len(set(names)) == len(names) == 7, f"each assertion once, found {names}"
    assert (report["verdict"] == "pass") == (report["error"] is None)
    assert report["error"] or not failed(report), "an assertion failed, but there is no error"

    commands, heartbeats, connections = report["commands"], report["heartbeats"], report["connections"]
    assert report["heartbeatCount"] == heartbeats["succeeded"] + heartbeats["failed"]
    assert report["openConnections"] == connections["application"]["open"]
    check_mean(report["averageCommandDuration"], commands["durations"], commands["succeeded"] + commands["failed"])
    check_mean(report["averageHeartbeatDuration"], heartbeats["durations"], report["heartbeatCount"])
    accounted = connections["application"]["open"] + connections["monitoring"]["open"] == connections["descriptors"]
    assert verdict(report, "connections_accounted") == ("passed" if accounted else "failed"), connections
    if "events" in report:
        check_events(report)
    return report


def check_mean(average, durations, count):
    assert len(durations) <= min(count, 1024)
    if len(durations) == count:
        mean = sum(durations) / count if count else 0
        assert abs(average - mean) <= 0.001 + 0.001 * mean, f"average {average}, of the durations {mean}"


def check_events(report):
    """The events are in order, and match the counts unless some were not kept."""
    events, number = report["events"], report["invocation"]["number"]
    times = [event["atMs"] for event in events]
    assert times == sorted(times)
    assert {event["invocation"] for event in events} <= {0, number}
    if report["commands"]["notKept"] or report["heartbeats"]["notKept"]:
        return
    counts = collections.Counter(event["type"] for event in events)
    for kind in ("heartbeat", "command"):
        for end in ("started", "succeeded", "failed"):
            counted = report[f"{kind}s"][end] + (report[f"{kind}s"].get("cancelled", 0) if end == "failed" else 0)
            assert counts[kind + end.capitalize()] == counted, f"{kind} {end}: {counts} {report[f'{kind}s']}"
    for end in ("created", "closed"):
        counted = sum(report["connections"][kind][end] for kind in ("application", "monitoring"))
        assert counts["connection" + end.capitalize()] == counted


def check_secrets(*texts, secrets=()):
    for text in texts:
        for secret in (*SECRETS, *secrets):
            assert secret not in text, f"a secret is shown: {text[max(0, text.index(secret) - 200) :][:400]!r}"


def environment(changes=None):
    """This process's environment without any platform's variables, plus the changes; None unsets."""
    variables = {k: v for k, v in os.environ.items() if not PLATFORM_VARIABLES.match(k)}
    # A driver that is killed, as many are here, leaves its shared counters in /dev/shm; the next one with its number
    # complains.
    variables["MONGOC_DISABLE_SHM"] = "1"
    variables.update(changes or {})
    return {name: value for name, value in variables.items() if value is not None}


@dataclass
class Result:
    exit_code: int
    stdout: str
    stderr: str
    seconds: float
    lines: list = field(default_factory=list)  # stdout, parsed

    @property
    def reports(self):
        return [line for line in self.lines if isinstance(line, dict) and "reportVersion" in line]

    @property
    def report(self):
        assert len(self.lines) == 1 and len(self.reports) == 1, f"one report was expected, found {self.stdout!r}"
        return self.reports[0]

    @property
    def errors(self):
        """The lines on stderr that say why the program did not start."""
        return [line for line in self.stderr.splitlines() if re.match(r"(\S+Z error )?faas-harness: ", line)]

    def expect_no_start(self, *words):
        """Exit status 2, nothing on stdout, one line on stderr that contains the words."""
        assert (self.exit_code, self.stdout) == (2, ""), self
        ours = [line for line in self.stderr.splitlines() if " mongoc: " not in line]  # the driver may log, too
        assert len(self.errors) == len(ours) == 1, f"one line was expected: {self.stderr!r}"
        for word in words:
            assert str(word) in self.errors[0], f"{word!r} is not in {self.errors[0]!r}"


def wait_until(condition, failure, process=None):
    """Returns what the condition did. failure() says what is wrong if it does not hold in time, or the process ends before."""
    deadline = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline and (process is None or process.poll() is None), failure()
        time.sleep(0.01)
    return found


class Harness:
    """A running faas-harness, used one event at a time."""

    def __init__(self, *args, uri=None, env=None, program=None, secrets=(), **popen):
        variables = {"MONGODB_URI": uri} if uri is not None else {}
        self.secrets = secrets
        self.lines = []
        self.started = time.monotonic()
        options = dict(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) | popen
        self.process = subprocess.Popen(
            [program or PROGRAM, *map(str, args)], env=environment(variables | (env or {})), **options
        )
        self._chunks = {"stdout": [], "stderr": []}
        self._queue = queue.Queue()
        self._readers = []
        for name in ("stdout", "stderr"):
            if getattr(self.process, name):
                self._readers.append(threading.Thread(target=self._read, args=[name], daemon=True))
                self._readers[-1].start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
        self.process.wait()

    def _read(self, name):
        for line in getattr(self.process, name):
            self._chunks[name].append(line.decode(errors="replace"))
            if name == "stdout":
                self._queue.put(line)
        if name == "stdout":
            self._queue.put(None)

    @property
    def pid(self):
        return self.process.pid

    @property
    def stderr(self):
        return "".join(self._chunks["stderr"])

    def send(self, text):
        self.process.stdin.write(text if isinstance(text, bytes) else text.encode())
        self.process.stdin.flush()

    def line(self, timeout=PATIENCE):
        """The next line of stdout, parsed."""
        try:
            line = self._queue.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"no line within {timeout} s; stderr: {self.stderr}") from None
        assert line is not None, f"stdout ended, exit code {self.process.wait()}; stderr: {self.stderr}"
        value = parse(line.decode())
        self.lines.append(value)
        return value

    def invoke(self, event="{}\n", timeout=PATIENCE):
        """Sends an event and waits for its report."""
        self.send(event)
        report = self.line(timeout)
        assert "reportVersion" in report, f"not a report: {report}"
        return report

    def wait_until_ready(self):
        """Waits until it handles SIGTERM, which it does before it asks for events."""
        wait_until(lambda: self._catches(signal.SIGTERM), lambda: f"not ready; stderr: {self.stderr}", self.process)

    def wait_until_signalled(self, number):
        """Waits until it has handled a signal: its handlers run only once."""
        wait_until(lambda: not self._catches(number), lambda: f"signal {number} is not handled; stderr: {self.stderr}")

    def _catches(self, number):
        status = Path(f"/proc/{self.pid}/status").read_text()
        caught = int(re.search(r"^SigCgt:\s*([0-9a-f]+)", status, re.M).group(1), 16)
        return bool(caught >> (number - 1) & 1)

    def finish(self, stdin=None, timeout=PATIENCE):
        """Closes stdin and waits for the end."""
        if self.process.stdin:
            with contextlib.suppress(BrokenPipeError):
                if stdin:
                    self.process.stdin.write(stdin if isinstance(stdin, bytes) else stdin.encode())
                self.process.stdin.close()
        try:
            exit_code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {timeout} s; stdout: {self._chunks}") from None
        for reader in self._readers:
            reader.join(PATIENCE)
        stdout, stderr = "".join(self._chunks["stdout"]), self.stderr
        check_secrets(stdout, stderr, secrets=self.secrets)
        assert exit_code >= 0, f"ended by signal {-exit_code}; stderr: {stderr}"
        assert exit_code in (0, 1, 2), f"exit code {exit_code}; stderr: {stderr}"
        lines = [parse(line) for line in stdout.splitlines()] if stdout.startswith("{") else []
        if any(isinstance(line, dict) and line.get("verdict") == "fail" for line in lines):
            assert exit_code == 1, f"an invocation failed, but the exit code is {exit_code}"
        return Result(exit_code, stdout, stderr, time.monotonic() - self.started, lines)


def wait_until_read(port):
    """Waits until this machine's sockets that are connected to that port have nothing left to read."""
    wait_until(lambda: unread(port) == 0, lambda: f"{unread(port)} bytes are not read")


def unread(port):
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(int(row[4].partition(":")[2], 16) for row in rows if int(row[2].partition(":")[2], 16) == port)


def peak_memory(pid):
    """The most resident memory so far, in bytes (proc_pid_status(5))."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(re.search(r"^VmHWM:\s*(\d+) kB$", status, re.M)[1])


def parse(line):
    """Parses a line of stdout, and checks it if it is a report."""
    value = json.loads(line)
    return check_report(value) if isinstance(value, dict) and "reportVersion" in value else value


def run(*args, stdin="{}\n", timeout=2 * PATIENCE, **options):
    """Runs faas-harness with that input to its end."""
    with Harness(*args, **options) as harness:
        return harness.finish(stdin, timeout)


def provider(name):
    """The path of one of the providers in tests/abi."""
    path = BUILD_DIR / "tests" / "providers" / f"{name}.so"
    assert path.exists(), f"{path} is not built"
    return path


# --- looking into reports ---------------------------------------------------------------------------------------------


def verdict(report, name):
    return next(a["verdict"] for a in report["assertions"] if a["name"] == name)


def detail(report, name):
    return next(a["detail"] for a in report["assertions"] if a["name"] == name)


def failed(report):
    return [a["name"] for a in report["assertions"] if a["verdict"] == "failed"]


def expect_pass(report):
    """The scenario passed, and the report blames the driver for nothing but its version's known faults."""
    faults = driver_faults(report["client"]["mode"])
    assert set(failed(report)) <= faults, f"{report['error']} {report['assertions']}"
    assert faults or report["verdict"] == "pass", report["error"]
    assert report["operations"]["insert"]["ok"] and report["operations"]["delete"]["ok"], report["operations"]
    return report


def expect_error(report, error_type, *words):
    assert report["verdict"] == "fail" and report["error"]["type"] == error_type, report["error"]
    for word in words:
        assert str(word) in report["error"]["message"], f"{word!r} is not in {report['error']['message']!r}"
    return report


@functools.cache
def driver_version():
    """The version of libmongoc that the program reports: (2, 5, 7)."""
    text = subprocess.run(
        [PROGRAM, "--version"], env=environment(), capture_output=True, text=True, timeout=PATIENCE
    ).stdout
    return tuple(map(int, re.search(r"^libmongoc (\d+)\.(\d+)\.(\d+)", text, re.M).groups()))


def streams_in_functions():
    """Drivers before 1.25 recognise no function environment, and stream there as anywhere."""
    return driver_version() < (1, 25)


def polls_without_pause():
    """CDRIVER-6205: drivers that poll do so without a pause."""
    return (1, 25) <= driver_version() < (2, 2, 2)


def driver_faults(mode):
    """The known faults of the driver under test."""
    if mode == "pool" and streams_in_functions():
        return {"streaming_disabled"}
    if mode == "pool" and polls_without_pause():
        return {"heartbeat_interval"}
    return set()


def drop_connections(wire, mode, how="fin"):
    """Drops all connections between driver and server. A monitor that waits for a hello notices and clears the pool:
    waits for that, because it would close a connection made before it, too."""
    known = len(wire.connections)
    wire.drop_connections(how)
    if driver_faults(mode):
        assert wire.wait_for(lambda w: len(w.connections) > known), "no monitor has reconnected"
