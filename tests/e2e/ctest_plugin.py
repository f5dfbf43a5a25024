"""Makes every pytest case a ctest entry, and tells ctest of skips.

--ctest-file FILE, with --collect-only: writes add_test() lines for cmake/FaasPytest.cmake, which passes the rest in
FAAS_CTEST_* variables. The marks timeout, lock and fixtures become properties, every other mark becomes a label, and
the cases of a file with the mark together become one entry.
"""

import os
import sys
from pathlib import Path

import pytest

SKIPPED = 77
CASE = Path(__file__).with_name("ctest_case.py")
# Most cases take a second. On a busy machine, starting one program was seen to take 24 s.
TIMEOUT = 300  # seconds
NO_LABELS = {"parametrize", "usefixtures", "skipif", "skip", "xfail", "filterwarnings"}
NO_LABELS |= {"timeout", "fixtures", "lock", "together"}


def pytest_addoption(parser):
    parser.addoption("--ctest-file", help="write the cases as ctest entries")
    parser.addoption("--ctest-skip", action="store_true", help="exit 77 when all that ran was skipped")


def pytest_collection_finish(session):
    # If one file had an error, its cases would silently be missing from the list.
    if session.config.option.ctest_file and not session.testsfailed:
        prefix = os.environ["FAAS_CTEST_PREFIX"]
        entries = {entry(item, prefix): None for item in session.items}
        text = "".join(entries)
        Path(session.config.option.ctest_file).write_text(text)


def entry(item, prefix):
    """One entry for all cases of a file that belong together."""
    node = item.nodeid
    case = item.name
    if item.get_closest_marker("together"):
        node = node.partition("::")[0]
        case = ""
    name = test_name(item.path, case, prefix)
    command = [sys.executable, "-I", "-S", str(CASE), node]
    timeout = item.get_closest_marker("timeout")
    labels = sorted({prefix} | {mark.name for mark in item.iter_markers()} - NO_LABELS)
    properties = [
        ("LABELS", ";".join(labels)),
        ("TIMEOUT", str(max(timeout.args[0] if timeout else 0, TIMEOUT))),
        ("SKIP_RETURN_CODE", str(SKIPPED)),
        ("WORKING_DIRECTORY", str(item.config.rootpath)),
        ("ENVIRONMENT", os.environ["FAAS_CTEST_ENVIRONMENT"]),
    ]
    if timeout and timeout.args[0] > TIMEOUT:  # these take longest, so ctest starts them first, in a new tree too
        properties.append(("COST", str(timeout.args[0])))
    required = [name for mark in item.iter_markers("fixtures") for name in mark.args]
    if "mongodb_uri" in item.fixturenames:
        required.append(f"{prefix}_server")
    if required:
        properties.append(("FIXTURES_REQUIRED", ";".join(required)))
    lock = item.get_closest_marker("lock")
    if lock:
        properties.append(("RESOURCE_LOCK", lock.args[0]))
    words = " ".join(f"{key} {quote(value)}" for key, value in properties)
    run = " ".join(map(quote, command))
    return f"add_test({quote(name)} {run})\nset_tests_properties({quote(name)} PROPERTIES {words})\n"


def test_name(path, case, prefix):
    """tests/e2e/test_faults.py::test_lies[pool-n=0] is e2e.faults.lies.pool-n=0"""
    file = path.stem.removeprefix("test_")
    case = case.removeprefix("test_").replace("[", ".").removesuffix("]")
    return ".".join(filter(None, dict.fromkeys([prefix, file, case])))


def quote(text):
    """A bracket argument of CMake, in which no character is special."""
    return f"[==[{text}]==]"


def pytest_runtest_setup(item):
    plain = item.get_closest_marker("plain")
    if plain and plain.args and os.environ.get("FAAS_SANITIZE"):
        pytest.skip(plain.args[0])


def pytest_sessionfinish(session):
    if session.config.option.ctest_skip and session.exitstatus == 0:
        reporter = session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter.stats.get("skipped") and not reporter.stats.get("passed"):
            session.exitstatus = SKIPPED
