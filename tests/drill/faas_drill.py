"""Runs faas-drill as a user does, against a server for this test alone."""

import contextlib
import functools
import json
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest
from harness import (
    BUILD_DIR,
    INSTRUMENTED,
    PROGRAM,
    SOURCE_DIR,
    check_secrets,
    driver_faults,
    report_validator,
    streams_in_functions,
)
from harness import environment as harness_environment
from lambda_host import interpreters, mounts, wait_until

DRILL = BUILD_DIR / "bin" / "faas-drill"
FUNCTIONS = Path(__file__).parent / "functions"

# In phase failover (docs/drill.md).
ELECTION_MS = 1500

# Sanitizers need more memory.
MEMORY = "4096" if INSTRUMENTED else "256"


def wire_faults(mode):
    """The checks that fail for drivers that do not recognise a function environment, with any client."""
    return driver_faults(mode) | ({"handshake"} if streams_in_functions() else set())


def needs_a_pool_that_behaves():
    if driver_faults("pool"):
        pytest.skip(f"this driver's pool fails from the first invocation on: {', '.join(driver_faults('pool'))}")


@functools.cache
def validator():
    import jsonschema

    return jsonschema.Draft202012Validator(json.loads((SOURCE_DIR / "docs" / "drill.schema.json").read_text()))


@dataclass
class Held:
    """A drill that has ended."""

    status: int
    stdout: str
    stderr: str
    folder: Path
    result: dict = field(default_factory=dict)

    def phase(self, name):
        (found,) = [phase for phase in self.result["phases"] if phase["name"] == name]
        return found

    def check(self, name):
        (found,) = [check for check in self.result["checks"] if check["name"] == name]
        return found

    @property
    def log(self):
        """What the function wrote, for assertion messages."""
        return self.stdout + (self.folder / "function.log").read_text(errors="replace")[-8000:]

    @property
    def invocations(self):
        return self.result["invocations"]

    @property
    def named(self):
        """Its invocations by name; of equal names the last, which a phase tried after the freeze."""
        return {one["name"]: one for one in self.invocations}

    def of_phase(self, name):
        (number,) = [number for number, phase in enumerate(self.result["phases"]) if phase["name"] == name]
        return [one for one in self.invocations if one["phase"] == number]

    @property
    def failed(self):
        phases = [phase["name"] for phase in self.result["phases"] if phase["verdict"] == "fail"]
        return phases + [check["name"] for check in self.result["checks"] if check["verdict"] == "fail"]


# A function is a callable that puts it into a folder and returns its words of the command line.


