"""The local provider as a program: what only its processes, pipes and signals show. unit.local.* has all layouts, bad values,
inputs and outputs."""

import json
import os
import re
import signal
import subprocess
import threading
import time

import harness
import pytest
import wire_faults
from harness import PATIENCE, PROMPTLY, Harness, expect_pass

pytestmark = [pytest.mark.local]

ECHO = ["--scenario", "echo"]
MEBIBYTE = 1 << 20


def echo(stdin, *options):
    return harness.run(*ECHO, *options, stdin=stdin)


def test_several_values_on_one_line():
    result = echo('{"a":1}{"ü":"𝄞 \\u00e9"} [3]\t"four"5 null true')
    assert result.lines == [{"a": 1}, {"ü": "𝄞 é"}, [3], "four", 5, None, True]


def test_bad_value_costs_no_scenario(wire):
    result = harness.run(uri=wire.uri, stdin="nonsense\n{}\n")
    assert [("errorType" in line, "reportVersion" in line) for line in result.lines] == [(True, False), (False, True)]
    assert result.exit_code == 1 and len(wire.seen("insert")) == 1


@pytest.mark.parametrize("stdin", ["", " \n\t\n"])
def test_no_value_is_one_empty_event(stdin):
    assert echo(stdin).stdout == "{}\n"


def test_unfinished_value_is_no_empty_event():
    (line,) = echo('{"a":').lines
    assert line["errorType"] == "Event.Malformed"


# Size.


def test_event_larger_than_the_option():
    bad, large, good = echo("{bad} [1,2,3,4,5] 6", "--option", "max_event_bytes=8").lines
    assert (bad["errorType"], large["errorType"], good) == ("Event.Malformed", "Event.TooLarge", 6)


def test_wrong_option():
    echo("", "--option", "max_event_bytes=0").expect_no_start("max_event_bytes", "from 1 to 1073741824, found '0'")


JUNK = {"string": (b'"', b"a", b'"'), "word": (b"", b"junk", b"\n")}


