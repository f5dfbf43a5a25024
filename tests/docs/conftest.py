"""Fixtures of the tests of the pages. To run one by hand: pytest tests/docs/test_links.py -k README"""

import os
from pathlib import Path

import pytest
from ctest_plugin import pytest_addoption, pytest_collection_finish, pytest_sessionfinish  # noqa: F401


@pytest.fixture(scope="session")
def mongodb_uri():
    """A real server shared with other tests."""
    file = os.environ.get("FAAS_TEST_SERVER_FILE")
    if file and Path(file).exists():
        yield Path(file).read_text().split()[0]
    else:
        from secantus import Secantus

        with Secantus() as server:
            yield server.uri
