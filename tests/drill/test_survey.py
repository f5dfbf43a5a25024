"""./dev survey: which driver may I ship in Lambda? Its table, made of drills that nobody held, and the command itself."""

import fcntl
import html.parser
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from faas_drill import check_looked_once, wire_faults
from harness import SOURCE_DIR, driver_faults, driver_version

pytestmark = [pytest.mark.survey]


# ---- Drills that nobody held ----


def invocation(phase, name, verdict="pass", **changes):
    return {
        "phase": phase,
        "name": name,
        "verdict": verdict,
        "cold": False,
        "initMs": None,
        "durationMs": 5.0,
        "thawToAnswerMs": 5.0,
        "counts": None,
    } | changes


def phase(name, verdict="pass", **changes):
    return {"name": name, "verdict": verdict, "reason": None, "advice": None} | changes


def check(name, verdict="pass", detail="found", measured=None):
    return {"name": name, "verdict": verdict, "detail": detail, "measured": measured}


CALM = [
    check("streaming_protocol", measured=0),
    check("heartbeat_interval", measured=500.2),
    check("handshake"),
    check("connections_steady", measured=4),
]
COLD = [phase("cold")], [invocation(0, "cold", cold=True, initMs=100.0, durationMs=20.0)]


def drill(phases=COLD[0], invocations=COLD[1], checks=(), driver="PyMongo 4.20.1", verdict=None, **changes):
    """A drill.json with as much in it as the table shows."""
    checks = [one for one in CALM if one["name"] not in {other["name"] for other in checks}] + list(checks)
    red = any(one["verdict"] == "fail" for one in [*phases, *checks])
    return {
        "verdict": verdict or ("fail" if red else "pass"),
        "drillVersion": "0.1.0",
        "startedAt": "2026-11-29T21:14:45.555Z",
        "durationMs": 1000.0,
        "driver": driver,
        "handshake": {
            "driver": {"name": "PyMongo|c", "version": "4.20.1|"},
            "env": {"name": "aws.lambda", "region": "us-east-1", "memory_mb": 128},
        },
        "phases": list(phases),
        "invocations": list(invocations),
        "checks": checks,
    } | changes


class Folder:
    """What ./dev survey leaves before it makes its table."""

    def __init__(self, path, times=1):
        self.path, self.times, self.rows = path, times, []

    def row(self, name, *drills, entry=None, function=None, client=None):
        self.rows.append(
            {"row": name, "entry": entry or name, "function": function or name.split("-")[0], "client": client}
        )
        (self.path / name).mkdir()
        for time, result in enumerate(drills, 1):
            if result is None:
                continue
            place = self.path / name / str(time)
            place.mkdir()
            (place / "drill.json").write_text(json.dumps(result))
            (place / "timeline.html").write_text("<!doctype html>")
            (place / "status").write_text("1" if result["verdict"] == "fail" else "0")
        return self.path / name

    def survey(self):
        plan = {
            "planVersion": 1,
            "startedAt": "2026-11-29T23:00:00Z",
            "commit": "abc1234",
            "machine": {"architecture": "x86_64", "cores": 2, "system": "Debian GNU/Linux 12"},
            "server": "secantusdb 0.7.0",
            "times": self.times,
            "jobs": 1,
            "phases": "cold,outage*4",
            "freezeSeconds": 12,
            "rows": self.rows,
        }
        (self.path / "plan.json").write_text(json.dumps(plan))
        return Made(self.path)


class Made:
    """The table, in all its forms."""

    def __init__(self, folder):
        run = subprocess.run(
            [sys.executable, SOURCE_DIR / "tools" / "survey", folder], capture_output=True, text=True, timeout=60
        )
        assert run.returncode in (0, 1), run.stderr
        self.status, self.terminal = run.returncode, run.stdout
        self.markdown = (folder / "survey.md").read_text()
        self.page = (folder / "survey.html").read_text()
        self.rows = json.loads((folder / "survey.json").read_text())["rows"]

    def cells(self, number=0):
        """Of Markdown, by the column's title."""
        lines = [line for line in self.markdown.splitlines() if line.startswith("|")]
        titles, row = ([cell.strip() for cell in lines[i].strip("|").split(" | ")] for i in (0, number + 2))
        return dict(zip(titles, row, strict=True))


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


def table_of(folder, *drills, **options):
    folder.times = len(drills)
    folder.row("python", *drills, **options)
    return folder.survey()


