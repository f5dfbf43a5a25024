"""examples/ci/evergreen.yml: it passes external linters, and its drill runs as Evergreen's agent would run it."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import harness
import pytest
import yaml
from agent import Agent

FILE = harness.SOURCE_DIR / "examples" / "ci" / "evergreen.yml"
DRILL = harness.BUILD_DIR / "bin" / "faas-drill"
LISTED = "src/faas-drill-results"


@pytest.fixture
def example():
    return yaml.safe_load(FILE.read_text())


def commands_of(config):
    return [command for commands in config["functions"].values() for command in commands]


def drill_of(example):
    (command,) = example["functions"]["run drill"]
    return command["params"]


def option(params, name):
    return params["args"][params["args"].index(name) + 1]


def test_evergreen_lint(tmp_path):
    """With this project's own rules, except those that name its tasks and variants."""
    rules = yaml.safe_load((harness.SOURCE_DIR / ".evergreen" / "evergreen-lint.yml").read_text())
    own = ("tasks-for-variants", "enforce-tags-for-tasks", "invalid-function-name")
    kept = [rule for rule in rules["rules"] if rule["rule"] not in own]
    assert len(kept) >= 4
    (tmp_path / "evergreen-lint.yml").write_text(yaml.safe_dump({"files": ["./config.yml"], "rules": kept}))
    shutil.copy(FILE, tmp_path / "config.yml")
    run = subprocess.run(
        [sys.executable, "-m", "evergreen_lint", "-c", tmp_path / "evergreen-lint.yml", "lint"],
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert run.returncode == 0 and "0 errors found" in run.stdout, run.stdout + run.stderr


def test_commands_have_the_parameters_of_this_projects_own(example, config):
    """Evergreen accepts those."""
    known = {}
    for entry in commands_of(config):
        known.setdefault(entry["command"], set()).update(entry["params"])
    known["attach.xunit_results"].add("file")
    for entry in commands_of(example):
        assert set(entry["params"]) <= known[entry["command"]], entry


def test_everything_named_is_there(example):
    for entry in [*example["post"], *(entry for task in example["tasks"] for entry in task["commands"])]:
        assert entry["func"] in example["functions"], entry
    tags = {f".{tag}" for task in example["tasks"] for tag in task["tags"]}
    for variant in example["buildvariants"]:
        assert {entry["name"] for entry in variant["tasks"]} <= tags


def test_results_are_attached_whatever_the_outcome(example):
    """After the task, from the drill's output folder."""
    params = drill_of(example)
    folder = f"{params['working_dir']}/{option(params, '--output')}"
    assert [entry["func"] for entry in example["post"]] == ["attach results", "upload page"]
    (results,) = example["functions"]["attach results"]
    assert results["command"] == "attach.xunit_results" and results["params"]["file"] == f"{folder}/junit.xml"
    (page,) = example["functions"]["upload page"]
    assert page["command"] == "s3.put" and page["params"]["local_file"] == f"{folder}/timeline.html"
    assert page["params"]["optional"] is True and page["params"]["content_type"] == "text/html"


def venv_of_the_task(folder, address):
    """The program as built in place of the wheel, in front of the test's server."""
    program = folder / "faas-drill" / "bin" / "faas-drill"
    program.parent.mkdir(parents=True)
    shown = [str(path) for path in {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve(), harness.SOURCE_DIR}]
    words = [str(DRILL), "--server", address, "--phases", "cold,warm", "--memory", "256"]
    words += [word for path in shown for word in ("--mount", path)]
    program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
    program.chmod(0o755)


@pytest.mark.parametrize(
    ("known", "red"),
    [
        ("", False),
        ("always streaming_protocol PYTHON-1 it streams", True),
    ],
    ids=["green", "stale"],
)
def test_drill(example, mongodb, tmp_path, known, red):
    folder = tmp_path / "src"
    (folder / "test" / "faas").mkdir(parents=True)
    shutil.copytree(harness.SOURCE_DIR / "examples" / "functions" / "python", folder / "test" / "faas" / "function")
    (folder / "test" / "faas" / "known.txt").write_text(known)
    venv_of_the_task(folder, mongodb.address)
    environment = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    agent = Agent(example, tmp_path, "faas-ubuntu2204", {}, environment, checkout=None, credentials=None)
    # As in Evergreen's agent, a binary with a slash is relative to the working folder.
    drill_of(example)["binary"] = str(folder / drill_of(example)["binary"])
    done = agent._attempt([{"func": "run drill"}], fails=True)
    assert done is not red, agent.outcome.log
    for name in ("junit.xml", "timeline.html"):
        assert (tmp_path / LISTED / name).exists()
    assert ("stale: streaming_protocol now passes" in agent.outcome.log) == red
