"""Every rule has providers that break it, for which the check names that rule and no other."""

import re
import subprocess

import harness
import pytest
from checker import PROGRAM, check, liar
from harness import provider

pytestmark = [pytest.mark.abi, pytest.mark.timeout(180)]

# Liar -> the one rule it breaks, and words of the message.
LIARS = {
    "exports_more": ("exports", 'scenario "load"', "liar_helper"),
    "init_changes": ("init", "a different struct"),
    "init_prints": ("stdout", "load, ", "7 bytes"),
    "opens_none": ("description", "max_open_invocations"),
    "version_two_lines": ("description", "version", "more than one line"),
    "option_name": ("options", "bad-name"),
    "option_twice": ("options", "once", "twice"),
    "option_no_help": ("options", "folder", "NULL"),
    "asks_unknown_option": ("options", 'the option "color"'),
    "exits": ("returns", "respond, ", "ended the process with status 3"),
    "hangs": ("returns", "respond, ", "did not return within"),
    "ends_in_respond": ("results", "respond, ", "found 1"),
    "init_failed_ends": ("results", 'init_failed, scenario "init_failed"', "found 1"),
    "attribute_without_name": ("invocation", "attribute"),
    "deadline_zero": ("invocation", "deadline"),
    "id_two_lines": ("invocation", "id that is not one line"),
    "changes_size": ("bounds", "found 8"),
    "never_stops": ("stop", "next, ", "did not return FAAS_END within"),
    "reads_to_the_end": ("stop", 'next, scenario "stop while waiting"', "did not return FAAS_END within"),
    "hands_out_for_ever": ("stop", "kept returning invocations"),
    "same_id": ("at_once", 'scenario "at once"', 'the same id "liar-1"'),
    "shares_payload": ("at_once", "changed while others were open"),
    "refuses_beside": ("at_once", "refused on purpose"),
    "logs_no_utf8": ("log", "not UTF-8"),
    "logs_null": ("log", "NULL"),
    "logs_at_no_level": ("log", "found 4"),
    "formats_long": ("format_log", 'scenario "log lines"', ": 16384"),
    "formats_cut": ("format_log", "not UTF-8"),
    "formats_and_logs": ("format_log", "format_log logged a line"),
    "wrong_context": ("host", "context"),
    "releases_twice": ("host", "or twice"),
    "reads_stop": ("host", "the stop descriptor was read"),
    "writes_to_host": ("bounds", "struct faas_host"),
    "leaks_host_memory": ("memory", 'close, scenario "open and close"', "1 blocks"),
    "leaks_descriptor": ("descriptors", "1 descriptors of the provider"),
    "closes_stdin": ("descriptors", "0 was pipe:"),
    "leaves_thread": ("threads", "1 threads of the provider still run", "does not unload it"),
    "prints": ("stdout", "open, ", "6 bytes"),
    "next_prints": ("stdout", "next, "),
    "sets_variable": ("environment", "next, ", "FAAS_LIAR"),
    "takes_sigterm": ("process", "signal 15"),
    "blocks_signals": ("process", "signal mask"),
    "changes_folder": ("process", "working directory was changed"),
    # Open fails, with a wrong error.
    "error_no_type": ("errors", "no type"),
    "error_no_message": ("errors", "no message"),
    "error_one_word": ("errors", "Category.Reason"),
    "error_type_unended": ("errors", "type without its final NUL"),
    "error_message_unended": ("errors", "message without its final NUL"),
    "error_two_lines": ("errors", "more than one line"),
    "error_no_utf8": ("errors", "not UTF-8"),
    "error_writes_on": ("bounds", "struct faas_error"),
}

