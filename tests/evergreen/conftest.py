"""Fixtures of Evergreen's tests. Run one by hand:  pytest tests/evergreen/test_config.py -k variant"""

import pytest

pytest.register_assert_rewrite("harness", "cloud_state", "agent")  # or their assertions would say nothing

import cloud_state  # noqa: E402
import harness  # noqa: E402
import yaml  # noqa: E402
from ctest_plugin import pytest_addoption, pytest_collection_finish, pytest_sessionfinish  # noqa: E402, F401


@pytest.fixture(scope="session")
def config():
    return yaml.safe_load((harness.SOURCE_DIR / ".evergreen" / "config.yml").read_text())


@pytest.fixture
def cloud(tmp_path):
    state = cloud_state.CloudState(tmp_path)
    yield state
    state.clear()


@pytest.fixture
def mongodb():
    """A real server of the test's own."""
    from secantus import Secantus  # brings a whole driver with it

    with Secantus() as server:
        yield server
