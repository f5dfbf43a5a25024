"""Providers: a bad one gets one line that names the file and its fault, and never crashes the harness."""

import os
import platform
import re
import shutil
import struct

import harness
import pytest
import wire_faults
from harness import PROMPTLY, expect_error, expect_pass, provider

pytestmark = [pytest.mark.abi]
ECHO = ["--scenario", "echo"]

# Variant -> words of its line, besides the file's name.
REFUSED = {
    "too_new": ["version", "1", "2"],
    "too_old": ["version", "0", "1"],
    "too_short": ["size"],
    "empty_name": ["no name:"],
    "no_members": ["no name, version, description, open, next, respond, fail:"],
    "null_struct": ["NULL"],
    "no_init_function": ["faas_provider_init"],
    "undefined_symbol": ["faas_symbol_that_nobody_has"],
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    path = provider(name)
    for arguments in (["--provider", path, *ECHO], ["--describe-provider", path]):
        harness.run(*arguments).expect_no_start(path, *REFUSED[name])


def other_machine(good):
    """A good provider whose ELF header names another machine."""
    return good[:18] + struct.pack("<H", 0xB7 if platform.machine() == "x86_64" else 0x3E) + good[20:]


def test_what_is_no_provider(tmp_path):
    good = provider("good").read_bytes()
    files = {
        "text.so": b"#!/bin/sh\necho a program\n",
        "empty.so": b"",
        "other.so": other_machine(good),
        "truncated.so": good[:2000],
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "directory.so").mkdir()
    (tmp_path / "loop.so").symlink_to(tmp_path / "loop.so")
    for name in (*files, "directory.so", "loop.so", "missing.so"):
        harness.run("--provider", tmp_path / name, *ECHO).expect_no_start(tmp_path / name, "not a provider")


@pytest.mark.parametrize(
    "name, closes", [("good", True), ("longer", True), ("without_optional", False), ("half_a_pointer", False)]
)
def test_good_ones_of_every_size_answer(name, closes):
    """A longer struct is one of a version to come; fields beyond the size, or in part within it, are not read."""
    result = harness.run("--provider", provider(name), *ECHO)
    assert result.exit_code == 0 and result.stdout == '{"event": 1}\n', "the payload is not NUL-terminated"
    assert ("provider: close" in result.stderr) == closes


def test_reports_name_the_provider(wire):
    report = harness.run("--provider", provider("good"), uri=wire.uri).report
    assert report["provider"] == {"name": "test", "version": "1.2.3"} and report["invocation"]["id"] == "test-1"


def test_host_services():
    result = harness.run("--provider", provider("host_services"), "--option", "size=7=8", *ECHO)
    assert result.exit_code == 0
    seen = result.lines[0]
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", seen.pop("version"))
    assert seen == {
        "size": 1,
        "abi": 1,
        "color": "red",
        "given": "7=8",
        "plain": None,
        "unknown": None,
        "stop": False,
        "descriptor": 1,
    }
    logged = [line for line in result.stderr.splitlines() if "warning" in line]
    assert len(logged) == 2, "one line each"
    assert "a line of the provider's" in logged[0] and "lines and 100% of a format %s%n" in logged[1]
    assert "not to be seen" not in result.stderr


# Faults while it runs.


@pytest.mark.parametrize("name", ["open_fails", "open_junk", "silent_error"])
def test_open_that_fails(name):
    path = provider(name)
    result = harness.run("--provider", path, *ECHO)
    assert result.exit_code == 2 and result.stdout == "" and len(result.errors) == 1
    assert str(path) in result.errors[0] or "test" in result.errors[0]
    assert "provider: close" not in result.stderr, "close is not called after a failed open"
    if name == "open_fails":
        assert "expected to be broken, found so in open" in result.errors[0]


MISBEHAVE = {
    "next_fails": "found so in next",
    "next_junk": "77",
    "next_null_id": "id",
    "next_empty_id": "id",
    "next_null_payload": "payload",
    "respond_fails": "found so in respond",
    "respond_junk": "77",
}


@pytest.mark.parametrize("name", MISBEHAVE)
def test_callback_that_misbehaves(name):
    result = harness.run("--provider", provider(name), *ECHO)
    assert result.exit_code in (1, 2) and result.stdout == "" and MISBEHAVE[name] in result.stderr


def test_next_that_rejects_counts_as_a_failed_invocation():
    result = harness.run("--provider", provider("next_rejects"), *ECHO)
    assert (result.exit_code, result.stdout) == (1, "")


def test_fail_that_fails():
    uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"
    result = harness.run("--provider", provider("fail_fails"), uri=uri)
    assert result.exit_code in (1, 2) and "found so in fail" in result.stderr


def test_deadline_of_the_provider_that_is_over(wire):
    report = harness.run("--provider", provider("next_deadline_over"), uri=wire.uri).report
    expect_error(report, "Harness.DeadlineExceeded")
    assert report["invocation"]["deadlineMs"] == 0 and wire.left_behind() == 0


def test_deadline_of_the_provider_that_is_too_far_for_a_clock(wire):
    report = harness.run("--client", "single", "--provider", provider("next_deadline_far"), uri=wire.uri).report
    assert expect_pass(report)["invocation"]["deadlineMs"] is None


@pytest.mark.parametrize("arguments", [[], ["--timeout", 500]], ids=["own", "earlier"])
def test_deadline_of_the_provider_is_kept(wire, arguments):
    wire.fault("insert", wire_faults.never(), times=None)
    report = harness.run("--provider", provider("next_deadline_soon"), *arguments, uri=wire.uri).report
    expect_error(report, "Harness.DeadlineExceeded")
    limit = report["invocation"]["deadlineMs"]
    # Part of the two seconds is kept for answering.
    assert limit == 500 if arguments else 1000 < limit <= 1800
    assert limit <= report["invocation"]["durationMs"] < 1000 * PROMPTLY


def test_start_that_fails_is_told_to_the_provider():
    result = harness.run("--provider", provider("good"), uri="mongodb://:/")
    assert result.exit_code == 2 and len(result.errors) == 1
    told = [line for line in result.stderr.splitlines() if line.startswith("provider: ")]
    assert told == ["provider: init_failed Harness.BadUri, no report", "provider: close"]


# Where providers are found.


def test_list():
    result = harness.run("--list-providers")
    assert result.exit_code == 0 and re.search(r"^local\b.*JSON", result.stdout, re.M), result.stdout


def test_describe():
    result = harness.run("--describe-provider", "local")
    assert result.exit_code == 0
    for word in ("local", "faas_env", "aws.lambda", "none", "max_event_bytes", "6291456"):
        assert word in result.stdout
    result = harness.run("--describe-provider", provider("good"))
    assert result.exit_code == 0
    for word in ("test", "1.2.3", "a provider of the tests", "color", "red", "color of the provider", "plain"):
        assert word in result.stdout


@pytest.mark.parametrize("name", ["good", "good.so", "libgood.so"])
def test_names_are_not_searched_where_anyone_may_write(tmp_path, name):
    shutil.copy(provider("good"), tmp_path / "good.so")
    shutil.copy(provider("good"), tmp_path / "libgood.so")
    shutil.copy(provider("good"), tmp_path / "good")
    environment = {"LD_LIBRARY_PATH": str(tmp_path), "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    result = harness.run("--provider", name, *ECHO, cwd=tmp_path, env=environment)
    result.expect_no_start(name)


def test_name_with_a_slash_is_a_path(tmp_path):
    shutil.copy(provider("good"), tmp_path / "mine.so")
    assert harness.run("--provider", "./mine.so", *ECHO, cwd=tmp_path).exit_code == 0


@pytest.mark.parametrize("name", ["..", ".", "local/../local", "-", "local\n", "ü", "x" * 5000])
def test_names_that_are_none(tmp_path, name):
    harness.run("--provider", name, *ECHO, cwd=tmp_path).expect_no_start()


def test_provider_by_the_environment():
    result = harness.run(*ECHO, env={"FAAS_HARNESS_PROVIDER": str(provider("good"))})
    assert result.stdout == '{"event": 1}\n'
    result = harness.run(*ECHO, "--provider", "local", env={"FAAS_HARNESS_PROVIDER": str(provider("good"))})
    assert result.stdout == "{}\n", "the option comes before the environment"
