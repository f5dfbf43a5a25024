"""Fixtures of the end-to-end tests. To run one test by hand: pytest tests/e2e/test_scenario.py -k cold"""

import contextlib

import pytest

# pytest rewrites the assertions of these modules only, in which a failure then shows values.
pytest_plugins = ["ctest_plugin", "servers"]
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
from runtime_api_case import ECHO, Function  # noqa: E402
from runtime_api_server import RuntimeApi  # noqa: E402


@pytest.fixture
def api():
    with RuntimeApi() as server:
        yield server


@pytest.fixture
def start(api):
    """Starts a function, by default one that echoes every event. Faults are scripted beforehand."""
    with contextlib.ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(Function(api, *(args or ECHO), **options))


@pytest.fixture(params=["pool", "single"])
def mode(request):
    return request.param


@pytest.fixture(scope="session", autouse=True)
def program():
    assert harness.PROGRAM.exists(), f"{harness.PROGRAM} is not built; or set FAAS_HARNESS"