@pytest.mark.both
@pytest.mark.parametrize("name", JUNK)
def test_100_mb_of_junk_cost_bounded_memory_and_time(name):
    head, unit, tail = JUNK[name]
    with Harness(*ECHO) as program:
        program.send("1 ")
        program.line()
        started = time.monotonic()
        block = unit * (MEBIBYTE // len(unit))
        program.send(head)
        for _ in range(100):
            program.send(block)
        program.send(tail)
        program.send('\n{"good": 1}\n')
        while program.line(60) != {"good": 1}:
            assert len(program.lines) < 10_000, "bad input must not cause thousands of answers"
        seconds = time.monotonic() - started
        peak = harness.peak_memory(program.pid)
        result = program.finish()
    assert result.exit_code == 1
    if not harness.INSTRUMENTED:
        assert seconds < PATIENCE, f"{seconds:.1f} s"
        assert peak < 64 * MEBIBYTE, f"{peak} bytes at the peak"


def test_event_of_six_megabytes_is_no_junk():
    value = "x" * (6 * MEBIBYTE - 2)
    assert echo(f'"{value}"').stdout == f'"{value}"\n'


# The ends of the pipes.


def test_failed_invocation_stops_nothing_and_decides_the_exit_code(wire):
    wire.fault("insert", wire_faults.acknowledge(2))
    result = harness.run("--client", "single", uri=wire.uri, stdin="{}{}")
    assert [r["verdict"] for r in result.reports] == ["fail", "pass"] and result.exit_code == 1


@pytest.mark.parametrize("events", ["{}{}{}", "bad"])
def test_reader_of_stdout_gone(events):
    reading, writing = os.pipe()
    os.close(reading)
    with Harness(*ECHO, stdout=writing) as program:
        os.close(writing)
        result = program.finish(events)
    assert result.exit_code in (1, 2) and "stdout" in result.stderr


@pytest.mark.parametrize("closed", ["0", "1", "2", "012"])
def test_closed_descriptors_are_not_mistaken_for_sockets(wire, closed):
    """A socket that got the number of a closed stdout would receive the answers."""
    redirections = " ".join(f"{fd}{'<' if fd == '0' else '>'}&-" for fd in closed)
    command = ["sh", "-c", f'exec "$0" {redirections}', harness.PROGRAM]
    done = subprocess.run(
        command,
        env=harness.environment({"MONGODB_URI": wire.uri}),
        input=b"{}{}",
        capture_output=True,
        timeout=PATIENCE,
    )
    assert done.returncode >= 0, f"signal {-done.returncode}"
    assert done.returncode != 0 or "1" not in closed, "an unreadable answer is not a success"
    assert wire.violations == []
    harness.check_secrets(done.stdout.decode(), done.stderr.decode())


# Signals.


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_while_waiting_ends_promptly(wire, number):
    with Harness(uri=wire.uri) as program:
        report = program.invoke()
        started = time.monotonic()
        program.process.send_signal(number)
        exit_code = program.process.wait(PATIENCE)
        assert time.monotonic() - started < PROMPTLY
        assert exit_code == (0 if report["verdict"] == "pass" else 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_before_the_first_event_ends_promptly(wire, number):
    with Harness(uri=wire.uri) as program:
        program.wait_until_ready()
        program.process.send_signal(number)
        assert program.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_during_an_invocation_lets_it_end(wire, number):
    answer = threading.Event()
    wire.fault("insert", wire_faults.Fault(edit=lambda document: document if answer.wait(PATIENCE) else {}))
    with Harness("--client", "single", uri=wire.uri) as program:
        program.send("{}{}{}")
        assert wire.wait_for(lambda w: len(w.seen("insert")) == 1)
        program.process.send_signal(number)
        program.wait_until_signalled(number)
        answer.set()
        expect_pass(program.line())
        result = program.finish()
    assert result.exit_code == 0 and len(result.lines) == 1, "the invocation in progress is answered, and nothing more"
    assert wire.left_behind() == 0


@pytest.mark.parametrize("first", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_second_signal_kills(wire, first, second):
    wire.fault("insert", wire_faults.never(), times=None)
    with Harness("--client", "single", uri=wire.uri) as program:
        program.send("{}")
        assert wire.wait_for(lambda w: len(w.seen("insert")) == 1)
        program.process.send_signal(first)
        program.wait_until_signalled(first)  # or the kernel merges the two
        program.process.send_signal(second)
        assert program.process.wait(PATIENCE) == -second


@pytest.mark.driver
@pytest.mark.skipif("harness.driver_version() < (1, 30)", reason="drivers before 1.30 have no structured log")
def test_structured_log_of_the_driver(wire, mode):
    """It goes to the log, in the log's form and without secrets, whatever the driver's own variables say."""
    wire.fault("insert", wire_faults.command_error(2, "BadValue", f'"{harness.PASSWORD}" it said'))
    variables = {
        "MONGODB_LOG_ALL": "debug",
        "MONGODB_LOG_PATH": "stdout",
        "AWS_SECRET_ACCESS_KEY": harness.PASSWORD,
    }
    result = harness.run("--client", mode, "--log-level", "debug", uri=wire.uri, env=variables)
    harness.expect_error(result.report, "Scenario.InsertFailed", "***")
    lines = re.findall(r"^\d\d:\d\d:\d\d\.\d{3}Z debug libmongoc: command: (.*)$", result.stderr, re.M)
    started = json.loads(lines[0])
    assert (started["message"], started["commandName"]) == ("Command started", "insert")
    assert any("***" in line for line in lines)
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize("level", ["debug", "error"])
def test_logs_go_to_stderr_only(wire, level):
    result = harness.run("--log-level", level, uri=wire.uri)
    assert len(result.lines) == 1 and result.stdout.count("\n") == 1
