"""What a drill writes for people, programs and CI systems, made from invented results."""

import json
import os
import re
import resource
import signal
import subprocess
from xml.etree import ElementTree

import harness
import jsonschema
import pytest

pytestmark = pytest.mark.results

MAKE_RESULTS = harness.BUILD_DIR / "tests" / "support" / "make_results"
SCHEMA = json.loads((harness.SOURCE_DIR / "docs" / "drill.schema.json").read_text())
PHASES = ["cold", "warm", "frozen", "outage", "failover", "dropped"]


def make(folder, invocations=9, kind="mixed", **options):
    return subprocess.run(
        [MAKE_RESULTS, folder, str(invocations), kind], capture_output=True, text=True, timeout=50, **options
    )


@pytest.fixture
def made(tmp_path):
    def make_good(*arguments):
        result = make(tmp_path, *arguments)
        assert result.returncode == 0 and result.stderr == "", result
        return tmp_path

    return make_good


# JSON.


def read_json(folder):
    found = json.loads((folder / "drill.json").read_text(encoding="utf-8", errors="strict"))
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(found)
    return found


def test_schema_is_one_and_closed():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    objects = [SCHEMA, *SCHEMA["$defs"].values()]
    for each in objects:
        if each.get("type") == "object":
            assert each["additionalProperties"] is False
            assert sorted(each["required"]) == sorted(each["properties"])


def test_json_has_everything(made):
    folder = made(9)
    found = read_json(folder)
    assert [phase["name"] for phase in found["phases"]] == PHASES
    assert found["verdict"] == "fail" and found["startedAt"] == "2026-09-21T14:13:20.123Z"
    assert found["handshake"]["driver"]["version"] == "2.5.7"
    assert len(found["invocations"]) == 9
    failed = [one for one in found["invocations"] if one["verdict"] == "fail"]
    assert [(one["name"], one["errorType"], one["report"], one["counts"]) for one in failed] == [
        ("defaults", "Sandbox.Timedout", None, None)
    ]
    assert found["phases"][failed[0]["phase"]]["name"] == "dropped"
    measured = {one["name"]: one["measured"] for one in found["checks"]}
    assert (measured["connections_steady"], measured["writes_once"]) == (4, None)
    good = found["invocations"][0]
    assert good["report"]["invocation"]["id"] == good["requestId"], "a report is an object, not a text"
    assert {entry["kind"] for entry in found["timeline"]} == set(SCHEMA["$defs"]["entry"]["properties"]["kind"]["enum"])
    # The timeline is on the axis of the invocations.
    shown = [entry["startMs"] for entry in found["timeline"] if entry["kind"] == "invocation"]
    assert shown == [pytest.approx(one["atMs"], abs=0.002) for one in found["invocations"]]
    still_open = [entry for entry in found["timeline"] if entry["endMs"] is None]
    assert [entry["detail"] for entry in still_open] == ["still open"]
    assert all(entry["endMs"] >= entry["startMs"] for entry in found["timeline"] if entry["endMs"] is not None)
    lines = (folder / "drill.json").read_text().splitlines()
    assert sum(line.startswith('  {"phase":') and '"setting":' not in line for line in lines) == 9, "an element a line"
    assert '  "' not in "".join(line for line in lines if not line.startswith("  {"))


def test_json_of_a_long_drill(made):
    found = read_json(made(1000))
    assert len(found["invocations"]) == 1000 and len(found["timeline"]) > 5000
    assert max(sample["connections"] for sample in found["samples"]) == 48


# JUnit.

CASE_ATTRIBUTES = {"name", "classname", "time"}
SUITE_ATTRIBUTES = {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"}


def read_junit(folder):
    """Checks what all readers of the format rely on, and that its counts are correct."""
    root = ElementTree.parse(folder / "junit.xml").getroot()
    assert root.tag == "testsuites"
    for suite in root:
        assert suite.tag == "testsuite" and set(suite.attrib) == SUITE_ATTRIBUTES
        assert suite[0].tag == "properties"
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp"))
        cases = suite[1:]
        assert all(case.tag == "testcase" and set(case.attrib) == CASE_ATTRIBUTES for case in cases)
        assert {child.tag for case in cases for child in case} <= {"failure", "skipped", "system-out"}
        assert int(suite.get("tests")) == len(cases) > 0
        assert int(suite.get("failures")) == len(suite.findall("*/failure"))
        assert int(suite.get("skipped")) == len(suite.findall("*/skipped"))
        assert float(suite.get("time")) == pytest.approx(sum(float(case.get("time")) for case in cases), abs=0.01)
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names), "a CI system tells cases apart by these"
    assert int(root.get("tests")) == len(names)
    assert int(root.get("failures")) == len(list(root.iter("failure")))
    return root


@pytest.mark.parametrize("kind", ["mixed", "good", "hostile", "empty", "known"])
def test_junit_is_well_formed(made, kind):
    """And the JSON keeps its schema."""
    folder = made(60, kind)
    read_junit(folder)
    read_json(folder)


