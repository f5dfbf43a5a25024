"""Fixtures of several test folders: a scripted server and real ones."""

import os
from pathlib import Path

import pytest


@pytest.fixture
def wire():
    """A scripted server, alone in its replica set."""
    from wire_server import WireServer

    with WireServer() as server:
        yield server


@pytest.fixture(scope="session")
def mongodb_uri():
    """A real server shared with other tests: do not rely on what else its collection contains."""
    file = os.environ.get("FAAS_TEST_SERVER_FILE")
    if os.environ.get("FAAS_TEST_MONGODB_URI"):
        yield os.environ["FAAS_TEST_MONGODB_URI"]
    elif file and Path(file).exists():
        yield Path(file).read_text().split()[0]
    else:
        from secantus import Secantus

        with Secantus() as server:
            yield server.uri


@pytest.fixture
def mongodb():
    """A real server for this test alone, to be killed, frozen and inspected."""
    from secantus import Secantus  # imports a whole driver

    with Secantus("--sync-on-commit") as server:
        yield server
