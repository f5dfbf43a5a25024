"""The config, the examples and the action by external linters; ./dev lint has shellcheck."""

import subprocess
import sys

import harness
import pytest
import yaml

FOLDER = harness.SOURCE_DIR / ".evergreen"


def run(*command):
    return subprocess.run(command, cwd=harness.SOURCE_DIR, capture_output=True, text=True, timeout=250)


def test_evergreen_lint():
    result = run(sys.executable, "-m", "evergreen_lint", "-c", FOLDER / "evergreen-lint.yml", "lint")
    assert result.returncode == 0 and "0 errors found" in result.stdout, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("  - func: fetch source\n  - func: install", "  - command: shell.exec\n  - func: install", "no-shell-exec"),
        ("      - name: .weekly\n", "      - name: test_aws_lambda_task_group\n", "tasks-for-variants"),
    ],
    ids=["shell.exec", "second variant that deploys"],
)
def test_evergreen_lint_has_teeth(tmp_path, old, new, rule):
    """With these changes the same rules reject the config."""
    (tmp_path / "evergreen-lint.yml").write_text((FOLDER / "evergreen-lint.yml").read_text())
    text = (FOLDER / "config.yml").read_text()
    assert old in text
    (tmp_path / "config.yml").write_text(text.replace(old, new, 1))
    result = run(sys.executable, "-m", "evergreen_lint", "-c", tmp_path / "evergreen-lint.yml", "lint")
    assert result.returncode != 0 and rule in result.stdout, result.stdout


def test_every_variant_has_its_tasks_by_rule(config):
    """The rule tasks-for-variants checks no other."""
    rules = yaml.safe_load((FOLDER / "evergreen-lint.yml").read_text())["rules"]
    (rule,) = [rule for rule in rules if rule["rule"] == "tasks-for-variants"]
    named = [name for mapping in rule["task-variant-mappings"] for name in mapping["variants"]]
    assert sorted(named) == sorted(variant["name"] for variant in config["buildvariants"])


def test_yamllint():
    ours = ("action.yml", "examples/ci/evergreen.yml", "examples/ci/github.yml")
    command = [sys.executable, "-m", "yamllint", "--strict", "-c", FOLDER / "yamllint.yml", FOLDER]
    result = run(*command, *(harness.SOURCE_DIR / name for name in ours))
    assert result.returncode == 0 and result.stdout == "", result.stdout
