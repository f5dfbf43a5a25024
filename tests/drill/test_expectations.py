"""--expect: known failures of a driver leave a drill green, and an outdated line makes it red."""

import re
from xml.etree import ElementTree

import pytest
from faas_drill import refused, seeded

pytestmark = pytest.mark.results

PAST, FUTURE = "2020-01-31", "9998-12-31"


@pytest.fixture
def known(tmp_path):
    def write(*lines):
        file = tmp_path / "known.txt"
        file.write_text("".join(f"{line}\n" for line in lines))
        return file

    return write


def line(held, number):
    (found,) = [one for one in held.result["expectations"]["lines"] if one["line"] == number]
    return found


def case(held, name):
    (found,) = ElementTree.parse(held.folder / "junit.xml").getroot().iterfind(f".//testcase[@name='{name}']")
    return found


def test_known_failures_leave_it_green(hold, known):
    """A phase and a check; what did not run is not judged."""
    file = known(
        "# The whole list of this driver",
        "always     failover                     DRIVER-1 an insert without retryWrites",
        f"sometimes  retries  until={FUTURE}      DRIVER-2 the same on the wire",
        "always     outage                       DRIVER-3 not run here",
    )
    held = hold("cold,failover", seeded("no_retry"), timeout=15, expect=file)
    assert held.status == 0, held.log
    assert held.phase("failover")["verdict"] == held.check("retries")["verdict"] == "known"
    assert [line(held, number)["outcome"] for number in (2, 3, 4)] == ["known", "known", "not judged"]
    assert line(held, 3) | {"line": 3, "how": "sometimes", "name": "retries", "until": FUTURE} == line(held, 3)
    assert line(held, 2)["why"] == "DRIVER-1 an insert without retryWrites"
    text = " ".join(held.stdout.split())
    assert re.search(r"✓ PASS 2 phases, 13 checks, 2 known failures", text), held.log
    assert "~ failover line 2, always: failed as expected. DRIVER-1" in text
    assert "outage line 4, always: not judged this time." in text
    assert "Failed invocations" not in text
    for name, words in (
        ("failover", f"known failure: DRIVER-1 an insert without retryWrites ({file}:2). "),
        ("retries", "known failure: DRIVER-2"),
    ):
        (told,) = case(held, name)[0:1]
        assert told.tag == "skipped" and told.get("message").startswith(words), told.get("message")
    root = ElementTree.parse(held.folder / "junit.xml").getroot()
    assert root.get("failures") == "0"
    assert sum(int(suite.get("skipped")) for suite in root) == len(root.findall(".//skipped"))


def test_what_is_red(hold, known):
    """Another failure of the same name, one that is not listed, and stale lines, which are to be deleted; a "sometimes"
    failure that did not occur is not stale."""
    file = known(
        "always failover says=EPIPE X-1",
        "always streaming_protocol DRIVER-4 streams",
        f"sometimes handshake until={FUTURE} DRIVER-5 env is missing",
        "always warm DRIVER-6 a new client",
    )
    held = hold("cold,warm,failover", seeded("no_retry"), timeout=15, expect=file)
    assert held.status == 1 and held.failed == ["warm", "failover", "streaming_protocol", "retries"], held.log
    assert [line(held, number)["outcome"] for number in (2, 3, 4)] == ["stale", "passed", "stale"]
    text = " ".join(held.stdout.split())
    assert 'failed for another reason, without "EPIPE"' in text
    told = case(held, "failover").find("failure").get("message")
    assert told.endswith(f'. Listed on line 1 of {file}, but without "EPIPE"'), told
    assert case(held, "retries").find("failure").get("type") == "check"
    stale = f"stale: streaming_protocol now passes; delete line 2 of {file} (DRIVER-4 streams)"
    assert held.check("streaming_protocol")["detail"].startswith(stale)
    assert held.phase("warm")["reason"].startswith("stale: warm now passes; delete line 4 of ")
    told = case(held, "streaming_protocol").find("failure")
    assert told.get("type") == "stale" and told.get("message").startswith(stale)
    assert "✗ streaming_protocol line 2, always: stale: now passes, delete the line." in text


def test_refused_before_anything_is_started(tmp_path, known):
    """Neither the server nor the function is started (it does not exist), and no results of an earlier drill remain.
    tests/unit/drill/test_expectations.c has the other reasons."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "drill.json").write_text("of yesterday")
    file = known("\ufeff", f"sometimes outage until={PAST} X-1")
    words = ("--server-command", f"touch {tmp_path}/started", "--expect", file, tmp_path / "none.zip")
    assert f"{file}:2: expired on {PAST}: renew or delete line 2 (outage)" in refused(tmp_path, *words)
    assert not (tmp_path / "started").exists() and not (tmp_path / "out" / "drill.json").exists()
