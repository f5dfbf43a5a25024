"""./dev survey: its table, made from invented drills."""

import html.parser
import json
import subprocess
import sys

import pytest
from harness import SOURCE_DIR
from invented_drills import CALM, Folder, check, drill, invocation, phase

pytestmark = [pytest.mark.survey]


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
    """faas-harness answers with an error because its driver streams, but the document was inserted and deleted."""
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
    for each in one["invocations"]:
        if each["name"] == "URI as given":
            each["thawToAnswerMs"] = 20000.0
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


# ---- Missing results ----


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
    (folder.row("rust") / "not-built").write_text("cargo 1.88 or later is missing\n")
    made = folder.survey()
    assert made.status == 1 and "cargo 1.88 or later is missing" in made.markdown


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
    """faas-drill cuts a reason at 511 bytes, and what a phase quotes in it at 160."""
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
    folder.row("go", drill(**one, driver=f"mongo-go-driver {long}"), entry=f"go={long}")
    (folder.row("node", entry=f"node={long}") / "not-built").write_text("word " * 100)
    for client in ("pool", "single"):
        folder.row(f"harness-{client}", drill(driver=f"libmongoc {long}"), function="harness", client=client)
    made = folder.survey()
    assert max(map(len, made.terminal.splitlines())) <= 120
    assert "…, pool " in made.terminal and "…, single " in made.terminal, "the distinguishing part is not cut"


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
    assert not {"script", "link", "img", "iframe"} & set(page.tags), "no scripts, nothing external"
