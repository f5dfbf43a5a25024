"""The live view of a drill, on a terminal."""

import fcntl
import itertools
import os
import pty
import re
import select
import struct
import subprocess
import termios
import unicodedata

import harness
import pytest

pytestmark = pytest.mark.results

LIVE_SHOW = harness.BUILD_DIR / "tests" / "support" / "live_show"


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


VERDICTS = [
    ["✓", "cold", "pass"],
    ["✓", "warm", "pass"],
    ["✓", "frozen", "pass"],
    ["✓", "outage", "pass"],
    ["–", "failover", "skipped"],
    ["✗", "dropped", "fail"],
]


@pytest.mark.parametrize("columns", [1, 10, 20, 40, 80, 120])
def test_live_view_ends_with_the_verdicts(columns):
    """Below the log, as far as they fit; and it gives the cursor back."""
    screen = show_on_screen(columns, "colour", "1", "150")
    block = screen.lines[-7:-1]
    assert [line[0] for line in block] == [verdict[0] for verdict in VERDICTS]
    assert screen.lines[-1] == "" and screen.widest <= columns and screen.colours > 0
    assert screen.ever_hidden and screen.cursor_shown
    if columns >= 80:
        assert [re.split(r"\s+", line)[:3] for line in block] == VERDICTS
        assert "recovered in 42 ms" in block[0] and "no outage command" in block[4] and "expected an answer" in block[5]
    if columns == 120:
        assert [line.split()[0] for line in screen.lines[:6]] == ["REPORT"] * 6 and len(screen.lines) == 13


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


def test_live_view_of_rounds():
    screen = show_on_screen(120, "plain", "3", "100")
    assert screen.colours == 0, "colour was not requested"
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
