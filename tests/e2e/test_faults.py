"""Servers that misbehave: the verdict, the reason, and whether the report matches the wire."""

from dataclasses import dataclass, field

import harness
import pytest
import wire_faults
from harness import Harness, expect_error, expect_pass
from wire_faults import MISSING
from wire_server import WireServer

pytestmark = [pytest.mark.faults]

# ms for each invocation here: more than any of them needs, less than the driver's own 30 s (serverSelectionTimeoutMS)
TIMEOUT = 20000
PASS = None


@dataclass
class Case:
    """A fault of one command, and what the report must say."""

    command: str
    fault: wire_faults.Fault
    error: str | None  # PASS or an error type
    words: tuple = ()
    acknowledged: object = 1  # of that operation
    retried: int = 0
    left: int = 0  # documents left in the collection
    times: int | None = 1
    options: str = ""  # of the URI


NO_RETRY = "&retryWrites=false"
IMPATIENT = "&socketTimeoutMS=5000"  # of everything sent, including a successful retry
INSERT, DELETE = "Scenario.InsertFailed", "Scenario.DeleteFailed"
NOT_ONE_INSERTED, NOT_ONE_DELETED = "Assertion.InsertAcknowledged", "Assertion.DeleteRemovedOne"

CASES = {
    # Wrong answers.
    "insert_n_0": Case("insert", wire_faults.acknowledge(0), NOT_ONE_INSERTED, acknowledged=0),
    "insert_n_negative": Case("insert", wire_faults.acknowledge(-1), NOT_ONE_INSERTED, acknowledged=...),
    "insert_without_n": Case("insert", wire_faults.acknowledge(MISSING), NOT_ONE_INSERTED, acknowledged=None),
    "insert_n_string": Case("insert", wire_faults.acknowledge("1"), NOT_ONE_INSERTED, acknowledged=None),
    "delete_n_0": Case("delete", wire_faults.acknowledge(0), NOT_ONE_DELETED, acknowledged=0),
    "delete_of_nothing": Case("delete", wire_faults.deletes_nothing(), NOT_ONE_DELETED, acknowledged=0, left=1),
    # Errors.
    "insert_write_error": Case("insert", wire_faults.write_error(), INSERT, ("Document failed",), acknowledged=0),
    "insert_write_concern_error": Case("insert", wire_faults.write_concern_error(), INSERT, ("waiting for",)),
    "insert_command_error": Case(
        "insert", wire_faults.command_error(13, "Unauthorized"), INSERT, ("the server says no",), acknowledged=None
    ),
    "delete_write_error": Case(
        "delete", wire_faults.write_error(), DELETE, ("Document failed",), acknowledged=0, left=1
    ),
    "delete_write_concern_error": Case("delete", wire_faults.write_concern_error(), DELETE, ("waiting for",)),
    "delete_command_error": Case(
        "delete", wire_faults.command_error(13, "Unauthorized"), DELETE, ("says no",), acknowledged=None, left=1
    ),
    "insert_retryable_once": Case("insert", wire_faults.retryable_error(), PASS, retried=1),
    "insert_retryable_twice": Case(
        "insert", wire_faults.retryable_error(), INSERT, acknowledged=None, retried=1, times=2
    ),
    "delete_retryable_once": Case("delete", wire_faults.retryable_error(), PASS, retried=1),
    # Connections that end: a driver that retries succeeds.
    "insert_closed_before": Case("insert", wire_faults.close_before(), PASS, retried=1),
    "insert_closed_after": Case("insert", wire_faults.close_after(), PASS, retried=1),
    "insert_reset_after": Case("insert", wire_faults.close_after("rst"), PASS, retried=1),
    "insert_reply_cut_in_body": Case("insert", wire_faults.cut(40), PASS, retried=1),
    "insert_reply_of_bad_length": Case("insert", wire_faults.bad_length(), PASS, retried=1),
    "delete_closed_after": Case("delete", wire_faults.close_after(), PASS, retried=1),
    # The same without retries: the insert's result is unknown, so the delete is tried.
    "insert_closed_after_no_retry": Case(
        "insert", wire_faults.close_after(), INSERT, acknowledged=None, options=NO_RETRY
    ),
    "insert_closed_before_no_retry": Case(
        "insert", wire_faults.close_before(), INSERT, acknowledged=None, options=NO_RETRY
    ),
    "insert_reply_cut_no_retry": Case("insert", wire_faults.cut(30), INSERT, acknowledged=None, options=NO_RETRY),
    "insert_reply_of_bad_length_no_retry": Case(
        "insert", wire_faults.bad_length(), INSERT, acknowledged=None, options=NO_RETRY
    ),
    "insert_reply_huge_no_retry": Case(
        "insert", wire_faults.bad_length(2**31 - 1), INSERT, acknowledged=None, options=NO_RETRY + IMPATIENT
    ),
    "insert_never_answered_no_retry": Case(
        "insert", wire_faults.never(), INSERT, acknowledged=None, options=NO_RETRY + IMPATIENT
    ),
    "delete_closed_after_no_retry": Case(
        "delete", wire_faults.close_after(), DELETE, acknowledged=None, options=NO_RETRY
    ),
    # Delays.
    "insert_late": Case("insert", wire_faults.late(0.3), PASS),
    "insert_not_answered_once": Case("insert", wire_faults.never(), PASS, retried=1, options=IMPATIENT),
    "insert_lost_once": Case("insert", wire_faults.never(apply=False), PASS, retried=1, options=IMPATIENT),
}


