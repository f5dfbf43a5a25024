"""A test's own AWS and Atlas: the folder that its stand-ins share, the variables that point to them, and their calls."""

import json
import os
import shlex
import shutil
import stat
import threading
from pathlib import Path

import harness
import pytest

HERE = Path(__file__).resolve().parent
BIN = HERE / "stand_ins" / "bin"
DRIVERS_TOOLS = Path(os.environ.get("FAAS_TEST_DRIVERS_TOOLS") or HERE / "stand_ins" / "drivers_tools")

# Distinct words, so that a search for one does not find another.
SECRETS = {
    "DRIVERS_ATLAS_PUBLIC_API_KEY": "hush-public-key",
    "DRIVERS_ATLAS_PRIVATE_API_KEY": "hush-private-key",
    "DRIVERS_ATLAS_LAMBDA_USER": "hush-user",
    "DRIVERS_ATLAS_LAMBDA_PASSWORD": "hush-password",
}
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "hush-access-key",
    "AWS_SECRET_ACCESS_KEY": "hush-secret-key",
    "AWS_SESSION_TOKEN": "hush-session-token",
}
# Project Settings, Variables.
PROJECT = SECRETS | {
    "LAMBDA_AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/stand-in",
    "DRIVERS_ATLAS_GROUP_ID": "0123456789abcdef01234567",
    "LAMBDA_STACK_NAME": "dbx-c-lambda",
}


def function_host():
    """The drill's Lambda host."""
    host = Path(os.environ.get("FAAS_LAMBDA_HOST") or harness.BUILD_DIR / "bin" / "faas-lambda-host")
    if not host.exists():
        pytest.skip("faas-lambda-host is not built (FAAS_DRILL=OFF)")
    return host


def visible():
    """What the function needs besides its package; parts of build/ may be links to another tree's."""
    paths = (harness.SOURCE_DIR, harness.BUILD_DIR, harness.SOURCE_DIR / "build" / "sysroots")
    return dict.fromkeys(str(path.resolve()) for path in paths if path.exists())


class CloudState:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.state = self.folder / "state"
        self.state.mkdir()
        self.function = self.folder / "function"
        self.function.mkdir()
        bootstrap = self.function / "bootstrap"
        bootstrap.write_text(f"#!/bin/sh\nexec {shlex.quote(str(harness.PROGRAM))}\n")
        bootstrap.chmod(bootstrap.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)

    def environment(self, uri="", fail="", **changes):
        variables = {
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "STAND_IN_STATE": str(self.state),
            "STAND_IN_FUNCTION": str(self.function),
            "STAND_IN_MONGODB_URI": uri,
            "STAND_IN_HOST": str(function_host()),
            "STAND_IN_MOUNTS": ":".join(visible()),
            "STAND_IN_FAIL": fail,
        }
        return harness.environment(variables | changes)

    @property
    def calls(self):
        file = self.state / "calls.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def steps(self):
        """The calls as one word each, without sleeps."""
        return [step for step in map(word, self.calls) if step]

    @property
    def stacks(self):
        return sorted(path.name for path in (self.state / "stacks").glob("*"))

    @property
    def frozen_ms(self):
        """How long the function had been suspended before each invocation."""
        return [float(line) for line in (self.state / "frozen").read_text().split()]

    def parameters(self, stack):
        return json.loads((self.state / f"{stack}.parameters").read_text())

    @property
    def cluster(self):
        return (self.state / "cluster").exists()

    def add_stack(self, name):
        """Adds a stack that somebody else made."""
        (self.state / "stacks").mkdir(exist_ok=True)
        (self.state / "stacks" / name).write_text(json.dumps({"name": name, "pid": None}))

    def clear(self):
        for path in (self.state / "stacks").glob("*"):
            pid = json.loads(path.read_text())["pid"]
            try:
                if pid:
                    os.killpg(pid, 9)
            except ProcessLookupError:
                pass
        shutil.rmtree(self.folder, ignore_errors=True)


def word(call):
    program, *arguments = call
    if program == "sam":
        return f"sam {'outputs' if arguments[0] == 'list' else arguments[0]}"
    if program == "aws":
        return {"lambda": "invoke", "cloudformation": "look", "sts": "identity"}[arguments[0]]
    if program == "curl":
        method, path = arguments
        return "failover" if path.endswith("/restartPrimaries") else f"cluster {method}"
    return ""


class Failover(threading.Thread):
    """Atlas restarts the primary on request: here the test's own server, which loses its connections."""

    def __init__(self, cloud, server):
        super().__init__(daemon=True)
        self.cloud, self.server, self.ended = cloud, server, threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join(300)

    def run(self):
        while not self.ended.wait(0.05):
            if (self.cloud.state / "failover-wanted").exists():
                self.server.kill()
                self.server.start()
                (self.cloud.state / "failover-done").touch()
                return
