"""What a drill writes for people, programs and CI systems, and the live view; made from invented results."""

import fcntl
import itertools
import json
import os
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import termios
import unicodedata
import xml.etree.ElementTree as ElementTree

import harness
import jsonschema
import pytest

pytestmark = [pytest.mark.results]

MAKE_RESULTS = harness.BUILD_DIR / "tests" / "support" / "make_results"
LIVE_SHOW = harness.BUILD_DIR / "tests" / "support" / "live_show"
SCHEMA = json.loads((harness.SOURCE_DIR / "docs" / "drill.schema.json").read_text())
PHASES = ["cold", "warm", "frozen", "outage", "failover", "dropped"]
KINDS = ["mixed", "good", "hostile", "empty", "known"]


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


@pytest.mark.parametrize("kind", KINDS)
def test_json_keeps_its_schema(made, kind):
    read_json(made(9, kind))


def test_json_has_everything(made):
    found = read_json(made(9))
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


def test_timeline_is_on_the_axis_of_invocations(made):
    found = read_json(made(9))
    shown = [entry["startMs"] for entry in found["timeline"] if entry["kind"] == "invocation"]
    assert shown == [pytest.approx(one["atMs"], abs=0.002) for one in found["invocations"]]
    still_open = [entry for entry in found["timeline"] if entry["endMs"] is None]
    assert [entry["detail"] for entry in still_open] == ["still open"]
    assert all(entry["endMs"] >= entry["startMs"] for entry in found["timeline"] if entry["endMs"] is not None)


def test_json_of_a_long_drill(made):
    found = read_json(made(1000))
    assert len(found["invocations"]) == 1000 and len(found["timeline"]) > 5000
    assert max(sample["connections"] for sample in found["samples"]) == 48


def test_json_has_an_element_a_line(made):
    folder = made(9)
    lines = (folder / "drill.json").read_text().splitlines()
    assert sum(line.startswith('  {"phase":') and '"setting":' not in line for line in lines) == 9
    assert '  "' not in "".join(line for line in lines if not line.startswith("  {"))


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


@pytest.mark.parametrize("kind", KINDS)
def test_junit_is_well_formed(made, kind):
    read_junit(made(60, kind))


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


def test_junit_tells_why(made):
    root = read_junit(made(9))
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


# The live view.

ESCAPE = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])")


def width(text):
    """Columns on a terminal; all characters here are narrow."""
    assert all(unicodedata.east_asian_width(each) not in "WF" for each in text)
    return len(text)


class Screen:
    """A terminal that interprets what the live view sends, and fails on anything else."""

    def __init__(self, columns):
        self.columns = columns
        self.lines = [""]
        self.row = 0
        self.cursor_shown = True
        self.ever_hidden = False
        self.colours = 0
        self.widest = 0

    def feed(self, text):
        while text:
            if text[0] == "\x1b":
                match = ESCAPE.match(text)
                assert match, f"unknown escape code in {text[:20]!r}"
                self.escape(*match.groups())
                text = text[match.end() :]
            else:
                self.put(text[0])
                text = text[1:]

    def put(self, letter):
        if letter == "\r":  # only ever sent before the line is erased
            return
        if letter == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        else:
            assert letter.isprintable(), repr(letter)
            self.lines[self.row] += letter
            self.widest = max(self.widest, width(self.lines[self.row]))

    def escape(self, private, number, final):
        if private:
            assert number == "25" and final in "hl"
            self.cursor_shown = final == "h"
            self.ever_hidden |= final == "l"
        elif final == "m":
            self.colours += 1
        elif final == "A":
            self.row -= int(number)
            assert self.row >= 0, "above the top"
        elif final == "J":
            self.lines[self.row :] = [""]
        else:
            raise AssertionError(f"unknown escape code {private}{number}{final}")