def test_junit_has_a_case_for_each_phase_and_check(made):
    root = read_junit(made(9))
    assert [suite.get("name") for suite in root] == ["faas-drill", "faas-drill.checks"]
    assert [case.get("name") for case in root[0].iter("testcase")] == PHASES
    assert [case.get("name") for case in root[1].iter("testcase")] == [
        "writes_once",
        "record_matches",
        "connections_steady",
        "no_cpu_while_frozen",
        "protocol_kept",
    ]
    assert root[0].find("testcase[@name='frozen']").get("time") == "60.012"
    properties = {each.get("name"): each.get("value") for each in root[0][0]}
    assert properties["driver"] == "libmongoc 2.5.7" and properties["failover"] == "emulated"
    failure = root.find("*/testcase[@name='dropped']/failure")
    assert failure.get("message") == "expected an answer within 30 s, found none: Sandbox.Timedout"
    assert "defaults (request 00000000" in failure.text and "Set socketTimeoutMS" in failure.text
    assert "retried on a new connection" in root.find("*/testcase[@name='dropped']/system-out").text
    skipped = root.find("*/testcase[@name='connections_steady']/skipped")
    assert "can't be seen" in skipped.get("message")


def test_junit_tells_known_and_stale(made):
    root = read_junit(made(9, "known"))
    skipped = root.find("*/testcase[@name='dropped']/skipped").get("message")
    assert skipped.startswith('known failure: DRIVER-1 <is> & "known" (known.txt:1). expected an answer within 30 s')
    assert root.find("*/testcase[@name='record_matches']/skipped").get("message").startswith("known failure: DRIVER-2")
    (failure,) = root.iter("failure")
    assert failure.get("type") == "stale" and failure.get("message").startswith("stale: protocol_kept")


def test_junit_has_a_suite_for_each_round(made):
    root = read_junit(made(36))
    names = [suite.get("name") for suite in root]
    assert names == [f"faas-drill.round-{number}" for number in range(1, 5)] + ["faas-drill.checks"]
    assert len(root.findall("*/testcase[@name='failover']/skipped")) == 3


def test_junit_of_a_drill_without_phases_is_red(made):
    root = read_junit(made(0, "empty"))
    assert [case.get("name") for case in root.iter("testcase")] == ["finished"]
    assert root.get("failures") == "1"


def test_hostile_texts_are_only_texts(made):
    folder = made(9, "hostile")
    package = read_json(folder)["package"]
    assert package.startswith("<b>&\"'</script><!-- ]]> \x1b[31mred\x07 \ufffd\ufffd(") and package.endswith("café 🐘")
    value = read_junit(folder).find(".//property[@name='package']").get("value")
    assert value == package.replace("\x1b", "\ufffd").replace("\x07", "\ufffd").replace("\ufffe", "\ufffd")


# Files.


def only_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_files_are_whole_and_alone(made):
    folder = made(9)
    make(folder, 6, umask=0o027)  # over existing ones
    assert only_in(folder) == ["drill.html", "drill.json", "junit.xml", "table.txt"]
    assert len(read_json(folder)["invocations"]) == 6
    assert (folder / "drill.json").stat().st_mode & 0o777 == 0o640


def expect_one_sentence(result, path, reason):
    lines = [line for line in result.stderr.splitlines() if str(path) in line]
    assert lines == [f"cannot write {path}: {reason}"], result.stderr
    assert result.returncode == 1


@pytest.mark.parametrize("name", ["drill.json", "junit.xml"])
@pytest.mark.parametrize("invocations", [1, 1000])
def test_full_device(tmp_path, name, invocations):
    (tmp_path / name).symlink_to("/dev/full")
    expect_one_sentence(make(tmp_path, invocations), tmp_path / name, "No space left on device")
    assert (tmp_path / name).is_symlink()


def limit_files():
    """Writing beyond it fails, as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))


def test_a_cut_file_is_not_left(tmp_path):
    (tmp_path / "drill.json").write_text("as before")
    result = make(tmp_path, 1000, preexec_fn=limit_files)
    expect_one_sentence(result, tmp_path / "drill.json", "File too large")
    assert (tmp_path / "drill.json").read_text() == "as before"
    assert not [name for name in only_in(tmp_path) if "part" in name]


def test_a_folder_in_its_place(tmp_path):
    (tmp_path / "junit.xml").mkdir()
    expect_one_sentence(make(tmp_path), tmp_path / "junit.xml", "Is a directory")


def test_a_pipe_is_written_to(tmp_path):
    reader, writer = os.pipe()
    (tmp_path / "drill.json").symlink_to(f"/dev/fd/{writer}")
    result = make(tmp_path, 1, pass_fds=[writer])
    os.close(writer)
    with open(reader, encoding="utf-8") as pipe:
        found = json.load(pipe)
    assert result.returncode == 0 and len(found["invocations"]) == 1