# A sanitizer ends these in its own way, or replaces malloc itself.
PLAIN = {
    "crashes": ("returns", "respond, ", "crashed with signal 11"),
    "close_crashes": ("returns", "close, ", "crashed with signal 11"),
    "reads_on": ("returns", "respond, ", "crashed with signal 11"),
    "writes_report": ("returns", "respond, ", "crashed with signal 11"),
    "small_buffer": ("returns", 'scenario "respond: 6 MB"'),
    "needs_event_before_stop": ("returns", 'next, scenario "stop first"', "crashed with signal 6"),
    "aborts_at_junk": ("returns", 'next, scenario "junk"', "crashed with signal 6"),
    "needs_first_byte": ("returns", 'respond, scenario "respond: empty"', "crashed with signal 11"),
    "needs_second_byte": ("returns", 'respond, scenario "respond: a byte"', "crashed with signal 11"),
    "aborts_at_nul": ("returns", 'respond, scenario "respond: binary"', "crashed with signal 6"),
    "small_message": ("returns", 'fail, scenario "fail: long"', "crashed with signal 6"),
    "small_failure": ("returns", 'fail, scenario "fail: 6 MB"', "crashed with signal 6"),
    "small_option": ("returns", 'open, scenario "odd option folder=(1 MB)"', "crashed with signal 6"),
    "needs_report": ("returns", 'fail, scenario "fail: no report"', "crashed with signal 11"),
    "uses_no_memory": ("returns", 'open, scenario "no memory"', "crashed with signal 11"),
    "uses_no_host_memory": ("returns", 'scenario "no memory of the host\'s"', "crashed with signal 11"),
    "leaves_variable": ("returns", "unload, ", "crashed with signal 11"),
    "caller_maybe_gone": ("caller_gone", 'scenario "caller_gone"', "byte of 4"),
    "frees_payload": ("lifetime", "changed after next returned"),
    "leaks_memory": ("memory", "100 bytes in 1 blocks"),
    "open_leaves_memory": ("memory", "1 blocks"),
    "logs_after_close": ("host", "after close returned"),
    "closes_stop": ("descriptors", "eventfd"),
    "formats_beyond": ("format_log", "wrote more than"),
}

# Of tests/abi: the callbacks' results; e2e.abi has all that the loader refuses.
ABI = {
    "too_new": ("load", "version must be 1, found 2"),
    "no_init_function": ("load", "faas_provider_init"),
    "open_junk": ("results", "open, ", "found 77"),
    "next_junk": ("results", "next, ", "found 77"),
    "respond_junk": ("results", "respond, ", "found 77"),
    "next_null_id": ("invocation", "id NULL"),
    "next_empty_id": ("invocation", "empty id"),
    "next_null_payload": ("invocation", "payload NULL"),
    "next_fails": ("works", 'scenario "life"', "found so in next"),
    "respond_fails": ("works", "found so in respond"),
    "fail_fails": ("works", "found so in fail"),
    "silent_error": ("errors", "no type"),
}
# Until the limit, which must be long enough for a slow machine.
SLOW = {"hangs", "never_stops", "reads_to_the_end"}


@pytest.mark.parametrize("name", LIARS)
def test_liar(name):
    rule, *words = LIARS[name]
    limit = ["--wait", 500, "--limit", 10000] if name in SLOW else []
    check(*limit, liar(name)).expect_broken(rule, *words)


@pytest.mark.plain("a sanitizer has its own end for it, or its own malloc")
@pytest.mark.parametrize("name", PLAIN)
def test_liar_without_sanitizers(name):
    rule, *words = PLAIN[name]
    # None of them waits for an event, so that even on a slow machine no scenario is cut short.
    check("--wait", 15000, liar(name)).expect_broken(rule, *words)


@pytest.mark.parametrize("name", ABI)
def test_bad_provider(name):
    rule, *words = ABI[name]
    check(provider(name)).expect_broken(rule, *words)


def test_every_rule_has_its_liar():
    """And --list has every rule."""
    listed = check("--list").stdout.partition("\n\n")[0]
    rules = set(re.findall(r"^  (\w+) ", listed, re.M))
    caught = {rule for rule, *_ in [*LIARS.values(), *PLAIN.values(), *ABI.values()]}
    assert len(rules) == 24 and caught == rules


def test_every_scenario_has_its_liar():
    """One that no earlier scenario detects, because a fault is reported only the first time."""
    listed = check("--list").stdout.partition("\n\n")[2]
    scenarios = set(re.findall(r"^  (\S.*?)  ", listed, re.M))
    words = [word for _, *words in [*LIARS.values(), *PLAIN.values(), *ABI.values()] for word in words]
    caught = {name.partition(" folder=")[0] for word in words for name in re.findall(r'scenario "([^"]+)"', word)}
    assert len(scenarios) == 20 and caught == scenarios