def test_a_good_row(folder):
    made = table_of(folder, drill(), drill())
    assert made.status == 0
    cells = made.cells()
    assert cells["driver and function"] == "PyMongo 4.20.1 · python" and cells["entry"] == "`python`"
    assert (cells["green"], cells["red for"], cells["streams"]) == ("2/2", "–", "no")
    assert (cells["handshake lacks"], cells["closest heartbeats"]) == ("nothing", "500 ms")
    assert (cells["connections"], cells["cold start"]) == ("4", "120 ms")
    assert "**" not in made.markdown and "Why" not in made.markdown + made.page


def test_caption_says_when_and_where(folder):
    made = table_of(folder, drill())
    for text in (made.terminal, made.markdown, made.page):
        words = " ".join(text.replace("\\", "").split())
        for fact in ("2026-11-29", "commit abc1234", "secantusdb 0.7.0", "x86_64", "--phases cold,outage*4", "0.1.0"):
            assert fact in words


def test_streaming(folder):
    streams = check("streaming_protocol", "fail", "the driver streams: 3 of 10 hellos", measured=3)
    made = table_of(folder, drill(checks=[streams]), drill(checks=[streams]))
    assert made.cells()["streams"] == "**yes**" and made.cells()["green"] == "**0/2**"
    assert "2/2: the driver streams: 3 of 10 hellos" in made.markdown


def test_streaming_at_times(folder):
    made = table_of(folder, drill(checks=[check("streaming_protocol", "fail")]), drill())
    assert made.cells()["streams"] == "**1/2**" and made.cells()["red for"] == "**streaming_protocol (1/2)**"


def test_not_judged(folder):
    skipped = [check(one["name"], "skipped") for one in CALM]
    cells = table_of(folder, drill(checks=skipped)).cells()
    assert (cells["streams"], cells["closest heartbeats"], cells["connections"]) == ("–", "–", "–")


@pytest.mark.parametrize(
    ("env", "lacks"),
    [({}, "env"), ({"name": "aws.lambda"}, "region, memory_mb (no room)")],
    ids=["env", "parts-of-it"],
)
def test_handshake_lacks(folder, env, lacks):
    fault = check("handshake", "fail" if not env else "pass", "client.env is missing")
    made = table_of(folder, drill(handshake={"driver": {}, "env": env}, checks=[fault]))
    assert made.cells()["handshake lacks"].strip("*") == lacks
    assert ("client.env is missing" in made.markdown) == (not env)


def test_handshake_is_wrong_though_whole(folder):
    made = table_of(folder, drill(checks=[check("handshake", "fail", "container is in client")]))
    assert (
        made.cells()["handshake lacks"] == "**nothing, but something is wrong**"
        and "container is in client" in made.page
    )


def test_heartbeats_too_close(folder):
    made = table_of(folder, drill(), drill(checks=[check("heartbeat_interval", "fail", measured=0.029)]))
    assert made.cells()["closest heartbeats"] == "**0.029 ms**"


def outage(*verdicts, name="outage, FIN, 2 s frozen", **changes):
    failed = "fail" if "fail" in verdicts else "pass"
    return {
        "phases": [phase("outage", failed, reason="1 of 2 failed")],
        "invocations": [invocation(0, name, verdict, **changes) for verdict in verdicts],
    }


def test_outages_by_their_way(folder):
    one = outage("pass", "fail")
    one["invocations"] += [invocation(0, "outage, RST, 12 s frozen")] * 2
    made = table_of(folder, drill(**one), drill(**outage("pass", "pass")))
    cells = made.cells()
    assert cells["failed in an outage: FIN, 2 s frozen"] == "**1/4**"
    assert cells["failed in an outage: RST, 12 s frozen"] == "0/2"
    (lost,) = [one for one in made.rows[0]["outages"] if one["lost"]]
    assert (lost["ending"], lost["freezeSeconds"], lost["lostIn"]) == ("FIN", 2, [1])
    assert 'href="python/1/timeline.html">1/4<' in made.page, "the drill that shows it"


def test_columns_of_another_row(folder):
    """Each way has a column, whichever row has it."""
    folder.row("node", drill(**outage("pass", name="outage, RST, 2 s frozen")))
    folder.row("python", drill(**outage("pass")))
    made = folder.survey()
    assert [made.cells(row)["failed in an outage: RST, 2 s frozen"] for row in (0, 1)] == ["0/1", "–"]


