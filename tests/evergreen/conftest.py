"""Fixtures of Evergreen's tests. To run one by hand: pytest tests/evergreen/test_config.py -k variant"""

import os
import shutil
import subprocess

import pytest

pytest_plugins = ["ctest_plugin", "servers"]
# pytest must rewrite their assertions, or a failure shows no values.
pytest.register_assert_rewrite("harness", "cloud_state", "agent")

import cloud_state  # noqa: E402
import harness  # noqa: E402
import yaml  # noqa: E402


@pytest.fixture(scope="session")
def config():
    return yaml.safe_load((harness.SOURCE_DIR / ".evergreen" / "config.yml").read_text())


@pytest.fixture
def cloud(tmp_path):
    state = cloud_state.CloudState(tmp_path)
    yield state
    state.clear()


@pytest.fixture
def dev_copy(tmp_path):
    """./dev and what it needs, in a folder with its own build/."""
    root = tmp_path / "copy"
    (root / "build").mkdir(parents=True)
    for name in ("dev", "template.yaml", ".ruff.toml", ".clang-format"):
        shutil.copy2(harness.SOURCE_DIR / name, root / name)
    shutil.copytree(harness.SOURCE_DIR / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (root / "build" / "venv").symlink_to(harness.SOURCE_DIR / "build" / "venv")
    return root


def run_dev(folder, *arguments, **variables):
    """./dev of that copy."""
    environment = {name: value for name, value in os.environ.items() if name != "MONGODB_URI"}
    environment |= {"NO_COLOR": "1", "FAAS_SKIP_PACKAGES": "1"} | variables
    command = [folder / "dev", *arguments]
    return subprocess.run(
        command, env=environment, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=250
    )


def write_program(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path
