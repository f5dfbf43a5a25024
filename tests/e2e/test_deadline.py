"""Hangs: the report comes at the deadline with what was captured, and neither the process nor its threads are lost."""

import contextlib
import time
from pathlib import Path

import harness
import psutil
import pytest
import wire_faults
from harness import PATIENCE, PROMPTLY, Harness, expect_error, expect_pass
from secantus import free_port
from wire_faults import MISSING
from wire_server import WireServer

pytestmark = [pytest.mark.deadline]

TIMEOUT = 1500  # ms
AMPLE_TIMEOUT = 5000  # ms, when part of the scenario must be done before the deadline
# ms after the deadline, on a busy machine. What the driver ends by itself takes longer: 30 s
# (serverSelectionTimeoutMS), or connectTimeoutMS as set here (default 10 s).
SLACK = 1000 * PROMPTLY
SLOW_CONNECT = "&connectTimeoutMS=60000"
# ms after the deadline, the best of several: less than the fixed 5 s of cooldownMS.
BEST_SLACK = 3000
DEADLINE = "Harness.DeadlineExceeded"


def expect_deadline(report, timeout=TIMEOUT):
    expect_error(report, DEADLINE)
    assert timeout <= report["invocation"]["durationMs"] <= timeout + SLACK
    assert report["invocation"]["deadlineMs"] == timeout
    return report


def expect_one_punctual(reports):
    assert min(report["invocation"]["durationMs"] for report in reports) <= TIMEOUT + BEST_SLACK


@contextlib.contextmanager
def hanging_within(wire, mode, timeout):
    """A harness that has done one good invocation, and whose server stops answering."""
    # A single-threaded client that was idle for 5 s first sends a ping or a hello (socketCheckIntervalMS).
    at_once = "&socketCheckIntervalMS=600000&heartbeatFrequencyMS=600000"
    with Harness("--client", mode, "--timeout", timeout, "--events", uri=wire.uri + at_once + SLOW_CONNECT) as program:
        works(program)
        yield program


@pytest.fixture
def hanging(wire, mode):
    with hanging_within(wire, mode, TIMEOUT) as program:
        yield program


@pytest.fixture
def hanging_after_a_while(wire, mode):
    with hanging_within(wire, mode, AMPLE_TIMEOUT) as program:
        yield program


def works(program, excuse=DEADLINE):
    """The next invocation passes. If the machine was too busy for it, its report says so, and the one after it counts."""
    end = time.monotonic() + PATIENCE
    report = program.invoke()
    while report["error"] and report["error"]["type"] in (DEADLINE, excuse) and time.monotonic() < end:
        time.sleep(0.5)
        report = program.invoke()
    expect_pass(report)


def recovers(program, mode):
    """A single-threaded client checks a lost server again after 5 s (cooldownMS)."""
    works(program, excuse="Scenario.InsertFailed" if mode == "single" else DEADLINE)


def finish_promptly(program):
    started = time.monotonic()
    result = program.finish()
    assert time.monotonic() - started < PROMPTLY, "it took too long to end after its input"
    return result


def test_silent_server(wire, hanging_after_a_while, mode):
    program = hanging_after_a_while
    wire.stall()
    report = expect_deadline(program.invoke(), AMPLE_TIMEOUT)
    started = [e["command"] for e in report["events"] if e["type"] == "commandStarted" and e["invocation"]]
    assert started == ["insert"], "what was captured is shown"
    assert report["operations"]["insert"] == report["operations"]["insert"] | {"ok": False, "tried": True}
    assert not report["operations"]["delete"]["ok"]
    wire.resume()
    recovers(program, mode)
    assert finish_promptly(program).exit_code == 1


def test_real_server_frozen_in_the_middle(mongodb, mode):
    with Harness("--client", mode, "--timeout", TIMEOUT, uri=mongodb.uri + SLOW_CONNECT) as program:
        works(program)
        mongodb.freeze()
        expect_deadline(program.invoke())
        mongodb.thaw()
        recovers(program, mode)
        finish_promptly(program)


def test_silent_server_at_the_end(wire, hanging):
    """The driver's endSessions must not keep the process from ending."""
    wire.stall()
    expect_deadline(hanging.invoke())
    assert finish_promptly(hanging).exit_code == 1


