"""action.yml, run as a runner does: its scripts by bash, its inputs as environment variables. ./dev lint checks its example
by actionlint."""

import os
import re
import shlex
import shutil
import subprocess
import zipfile
from dataclasses import dataclass

import pytest
import yaml
from faas_drill import DRILL, MEMORY, environment, mounts, script_function, seeded
from harness import SOURCE_DIR

pytestmark = pytest.mark.results

ACTION = yaml.safe_load((SOURCE_DIR / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]
EXAMPLES = SOURCE_DIR / "examples" / "ci"
EXPRESSION = re.compile(r"\$\{\{ *(.*?) *\}\}")


@dataclass
class Job:
    status: int
    log: str
    summary: str
    uploaded: list  # names of the artifact's files; None if there is no artifact
    output: str


class Runner:
    """As much of a runner as the action needs: expressions of inputs and outputs, GITHUB_… files, if: always()."""

    def __init__(self, folder, path):
        self.folder = folder
        self.runner_temp = folder / "runner"
        self.work = folder / "work"
        self.runner_temp.mkdir()
        self.work.mkdir()
        self.path = path
        self.outputs = {}
        self.inputs = {}

    def value(self, expression):
        kind, *names = expression.split(".")
        if kind == "inputs":
            return self.inputs[names[0]]
        assert kind == "steps" and names[1] == "outputs", expression
        return self.outputs.get(names[0], {}).get(names[2], "")

    def expand(self, text):
        return EXPRESSION.sub(lambda match: self.value(match[1]), text)

    def run(self, **inputs):
        unknown = set(inputs) - {name.replace("-", "_") for name in ACTION["inputs"]}
        assert not unknown, unknown
        for name, of in ACTION["inputs"].items():
            self.inputs[name] = str(inputs.get(name.replace("-", "_"), of.get("default", "")))
        summary = self.folder / "summary.md"
        summary.touch()
        status, log, uploaded = 0, "", None
        for number, step in enumerate(STEPS):
            if "uses" in step:
                uploaded = self.upload(step) if self.condition(step["if"]) else uploaded
            elif status == 0:
                status, text = self.script(number, step, summary)
                log += text
        return Job(status, log, summary.read_text(), uploaded, self.outputs.get("drill", {}).get("status", ""))

    def condition(self, text):
        found = re.fullmatch(r"\$\{\{ always\(\) && inputs\.(\w+) != '' \}\}", text)
        return self.inputs[found[1]] != ""

    def script(self, number, step, summary):
        assert step["shell"] == "bash"
        file = self.folder / f"step-{number}.sh"
        file.write_text(step["run"])
        output = self.folder / f"output-{number}"
        output.touch()
        files = {"GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": summary, "RUNNER_TEMP": self.runner_temp}
        own = {name: self.expand(value) for name, value in step.get("env", {}).items()}
        run = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", file],  # as GitHub's "shell: bash"
            cwd=self.work,
            env=environment(self.folder, PATH=self.path) | {name: str(value) for name, value in files.items()} | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=100,
        )
        if "id" in step:
            self.outputs[step["id"]] = dict(line.split("=", 1) for line in output.read_text().splitlines())
        return run.returncode, run.stdout

    def upload(self, step):
        paths = [self.work / line for line in self.expand(step["with"]["path"]).splitlines()]
        return [path.name for path in paths if path.exists()]


def program(folder, *arguments):
    """The program as built, with access to this machine's paths."""
    words = [DRILL, "--memory", MEMORY, *mounts(), *arguments]
    file = folder / "faas-drill"
    file.write_text(f'#!/bin/sh\nexec {shlex.join(map(str, words))} "$@"\n')
    file.chmod(0o755)
    return file


@pytest.fixture
def runner(tmp_path, mongodb):
    tools = tmp_path / "tools"
    tools.mkdir()
    program(tools, "--server", mongodb.address)
    return Runner(tmp_path, f"{tools}:{os.environ['PATH']}")


def test_green(runner, tmp_path):
    job = runner.run(function=seeded("none")(tmp_path)[0], phases="cold,warm")
    assert job.status == 0 and job.output == "0", job.log
    assert sorted(job.uploaded) == ["drill.json", "function.log", "junit.xml", "timeline.html"]
    assert job.summary.startswith("### faas-drill: green\n\n    ")
    assert "\n    ✓ PASS  2 phases, 13 checks" in job.summary
    assert "::error" not in job.log


def test_red_after_the_artifacts(runner, tmp_path):
    job = runner.run(function=seeded("stream")(tmp_path)[0], phases="cold,warm", output="my results/faas", artifact="x")
    assert job.status == 1 and job.output == "1", job.log
    assert "timeline.html" in job.uploaded and (runner.work / "my results" / "faas" / "junit.xml").exists()
    assert job.summary.startswith("### faas-drill: red\n") and "the driver streams" in job.summary
    assert "\n::error title=faas-drill::The drill failed" in job.log


