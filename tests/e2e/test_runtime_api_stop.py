"""The provider aws_lambda, stopped at any point, and frozen."""

import signal
import threading
import time

import api_faults
import pytest
from harness import PATIENCE, PROMPTLY, check_report, wait_until_read
from runtime_api_case import held, junk_deadline, once, stops

pytestmark = [pytest.mark.runtime_api]


@pytest.mark.libcurl
def test_stop_while_waiting(api, start):
    function = start()
    api.wait_for_next(1)
    started = time.monotonic()
    stops(function)
    assert time.monotonic() - started < PROMPTLY


def test_stop_before_the_first_event(api, start):
    function = start(uri="mongodb://192.0.2.1")
    function.wait_until_ready()
    stops(function)


def test_stop_during_an_invocation(api, start, wire):
    """It is answered, and no other event is requested."""
    stopped = threading.Event()
    wire.fault("insert", held(lambda: stopped.wait(PATIENCE)))
    function = start("--client", "single", uri=wire.uri)
    invocation = api.invoke()
    assert wire.wait_for(lambda w: w.seen("insert"))
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    stopped.set()
    check_report(invocation.response().json)
    assert function.finish().exit_code == 0
    assert len(api.seen("next")) == 1


def test_stop_while_an_event_arrives(api, start):
    """Once the API has handed it out, nobody else will run it."""
    sent, rest = threading.Event(), threading.Event()
    api.fault("next", api_faults.in_halves(sent, rest))
    function = start()
    invocation = api.invoke()
    assert sent.wait(PATIENCE)
    wait_until_read(int(api.address.rpartition(":")[2]))
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    rest.set()
    assert invocation.response().body == b"{}"
    assert function.finish().exit_code == 0
    assert len(api.seen("next")) == 1


@pytest.mark.libcurl
@pytest.mark.parametrize("kind", ["response", "error"])
def test_stop_while_an_answer_is_taken(api, start, kind):
    """Not abandoned, because the API may already have it."""
    sent, rest = threading.Event(), threading.Event()
    api.fault(kind, api_faults.in_halves(sent, rest))
    function = start()
    invocation = api.invoke(**(junk_deadline() if kind == "error" else {}))
    assert sent.wait(PATIENCE)
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    rest.set()
    assert invocation.post().kind == kind
    assert function.finish().exit_code == (kind == "error")
    once(invocation)
    assert len(api.seen("next")) == 1


def test_answer_that_is_never_taken(api, start):
    """It waits, because Lambda ends the process itself; by hand a second signal does."""
    api.fault("response", api_faults.silence())
    function = start()
    invocation = api.invoke()
    invocation.response()
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    assert function.process.poll() is None
    function.process.terminate()
    assert function.process.wait(PATIENCE) == -signal.SIGTERM
    once(invocation)