@pytest.mark.parametrize("name", CASES)
def test_fault(wire, mode, name):
    case = CASES[name]
    wire.fault(case.command, case.fault, times=case.times)
    with Harness("--client", mode, "--timeout", TIMEOUT, "--events", uri=wire.uri + case.options) as program:
        report = program.invoke()
        check_against_wire(wire, [report])
        operation = report["operations"][case.command]
        if case.error is PASS:
            expect_pass(report)
        else:
            expect_error(report, case.error, *case.words)
            assert not operation["ok"]
        assert case.acknowledged is ... or operation["acknowledged"] == case.acknowledged
        assert report["commands"]["retried"] == case.retried
        assert report["invocation"]["durationMs"] < TIMEOUT
        assert report["operations"]["delete"]["tried"] and wire.left_behind() == case.left
        assert operation["durationMs"] >= 1000 * case.fault.delay
        assert wire.violations == []

        expect_pass(program.invoke())  # the client works again


def check_against_wire(wire, reports, closed_before=False):
    """The reports match the wire, in commands and connections. Only a command sent into a connection that was already
    closed does not reach the server.
    """
    writes = [c.name for c in wire.operations() if c.name in ("insert", "delete")]
    lost = sum(r["commands"]["failed"] for r in reports) if closed_before else 0
    assert sum(r["commands"]["started"] for r in reports) - lost == len(writes)
    ended = "commandSucceeded" if closed_before else "commandStarted"
    assert [e["command"] for r in reports for e in r["events"] if e["type"] == ended] == writes
    created = sum(r["connections"]["application"]["created"] for r in reports)
    assert created == len({c.connection.number for c in wire.operations()})


@pytest.mark.parametrize("garble", ["opcode", "bson", "response_to"])
def test_reply_that_makes_no_sense_is_survived(wire, mode, garble):
    """Drivers differ in what they notice. In any case the document is gone and the next invocation passes."""
    if garble == "bson" and harness.driver_version() < (1, 25):
        pytest.skip("this driver crashes when it copies such a reply for its listeners")
    wire.fault("insert", getattr(wire_faults, f"bad_{garble}")())
    with Harness("--client", mode, "--timeout", TIMEOUT, uri=wire.uri) as program:
        report = program.invoke()
        assert report["error"] is None or report["error"]["type"] in (
            INSERT,
            NOT_ONE_INSERTED,
            "Assertion.StreamingProtocol",
            "Assertion.HeartbeatInterval",
        )
        assert wire.left_behind() == 0
        expect_pass(program.invoke())


