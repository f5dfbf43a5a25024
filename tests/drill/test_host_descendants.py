"""Processes that leave the function's process group are frozen, counted and ended with it, as in Lambda's microVM."""

import contextlib
import re
import signal
import time

import psutil
import pytest
from lambda_host import LambdaHost, await_gone, runs

pytestmark = pytest.mark.host

HOW = pytest.mark.parametrize("how", ["setsid", "daemon"])


@pytest.fixture
def leave():
    """leave(host, "daemon") returns that process, and ends it after a failed test."""
    left = []

    def invoke(host, how, **more):
        left.append(psutil.Process(host.invoke({"do": "leave", "how": how, **more}).json))
        return left[-1]

    yield invoke
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def cpu_seconds(process):
    times = process.cpu_times()
    return times.user + times.system


@HOW
def test_is_frozen(told, leave, how):
    with LambdaHost(told) as host:
        child = leave(host, how)
        assert child.status() == psutil.STATUS_STOPPED
        before = cpu_seconds(child)
        time.sleep(0.5)  # how long it is frozen
        assert cpu_seconds(child) == before
        deadline = time.monotonic() + 30
        while cpu_seconds(child) == before:
            assert time.monotonic() < deadline, "did not go on"
            answer = host.invoke({"do": "work after", "seconds": 0.05})
            assert float(answer.headers["X-Faas-Frozen-Cpu-Ms"]) == 0
        assert child.status() == psutil.STATUS_STOPPED


@HOW
def test_dies_with_its_function(told, leave, how):
    with LambdaHost(told, "--timeout", 4) as host:
        child = leave(host, how)
        assert host.invoke("hang").error == "Sandbox.Timedout"
        assert not runs(child)
        child = leave(host, how)
        assert host.invoke({"do": "exit", "status": 1}).error == "Runtime.ExitError"
        assert not runs(child)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=lambda n: n.name)
@HOW
def test_dies_with_the_host(told, leave, how, number):
    with LambdaHost(told) as host:
        child = leave(host, how)
        host.stop(number)
        await_gone([child])


@pytest.mark.plain("the limit is lifted for sanitizers")
@HOW
def test_its_memory_counts(told, leave, how):
    with LambdaHost(told) as host:
        child = leave(host, how, then="eat memory")
        (told / "eat").touch()
        assert host.invoke("hang").error == "Runtime.OutOfMemory"
        assert not runs(child)


@pytest.mark.plain("the limit is lifted for sanitizers")
def test_shared_memory_counts_once(told):
    """70 MB shared by four processes fit into 128 MB."""
    with LambdaHost(told) as host:
        assert host.invoke("share memory").json == "shared"
        assert host.invoke("echo").json == "echo"
        most = max(int(megabytes) for megabytes in re.findall(r"Max Memory Used: (\d+) MB", host.log))
        assert 60 <= most <= 128


def test_of_another_host_is_left_alone(told, leave):
    with LambdaHost(told, "--no-freeze") as other, LambdaHost(told) as host:
        others = leave(other, "daemon")
        own = leave(host, "daemon")
        assert own.status() == psutil.STATUS_STOPPED and others.status() != psutil.STATUS_STOPPED
        host.stop()
        await_gone([own])
        assert runs(others)
