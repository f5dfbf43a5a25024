"""The config by the linters of others, and every script by shellcheck."""

import shutil
import subprocess
import sys

import harness
import pytest

FOLDER = harness.SOURCE_DIR / ".evergreen"


def run(*command):
    return subprocess.run(command, cwd=harness.SOURCE_DIR, capture_output=True, text=True, timeout=250)


def test_evergreen_lint():
    result = run(sys.executable, "-m", "evergreen_lint", "-c", FOLDER / "evergreen-lint.yml", "lint")
    assert result.returncode == 0 and "0 errors found" in result.stdout, result.stdout + result.stderr


def test_evergreen_lint_has_teeth(tmp_path):
    """With a shell.exec in it, and a second variant that deploys, the same rules refuse the config."""
    (tmp_path / "evergreen-lint.yml").write_text((FOLDER / "evergreen-lint.yml").read_text())
    text = (FOLDER / "config.yml").read_text()
    bad = text.replace("  - func: fetch source\n  - func: install", "  - command: shell.exec\n  - func: install", 1)
    assert bad != text
    (tmp_path / "config.yml").write_text(bad)
    result = run(sys.executable, "-m", "evergreen_lint", "-c", tmp_path / "evergreen-lint.yml", "lint")
    assert result.returncode != 0 and "no-shell-exec" in result.stdout, result.stdout


def test_yamllint():
    result = run(sys.executable, "-m", "yamllint", "--strict", "-c", FOLDER / "yamllint.yml", FOLDER)
    assert result.returncode == 0 and result.stdout == "", result.stdout


def test_shellcheck():
    if not shutil.which("shellcheck"):
        pytest.skip("shellcheck is not installed; ./dev lint installs it")
    scripts = sorted((FOLDER / "scripts").glob("*.sh"))
    scripts += sorted((harness.SOURCE_DIR / "tests" / "evergreen" / "stand_ins").rglob("*.sh"))
    result = run("shellcheck", "-x", "-a", *(path.relative_to(harness.SOURCE_DIR) for path in scripts))
    assert scripts and result.returncode == 0, result.stdout
