"""The parts of Evergreen's agent that the config needs: expansions, functions, and the commands of a task group.

It follows Evergreen's documentation (Project-Commands, Project-Configuration-Files). The test supplies the commands
that reach outside: git.get_project calls checkout, ec2.assume_role returns given credentials.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import yaml

DEFAULT_TIMEOUT = 600  # seconds; on an idle machine ten are enough


@dataclass
class Outcome:
    failed: str = ""  # the command that failed first, or nothing
    log: str = ""
    commands: list = field(default_factory=list)  # names, in order


class CommandFailed(Exception):
    pass


class Agent:
    def __init__(self, config, workdir, variant, expansions, environment, checkout, credentials, trace=False):
        self.config = config
        self.workdir = Path(workdir)
        self.variant = next(entry for entry in config["buildvariants"] if entry["name"] == variant)
        self.expansions = {"workdir": str(workdir), "build_variant": variant} | expansions
        self.environment = environment
        self.checkout = checkout
        self.credentials = credentials
        self.trace = trace  # runs the repository's own scripts under bash -x
        self.outcome = Outcome()

    def run_group(self, name):
        """Runs set-up, tasks and tear-down; the tear-down whatever happened before it."""
        group = next(entry for entry in self.config["task_groups"] if entry["name"] == name)
        try:
            setup_done = self._attempt(group["setup_group"], fails=group.get("setup_group_can_fail_task", False))
            for name in group["tasks"] if setup_done else []:
                task = next(entry for entry in self.config["tasks"] if entry["name"] == name)
                if not self._attempt(task["commands"], fails=True):
                    break
        finally:
            self._attempt(group["teardown_group"], fails=False)
        return self.outcome

    def _attempt(self, commands, fails):
        try:
            for entry in commands:
                self._step(entry)
        except CommandFailed as failure:
            if fails:
                self.outcome.failed = self.outcome.failed or str(failure)
            return not fails
        return True

    def _step(self, entry):
        if "func" in entry:
            before = dict(self.expansions)
            own = {name: self._expand(value) for name, value in entry.get("vars", {}).items()}
            self.expansions |= own
            for command in self.config["functions"][entry["func"]]:
                self._step(command)
            # A function's variables are local to it; what its commands updated stays.
            for name in own:
                self.expansions.pop(name)
                if name in before:
                    self.expansions[name] = before[name]
            return
        handlers = {
            "git.get_project": self._get_project,
            "expansions.update": self._update,
            "ec2.assume_role": self._assume_role,
            "subprocess.exec": self._exec,
        }
        self.outcome.commands.append(entry["command"])
        handlers[entry["command"]](entry.get("params", {}))

    def _expand(self, value):
        if isinstance(value, str):
            return re.sub(r"\$\{(.*?)\}", self._expansion, value)
        if isinstance(value, list):
            return [self._expand(item) for item in value]
        if isinstance(value, dict):
            return {name: self._expand(item) for name, item in value.items()}
        return value

    def _expansion(self, match):
        name, _, default = match[1].partition("|")
        return self.expansions.get(name) or default

    def _get_project(self, params):
        self.checkout(self.workdir / params["directory"], self.variant.get("modules", []))

    def _update(self, params):
        for update in params.get("updates", []):
            self.expansions[update["key"]] = self._expand(update["value"])
        if "file" in params:
            path = self.workdir / params["file"]
            if not path.exists():
                raise CommandFailed(f"expansions.update: no {path}")
            self.expansions |= {name: str(value) for name, value in yaml.safe_load(path.read_text()).items()}

    def _assume_role(self, params):
        if not self._expand(params["role_arn"]):
            raise CommandFailed("ec2.assume_role: no role")
        self.expansions |= self.credentials

    def _exec(self, params):
        params = self._expand(params)
        environment = self.environment | params.get("env", {})
        if params.get("add_expansions_to_env"):
            environment |= self.expansions
        names = params.get("include_expansions_in_env", [])
        environment |= {name: self.expansions[name] for name in names if name in self.expansions}
        arguments = list(params["args"])
        if self.trace and arguments[0].startswith(".evergreen/scripts/"):
            arguments.insert(0, "-x")
        result = subprocess.run(
            [params["binary"], *arguments],
            cwd=self.workdir / params.get("working_dir", "."),
            env=environment | {"CI": "true", "TMPDIR": os.environ.get("TMPDIR", "/tmp")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEFAULT_TIMEOUT,
            text=True,
        )
        self.outcome.log += result.stdout
        if result.returncode != 0:
            raise CommandFailed(" ".join([params["binary"], *arguments]))
