"""Runs faas-provider-check and reads what it prints."""

import contextlib
import os
import re
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

import harness

PROGRAM = Path(os.environ.get("FAAS_PROVIDER_CHECK") or harness.BUILD_DIR / "bin" / "faas-provider-check")
RULE = re.compile(r"^([✓✗–]) (\w+) +(.*)$")
MARKS = {"✓": "kept", "✗": "broken", "–": "skipped"}


@dataclass
class Check:
    exit_code: int
    stdout: str
    stderr: str

    def __post_init__(self):
        self.rules = {"kept": {}, "broken": {}, "skipped": {}}
        for line in self.stdout.splitlines():
            if found := RULE.match(line):
                self.rules[MARKS[found[1]]][found[2]] = found[3]

    @property
    def broken(self):
        return set(self.rules["broken"])

    @property
    def skipped(self):
        return set(self.rules["skipped"])

    def violations(self, rule):
        """The lines below a broken rule."""
        lines = self.stdout.splitlines()
        start = next(i for i, line in enumerate(lines) if line.startswith(f"✗ {rule} "))
        found = []
        for line in lines[start + 1 :]:
            if not line.startswith("    "):
                break
            found.append(line.strip())
        return found

    def expect_kept(self):
        assert (self.exit_code, self.broken, self.stderr) == (0, set(), ""), self.stdout
        return self

    def expect_broken(self, rule, *words):
        """This rule is broken, and no other."""
        assert (self.exit_code, self.broken) == (1, {rule}), self.stdout
        *violations, where = self.violations(rule)
        assert violations and where.startswith("specified in faas_harness/provider.h: ")
        for word in words:
            assert any(word in line for line in violations), f"{word!r} is not in {violations}"
        return self

    def expect_unchecked(self, *words):
        assert self.exit_code == 2 and not self.broken, self
        assert self.stderr.count("\n") == 1 and self.stderr.startswith("faas-provider-check: "), self.stderr
        for word in words:
            assert str(word) in self.stderr, self.stderr
        return self


def check(*arguments, env=None, program=PROGRAM, timeout=280, **options):
    environment = harness.environment(env)
    done = subprocess.run(
        [str(program), *map(str, arguments)], capture_output=True, timeout=timeout, env=environment, **options
    )
    return Check(done.returncode, done.stdout.decode(), done.stderr.decode())


def liar(name):
    path = harness.BUILD_DIR / "tests" / "liars" / f"{name}.so"
    assert path.exists(), f"{path} is not built"
    return path


@contextlib.contextmanager
def senders(send, count):
    """So many threads that call send again and again; it returns whether the provider answered."""
    stop = threading.Event()

    def go():
        while not stop.is_set():
            if not send():
                stop.wait(0.005)

    threads = [threading.Thread(target=go) for _ in range(count)]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()