def test_work_that_was_done_is_not_lost(folder):
    """faas-harness answers with an error because its driver streams; document and all were written."""
    counts = {"insertOk": True, "deleteOk": True}
    streams = check("streaming_protocol", "fail")
    made = table_of(folder, drill(**outage("fail", counts=counts), checks=[streams]))
    assert made.cells()["failed in an outage: FIN, 2 s frozen"] == "0/1"
    assert made.cells()["red for"] == "**streaming_protocol**", "it explains the phase"


def test_work_that_was_not_done_is_lost(folder):
    counts = {"insertOk": True, "deleteOk": False}
    made = table_of(folder, drill(**outage("fail", counts=counts), checks=[check("retries", "fail")]))
    assert made.cells()["failed in an outage: FIN, 2 s frozen"] == "**1/1**"
    assert made.cells()["red for"] == "**outage, retries**"


def failover(*invocations, advice=None):
    return {"phases": [phase("failover", advice=advice)], "invocations": list(invocations)}


def test_failover(folder):
    drills = [drill(**failover(invocation(0, "failover", thawToAnswerMs=ms))) for ms in (1500.0, 2000.0, 2100.0)]
    assert table_of(folder, *drills).cells()["failover"] == "2.0 s"


def test_failover_of_a_client_that_looks_once(folder):
    tries = invocation(0, "failover", "fail"), invocation(0, "serverSelectionTryOnce=false", thawToAnswerMs=1500.0)
    made = table_of(folder, drill(**failover(*tries, advice="Add serverSelectionTryOnce=false")))
    assert made.cells()["failover"] == "**1/1 failed**"
    assert "Add serverSelectionTryOnce=false" in made.terminal


def dropped(given="fail", connect="fail", socket="pass", both="pass", refused=()):
    names = {"URI as given": given, "connectTimeoutMS=3000": connect, "socketTimeoutMS=5000": socket, "both": both}
    found = [invocation(0, "ended by FIN"), invocation(0, "ended by RST")]
    for name, verdict in names.items():
        if name in refused:
            found.append(invocation(0, name, "skipped", cold=True))
            continue
        found.append(invocation(0, name, cold=True))
        found.append(invocation(0, name, verdict, thawToAnswerMs=5010.0 if verdict == "pass" else 29500.0))
    return drill([phase("dropped")], found)


SAVED = "recovers from dropped connections with"


def test_setting_that_saves(folder):
    assert table_of(folder, dropped()).cells()[SAVED] == "socketTimeoutMS=5000, 5.0 s"


def test_setting_that_saves_at_times(folder):
    made = table_of(folder, dropped(), dropped(socket="fail"), dropped())
    assert made.cells()[SAVED] == "socketTimeoutMS=5000, 5.0 s (2/3)"


def test_nothing_needed(folder):
    assert table_of(folder, dropped(given="pass")).cells()[SAVED] == "nothing needed, 5.0 s"


def test_nothing_needed_and_what_is_faster(folder):
    one = dropped(given="pass")
    for invocation in one["invocations"]:
        if invocation["name"] == "URI as given":
            invocation["thawToAnswerMs"] = 20000.0
    assert table_of(folder, one).cells()[SAVED] == "nothing needed, 20.0 s; faster with socketTimeoutMS=5000, 5.0 s"


def test_only_both_save(folder):
    assert table_of(folder, dropped(socket="fail")).cells()[SAVED] == "both timeouts, 5.0 s"


def test_nothing_saves(folder):
    assert table_of(folder, dropped(socket="fail", both="fail")).cells()[SAVED] == "**nothing**"


def test_setting_that_is_refused(folder):
    made = table_of(folder, dropped(connect="pass", refused=("socketTimeoutMS=5000", "both")))
    assert made.cells()[SAVED] == "connectTimeoutMS=3000, 5.0 s; socketTimeoutMS is not an option"
    assert [one["refused"] for one in made.rows[0]["dropped"]["settings"]] == [0, 0, 1, 1]


def test_warning_is_told_and_green(folder):
    made = table_of(folder, drill(checks=[check("rtt_connection", "warning", "has 3 connections")]))
    assert made.status == 0 and made.cells()["green"] == "1/1"
    assert "warning rtt_connection: has 3 connections" in made.terminal