@pytest.mark.parametrize("name", ["good", "longer", "without_optional", "next_deadline_over", "next_rejects"])
def test_good_provider(name):
    check(provider(name)).expect_kept()


def test_honest_liar_is_checked_by_every_rule():
    """It uses all of the ABI except a failing callback and a log line."""
    assert check(liar("honest")).expect_kept().skipped <= {"errors", "log", "at_once"}


@pytest.mark.managed
def test_honest_liar_with_two_at_once():
    assert check(liar("honest_at_once")).expect_kept().skipped <= {"errors", "log"}


def test_open_that_refuses_is_no_violation():
    result = check(liar("error_right")).expect_unchecked("did not open", "--option", "--env")
    assert "open failed: refused on purpose [Test.Refused]" in result.stdout
    assert {"works", "invocation", "stop"} <= result.skipped


def test_local():
    result = check("local").expect_kept()
    assert result.skipped == {"at_once", "caller_gone", "format_log", "log"}


@pytest.mark.parametrize("name", ["aws.lambda", "none"])
def test_local_with_its_options(name):
    check("--option", f"faas_env={name}", "--option", "max_event_bytes=10", "local").expect_kept()


def test_local_with_events_from_a_file(tmp_path):
    events = tmp_path / "events"
    events.write_text('{"a": 1}\n{"b": 2}{"c": 3}[4]')
    check("--stdin", events, "--events", 4, "local").expect_kept()


def test_path_and_name_are_the_same():
    by_name, by_path = check("local"), check(harness.BUILD_DIR / "lib" / "faas-harness" / "local.so")
    assert by_name.expect_kept().stdout == by_path.expect_kept().stdout


def test_no_event_in_time():
    result = check("--events", 1, "--wait", 200, "--stdin", "/dev/null", liar("never_stops"))
    assert "invocation" not in result.skipped, "it needs no stdin"
    silent = check("--env", "AWS_LAMBDA_RUNTIME_API=127.0.0.1:1", "aws_lambda")
    assert silent.broken <= {"works"} and {"invocation", "lifetime"} <= silent.skipped


def test_verbose_tells_the_scenarios():
    result = check("--verbose", "local")
    assert result.exit_code == 0
    for scenario in ("load", "life", "respond: 6 MB", "odd option 1"):
        assert f"scenario {scenario}" in result.stderr


def test_process_is_left_by_no_scenario(tmp_path):
    """A process that hangs ends with the check."""
    check("--wait", 500, "--limit", 1500, liar("hangs"))
    found = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True).stdout
    assert f"{PROGRAM} --wait 500 --limit 1500" not in found


# User errors.


@pytest.mark.parametrize(
    "arguments,words",
    [
        ([], ["one PROVIDER", "found 0"]),
        (["local", "local"], ["one PROVIDER", "found 2"]),
        (["--nope", "local"], ["--nope"]),
        (["--events"], ["--events"]),
        (["--events", "many", "local"], ["--events", "many"]),
        (["--events", "-1", "local"], ["--events"]),
        (["--wait", "0", "local"], ["--wait"]),
        (["--wait", "100", "--limit", "50", "local"], ["--limit"]),
        (["--option", "folder", "local"], ["NAME=VALUE"]),
        (["--env", "=1", "local"], ["NAME=VALUE"]),
        (["--option", "nope=1", "local"], ["nope", "--describe-provider"]),
        (["--stdin", "/nowhere", "local"], ["/nowhere"]),
        (["nowhere"], ["nowhere.so"]),
        (["./nowhere.so"], ["./nowhere.so"]),
    ],
    ids=lambda value: "-".join(value) if value and value[0].startswith("-") else None,
)
def test_wrong_usage(arguments, words):
    result = check(*arguments).expect_unchecked(*words)
    assert result.stdout == ""


def test_file_that_is_no_provider(tmp_path):
    path = tmp_path / "text.so"
    path.write_text("#!/bin/sh\n")
    check(path).expect_broken("load", "not a provider")


def test_help_and_version():
    result = check("--help")
    assert (result.exit_code, result.stderr) == (0, "") and "Usage: faas-provider-check" in result.stdout
    result = check("--version")
    assert (result.exit_code, result.stderr) == (0, "") and re.match(
        r"faas-provider-check \d+\.\d+\.\d+\n", result.stdout
    )
