"""./dev survey: its table, made from invented drills."""

import json
import re
import subprocess
import sys

import pytest
from harness import SOURCE_DIR
from invented_drills import CALM, Folder, check, drill, invocation, phase

pytestmark = pytest.mark.survey


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
        for fact in (
            "2026-11-29",
            "commit abc1234",
            "secantusdb 0.7.0",
            "x86_64",
            "0.1.0",
            "drilled 1 time, 1 drill at a time, with --phases cold,outage*4",
        ):
            assert fact in words


def outage(*verdicts, name="outage, FIN, 2 s frozen", checks=(), **changes):
    failed = "fail" if "fail" in verdicts else "pass"
    phases = [phase("outage", failed, reason="1 of 2 failed")]
    return drill(phases, [invocation(0, name, verdict, **changes) for verdict in verdicts], checks)


def failover(*invocations, advice=None):
    return drill([phase("failover", advice=advice)], invocations)


def dropped(given="fail", connect="fail", socket="pass", both="pass", refused=(), given_ms=5010.0):
    names = {"URI as given": given, "connectTimeoutMS=3000": connect, "socketTimeoutMS=5000": socket, "both": both}
    found = [invocation(0, "ended by FIN"), invocation(0, "ended by RST")]
    for name, verdict in names.items():
        if name in refused:
            found.append(invocation(0, name, "skipped", cold=True))
            continue
        took = given_ms if name == "URI as given" else 5010.0
        found.append(invocation(0, name, cold=True))
        found.append(invocation(0, name, verdict, thawToAnswerMs=took if verdict == "pass" else 29500.0))
    return drill([phase("dropped")], found)


def cold_start(setting, total_ms, round_trips, times=3):
    given = {"roundTripMs": 20.0, "connections": 4}
    return {"setting": setting, "totalMs": total_ms, "roundTrips": round_trips, "times": times} | given


STREAMS = check("streaming_protocol", "fail", "the driver streams: 3 of 10 hellos", measured=3)
SAVED = "recovers from dropped connections with"
FIN, RST = "failed in an outage: FIN, 2 s frozen", "failed in an outage: RST, 2 s frozen"
LOOKED_ONCE = (
    invocation(0, "failover", "fail"),
    invocation(0, "serverSelectionTryOnce=false", thawToAnswerMs=1500.0),
)
STARTS = [
    cold_start("as given", 401.0, 8),
    cold_start("as given", 420.0, 8),
    cold_start("as given, minPoolSize=1", 200.0, 4),
    cold_start("as given", None, 0, times=0),
]
STORMS = [drill([phase("storm", verdict, advice="Set maxPoolSize=1.")]) for verdict in ("pass", "fail")]