def members(value):
    """All names in it, but for what others have written."""
    if isinstance(value, dict):
        return {
            name for key, inner in value.items() for name in {key} | (set() if key == "document" else members(inner))
        }
    return {name for inner in value for name in members(inner)} if isinstance(value, list) else set()


def test_every_member_is_documented(folder):
    folder.times = 2
    everything = dropped()
    everything["phases"] += [phase("outage"), phase("failover", "fail", reason="lost")]
    everything["invocations"] += [invocation(1, "outage, FIN, 2 s frozen"), invocation(2, "failover", "fail")]
    everything["phases"] += [phase("coldstart", "fail", reason="lost")]
    everything["coldStarts"] = [cold_start("as given", 401.0, 8)]
    everything["checks"].append(check("rtt_connection", "warning"))
    table_of(folder, everything)
    documented = (SOURCE_DIR / "docs" / "survey.md").read_text().partition("## survey.json")[2]
    found = members(json.loads((folder.path / "survey.json").read_text()))
    assert {"slowestMs", "refused", "lostWork", "tooClose"} <= found
    known = {"architecture", "cores", "system", "version"}  # told in words, or the handshake's
    assert {name for name in found - known if f"`{name}`" not in documented} == set()


def test_phases_by_name(folder):
    green, red = (drill([phase("storm", verdict, advice="Set maxPoolSize=1.")]) for verdict in ("pass", "fail"))
    made = table_of(folder, green, red)
    assert made.cells()["storm"] == "**1/2**"
    assert "storm: Set maxPoolSize=1." in made.terminal


def test_cold_starts_taken_apart(folder):
    starts = [
        cold_start("as given", 401.0, 8),
        cold_start("as given", 420.0, 8),
        cold_start("as given, minPoolSize=1", 200.0, 4),
        cold_start("as given", None, 0, times=0),
    ]
    made = table_of(folder, drill([phase("coldstart")], coldStarts=starts))
    assert made.cells()["coldstart"] == "401 ms, 8 round trips"


def cold_start(setting, total_ms, round_trips, times=3):
    given = {"roundTripMs": 20.0, "connections": 4}
    return {"setting": setting, "totalMs": total_ms, "roundTrips": round_trips, "times": times} | given


# ---- What is not there ----


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        ("Collecting\nERROR: No matching distribution found for pymongo==9.9.9\n\n[notice] pip\n", "No matching"),
        ("npm error notarget No matching version found for mongodb@99.\nnpm error A complete log of this run\n", "@99"),
        ("[1/9] cc\nmain.c:3:1: error: unknown type name\nninja: build stopped: subcommand failed.\n", "unknown type"),
        ("[ERROR] Could not find artifact x -> [Help 1]\n[ERROR] \n[ERROR] [Help 1] url\n", "Could not find artifact"),
        ("\n", "no reason given"),
    ],
    ids=["pip", "npm", "ninja", "maven", "nothing"],
)
def test_not_built(folder, log, reason):
    place = folder.row("go")
    (place / "not-built").touch()
    (place / "build.log").write_text(log)
    folder.row("python", drill())
    made = folder.survey()
    assert made.status == 1
    assert made.cells(0)["green"] == "**not built**" and made.cells(1)["green"] == "1/1", "it goes on"
    (told,) = [line for line in made.terminal.splitlines() if "not built: " in line]
    assert reason in told and "go/build.log" in told
    assert 'href="go/build.log"' in made.page


def test_not_built_for_want_of_a_toolchain(folder):
    (folder.row("rust") / "not-built").write_text("expected cargo 1.88 or later, found none\n")
    made = folder.survey()
    assert made.status == 1 and "expected cargo 1.88 or later, found none" in made.markdown


def test_not_held(folder):
    folder.times = 2
    place = folder.row("python", drill(), None)
    (place / "2").mkdir()
    (place / "2" / "status").write_text("2\n")
    (place / "2" / "drill.txt").write_text("faas-drill: the function failed to start: expected app.py\n")
    made = folder.survey()
    assert made.status == 1
    assert (made.cells()["green"], made.cells()["red for"]) == ("**1/2**", "**not run (1/2)**")
    assert "time 2: faas-drill: the function failed to start" in " ".join(made.terminal.split())
    assert 'href="python/2/drill.txt"' in made.page


