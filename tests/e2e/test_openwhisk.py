"""The provider openwhisk, under a scripted proxy of the action loop."""

import contextlib
import json
import os
import signal
import subprocess
import time

import harness
import pytest
from action_proxy import ACTIVATION_ID, Action, envelope
from harness import PATIENCE, PROGRAM, PROMPTLY, expect_pass

pytestmark = [pytest.mark.openwhisk]

ECHO = ["--scenario", "echo"]
SINGLE = ["--client", "single"]  # a pool streams here, see below


@pytest.fixture
def echo():
    with Action(*ECHO) as action:
        action.acknowledged()
        yield action


@pytest.fixture
def action(wire):
    with Action(*SINGLE, uri=wire.uri) as action:
        action.acknowledged()
        yield action


# The life of an action.


@pytest.mark.scenario
def test_good_life(action):
    for _ in range(3):
        report = expect_pass(action.report())
        assert report["invocation"]["id"] == ACTIVATION_ID and report["provider"]["name"] == "openwhisk"
    assert action.finish().exit_code == 0


def test_says_nothing_to_a_proxy_that_does_not_wait():
    with Action(*ECHO, wait_for_ack=False) as action:
        assert action.activate({"n": 1}) == {"n": 1}
        assert action.finish().exit_code == 0


@pytest.mark.parametrize("wait", [True, False])
def test_start_that_fails(wait):
    with Action("--uri", "nonsense://", wait_for_ack=wait) as action:
        if wait:
            assert action.answer() == {"ok": False}
        assert action.finish().exit_code == 2
        assert action.stderr.count("nonsense") <= 1 and "faas-harness: " in action.stderr


@pytest.mark.driver
def test_driver_streams_where_it_knows_no_platform(wire):
    """No driver has a name for OpenWhisk, which pauses idle containers: the report says so, and what to do."""
    with Action(uri=wire.uri) as action:
        action.acknowledged()
        error = action.failure()
        assert error["type"] == "Assertion.StreamingProtocol", error
    if harness.driver_version() >= (2, 2, 2):
        with Action(uri=wire.uri + "&serverMonitoringMode=poll") as action:
            action.acknowledged()
            expect_pass(action.report())


def test_end_of_input(echo):
    assert echo.finish().exit_code == 0


def test_last_line_needs_no_end(echo):
    echo.send(envelope({"last": True}))
    echo.process.stdin.close()
    assert echo.answer() == {"last": True}
    assert echo.finish().exit_code == 0


def test_stop_while_it_waits(echo):
    echo.process.send_signal(signal.SIGTERM)
    assert echo.process.wait(PROMPTLY) == 0


def test_stop_in_the_middle_of_a_line(echo):
    echo.send(envelope({})[:20])
    echo.process.send_signal(signal.SIGTERM)
    assert echo.process.wait(PROMPTLY) == 0


@pytest.mark.deadline
def test_stop_answers_what_is_under_way(wire, action):
    wire.stall()
    action.send(envelope({}, deadline=str(int(time.time() * 1000) + 3000)) + "\n")
    action.wait_until_read()
    action.process.send_signal(signal.SIGTERM)
    assert action.answer()["error"]["type"] == "Harness.DeadlineExceeded"
    assert action.finish().exit_code == 1


# Events.

EVENTS = [
    {},
    {"ü": '𝄞 é \u2028 \n\t\\ "', "😀": ["ß"]},
    {"n": [0, -1.5e300, 123456789, True, None]},
    {"value": {"value": 1}, "deadline": "1", "s": '}{][\\"', "a": [[[{"b": "]"}]]]},
    {"text": "x" * 1_000_000},
]


def test_value_is_the_event(echo):
    for event in EVENTS:
        assert echo.activate(event) == event


def test_value_goes_through_as_it_was_written(echo):
    echo.send('{ "value" : {"n": 12345678901234567890,  "x": 1.10} , "activation_id":"a" }\n')
    assert echo.raw_answer() == b'{"n": 12345678901234567890,  "x": 1.10}\n'


def test_line_in_pieces(echo):
    for byte in (envelope({"n": "ü"}) + "\n").encode():
        echo.send(bytes([byte]))
    assert echo.answer() == {"n": "ü"}


def test_several_lines_at_once(echo):
    echo.send("".join(envelope({"n": n}) + "\r\n" for n in range(50)))
    assert [echo.answer()["n"] for _ in range(50)] == list(range(50))


def test_value_that_is_no_object_is_answered_with_one(echo):
    assert [echo.activate(value) for value in ([1], "a", 5)] == [{"value": [1]}, {"value": "a"}, {"value": 5}]


def test_no_value_is_an_empty_event(echo):
    echo.send("{}\n")
    assert echo.answer() == {}


def test_null_error_is_taken_out_wherever_it_is(echo):
    for text in (
        '{"error":null}',
        '{"error":null,"a":1}',
        '{"a":1,"error": null }',
        '{"a":{"error":null},"error":null,"b":2}',
    ):
        want = {name: value for name, value in json.loads(text).items() if name != "error"}
        echo.send('{"value":' + text + "}\n")
        assert echo.answer() == want


IDS = {"abc-1": "abc-1", "ü\n𝄞": "ü 𝄞"}
NO_IDS = [None, "", 7, {"a": 1}, "x" * 129, "x" * 1_000_000]