# Row: its drills, its cells, and what is told of it.
ROWS = {
    "streams": (
        [drill(checks=[STREAMS])] * 2,
        {"streams": "**yes**", "green": "**0/2**"},
        "2/2: the driver streams: 3 of 10 hellos",
    ),
    "streams at times": (
        [drill(checks=[STREAMS]), drill()],
        {"streams": "**1/2**", "red for": "**streaming_protocol (1/2)**"},
    ),
    "not judged": (
        [drill(checks=[check(one["name"], "skipped") for one in CALM])],
        {"streams": "–", "closest heartbeats": "–", "connections": "–"},
    ),
    "no env": (
        [drill(handshake={"driver": {}, "env": {}}, checks=[check("handshake", "fail", "client.env is missing")])],
        {"handshake lacks": "**env**"},
        "client.env is missing",
    ),
    "parts of env": (
        [drill(handshake={"driver": {}, "env": {"name": "aws.lambda"}}, checks=[check("handshake")])],
        {"handshake lacks": "region, memory_mb (no room)"},
    ),
    "handshake wrong though whole": (
        [drill(checks=[check("handshake", "fail", "container is in client")])],
        {"handshake lacks": "**nothing, but something is wrong**"},
        "container is in client",
    ),
    "heartbeats too close": (
        [drill(), drill(checks=[check("heartbeat_interval", "fail", measured=0.029)])],
        {"closest heartbeats": "**0.029 ms**"},
    ),
    "outages": ([outage("pass", "fail"), outage("pass", "pass")], {FIN: "**1/4**", RST: "–"}),
    # Each way has a column, whichever row has it.
    "another outage": ([outage("pass", name="outage, RST, 2 s frozen")], {FIN: "–", RST: "0/1"}),
    # faas-harness answers with an error because its driver streams, which explains the phase, but the document was
    # inserted and deleted.
    "work that was done": (
        [outage("fail", counts={"insertOk": True, "deleteOk": True}, checks=[STREAMS])],
        {FIN: "0/1", "red for": "**streaming_protocol**"},
    ),
    "work that was lost": (
        [outage("fail", counts={"insertOk": True, "deleteOk": False}, checks=[check("retries", "fail")])],
        {FIN: "**1/1**", "red for": "**outage, retries**"},
    ),
    "failover": (
        [failover(invocation(0, "failover", thawToAnswerMs=ms)) for ms in (1500.0, 2000.0, 2100.0)],
        {"failover": "2.0 s"},
    ),
    "failover of one that looks once": (
        [failover(*LOOKED_ONCE, advice="Add serverSelectionTryOnce=false")],
        {"failover": "**1/1 failed**"},
        "Add serverSelectionTryOnce=false",
    ),
    "one setting": ([dropped()], {SAVED: "socketTimeoutMS=5000, 5.0 s"}),
    "at times": ([dropped(), dropped(socket="fail"), dropped()], {SAVED: "socketTimeoutMS=5000, 5.0 s (2/3)"}),
    "nothing needed": ([dropped(given="pass")], {SAVED: "nothing needed, 5.0 s"}),
    "faster": (
        [dropped(given="pass", given_ms=20000.0)],
        {SAVED: "nothing needed, 20.0 s; faster with socketTimeoutMS=5000, 5.0 s"},
    ),
    "both": ([dropped(socket="fail")], {SAVED: "both timeouts, 5.0 s"}),
    "nothing": ([dropped(socket="fail", both="fail")], {SAVED: "**nothing**"}),
    "refused": (
        [dropped(connect="pass", refused=("socketTimeoutMS=5000", "both"))],
        {SAVED: "connectTimeoutMS=3000, 5.0 s; socketTimeoutMS is not an option"},
    ),
    "warning": (
        [drill(checks=[check("rtt_connection", "warning", "has 3 connections")])],
        {"green": "1/1"},
        "warning rtt_connection: has 3 connections",
    ),
    "storm": (STORMS, {"storm": "**1/2**"}, "storm: Set maxPoolSize=1."),
    "coldstart": ([drill([phase("coldstart")], coldStarts=STARTS)], {"coldstart": "401 ms, 8 round trips"}),
    "quotes": (
        [drill(checks=[check("retries", "fail", "a | b <c> *d*")], driver="x|y <z>")],
        {"driver and function": "x\\|y &lt;z> · python"},
        "a \\| b &lt;c> \\*d\\*",
    ),
}


def test_cells(folder):
    folder.times = 3
    for name, (drills, *_) in ROWS.items():
        folder.row(name, *drills, function="python")
    made = folder.survey()
    assert made.status == 1
    for number, (name, (_, expected, *words)) in enumerate(ROWS.items()):
        cells = made.cells(number)
        assert {title: cells[title] for title in expected} == expected, name
        assert all(text in made.markdown for text in words), name
    facts = {row["row"]: row for row in made.rows}
    (lost,) = [one for one in facts["outages"]["outages"] if one["lost"]]
    assert (lost["ending"], lost["freezeSeconds"], lost["lostIn"]) == ("FIN", 2, [1])
    assert 'href="outages/1/timeline.html">1/4<' in made.page, "the drill that shows it"
    assert [one["refused"] for one in facts["refused"]["dropped"]["settings"]] == [0, 0, 1, 1]


def test_warnings_are_green(folder):
    made = table_of(folder, drill(checks=[check("rtt_connection", "warning", "has 3 connections")]))
    assert made.status == 0 and made.cells()["green"] == "1/1"


def members(value):
    """All names in it, except in parts that others write."""
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
    known = {"architecture", "cores", "system", "version"}  # in words, or from the handshake
    assert {name for name in found - known if f"`{name}`" not in documented} == set()


# ---- Missing results ----


LOGS = {
    "pip": ("Collecting\nERROR: No matching distribution found for pymongo==9.9.9\n\n[notice] pip\n", "No matching"),
    "npm": ("npm error notarget No matching version for mongodb@99.\nnpm error A complete log of this run\n", "@99"),
    "ninja": ("[1/9] cc\nmain.c:3:1: error: unknown type name\nninja: build stopped.\n", "unknown type"),
    "maven": (
        "[ERROR] Could not find artifact x -> [Help 1]\n[ERROR] \n[ERROR] [Help 1] url\n",
        "Could not find artifact",
    ),
    "nothing": ("\n", "no reason given"),
}