def test_ended_by_a_signal(folder):
    place = folder.row("python", None)
    (place / "1").mkdir()
    (place / "1" / "status").write_text("137\n")
    (place / "1" / "drill.txt").write_text("")
    made = folder.survey()
    assert made.status == 1 and "time 1: ended by signal 9" in made.markdown and "no reason" not in made.markdown


def test_a_reason_that_is_cut_ends_in_a_word(folder):
    """faas-drill has 511 bytes of a reason, and 160 of what a phase quotes."""
    quoted = "2 of 8 failed. The first: " + ("no answer: " + 7 * "Failed to read 4 bytes: ")[:160]
    assert quoted.endswith("bytes: Faile")
    one = outage("pass", "fail")
    one["phases"][0]["reason"] = quoted
    checks = [
        check("retries", "fail", ("word " * 200)[:511]),
        check("rtt_connection", "warning", ("warn " * 200)[:511]),
    ]
    made = table_of(folder, drill(**one, checks=checks))
    lines = [line for line in made.markdown.splitlines() if line.startswith("- ")]
    for line, end in zip(lines, (" read 4 bytes…", "word word…", "warn warn…"), strict=True):
        assert line.endswith(end)
    (folder.path / "whole").mkdir()
    made = table_of(Folder(folder.path / "whole"), drill(checks=[check("retries", "fail", ("word " * 102)[:509])]))
    assert "word word\n" in made.markdown and "…" not in made.markdown


def test_half_a_survey(folder):
    """Ctrl-C: what was held counts, what was under way is named, what was not begun is neither."""
    folder.times = 3
    place = folder.row("python", drill(), None, None)
    (place / "2").mkdir()
    folder.row("node", None, None, None)
    made = folder.survey()
    assert made.status == 1
    assert made.cells(0)["green"] == "**1/2**" and "time 2: did not finish" in made.terminal
    assert made.cells(1)["green"] == "not begun"
    assert [one["state"] for one in made.rows[0]["drills"]] == ["held", "not held", "not begun"]


def test_no_survey(tmp_path):
    run = subprocess.run([sys.executable, SOURCE_DIR / "tools" / "survey", tmp_path], capture_output=True, text=True)
    assert run.returncode == 1 and "no plan.json" in run.stderr


# ---- Its forms ----


def test_terminal_has_120_columns(folder):
    long = "go.mongodb.org/mongo-driver/v2@v2.3.0-with-a-long-suffix-of-its-own"
    one = outage("pass", "fail")
    one["invocations"] += [
        invocation(0, f"outage, {ending}, {frozen} s frozen") for ending in ("FIN", "RST") for frozen in (2, 12)
    ]
    one["phases"][0]["reason"] = "a long reason " * 30
    folder.row("go", drill(**one, driver=f"mongo-go-driver {long}"), entry=f"go={long}")
    (folder.row("node", entry=f"node={long}") / "not-built").write_text("word " * 100)
    for client in ("pool", "single"):
        folder.row(f"harness-{client}", drill(driver=f"libmongoc {long}"), function="harness", client=client)
    made = folder.survey()
    assert max(map(len, made.terminal.splitlines())) <= 120
    assert "…, pool " in made.terminal and "…, single " in made.terminal, "what tells them apart is not cut"


def test_markdown_holds_what_it_quotes(folder):
    made = table_of(folder, drill(checks=[check("retries", "fail", "a | b <c> *d*")], driver="x|y <z>"))
    assert made.cells()["driver and function"] == "x\\|y &lt;z> · python"
    assert "a \\| b &lt;c> \\*d\\*" in made.markdown


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.tags, self.cells = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attributes)["href"])


def test_page_leads_to_the_drills(folder):
    made = table_of(folder, drill(), drill(checks=[check("retries", "fail", "<script>alert(1)</script>")]))
    page = Page(made.page)
    assert {"python/1/timeline.html", "python/2/timeline.html"} == set(page.links)
    assert all((folder.path / link).exists() for link in page.links)
    assert 'href="python/2/timeline.html">retries (1/2)<' in made.page
    assert not {"script", "link", "img", "iframe"} & set(page.tags), "nothing runs, nothing comes from elsewhere"


# ---- The command ----