def test_known_failures_and_more_options(runner, tmp_path):
    (runner.work / "known.txt").write_text("always streaming_protocol DRIVER-1 it streams\n")
    job = runner.run(
        function=seeded("none")(tmp_path)[0],
        phases="cold,warm",
        uri_options="serverMonitoringMode=stream",
        expect="known.txt",
        options="--timeout\n20\n\n--env\nSOME=two words",
        artifact="",
    )
    assert job.status == 0 and "1 known failure" in job.summary, job.log
    assert job.uploaded is None, "no name, no artifact"


def test_could_not_be_held(runner):
    job = runner.run(function="nowhere", phases="cold")
    assert job.status == 2 and job.output == "2" and job.uploaded in ([], ["function.log"]), job.log
    assert job.summary.startswith("### faas-drill: could not run\n") and "nowhere" in job.summary


def test_inputs_are_no_scripts(runner, tmp_path):
    """Inputs are not run as scripts, and what a function prints is neither a command to the runner nor Markdown."""
    touched = tmp_path / "touched"
    hostile = f"\"; touch {touched}; echo '$(touch {touched})`touch {touched}`"
    for name in ACTION["inputs"]:
        if name not in ("version", "wheel"):  # these name what to run
            job = runner.run(**({"function": "nowhere"} | {name.replace("-", "_"): hostile}))
            assert job.status == 2, job.log
    assert not touched.exists()
    assert not any("${{" in step.get("run", "") for step in STEPS)
    function = script_function(tmp_path, "echo '::warning::```</pre>'; exit 1")
    job = runner.run(function=function, phases="cold")
    assert job.status == 1
    lines = job.log.splitlines()
    (stopped,) = [number for number, line in enumerate(lines) if line.startswith("::stop-commands::")]
    token = lines[stopped].removeprefix("::stop-commands::")
    assert len(token) == 32 and f"::{token}::" in lines
    assert "::warning::" in "\n".join(lines[stopped : lines.index(f"::{token}::")])
    assert all(
        not line or line.startswith("    ")
        for line in job.summary.splitlines()
        if "faas-drill: red" not in line and "could not run" not in line
    )


def test_wheel_in_a_venv_of_its_own(runner, tmp_path, mongodb):
    """With a minimal wheel in place of the real one."""
    wheel = tmp_path / "faas_drill-0.1.0-py3-none-any.whl"
    own = tmp_path / "own"
    own.mkdir()
    script = program(own, "--server", mongodb.address).read_text()
    with zipfile.ZipFile(wheel, "w") as file:
        info = "faas_drill-0.1.0.dist-info"
        entry = zipfile.ZipInfo("faas_drill-0.1.0.data/scripts/faas-drill")
        entry.external_attr = 0o100755 << 16
        file.writestr(entry, script)
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: faas-drill\nVersion: 0.1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/RECORD", "")
    job = runner.run(function=seeded("none")(tmp_path)[0], phases="cold", wheel=wheel)
    assert job.status == 0, job.log
    assert runner.outputs["install"]["program"] == f"{runner.runner_temp}/faas-drill/bin/faas-drill"


def test_scripts_are_clean():
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed; ./dev lint installs it")
    for step in STEPS:
        if "run" in step:
            run = subprocess.run(
                ["shellcheck", "-s", "bash", "-"], input=step["run"], capture_output=True, text=True, timeout=60
            )
            assert run.returncode == 0, run.stdout


def test_actions_of_others_are_pinned():
    texts = [(SOURCE_DIR / "action.yml").read_text(), (EXAMPLES / "github.yml").read_text()]
    used = re.findall(r"uses: (\S+)@(\S+)( # v[\d.]+)?", "\n".join(texts))
    assert len(used) >= 4
    assert [name for name, at, tag in used if not (re.fullmatch(r"[0-9a-f]{40}", at) and tag)] == ["OWNER/faas-harness"]


def test_every_input_is_in_the_page():
    page = (SOURCE_DIR / "docs" / "ci.md").read_text()
    assert (EXAMPLES / "known.txt").read_text() in page
    for name in ACTION["inputs"]:
        assert re.search(rf"^\| `{name}` \|", page, re.M), name


def test_the_list_in_the_examples_is_read(hold, tmp_path):
    """The names in the example exist; the test replaces its until= date, which expires."""
    text = re.sub(r"until=[\d-]+", "until=9998-12-31", (EXAMPLES / "known.txt").read_text())
    (tmp_path / "known.txt").write_text(text)
    held = hold("cold", seeded("none"), expect=tmp_path / "known.txt")
    assert held.status == 1 and held.failed == ["handshake"], held.log
    assert "stale: handshake now passes; delete line 2 of " in held.check("handshake")["detail"]
