"""Processes that leave the function's process group are frozen, counted and ended with it, as in Lambda's microVM."""

import time

import psutil
import pytest
from lambda_host import LambdaHost, cpu_seconds, runs, wait_until

pytestmark = pytest.mark.host


def test_is_frozen(host, leave):
    child = leave(host)
    assert child.status() == psutil.STATUS_STOPPED
    before = cpu_seconds(child)
    time.sleep(0.5)  # how long it is frozen
    assert cpu_seconds(child) == before

    def goes_on():
        answer = host.invoke({"do": "work after", "seconds": 0.05})
        assert float(answer.headers["X-Faas-Frozen-Cpu-Ms"]) == 0
        return cpu_seconds(child) > before

    wait_until(goes_on, "its use of CPU")
    assert child.status() == psutil.STATUS_STOPPED


def test_dies_with_its_function(told, leave):
    with LambdaHost(told, "--timeout", 4) as host:
        child = leave(host)
        assert host.invoke("hang").error == "Sandbox.Timedout"
        assert not runs(child)
        child = leave(host)
        assert host.invoke({"do": "exit", "status": 1}).error == "Runtime.ExitError"
        assert not runs(child)


@pytest.mark.plain("the limit is lifted for sanitizers")
def test_its_memory_counts(host, told, leave):
    child = leave(host, then="eat memory")
    (told / "eat").touch()
    assert host.invoke("hang").error == "Runtime.OutOfMemory"
    assert not runs(child)