def dev(*arguments, timeout=280, **options):
    """Not two builds of one tree at once."""
    with (SOURCE_DIR / "build" / "docs.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        return subprocess.run(
            [SOURCE_DIR / "dev", "survey", *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            **options,
        )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nonsense"], "an entry is a function"),
        (["python=mongodb@1"], "such as pymongo=="),
        (["python="], 'no driver in "python="'),
        (["ruby"], "needs a checkout of the driver, ruby=source:DIR"),
        (["harness=2.5.7"], "system, debian:SUITE or source:DIR"),
        (["debian:../x"], "a Debian suite is a name"),
        (["source:/nowhere"], "no such folder"),
        (["--times", "0"], "--times takes a whole number"),
        (["--jobs", "two"], "--jobs takes a whole number"),
        (["--freeze", "long"], "--freeze takes a number"),
        (["--freeze", "0"], "--freeze takes a number of seconds from 0.001 to 86400"),
        (["--freeze", "0.0009"], "--freeze takes a number"),
        (["--freeze", "86400.0001"], "--freeze takes a number"),
        (["--freeze", "86401"], "--freeze takes a number"),
        (["--phases", "cold,nap"], "--phases"),
        (["--phases", "warm" + 64 * ",warm"], "--phases takes at most 64 phases; found 65"),
        (["--phases", "cold*0"], "each once or *1 to *100000"),
        (["--phases", "cold,frozen*100001"], "each once or *1 to *100000"),
        (["--clients", "1"], "an entry is a function"),
    ],
    ids=lambda value: value[-1][:14].replace(",", " ").replace("*", "x") if isinstance(value, list) else "",
)
def test_refused_before_the_first_build(tmp_path, arguments, said):
    run = dev("--output", tmp_path / "out", "python", *arguments, timeout=60)
    assert run.returncode == 2 and said in run.stderr, run.stderr
    assert "Building" not in run.stderr and not (tmp_path / "out").exists()


def test_leaves_a_folder_of_somebody_else_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    run = dev("--output", tmp_path, "python", timeout=60)
    assert run.returncode == 2 and "Choose another folder" in run.stderr
    assert (tmp_path / "thesis.txt").read_text() == "mine"


def place(action, folder, *rows):
    command = [sys.executable, SOURCE_DIR / "tools" / "survey" / "place.py", action, folder, *rows]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize(
    "plan",
    [
        "a list of my own",
        "[]",
        '{"rows": [{"row": "python"}]}',
        '{"planVersion": 1}',
        '{"planVersion": 1, "rows": [{"row": "../other"}]}',
        '{"planVersion": 1, "rows": [{"row": "/etc"}]}',
        '{"planVersion": 1, "rows": [{"row": ""}]}',
    ],
    ids=["text", "list", "no version", "no rows", "above", "elsewhere", "no name"],
)
def test_another_plan_is_no_survey(tmp_path, plan):
    """plan.json is a name that others use, too."""
    folder = tmp_path / "out"
    (folder / "python").mkdir(parents=True)
    (folder / "python" / "thesis.txt").write_text("mine")
    (folder / "plan.json").write_text(plan)
    (tmp_path / "other").mkdir()
    for action in ("check", "clear"):
        run = place(action, folder, "python")
        assert run.returncode == 2 and "Choose another folder" in run.stdout, run
    assert (folder / "plan.json").read_text() == plan and (folder / "python" / "thesis.txt").exists()
    assert (tmp_path / "other").exists()
    run = dev("--output", folder, "python", timeout=60)
    assert run.returncode == 2 and (folder / "python" / "thesis.txt").exists(), run.stderr


def test_an_earlier_survey_goes_and_nothing_else(folder):
    folder.row("python", drill())
    folder.row("node", drill())
    folder.survey()
    notes = folder.path / "notes" / "survey.md"
    notes.parent.mkdir()
    notes.write_text("mine")
    assert place("check", folder.path, "go").returncode == 0 and (folder.path / "survey.md").exists()
    run = place("check", folder.path, "go", "notes")
    assert run.returncode == 2 and "has a notes that does not belong to the survey there" in run.stdout
    assert place("clear", folder.path, "go").returncode == 0
    assert [path.name for path in folder.path.iterdir()] == ["notes"] and notes.read_text() == "mine"


def test_wrong_arguments_leave_an_earlier_survey_alone(folder):
    folder.row("python", drill())
    folder.survey()
    run = dev("--output", folder.path, "python", "--times", "0", timeout=60)
    assert run.returncode == 2 and (folder.path / "survey.html").exists() and (folder.path / "python/1").exists()


