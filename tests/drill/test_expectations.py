"""--expect: known failures of a driver leave a drill green, and an outdated line makes it red."""

import json
import re
import shlex
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from faas_drill import FUNCTIONS, command, drill, environment, script_function, temporary

pytestmark = [pytest.mark.results, pytest.mark.timeout(150)]

PAST, FUTURE = "2020-01-31", "9998-12-31"


def known(folder, *lines):
    file = folder / "known.txt"
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


def hold(folder, mongodb, seed, phases, *lines):
    return drill(
        folder,
        *("--server", mongodb.address, "--phases", phases, "--freeze", "0.3", "--timeout", "15"),
        *("--expect", known(folder, *lines)),
        script_function(folder, f"exec {shlex.join([sys.executable, str(FUNCTIONS / 'seeded.py'), seed])}"),
    )


def line(held, number):
    (found,) = [one for one in held.result["expectations"]["lines"] if one["line"] == number]
    return found


def case(held, name):
    (found,) = ElementTree.parse(held.folder / "junit.xml").getroot().iterfind(f".//testcase[@name='{name}']")
    return found


def plain(text):
    return " ".join(text.split())


def test_known_failures_leave_it_green(tmp_path, mongodb):
    """A phase and a check; what did not run is not judged."""
    held = hold(
        *(tmp_path, mongodb, "no_retry", "cold,failover"),
        "# The whole list of this driver",
        "always     failover                     DRIVER-1 an insert without retryWrites",
        f"sometimes  retries  until={FUTURE}      DRIVER-2 the same on the wire",
        "always     outage                       DRIVER-3 not run here",
    )
    assert held.status == 0, held.log
    assert held.phase("failover")["verdict"] == held.check("retries")["verdict"] == "known"
    assert [line(held, number)["outcome"] for number in (2, 3, 4)] == ["known", "known", "not judged"]
    assert line(held, 3) | {"line": 3, "how": "sometimes", "name": "retries", "until": FUTURE} == line(held, 3)
    assert line(held, 2)["why"] == "DRIVER-1 an insert without retryWrites"
    text = plain(held.stdout)
    assert re.search(r"✓ PASS 2 phases, 13 checks, 2 known failures", text), held.log
    assert "~ failover line 2, always: failed as expected. DRIVER-1" in text
    assert "outage line 4, always: not judged this time." in text
    assert "Failed invocations" not in text
    for name, words in (
        ("failover", f"known failure: DRIVER-1 an insert without retryWrites ({tmp_path}/known.txt:2). "),
        ("retries", "known failure: DRIVER-2"),
    ):
        (told,) = case(held, name)[0:1]
        assert told.tag == "skipped" and told.get("message").startswith(words), told.get("message")
    root = ElementTree.parse(held.folder / "junit.xml").getroot()
    assert root.get("failures") == "0"
    assert sum(int(suite.get("skipped")) for suite in root) == len(root.findall(".//skipped"))


def test_a_failure_that_is_not_listed(tmp_path, mongodb):
    held = hold(
        tmp_path, mongodb, "no_retry", "cold,failover", "always failover DRIVER-1 an insert without retryWrites"
    )
    assert held.status == 1 and held.failed == ["retries"], held.log
    assert held.phase("failover")["verdict"] == "known"
    assert "✗ FAIL 0 of 2 phases and 1 of 13 checks failed, 1 known failure" in plain(held.stdout)
    assert case(held, "retries").find("failure").get("type") == "check"


def test_another_failure_of_the_same_name(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "no_retry", "cold,failover", "always failover says=EPIPE X-1", "always retries X-1")
    assert held.status == 1 and held.failed == ["failover"], held.log
    assert 'failed for another reason, without "EPIPE"' in plain(held.stdout)
    told = case(held, "failover").find("failure").get("message")
    assert told.endswith(f'. Listed on line 1 of {tmp_path}/known.txt, but without "EPIPE"'), told


def test_a_line_that_is_stale(tmp_path, mongodb):
    """It says which line to delete; a "sometimes" failure that did not occur is not stale."""
    held = hold(
        *(tmp_path, mongodb, "none", "cold,warm"),
        "always streaming_protocol DRIVER-4 streams",
        f"sometimes handshake until={FUTURE} DRIVER-5 env is missing",
        "always warm DRIVER-6 a new client",
    )
    stale = f"stale: streaming_protocol now passes; delete line 1 of {tmp_path}/known.txt (DRIVER-4 streams)"
    assert held.status == 1 and held.failed == ["warm", "streaming_protocol"], held.log
    assert held.check("streaming_protocol")["detail"].startswith(stale)
    assert held.phase("warm")["reason"].startswith("stale: warm now passes; delete line 3 of ")
    assert [line(held, number)["outcome"] for number in (1, 2, 3)] == ["stale", "passed", "stale"]
    told = case(held, "streaming_protocol").find("failure")
    assert told.get("type") == "stale" and told.get("message").startswith(stale)
    assert "✗ streaming_protocol line 1, always: stale: now passes, delete the line." in plain(held.stdout)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"\nsometimes outage until={PAST} X-1", f":2: expired on {PAST}: renew or delete line 2 (outage)"),
        (
            "always heartbeats X-1",
            ':1: "heartbeats" is neither a phase (cold, warm, frozen,',
        ),
        ("always outage", ":1: the reason is missing"),
        ("always cold X-1\nalways cold X-2", ":2: line 1 also names cold"),
        ("#" * 70000, "larger than 64 KB"),
        ("\ufeffalways cold X-1\nalways cold X-2", ":2: line 1 also names cold"),
        ("always cold X-\x1b[31m1", ":1: control character in the line (byte 0x1b)"),
    ],
    ids=["expired", "unknown", "no reason", "twice", "too long", "byte order mark", "control character"],
)
def test_refused_before_anything_is_started(tmp_path, text, told):
    """Neither the server nor the function is started (it does not exist), and no results of an earlier drill remain."""
    file = known(tmp_path, text)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "drill.json").write_text(json.dumps({"verdict": "pass"}))
    run = subprocess.run(
        command(tmp_path, "--server-command", f"touch {tmp_path}/started", "--expect", file, tmp_path / "none.zip"),
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(TMPDIR=str(temporary(tmp_path))),
    )
    assert run.returncode == 2 and run.stdout == ""
    assert str(file) in run.stderr and told in run.stderr, run.stderr
    assert not (tmp_path / "started").exists() and not (tmp_path / "out" / "drill.json").exists()


def test_given_twice(tmp_path):
    run = subprocess.run(command(tmp_path, "--expect", "a", "--expect", "b", tmp_path), capture_output=True, text=True)
    assert run.returncode == 2
    assert run.stderr == "faas-drill: --expect is given twice; put all known failures into one file\n"
