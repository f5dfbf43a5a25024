"""Hangs: the report comes at the deadline with what was captured, and neither the process nor its threads are lost."""

import time

import harness
import psutil
import pytest
import wire_server as wire_faults
from harness import Harness, expect_error, expect_pass
from secantus import free_port
from wire_server import MISSING, WireServer

pytestmark = [pytest.mark.deadline]

TIMEOUT = 1500  # ms
SLACK = 700  # ms later than the deadline on a busy machine
DEADLINE = "Harness.DeadlineExceeded"


def expect_deadline(report):
    expect_error(report, DEADLINE)
    assert TIMEOUT - 100 <= report["invocation"]["durationMs"] <= TIMEOUT + SLACK
    assert abs(report["invocation"]["deadlineMs"] - TIMEOUT) < 50
    return report


@pytest.fixture
def hanging(wire, mode):
    """A harness that has done one good invocation, and whose server will not answer."""
    with Harness("--client", mode, "--timeout", TIMEOUT, "--events", uri=wire.uri) as program:
        expect_pass(program.invoke())
        yield program


def recovers(program, mode):
    """The next invocation is good. A single-threaded client looks at a lost server again after 5 s (cooldownMS)."""
    end = time.monotonic() + (7 if mode == "single" else 0)
    report = program.invoke()
    while report["verdict"] == "fail" and time.monotonic() < end:
        expect_error(report, "Scenario.InsertFailed")
        time.sleep(0.5)
        report = program.invoke()
    expect_pass(report)


def finish_promptly(program, seconds=5):
    started = time.monotonic()
    result = program.finish()
    assert time.monotonic() - started < seconds, "it took long to end after its input did"
    return result


def test_silent_server(wire, hanging, mode):
    wire.stall()
    report = expect_deadline(hanging.invoke())
    started = [e["command"] for e in report["events"] if e["type"] == "commandStarted"]
    assert started == ["insert"], "what was captured is shown"
    assert report["operations"]["insert"] == report["operations"]["insert"] | {"ok": False, "tried": True}
    assert not report["operations"]["delete"]["ok"]
    wire.resume()
    recovers(hanging, mode)
    assert finish_promptly(hanging).exit_code == 1


def test_real_server_frozen_in_the_middle(mongodb, mode):
    with Harness("--client", mode, "--timeout", TIMEOUT, uri=mongodb.uri) as program:
        expect_pass(program.invoke())
        mongodb.freeze()
        expect_deadline(program.invoke())
        mongodb.thaw()
        recovers(program, mode)
        finish_promptly(program)


def test_silent_server_at_the_end(wire, hanging):
    """Nothing of a goodbye to the server may hold the process."""
    wire.stall()
    expect_deadline(hanging.invoke())
    assert finish_promptly(hanging).exit_code == 1


def test_silent_server_at_the_end_of_good_invocations(wire, hanging):
    wire.stall()
    assert finish_promptly(hanging).exit_code in (0, 1)


def test_many_hangs_leave_no_threads_behind(wire, hanging, mode):
    process = psutil.Process(hanging.pid)
    wire.stall()
    expect_deadline(hanging.invoke())
    after_one, descriptors = process.num_threads(), process.num_fds()
    for _ in range(4):
        report = hanging.invoke()
        assert report["error"]["type"] in (DEADLINE, "Scenario.InsertFailed")
        assert report["invocation"]["durationMs"] <= TIMEOUT + SLACK
    assert process.num_threads() <= after_one
    assert process.num_fds() <= descriptors + 1
    wire.resume()
    recovers(hanging, mode)


def test_insert_done_but_not_told(wire, hanging):
    """The deadline is the end: the report says so, and the next invocation is not harmed by the late answer."""
    wire.fault("insert", wire_faults.never(), times=None)
    report = expect_deadline(hanging.invoke())
    assert report["operations"]["insert"]["acknowledged"] is None


def test_late_answer_is_not_taken_for_the_next_ones(wire, hanging, mode):
    wire.fault("insert", wire_faults.late(TIMEOUT / 1000 + 0.3))
    expect_deadline(hanging.invoke())
    recovers(hanging, mode)
    assert wire.wait_for(lambda w: w.left_behind() == 0), "what was not known to be inserted is deleted later"


def test_hang_in_the_delete(wire, hanging):
    wire.fault("delete", wire_faults.never(), times=None)
    report = expect_deadline(hanging.invoke())
    assert report["operations"]["insert"]["ok"] and not report["operations"]["delete"]["ok"]
    assert report["operations"]["delete"]["tried"]


def test_slow_bytes(wire, hanging):
    """A reply of which one half never comes."""
    wire.fault("insert", wire_faults.cut(30, close=None), times=None)
    expect_deadline(hanging.invoke())


def patient(mode, uri):
    """A single-threaded client looks for a server only once, unless told otherwise; a pool knows no such option."""
    return uri + "&serverSelectionTryOnce=false" if mode == "single" else uri


def run_without_primary(mode, uri):
    with Harness("--client", mode, "--timeout", TIMEOUT, uri=patient(mode, uri)) as program:
        for _ in range(2):
            report = expect_deadline(program.invoke())
            assert report["commands"]["started"] == 0
        assert finish_promptly(program).exit_code == 1


def test_no_primary(mode):
    with WireServer({"isWritablePrimary": False, "secondary": True, "primary": MISSING}) as wire:
        run_without_primary(mode, wire.uri)


def test_primary_that_refuses_connections(mode):
    run_without_primary(mode, f"mongodb://127.0.0.1:{free_port()}/?replicaSet=wire")


def test_server_that_never_says_hello(mode):
    with WireServer() as wire:
        wire.fault("hello", wire_faults.never(), times=None)
        run_without_primary(mode, wire.uri)


def test_unreachable_member_does_not_matter(mode):
    """A dead secondary beside a good primary is seen, and hinders nothing."""
    dead = f"127.0.0.1:{free_port()}"
    with WireServer() as wire:
        wire.change_hello(hosts=[wire.address, dead])
        with Harness("--client", mode, "--timeout", TIMEOUT, uri=wire.uri) as program:
            for _ in range(3):
                expect_pass(program.invoke())


def test_primary_comes_back(mode):
    """A selection that waits at the deadline is given up; the next invocation finds the new primary."""
    with WireServer({"isWritablePrimary": False, "secondary": True, "primary": MISSING}) as wire:
        with Harness("--client", mode, "--timeout", TIMEOUT, uri=patient(mode, wire.uri)) as program:
            expect_deadline(program.invoke())
            wire.change_hello(isWritablePrimary=True, secondary=False, primary=wire.address)
            expect_pass(program.invoke())


def test_timeout_is_no_pause(wire, mode):
    result = harness.run("--client", mode, "--timeout", 30000, uri=wire.uri)
    assert result.seconds < 5