def set_size(descriptor, rows, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def read_all(descriptor, each=None):
    """All text until the other side closes. each is called with every piece."""
    text = b""
    while True:
        ready, _, _ = select.select([descriptor], [], [], 50)
        assert ready, "nothing for 50 s"
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # Linux: the last writer has closed the terminal
            piece = b""
        if not piece:
            return text.decode()
        text += piece
        if each:
            each(text)


def show(columns, *arguments, rows=50, each=None):
    ours, theirs = pty.openpty()
    set_size(theirs, rows, columns)
    with subprocess.Popen([LIVE_SHOW, "terminal", *arguments], stderr=theirs) as process:
        os.close(theirs)
        text = read_all(ours, each and (lambda so_far: each(ours, so_far)))
    os.close(ours)
    assert process.returncode == 0
    return text


def show_on_screen(columns, *arguments, **options):
    screen = Screen(columns)
    screen.feed(show(columns, *arguments, **options).replace("\r\n", "\n"))
    return screen


@pytest.mark.parametrize("columns", [80, 120])
def test_live_view_ends_with_the_verdicts(columns):
    screen = show_on_screen(columns, "colour", "1", "250")
    block = screen.lines[-7:-1]
    assert [re.split(r"\s+", line)[:3] for line in block] == [
        ["✓", "cold", "pass"],
        ["✓", "warm", "pass"],
        ["✓", "frozen", "pass"],
        ["✓", "outage", "pass"],
        ["–", "failover", "skipped"],
        ["✗", "dropped", "fail"],
    ]
    assert "recovered in 42 ms" in block[0] and "no outage command" in block[4] and "expected an answer" in block[5]
    assert screen.lines[-1] == "" and screen.widest <= columns and screen.colours > 0


def test_live_view_gives_the_cursor_back():
    screen = show_on_screen(80, "plain", "1", "100")
    assert screen.ever_hidden and screen.cursor_shown
    assert screen.colours == 0, "colour was not asked for"


@pytest.mark.parametrize("columns", [1, 10, 20, 40])
def test_live_view_on_a_narrow_terminal(columns):
    screen = show_on_screen(columns, "colour", "1", "150")
    assert screen.widest <= columns and screen.cursor_shown
    assert screen.lines[-7][0] == "✓" and screen.lines[-2][0] == "✗"


def test_live_view_on_a_low_terminal():
    """The cursor never moves up by more lines than the window has."""
    text = show(80, "colour", "1", "250", rows=4)
    ups = [int(number) for number in re.findall(r"\x1b\[(\d+)A", text)]
    assert ups and max(ups) <= 3
    assert "frozen" in text and "dropped" in text


def test_live_view_shows_what_is_done_and_how_long_it_takes():
    text = ESCAPE.sub("", show(80, "colour", "1", "1000"))
    assert "waiting for the answer" in text
    assert re.search(r"frozen +1 s left +━+╌+", text)
    assert "Suspended between two invocations" in text
    assert re.search("[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏] cold", text) and "· dropped" in text


def test_live_view_keeps_the_log_above():
    screen = show_on_screen(120, "colour", "1", "150")
    log = [line for line in screen.lines if line.startswith("REPORT")]
    assert len(log) == 6 and screen.lines[:6] == log


def test_live_view_of_rounds():
    screen = show_on_screen(120, "colour", "3", "100")
    past = [line for line in screen.lines if re.match(r"round \d of 3  ", line)]
    assert past == [f"round {number} of 3  ✓ cold ✓ warm ✓ frozen ✓ outage – failover ✗ dropped" for number in (1, 2)]
    assert screen.lines[-8] == "round 3 of 3"


def test_live_view_in_a_window_made_smaller():
    """The terminal has wrapped the existing lines, so it goes back over all of their rows."""
    resized = []

    def resize(descriptor, so_far):
        if not resized and b"frozen" in so_far:
            set_size(descriptor, 50, 30)
            resized.append(len(so_far))

    text = show(100, "plain", "1", "600", each=resize)
    assert resized
    # A few more redraws may have been on their way.
    drawings = text.encode()[resized[0] :].decode(errors="replace").split("\r\x1b[J")[1:]
    widest = [max(map(width, ESCAPE.sub("", drawing).replace("\r\n", "\n").split("\n"))) for drawing in drawings]
    fitting = list(itertools.dropwhile(lambda columns: columns > 30, widest))
    assert fitting, widest
    assert max(fitting) <= 30, widest
    assert max(int(number) for number in re.findall(r"\x1b\[(\d+)A", text)) > 7
    assert text.endswith("\x1b[?25h")


def test_no_terminal_no_escape_codes():
    result = subprocess.run([LIVE_SHOW, "plain", "x", "2", "30"], capture_output=True, text=True, timeout=50)
    assert result.stdout == "" and "\x1b" not in result.stderr and "\r" not in result.stderr
    ended = [line for line in result.stderr.splitlines() if line.startswith("round")]
    assert len(ended) == 12
    assert ended[0] == "round 1  ✓ cold      pass        60.0 s  recovered in 42 ms"
    assert "✗ dropped   fail" in ended[-1] and ended[-1].startswith("round 2")
