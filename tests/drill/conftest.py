"""Fixtures of the drill's tests. To run one by hand: pytest tests/drill/test_host.py -k warm"""

import contextlib

import pytest

# pytest must rewrite their assertions, or a failure shows no values.
pytest.register_assert_rewrite("harness", "emulator", "lambda_host", "secantus", "faas_drill", "front_program")

from ctest_plugin import pytest_addoption, pytest_collection_finish, pytest_runtest_setup, pytest_sessionfinish  # noqa: E402, F401


@pytest.fixture
def mongodb():
    """A real server for this test alone."""
    from secantus import Secantus  # imports a whole driver

    with Secantus() as server:
        yield server


@pytest.fixture
def hold(tmp_path, mongodb):
    """Runs drills against that server: see holder."""
    from faas_drill import holder

    return holder(tmp_path, "--server", mongodb.address)


@pytest.fixture
def folder(tmp_path):
    """A survey that was never made."""
    from invented_drills import Folder

    return Folder(tmp_path)


@pytest.fixture(scope="session")
def one_browser(tmp_path_factory):
    from browser import Browser

    with Browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture
def browser(one_browser):
    one_browser.forget()
    return one_browser


@pytest.fixture
def front(mongodb):
    """Three members in front of that server."""
    from front_program import Front

    with Front(mongodb.address) as program:
        yield program


@pytest.fixture
def collection(front):
    """Through a driver that retries."""
    with front.client() as client:
        yield client.faas["lambda"]


@pytest.fixture
def told(tmp_path):
    """A function that does what each event says."""
    from lambda_host import function

    return function("told.py", tmp_path)


@pytest.fixture
def leave():
    """leave(host) returns a daemon that the function has started, and ends it after a failed test."""
    import psutil

    left = []

    def invoke(host, **more):
        left.append(psutil.Process(host.invoke({"do": "leave", **more}).json))
        return left[-1]

    yield invoke
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


@pytest.fixture
def host(told):
    """It, in a faas-lambda-host with no options."""
    from lambda_host import LambdaHost

    with LambdaHost(told) as running:
        yield running
