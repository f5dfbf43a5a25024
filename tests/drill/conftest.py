"""Fixtures of the drill's tests. Run one by hand:  pytest tests/drill/test_host.py -k warm"""

import pytest

# Or their assertions would say nothing.
pytest.register_assert_rewrite("harness", "emulator", "lambda_host", "secantus", "faas_drill", "front_program")

from ctest_plugin import pytest_addoption, pytest_collection_finish, pytest_runtest_setup, pytest_sessionfinish  # noqa: E402, F401


@pytest.fixture
def mongodb():
    """A real server of the test's own."""
    from secantus import Secantus  # brings a whole driver with it

    with Secantus() as server:
        yield server


@pytest.fixture
def front(mongodb):
    """Three members before that server."""
    from front_program import Front

    with Front(mongodb.address) as program:
        yield program


@pytest.fixture
def collection(front):
    """Through a driver that retries."""
    with front.client() as client:
        yield client.faas["lambda"]
