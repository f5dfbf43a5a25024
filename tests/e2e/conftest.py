"""Fixtures of the end-to-end tests. To run one test by hand: pytest tests/e2e/test_scenario.py -k cold"""

import contextlib
import os
from pathlib import Path

import pytest

# pytest must rewrite their assertions, or a failure shows no values.
pytest.register_assert_rewrite(
    "action_proxy",
    "emulator",
    "harness",
    "http_client",
    "runtime_api_case",
    "runtime_api_server",
    "secantus",
    "wire_server",
)

import harness  # noqa: E402
from ctest_plugin import pytest_addoption, pytest_collection_finish, pytest_runtest_setup, pytest_sessionfinish  # noqa: E402, F401
from runtime_api_case import ECHO  # noqa: E402
from runtime_api_server import Function, RuntimeApi  # noqa: E402
from wire_server import WireServer  # noqa: E402


@pytest.fixture
def wire():
    """A scripted server, alone in its replica set."""
    with WireServer() as server:
        yield server


@pytest.fixture
def api():
    with RuntimeApi() as server:
        yield server


@pytest.fixture
def start(api):
    """Starts a function, by default one that echoes every event. Faults are scripted beforehand."""
    with contextlib.ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(Function(api, *(args or ECHO), **options))


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


@pytest.fixture(params=["pool", "single"])
def mode(request):
    return request.param


@pytest.fixture(scope="session", autouse=True)
def program():
    assert harness.PROGRAM.exists(), f"{harness.PROGRAM} is not built; or set FAAS_HARNESS"