@pytest.mark.scenario
def test_activation_id(action):
    for given, want in IDS.items():
        assert action.report(activation_id=given)["invocation"]["id"] == want
    for number, given in enumerate(NO_IDS, len(IDS) + 1):
        assert action.report(activation_id=given)["invocation"]["id"] == f"openwhisk-{number}"


# Deadlines.


@pytest.mark.deadline
def test_deadline_in_the_past(action):
    error = action.failure(deadline="1000")
    assert error["type"] == "Harness.DeadlineExceeded" and error["report"]["verdict"] == "fail"
    assert action.finish().exit_code == 1


@pytest.mark.deadline
@pytest.mark.parametrize("form", [int, str])
def test_deadline_is_kept(wire, action, form):
    wire.stall()
    error = action.failure(deadline=form(int(time.time() * 1000) + 2000))
    assert error["type"] == "Harness.DeadlineExceeded"


@pytest.mark.scenario
def test_deadline_that_is_none(action):
    values = ["", "soon", "0", "-1", "1e3", "9" * 19, 1.5, [], {}]
    for deadline in values:
        expect_pass(action.report(deadline=deadline))
    action.finish()
    assert action.stderr.count("deadline") >= len(values)


# Lines that are not activations.

BAD = {
    "word": b"nonsense",
    "blank": b"",
    "cut": b'{"value":{"a":1}',
    "two": b"{} {}",
    "array": b'[{"value":{}}]',
    "string": b'"value"',
    "nul": b'{"value":\0}',
    "utf8": b'{"value":"\xff"}',
    "deep": b'{"value":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
}


def test_bad_line_is_answered_and_the_next_one_is_good(echo):
    for name, line in BAD.items():
        echo.send(line + b"\n" + envelope({"good": 1}).encode() + b"\n")
        error = echo.answer()["error"]
        assert error["type"] == ("Event.TooDeep" if name == "deep" else "Event.Malformed"), name
        assert echo.answer() == {"good": 1}
    assert echo.finish().exit_code == 1


def test_bad_line_is_never_quoted(echo):
    """It may contain the key, which Action looks for in all output."""
    echo.send(envelope({})[:-1] + "\n")
    assert echo.answer()["error"]["type"] == "Event.Malformed"
    assert echo.finish().exit_code == 1


def test_long_line_is_answered_and_the_next_one_is_good():
    limit = 100_000
    frame = len('{"value":{"a":""}}')
    with Action(*ECHO, "--option", f"max_event_bytes={limit}") as action:
        action.acknowledged()
        for over in (1, 3_000_000):
            action.send('{"value":{"a":"' + "x" * (limit + over - frame) + '"}}\n')
            error = action.answer()["error"]
            assert error["type"] == "Event.TooLarge"
            assert str(limit) in error["message"] and "max_event_bytes" in error["message"]
            action.send('{"value":{"a":"' + "x" * (limit - frame) + '"}}\n')
            assert len(action.answer()["a"]) == limit - frame


# Answers.


@pytest.mark.scenario
def test_failed_report_is_inside_the_error():
    with Action(*SINGLE, "--uri", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200") as action:
        action.acknowledged()
        error = action.failure()
        report = harness.check_report(error["report"])
        assert (error["type"], error["message"]) == (report["error"]["type"], report["error"]["message"])
        assert action.finish().exit_code == 1


def test_long_answer_becomes_an_error():
    with Action(*ECHO, "--option", "max_answer_bytes=1000") as action:
        action.acknowledged()
        assert len(action.activate({"a": "x" * 900})["a"]) == 900
        error = action.activate({"a": "x" * 1000})["error"]
        assert error["type"] == "Provider.AnswerTooLarge" and "max_answer_bytes" in error["message"]


def test_nobody_reads_the_answers():
    with Action(*ECHO, wait_for_ack=False) as action:
        assert action.activate({"n": 1}) == {"n": 1}
        # The thread that reads blocks the pipe until an answer comes.
        os.dup2(os.open(os.devnull, os.O_RDONLY), action.answers.fileno())
        until = time.monotonic() + PATIENCE
        while action.process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(BrokenPipeError):
                action.send(envelope({}) + "\n")
        assert action.end() in (1, 2)
        assert "descriptor 3" in action.stderr


@pytest.mark.parametrize("how", ["closed", "read_only"])
def test_no_descriptor_3(how):
    redirection = {"closed": "3>&-", "read_only": "3</dev/null"}[how]
    done = subprocess.run(
        ["bash", "-c", f'exec "$0" --scenario echo --provider openwhisk {redirection}', PROGRAM],
        capture_output=True, text=True, timeout=PATIENCE, env=harness.environment(), stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 2 and done.stdout == ""
    line = next(line for line in done.stderr.splitlines() if "faas-harness: " in line)
    assert "descriptor 3" in line and "3>&1" in line


@pytest.mark.parametrize("option", ["max_event_bytes", "max_answer_bytes"])
@pytest.mark.parametrize("value", ["0", "-1", "many", "1073741825"])
def test_options(option, value):
    with Action(*ECHO, "--option", f"{option}={value}") as action:
        assert action.end() == 2
    assert option in action.stderr and value in action.stderr


def test_it_is_found_by_its_environment():
    """Under the proxy there is no command line; Lambda's environment and the user's choice come first."""
    with Action(*ECHO, env={"FAAS_HARNESS_PROVIDER": "local"}, wait_for_ack=False) as action:
        action.send('{"value":1}')
        assert action.line() == {"value": 1}
