"""Fixtures of the release tests. Under ctest, tests/release/make.sh makes the release before them."""

import os
import subprocess
from pathlib import Path

import pytest

pytest_plugins = ["ctest_plugin"]
pytest.register_assert_rewrite("harness")  # pytest must rewrite its assertions, or a failure shows no values

import harness  # noqa: E402

TREE = harness.BUILD_DIR / "release" / "tree"
OF_GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null", "FAAS_SKIP_PACKAGES": "1"}
OF_GIT |= {f"GIT_{who}_{what}": "test@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


def run(*command, cwd, check=False, timeout=280):
    result = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=os.environ | OF_GIT,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    assert not check or result.returncode == 0, result.stderr
    return result


class Repository:
    """A clone of the sources, to be changed."""

    def __init__(self, folder):
        self.root = folder
        run("git", "clone", "--quiet", TREE, folder, cwd=folder.parent, check=True)
        (folder / "build").mkdir()
        for name in ("release-venv", "sysroots"):
            (folder / "build" / name).symlink_to(TREE / "build" / name)

    def git(self, *arguments):
        return run("git", *arguments, cwd=self.root, check=True).stdout

    def replace(self, name, old, new):
        path = self.root / name
        text = path.read_text()
        assert old in text, f"{name} has no {old}"
        path.write_text(text.replace(old, new))

    def commit(self):
        self.git("commit", "--quiet", "--all", "--message", "changed", "--allow-empty")

    def release(self, *arguments, timeout=280):
        return run("./dev", "release", *arguments, cwd=self.root, timeout=timeout)


@pytest.fixture
def repository(tmp_path, made):
    return Repository(Path(tmp_path) / "clone")


@pytest.fixture
def made():
    """The folder that the dry run left."""
    path = TREE / "build" / "release"
    if not path.exists():
        pytest.skip(f"no release; tests/release/make.sh {TREE.parent} makes it")
    return path