def script_function(folder, line):
    """A package whose bootstrap is that line of shell."""
    root = folder / "function"
    root.mkdir(exist_ok=True)
    bootstrap = root / "bootstrap"
    # The sanitizers' options apply to this machine, not to Lambda.
    kept = [name for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS") if name in os.environ]
    options = "".join(f"export {name}={shlex.quote(os.environ[name])}\n" for name in kept)
    bootstrap.write_text(f"#!/bin/sh\n{options}{line}\n")
    bootstrap.chmod(0o755)
    return root


def script(line):
    return lambda folder: [script_function(folder, line)]


def command_function(*words):
    return script(f"exec {shlex.join(map(str, words))}")


def harness(*arguments):
    return command_function(PROGRAM, *arguments)


def in_python(file, *arguments):
    """One of functions/, run by this interpreter."""
    return command_function(sys.executable, FUNCTIONS / file, *arguments)


def seeded(seed, *arguments):
    return in_python("seeded.py", seed, *arguments)


def handler(name):
    return lambda _: ["--handler", name, FUNCTIONS / "handlers"]


HARNESS = harness()


def environment(folder, **more):
    """Temporary files go into the test's folder."""
    return harness_environment({"TMPDIR": str(temporary(folder)), **more})


def command(folder, *arguments, program=DRILL):
    mark = ["--env", f"TEST_FOLDER={folder}"]  # by which check_nothing_left finds the functions
    return [str(program), "--memory", MEMORY, "--output", str(folder / "out"), *mark, *mounts(), *map(str, arguments)]


def holder(folder, *database):
    """hold("cold,warm", HARNESS, freeze=0.3, secure=True) runs a drill with --freeze 0.3 --secure."""

    def hold(phases, function, *arguments, **options):
        kept = {name: options.pop(name) for name in ("env", "patience") if name in options}
        return drill(folder, *database, "--phases", phases, *words(options), *arguments, *function(folder), **kept)

    return hold


def words(options):
    """The words of a command line: {"round_trip": 50} is --round-trip 50."""
    flags = {"--" + name.replace("_", "-"): value for name, value in options.items()}
    return [word for flag, value in flags.items() for word in ([flag] if value is True else [flag, value])]


def drill(folder, *arguments, patience=110, env=None, program=DRILL):
    """Runs a drill to its end, and checks that its output matches the schema and that nothing is left behind."""
    run = subprocess.run(
        command(folder, *arguments, program=program),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=patience,
        env=environment(folder, **{"PATH": interpreters()} | (env or {})),
    )
    return held_in(folder, run.returncode, run.stdout, run.stderr)


def refused(folder, *arguments, **options):
    """The message of a drill that cannot run; its last line says so."""
    held = drill(folder, *arguments, **options)
    assert held.status == 2 and "faas-drill: " in held.stderr.splitlines()[-1], held.stdout + held.stderr
    return held.stderr


def held_in(folder, status, stdout, stderr):
    held = Held(status, stdout, stderr, folder / "out")
    file = held.folder / "drill.json"
    assert file.exists() or status not in (0, 1), stderr
    if file.exists():
        held.result = json.loads(file.read_text())
        check_result(held)
    check_nothing_left(folder)
    check_secrets(stdout + stderr)
    return held


def check_result(held):
    errors = [f"{error.json_path}: {error.message}" for error in validator().iter_errors(held.result)]
    assert not errors, "\n".join(errors)
    # A drill that could not run has no verdict.
    assert held.status == 2 or (held.status == 0) == (not held.failed), (held.status, held.failed)
    for invocation in held.invocations:
        if invocation["report"]:
            report_validator().validate(invocation["report"])
    for name in ("junit.xml", "timeline.html", "function.log"):
        assert (held.folder / name).exists()


def check_looked_once(result):
    """A single-threaded client fails in the failover, and the drill advises serverSelectionTryOnce. It passes only if
    the machine is so slow that its single look comes after the election."""
    (number,) = [number for number, phase in enumerate(result["phases"]) if phase["name"] == "failover"]
    first = next(one for one in result["invocations"] if one["phase"] == number)
    if first["verdict"] == "fail":
        assert "serverSelectionTryOnce=false" in result["phases"][number]["advice"]
    else:
        assert first["durationMs"] >= ELECTION_MS and not result["phases"][number]["advice"]


def temporary(folder):
    """The drill's folder for temporary files, passed to it alone as TMPDIR."""
    where = folder / "tmp"
    where.mkdir(exist_ok=True)
    return where


def left_processes(folder):
    """Processes that were started from the test's folder, whatever their parent is now."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = " ".join(process.cmdline()) + " " + process.environ().get("TMPDIR", "")
            if str(folder) in words and process.pid != os.getpid():
                found.append(process)
            elif process.environ().get("TEST_FOLDER") == str(folder):
                found.append(process)
    return found


def check_nothing_left(folder):
    psutil.wait_procs(left_processes(folder), timeout=20)
    left = [(process.pid, process.name()) for process in left_processes(folder)]
    assert not left, f"expected no process left, found {left}"
    files = list(temporary(folder).iterdir())
    assert not files, f"expected no temporary file left, found {files}"


def server_command():
    """The command of a server that the drill itself starts and ends."""
    program = Path(sys.executable).parent / "secantusd-py"
    return f'exec {shlex.quote(str(program))} --port "$PORT" --storage-path "$FOLDER/data" --sync-on-commit'


class Running:
    """A drill that a test disturbs while it runs."""

    def __init__(self, folder, *arguments):
        self.folder = folder
        self.process = subprocess.Popen(
            command(folder, *arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(folder),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def until(self, holds, what):
        """Waits, as long as the drill runs."""

        def look():
            assert self.process.poll() is None, self.process.stderr.read()
            return holds()

        return wait_until(look, what)

    def suspended(self):
        """The function's processes, once they are suspended."""

        def is_stopped(process):
            with contextlib.suppress(psutil.Error):
                return process.status() == psutil.STATUS_STOPPED

        children = psutil.Process(self.process.pid).children
        return self.until(lambda: list(filter(is_stopped, children(recursive=True))), "a freeze")

    def frozen_after(self, phase):
        """Waits until the phase is over, because the function is suspended already before its end."""
        while phase not in (line := self.process.stderr.readline()):
            assert line, "the drill has ended"
        self.suspended()

    def servers(self):
        """The processes of --server-command's server, but for its shell, whose command line contains the words, too."""
        mine = [process for process in left_processes(self.folder) if process.name() != "sh"]
        return [process for process in mine if "--storage-path" in process.cmdline()]

    def thaw(self):
        """Thaws the function without the drill's knowledge. The log line is written once all of the function is
        stopped."""
        (process,) = self.suspended()
        self.written("REPORT RequestId: ")
        process.resume()

    def written(self, words, times=1):
        """Waits until the log contains the text that often."""
        log = self.folder / "out" / "function.log"
        self.until(lambda: log.exists() and log.read_text(errors="replace").count(words) >= times, words)

    def held(self, timeout=110):
        """Waits for the drill to end by itself."""
        out, err = self.process.communicate(timeout=timeout)
        return held_in(self.folder, self.process.returncode, out, err)

    def ended_by(self, number):
        """Ends it by the signal: nothing is left behind, even after SIGKILL. Returns its status and what it said."""
        family = [*self.servers(), *psutil.Process(self.process.pid).children(recursive=True)]
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=30)
        status = self.process.returncode
        assert status == (-signal.SIGKILL if number == signal.SIGKILL else 128 + number), err
        assert not psutil.wait_procs(family, timeout=20)[1]
        check_nothing_left(self.folder)
        return status, err
