"""The local provider: JSON values from stdin in any layout, one answer per line, whatever stdin and stdout are."""

import json
import os
import pty
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import harness
import pytest
import wire_server as wire_faults
from harness import PATIENCE, PROMPTLY, Harness, expect_pass

pytestmark = [pytest.mark.local]

ECHO = ["--scenario", "echo"]
MEBIBYTE = 1 << 20


def echo(stdin, **options):
    return harness.run(*ECHO, stdin=stdin, **options)


# Layout.


def test_several_values_on_one_line():
    assert echo('{"a":1}{"b":2} [3]\t"four"5 null true').lines == [{"a": 1}, {"b": 2}, [3], "four", 5, None, True]


def test_one_value_over_several_lines():
    result = echo('{\n  "a": [\r\n 1,\n 2\n ]\n}\n\n\n')
    assert result.lines == [{"a": [1, 2]}] and result.stdout.count("\n") == 1


def test_last_value_needs_no_newline():
    assert echo("42").stdout == "42\n"


def test_utf8_goes_through():
    assert echo('{"ü": "𝄞 \\u00e9 \\ud834\\udd1e"}').lines == [{"ü": "𝄞 é 𝄞"}]


@pytest.mark.parametrize("stdin", ["", " \n\t "])
def test_empty_input_is_one_empty_event(stdin):
    assert echo(stdin).stdout == "{}\n"


def test_no_stdin_is_one_empty_event(wire):
    with Harness(uri=wire.uri, stdin=subprocess.DEVNULL) as program:
        result = program.finish()
    expect_pass(result.report)


# Interaction.


@pytest.mark.parametrize("event", ["{}", '{"a":\n[1]}', '"text"', "[]", "null\n", "12 "])
def test_answers_as_soon_as_an_event_is_complete(event):
    """Without a newline or the end of input, because the sender waits for the answer before it goes on."""
    with Harness(*ECHO) as program:
        for _ in range(2):
            program.send(event)
            assert program.line() == json.loads(event)


def test_event_in_pieces():
    with Harness(*ECHO) as program:
        for byte in '{"key": "välue", "n": [1, 2.5e3]}'.encode():
            program.send(bytes([byte]))
        assert program.line() == {"key": "välue", "n": [1, 2500]}


# Bad values.

BAD = {
    "word": "nonsense\n",
    "open_object": '{"a" 1}\n',
    "comma": "[1,]\n",
    "control": '"a\x01b"\n',
    "nul": '{"a":\0}\n',
    "utf8": b'"\xff\xfe"\n',
    "number": "01\n",
    "deep": "[" * 100_000 + "]" * 100_000 + "\n",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_value_is_answered_and_the_next_one_is_good(name):
    with Harness(*ECHO) as program:
        program.send(BAD[name])
        error = program.line()
        while error != {"good": 1}:  # one mistake may be reported more than once, but never silently dropped
            assert set(error) == {"errorType", "errorMessage"}, error
            if not program.lines[1:]:
                program.send('\n{"good": 1}\n')
            error = program.line()
        result = program.finish()
    assert result.exit_code == 1


def test_bad_value_costs_no_scenario(wire):
    result = harness.run(uri=wire.uri, stdin="nonsense\n{}\n")
    assert [("errorType" in line, "reportVersion" in line) for line in result.lines] == [(True, False), (False, True)]
    assert result.exit_code == 1 and len(wire.seen("insert")) == 1


def test_event_cut_by_the_end_of_input():
    result = echo('{"a": 1}{"b": ')
    assert result.exit_code == 1
    assert result.lines[0] == {"a": 1} and set(result.lines[1]) == {"errorType", "errorMessage"}


# Size.

JUNK = {
    "string": (b'"', b"a", b'"'),
    "array": (b"[", b"1,", b"1]"),
    "word": (b"", b"junk", b"\n"),
    "nesting": (b"", b"[", b"\n"),
    "spaces": (b"", b" ", b"\n"),
    "nul": (b"", b"\0", b"\n"),
}


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
        peak = int(peak_memory(program.pid))
        result = program.finish()
    assert result.exit_code == (0 if name == "spaces" else 1)
    if not harness.INSTRUMENTED:
        assert seconds < PATIENCE, f"{seconds:.1f} s"
        assert peak < 64 * 1024, f"{peak} KiB at the peak"


def peak_memory(pid):
    """The most resident memory, in KiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))


def test_event_of_six_megabytes_is_no_junk():
    value = "x" * (6 * MEBIBYTE - 2)
    assert echo(f'"{value}"').stdout == f'"{value}"\n'


# The ends of the pipes.


def test_exit_codes():
    assert echo("{}").exit_code == 0
    assert echo("{} x\n").exit_code == 1
    assert harness.run("--nonsense").exit_code == 2


def test_failed_invocation_stops_nothing_and_decides_the_exit_code(wire):
    wire.fault("insert", wire_faults.acknowledge(2))
    result = harness.run("--client", "single", uri=wire.uri, stdin="{}{}")
    assert [r["verdict"] for r in result.reports] == ["fail", "pass"] and result.exit_code == 1


def test_reader_of_stdout_gone():
    reading, writing = os.pipe()
    os.close(reading)
    with Harness(*ECHO, stdout=writing) as program:
        os.close(writing)
        result = program.finish("{}{}{}")
    assert result.exit_code in (1, 2) and "stdout" in result.stderr


def test_full_disk():
    with open("/dev/full", "wb") as full, Harness(*ECHO, stdout=full) as program:
        result = program.finish("{}")
    assert result.exit_code in (1, 2) and "No space left" in result.stderr


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


def test_terminal_gets_a_pretty_report(wire):
    ours, theirs = pty.openpty()
    with Harness(uri=wire.uri, stdout=theirs) as program:
        os.close(theirs)
        program.send("{}")
        program.process.stdin.close()
        text = read_terminal(ours)
        program.process.wait(PATIENCE)
    report = harness.check_report(json.loads(text))
    expect_pass(report)
    assert text.count("\n") > 50, "one report over many lines"


def test_terminal_as_stdin_is_one_empty_event():
    ours, theirs = pty.openpty()
    with Harness(*ECHO, stdin=theirs) as program:
        os.close(theirs)
        result = program.finish()
    os.close(ours)
    assert result.stdout == "{}\n"


def read_terminal(descriptor):
    chunks = []
    while True:
        try:
            chunks.append(os.read(descriptor, 65536))
        except OSError:  # EIO: the other end is closed
            break
        if not chunks[-1]:
            break
    os.close(descriptor)
    return b"".join(chunks).decode()


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