def needs_built(name):
    if not (SOURCE_DIR / "build" / "functions" / name / "pinned").exists():
        pytest.skip(f"not built; ./dev drill --function {name} does it, or says what it needs for it")


@pytest.mark.phases
@pytest.mark.functions
@pytest.mark.plain("./dev survey is of release builds")
def test_survey_of_functions(tmp_path):
    """Two drivers, one of them in a version that does not exist."""
    needs_built("python")
    run = dev(
        *("--output", tmp_path / "out", "--times", "2", "--jobs", "2", "--freeze", "0.5"),
        *("--phases", "cold,warm", "python", "python=pymongo==0.0.1"),
    )
    assert run.returncode == 1 and (tmp_path / "out" / "survey.json").exists(), run.stderr
    result = json.loads((tmp_path / "out" / "survey.json").read_text())
    pinned, absent = result["rows"]
    assert pinned["held"] == 2 and pinned["driver"].startswith("PyMongo ") and not pinned["streaming"]["yes"]
    assert pinned["introduced"]["name"].startswith("PyMongo")
    assert pinned["coldStart"]["medianMs"] > 0 and pinned["connections"] >= 4
    assert absent["notBuilt"]["line"] and (tmp_path / "out" / absent["notBuilt"]["log"]).exists()
    for drill in pinned["drills"]:
        assert (tmp_path / "out" / drill["page"]).exists()
    assert "drill 2 of 2: python, time 2 of 2" in run.stderr
    assert result["server"].startswith("secantusdb ") and result["startedAt"] and not result["complete"]
    assert "not built" in run.stdout


@pytest.mark.phases
@pytest.mark.functions
@pytest.mark.plain("./dev survey is of release builds")
def test_interrupted_survey_has_a_table(tmp_path):
    """By SIGTERM here, as Ctrl-C has the same trap; what the drills have started ends with them."""
    needs_built("python")
    out = tmp_path / "out"
    with (SOURCE_DIR / "build" / "docs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [SOURCE_DIR / "dev", "survey", "--output", out, "--times", "2", "--phases", "cold,frozen"]
        run = subprocess.Popen(
            [*command, "--freeze", "300", "python"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for line in run.stderr:
            if "drill 1 of 2" in line:
                break
        run.send_signal(signal.SIGTERM)
        stdout, stderr = run.communicate(timeout=60)
    assert run.returncode == 130, stderr
    assert "Interrupted" in stderr and "time 1: did not finish" in stdout
    assert f"Page: {out}/survey.html" in stderr
    assert (out / "survey.html").exists()
    environments = (
        Path(name).read_bytes()
        for name in map("/proc/{}/cmdline".format, filter(str.isdigit, os.listdir("/proc")))
        if Path(name).exists()
    )
    assert not any(str(out).encode() in line for line in environments), "a drill is still running"


@pytest.mark.phases
@pytest.mark.package
@pytest.mark.checkout
@pytest.mark.fixtures("package_own")
@pytest.mark.timeout(1200)
@pytest.mark.plain("packages are release builds")
@pytest.mark.skipif("FAAS_DRIVER" not in os.environ, reason="./dev test names the driver to package")
def test_survey_of_this_driver(tmp_path):
    """In a clean clone it builds and packages the harness first."""
    run = dev(
        *("--times", "1", "--jobs", "2", "--freeze", "0.5", "--phases", "cold,warm,outage,failover"),
        *("--output", tmp_path / "out", f"harness={os.environ['FAAS_DRIVER']}"),
        timeout=1170,
    )
    assert run.returncode == 0, run.stderr
    rows = {row["client"]: row for row in json.loads((tmp_path / "out" / "survey.json").read_text())["rows"]}
    version = ".".join(map(str, driver_version()))
    for client in ("pool", "single"):
        assert version in rows[client]["driver"]
        assert bool(rows[client]["failed"]) == bool(wire_faults(client)), run.stdout
    assert bool(rows["pool"]["streaming"]["yes"]) == ("streaming_disabled" in driver_faults("pool"))
    (file,) = (tmp_path / "out").glob("*-single/1/drill.json")
    single = json.loads(file.read_text())
    check_looked_once(single)
    advice = [phase["advice"] for phase in single["phases"] if phase["advice"]]
    assert all(text in " ".join(run.stdout.split()) for text in advice)