def test_silent_server_at_the_end_of_good_invocations(wire, hanging):
    wire.stall()
    assert finish_promptly(hanging).exit_code in (0, 1)


def test_many_hangs_leave_no_threads_behind(wire, hanging, mode):
    process = psutil.Process(hanging.pid)
    wire.stall()
    reports = [expect_deadline(hanging.invoke())]
    after_one, descriptors = process.num_threads(), process.num_fds()
    more = 4
    for _ in range(more):
        reports.append(hanging.invoke())
        assert reports[-1]["error"]["type"] in (DEADLINE, "Scenario.InsertFailed")
        assert reports[-1]["invocation"]["durationMs"] <= TIMEOUT + SLACK
    expect_one_punctual(report for report in reports if report["error"]["type"] == DEADLINE)
    # Each hang could leave a thread behind. The driver's own threads come and go with their connections.
    assert process.num_threads() < after_one + more
    assert process.num_fds() < descriptors + more
    wire.resume()
    recovers(hanging, mode)


def test_late_answer_is_not_taken_for_the_next_ones(wire, hanging, mode):
    wire.fault("insert", wire_faults.late(TIMEOUT / 1000 + 0.3))
    assert expect_deadline(hanging.invoke())["operations"]["insert"]["acknowledged"] is None
    recovers(hanging, mode)
    hanging.finish()
    assert wire.left_behind() == 0, "a document that may have been inserted is deleted later"


def test_hang_in_the_delete(wire, hanging_after_a_while):
    wire.fault("delete", wire_faults.never(), times=None)
    report = expect_deadline(hanging_after_a_while.invoke(), AMPLE_TIMEOUT)
    assert report["operations"]["insert"]["ok"] and not report["operations"]["delete"]["ok"]
    assert report["operations"]["delete"]["tried"]


def test_slow_bytes(wire, hanging):
    """A reply whose second half never comes."""
    wire.fault("insert", wire_faults.cut(30, close=None), times=None)
    expect_deadline(hanging.invoke())


def patient(mode, uri):
    """By default a single-threaded client tries server selection only once; a pool does not know the option."""
    return uri + "&serverSelectionTryOnce=false" if mode == "single" else uri


def run_without_primary(mode, uri):
    with Harness("--client", mode, "--timeout", TIMEOUT, uri=patient(mode, uri) + SLOW_CONNECT) as program:
        reports = [expect_deadline(program.invoke()) for _ in range(2)]
        assert [report["commands"]["started"] for report in reports] == [0, 0]
        expect_one_punctual(reports)
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
    """A dead secondary beside a good primary is reported, and harms nothing."""
    dead = f"127.0.0.1:{free_port()}"
    with WireServer() as wire:
        wire.change_hello(hosts=[wire.address, dead])
        with Harness("--client", mode, "--timeout", TIMEOUT, uri=wire.uri) as program:
            for _ in range(3):
                works(program)


def test_primary_comes_back(mode):
    """A server selection in progress at the deadline is given up; the next invocation finds the new primary."""
    with WireServer({"isWritablePrimary": False, "secondary": True, "primary": MISSING}) as wire:
        with Harness("--client", mode, "--timeout", TIMEOUT, uri=patient(mode, wire.uri)) as program:
            expect_deadline(program.invoke())
            wire.change_hello(isWritablePrimary=True, secondary=False, primary=wire.address)
            works(program)


def test_timeout_is_no_pause(wire, mode):
    timeout = 30
    result = harness.run("--client", mode, "--timeout", 1000 * timeout, uri=wire.uri)
    assert result.seconds < timeout


def test_counters_of_a_driver_left_behind():
    """libmongoc's cleanup, which would remove them from shared memory, does not run."""
    uri = f"mongodb://127.0.0.1:{free_port()}/?serverSelectionTryOnce=false"
    shared = {"MONGOC_DISABLE_SHM": None}
    with Harness("--client", "single", "--timeout", TIMEOUT, uri=uri, env=shared) as program:
        expect_deadline(program.invoke())
        assert "exiting without cleanup" in program.finish().stderr
        assert not Path(f"/dev/shm/mongoc-{program.pid}").exists()