def test_acknowledgement_as_a_double_is_survived(wire, mode):
    """1.0 counts as 1, though a driver may not count it."""
    wire.fault("insert", wire_faults.acknowledge(1.0))
    with Harness("--client", mode, uri=wire.uri) as program:
        report = program.invoke()
        assert report["operations"]["insert"]["acknowledged"] in (1, None)
        assert report["operations"]["insert"]["ok"] == (report["operations"]["insert"]["acknowledged"] == 1)
        assert wire.left_behind() == 0


def test_several_faults_are_all_shown_and_the_first_names_the_error(wire, mode):
    wire.fault("insert", wire_faults.acknowledge(2))
    wire.fault("delete", wire_faults.command_error(13, "Unauthorized"))
    report = harness.run("--client", mode, uri=wire.uri).report
    expect_error(report, DELETE, "the server says no")
    assert {"insert_acknowledged", "delete_removed_one"} <= set(harness.failed(report))


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_connections_dropped_between_invocations(wire, mode, how):
    with Harness("--client", mode, "--events", "--timeout", TIMEOUT, uri=wire.uri) as program:
        reports = [expect_pass(program.invoke())]
        harness.drop_connections(wire, mode, how)
        assert wire.wait_for(lambda w: not any(c.open for c in w.connections[:1]))
        reports.append(expect_pass(program.invoke()))
        check_against_wire(wire, reports, closed_before=True)
    assert reports[1]["connections"]["application"]["closed"] == 1
    assert reports[1]["openConnections"] == 1


@dataclass
class Hello:
    """A server that does not look like a primary."""

    changes: dict
    words: tuple = ()
    options: str = ""
    fault: wire_faults.Fault | None = None
    expected: list = field(default_factory=list)


HELLOS = {
    "standalone": Hello({"setName": MISSING, "hosts": MISSING}),
    "other_set": Hello({"setName": "other"}),
    "secondary": Hello({"isWritablePrimary": False, "secondary": True, "primary": MISSING}),
    "too_new": Hello({"minWireVersion": 99, "maxWireVersion": 99}, ("wire version",)),
    "too_old": Hello({"minWireVersion": 0, "maxWireVersion": 2}, ("wire version",)),
    "error": Hello({"ok": 0.0, "errmsg": "not today", "code": 8000}),
    "silent": Hello({}, fault=wire_faults.never(), options="&connectTimeoutMS=300"),
    "closing": Hello({}, fault=wire_faults.close_before()),
    "garbled": Hello({}, fault=wire_faults.bad_length()),
    "cut": Hello({}, fault=wire_faults.cut(30)),
}


SELECTION_TIMEOUT = 5000  # ms in which the driver must hear from the server at least once


@pytest.mark.parametrize("name", HELLOS)
def test_no_primary_within_the_selection_timeout(mode, name):
    hello = HELLOS[name]
    if (mode, name) == ("pool", "garbled") and harness.driver_version() < (1, 25):
        pytest.skip("this driver aborts at a message length below zero")
    with WireServer(hello.changes) as wire:
        if hello.fault:
            wire.fault("hello", hello.fault, times=None)
        uri = f"{wire.uri}&serverSelectionTimeoutMS={SELECTION_TIMEOUT}{hello.options}"
        result = harness.run("--client", mode, "--timeout", TIMEOUT, uri=uri)
        report = expect_error(result.report, INSERT, *hello.words)
        assert wire.address in report["error"]["message"], report["error"]
        assert report["operations"]["insert"]["durationMs"] < TIMEOUT
        assert report["operations"]["insert"]["acknowledged"] is None
        assert wire.operations() == [] and report["commands"]["started"] == 0
        assert result.exit_code == 1