def test_not_built(folder):
    (folder.row("rust") / "not-built").write_text("cargo 1.88 or later is missing\n")
    for name, (log, _) in LOGS.items():
        place = folder.row(name)
        (place / "not-built").touch()
        (place / "build.log").write_text(log)
    folder.row("python", drill())
    made = folder.survey()
    assert made.status == 1 and "cargo 1.88 or later is missing" in made.markdown
    assert made.cells(0)["green"] == "**not built**" and made.cells(len(LOGS) + 1)["green"] == "1/1", "it goes on"
    told = [line for line in made.terminal.splitlines() if "not built: " in line and "build.log" in line]
    for line, (name, (_, reason)) in zip(told, LOGS.items(), strict=True):
        assert reason in line and f"{name}/build.log" in line
        assert f'href="{name}/build.log"' in made.page


def test_not_held(folder):
    folder.times = 3
    place = folder.row("python", drill(), None, None)
    said = "faas-drill: the function failed to start: expected app.py\n"
    for time, status, text in (("2", "2\n", said), ("3", "137\n", "")):
        (place / time).mkdir()
        (place / time / "status").write_text(status)
        (place / time / "drill.txt").write_text(text)
    made = folder.survey()
    assert made.status == 1
    assert (made.cells()["green"], made.cells()["red for"]) == ("**1/3**", "**not run (2/3)**")
    assert "time 3: ended by signal 9" in made.markdown and "no reason" not in made.markdown
    assert "time 2: faas-drill: the function failed to start" in " ".join(made.terminal.split())
    assert 'href="python/2/drill.txt"' in made.page


def test_a_reason_that_is_cut_ends_in_a_word(folder):
    """faas-drill cuts a reason at 511 bytes, and what a phase quotes in it at 160."""
    quoted = "2 of 8 failed. The first: " + ("no answer: " + 7 * "Failed to read 4 bytes: ")[:160]
    assert quoted.endswith("bytes: Faile")
    one = outage("pass", "fail")
    one["phases"][0]["reason"] = quoted
    checks = [
        check("retries", "fail", ("word " * 200)[:511]),
        check("rtt_connection", "warning", ("warn " * 200)[:511]),
    ]
    made = table_of(folder, drill(one["phases"], one["invocations"], checks))
    lines = [line for line in made.markdown.splitlines() if line.startswith("- ")]
    for line, end in zip(lines, (" read 4 bytes…", "word word…", "warn warn…"), strict=True):
        assert line.endswith(end)
    (folder.path / "whole").mkdir()
    made = table_of(Folder(folder.path / "whole"), drill(checks=[check("retries", "fail", ("word " * 102)[:509])]))
    assert "word word\n" in made.markdown and "…" not in made.markdown


def test_half_a_survey(folder):
    """After Ctrl-C: finished drills count, the running one is named, and those not begun are neither."""
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


# ---- Formats ----


def test_terminal_has_120_columns(folder):
    long = "go.mongodb.org/mongo-driver/v2@v2.3.0-with-a-long-suffix-of-its-own"
    one = outage("pass", "fail")
    one["invocations"] += [
        invocation(0, f"outage, {ending}, {frozen} s frozen") for ending in ("FIN", "RST") for frozen in (2, 12)
    ]
    one["phases"][0]["reason"] = "a long reason " * 30
    folder.row("go", one | {"driver": f"mongo-go-driver {long}"}, entry=f"go={long}")
    (folder.row("node", entry=f"node={long}") / "not-built").write_text("word " * 100)
    for client in ("pool", "single"):
        folder.row(f"harness-{client}", drill(driver=f"libmongoc {long}"), function="harness", client=client)
    made = folder.survey()
    assert max(map(len, made.terminal.splitlines())) <= 120
    assert "…, pool " in made.terminal and "…, single " in made.terminal, "the distinguishing part is not cut"


def test_page_leads_to_the_drills(folder):
    made = table_of(folder, drill(), drill(checks=[check("retries", "fail", "<script>alert(1)</script>")]))
    links = set(re.findall(r'href="([^"]*)"', made.page))
    assert links == {"python/1/timeline.html", "python/2/timeline.html"}
    assert all((folder.path / link).exists() for link in links)
    assert 'href="python/2/timeline.html">retries (1/2)<' in made.page
    assert not re.search("<(script|link|img|iframe)", made.page), "no scripts, nothing external"
