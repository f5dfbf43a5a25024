"""Whole drills: green with a sound driver, red with the right reason otherwise, and nothing left behind."""

import re
import shlex
import signal
from xml.etree import ElementTree

import psutil
import pytest
from faas_drill import (
    against,
    ELECTION_MS,
    Running,
    check_looked_once,
    check_nothing_left,
    drill,
    faulty_function,
    harness_function,
    held_in,
    needs_a_pool_that_behaves,
    script_function,
    server_command,
    wire_faults,
)
from harness import INSTRUMENTED, PROGRAM, driver_faults

pytestmark = pytest.mark.phases

QUICK = "cold,warm,frozen,outage,failover"


@pytest.mark.timeout(150)
@pytest.mark.driver
def test_every_phase(tmp_path, mongodb):
    """With the default URI the function does not recover from dropped connections; with a setting it does."""
    held = drill(tmp_path, *against(mongodb), "--freeze", "1", "--timeout", "10", harness_function(tmp_path))
    expected = "fail" if driver_faults("pool") else "pass"
    assert held.result["verdict"] == expected, held.stdout
    assert [phase["name"] for phase in held.result["phases"]] == [
        "cold", "warm", "frozen", "outage", "failover", "dropped",
    ]  # fmt: skip
    assert held.result["emulated"] and "emulated" in held.stdout
    assert mongodb.count() == 0


@pytest.mark.timeout(120)
@pytest.mark.driver
@pytest.mark.parametrize("client", ["pool", "single"])
def test_verdict_by_driver(tmp_path, mongodb, client):
    """Pooled, drivers before 1.25 stream, and those before 2.2.2 flood; single-threaded, none does. Before 1.25 none
    says where it runs."""
    held = drill(
        tmp_path, *against(mongodb), "--client", client, "--phases", QUICK, "--freeze", "1", harness_function(tmp_path)
    )
    reasons = " ".join(phase["reason"] or "" for phase in held.result["phases"])
    if not wire_faults(client):
        assert held.status == 0, held.log
    elif wire_faults(client) == {"handshake"}:
        assert held.status == 1 and held.failed == ["handshake"]
    elif driver_faults(client) == {"streaming_disabled"}:
        assert held.status == 1 and "Assertion.StreamingProtocol" in reasons
    else:
        assert held.status == 1 and "Assertion.HeartbeatInterval" in reasons
    assert held.check("writes_once")["verdict"] == "pass"
    assert held.check("record_matches")["verdict"] == "pass"
    assert held.check("report_agrees")["verdict"] == ("skipped" if driver_faults(client) else "pass")
    streams = "streaming_disabled" in driver_faults(client)
    assert held.check("streaming_protocol")["verdict"] == ("fail" if streams else "pass")
    floods = "heartbeat_interval" in driver_faults(client)
    assert (held.check("heartbeat_interval")["verdict"] == "fail") == floods


@pytest.mark.timeout(120)
def test_what_a_phase_shows(tmp_path, mongodb):
    held = drill(
        tmp_path,
        *against(mongodb),
        "--client",
        "single",
        "--phases",
        QUICK,
        "--freeze",
        "1",
        harness_function(tmp_path),
    )
    assert held.status == 0, held.log
    assert [invocation["cold"] for invocation in held.invocations][:5] == [True, False, False, False, False]
    frozen, outage, failover = (held.phase(name) for name in ("frozen", "outage", "failover"))
    before, thawed = held.invocations[1:3]
    assert 1000 <= frozen["frozenMs"] <= thawed["atMs"] - before["atMs"] - before["durationMs"]
    assert frozen["frozenCpuMs"] == 0
    assert frozen["recoverMs"] > 0 and outage["recoverMs"] > 0
    assert failover["recoverMs"] >= ELECTION_MS, "an election takes its time"
    check_looked_once(held.result)
    assert held.invocations[-1]["report"]["commands"]["retried"] == 1
    kinds = {entry["kind"] for entry in held.result["timeline"]}
    assert kinds >= {"phase", "init", "invocation", "freeze", "heartbeat", "command", "connection", "server"}


@pytest.mark.timeout(120)
def test_dropped_names_what_saves(tmp_path, mongodb):
    needs_a_pool_that_behaves()
    held = drill(
        tmp_path,
        *against(mongodb),
        *("--phases", "dropped", "--freeze", "1", "--timeout", "15", "--client", "pool"),
        harness_function(tmp_path),
    )
    dropped = [invocation for invocation in held.invocations if not invocation["cold"]]
    verdicts = {invocation["name"]: invocation["verdict"] for invocation in dropped}
    assert verdicts["URI as given"] == "fail" and verdicts["socketTimeoutMS=5000"] == "pass"
    (lost,) = [invocation for invocation in dropped if invocation["name"] == "URI as given"]
    # The harness's own message, or Lambda's if the harness missed the half second it has for that.
    assert lost["errorType"] in ("Harness.DeadlineExceeded", "Sandbox.Timedout")
    assert "socketTimeoutMS=5000" in held.phase("dropped")["advice"]
    assert "keep-alive" in held.phase("dropped")["advice"]


FAULTS = {
    "new_client": ("warm", "a new client for each invocation"),
    "leak": ("connections_steady", "connections leak"),
    "answer_twice": ("cold", "twice"),
    "hang": ("warm", "Sandbox.Timedout"),
    "crash_second": ("warm", "Runtime.ExitError"),
    "delete_in_vain": ("writes_once", "3 documents left in faas.lambda"),
}


# Long enough to tell a leak from a filling pool.
MANY = "cold,warm*9"


@pytest.mark.timeout(120)
@pytest.mark.parametrize("fault", FAULTS)
def test_faulty_functions_are_red(tmp_path, mongodb, fault):
    where, why = FAULTS[fault]
    held = drill(
        tmp_path,
        *against(mongodb),
        *("--phases", MANY if fault == "leak" else "cold,warm,frozen", "--freeze", "0.2", "--timeout", "10"),
        faulty_function(tmp_path, fault),
    )
    assert held.status == 1 and where in held.failed, held.stdout
    found = held.check(where)["detail"] if "_" in where else held.phase(where)["reason"]
    assert why in found
    assert why in " ".join(held.stdout.split())


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("fault", "end"),
    [
        ("asks_first_hang", "Sandbox.Timedout"),
        ("asks_first_crash", "Runtime.ExitError"),
        ("asks_first_error", "Own.Error"),
    ],
)
def test_broken_rule_before_another_end(tmp_path, mongodb, fault, end):
    """Table, JSON and the function's log show both."""
    phases = ["--phases", "cold,warm", "--timeout", "5"]
    held = drill(tmp_path, *against(mongodb), *phases, faulty_function(tmp_path, fault))
    good, bad = held.invocations
    rule = f"asked for the next event before it had answered request {bad['requestId']}"
    assert bad["errorType"] == end and bad["violations"] == [rule]
    assert good["violations"] == []
    for reason in (bad["reason"], held.phase("warm")["reason"]):
        assert f"; it also broke a rule of the Runtime API: {rule}" in reason, reason
    assert held.phase("warm")["reason"].startswith(f"{end}: ")
    assert rule in " ".join(held.stdout.split())
    assert f"Runtime API violation: {rule}" in (held.folder / "function.log").read_text()
    assert held.check("protocol_kept")["verdict"] == "fail"


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("phases", "verdict"), [(MANY, "pass"), ("cold,warm", "skipped")])
def test_a_large_pool_is_no_leak(tmp_path, mongodb, phases, verdict):
    held = drill(tmp_path, *against(mongodb), "--phases", phases, faulty_function(tmp_path, "pool"))
    assert held.status == 0, held.log
    steady = held.check("connections_steady")
    assert steady["verdict"] == verdict, steady
    assert int(re.search(r"(\d+) connections open", steady["detail"]).group(1)) >= 30


@pytest.mark.timeout(90)
def test_a_document_that_no_report_tells_of(tmp_path, mongodb):
    needs_a_pool_that_behaves()
    function = faulty_function(tmp_path, "unreported", PROGRAM)
    held = drill(tmp_path, *against(mongodb), "--phases", "cold", "--timeout", "30", function)
    assert "record_matches" in held.failed and "cold" not in held.failed, held.log
    assert "no invocation reports" in held.check("record_matches")["detail"]
    assert (
        "a report of phase cold and the wire differ: the report has 2 commands" in held.check("report_agrees")["detail"]
    )
    assert held.check("writes_once")["verdict"] == "pass"


@pytest.mark.timeout(120)
def test_a_failover_is_over_with_its_phase(tmp_path, mongodb):
    """The function ends before it inserts, so the primary never steps down in its phase, and must not do so in a later
    one."""
    phases = "cold,failover,cold,warm"
    held = drill(tmp_path, *against(mongodb), "--phases", phases, faulty_function(tmp_path, "crash_second"))
    assert held.failed == ["failover", "warm"], held.stdout
    server_events = [entry["detail"] for entry in held.result["timeline"] if entry["kind"] == "server"]
    assert server_events and not [detail for detail in server_events if "steps down" in detail]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("thawed", [False, True], ids=["suspended", "thawed by another"])
def test_cpu_used_while_suspended(tmp_path, mongodb, thawed):
    """The function's thread never rests, so CPU time shows whether it was suspended."""
    arguments = [*against(mongodb), "--phases", "cold,frozen", "--freeze", "10" if thawed else "0.5"]
    with Running(tmp_path, *arguments, faulty_function(tmp_path, "spin")) as running:
        if thawed:
            running.thaw()
        held = running.held()
    assert held.failed == (["frozen", "no_cpu_while_frozen"] if thawed else []), held.stderr
    assert (held.phase("frozen")["frozenCpuMs"] > 0) == thawed


@pytest.mark.timeout(90)
def test_a_function_that_is_none_of_ours_is_green(tmp_path, mongodb):
    """Without an outage, because its driver sometimes gives up a retry when a monitor fails at that moment."""
    phases = "cold,warm,frozen,warm"
    held = drill(tmp_path, *against(mongodb), "--phases", phases, "--freeze", "0.2", faulty_function(tmp_path, "none"))
    assert held.status == 0, held.log


@pytest.mark.timeout(90)
def test_other_collections_are_the_functions_own(tmp_path, mongodb):
    held = drill(tmp_path, *against(mongodb), "--phases", "cold,warm", faulty_function(tmp_path, "elsewhere"))
    assert held.status == 0, held.log
    assert held.check("record_matches")["verdict"] == "skipped"
    assert "2 stay in shop.orders" in held.check("writes_once")["detail"]


@pytest.mark.timeout(120)
def test_burst(tmp_path, mongodb):
    needs_a_pool_that_behaves()
    held = drill(
        tmp_path,
        *against(mongodb),
        *("--phases", "cold", "--instances", "8", "--client", "pool"),
        harness_function(tmp_path),
    )
    assert held.status == 0, held.log
    assert len([one for one in held.invocations if one["cold"]]) == 9
    samples = held.result["samples"]
    assert max(sample["connections"] for sample in samples) >= 8
    assert samples[-1]["running"] == 0


@pytest.mark.timeout(300)
@pytest.mark.plain
def test_load(tmp_path, mongodb):
    """A short version of the load in bench/: freezes and failovers, and nothing lost, left behind or leaked."""
    cycle = "frozen*15,failover"
    times = 1 if INSTRUMENTED else 3
    held = drill(
        tmp_path,
        *against(mongodb),
        *("--phases", ",".join(["cold"] + [cycle] * times), "--freeze", "0.05", "--client", "single"),
        *("--uri-options", "serverSelectionTryOnce=false"),
        harness_function(tmp_path),
        timeout=280,
    )
    assert held.status == 0, held.log
    assert len(held.invocations) == 1 + 16 * times


@pytest.mark.timeout(90)
def test_a_server_of_the_drills_own(tmp_path):
    held = drill(
        tmp_path,
        *("--server-command", server_command(), "--phases", "cold,frozen", "--freeze", "0.2", "--client", "single"),
        harness_function(tmp_path),
    )
    assert held.status == 0, held.log


@pytest.mark.timeout(90)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_ended_while_the_function_is_suspended(tmp_path, number):
    """Function, server, ports and files are gone, even after SIGKILL."""
    arguments = [
        "--server-command",
        server_command(),
        "--freeze",
        "600",
        "--phases",
        "cold,frozen",
        "--client",
        "single",
    ]
    with Running(tmp_path, *arguments, harness_function(tmp_path)) as running:
        running.suspended()
        children = psutil.Process(running.process.pid).children(recursive=True)
        status, _, err = running.end(number)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 128 + number), err
    assert not psutil.wait_procs(children, timeout=20)[1]
    check_nothing_left(tmp_path)
    if number != signal.SIGKILL:
        held = held_in(tmp_path, status, "", err)
        assert held.failed == ["frozen"] and held.phase("cold")["verdict"] == "pass"


@pytest.mark.timeout(90)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_ended_during_a_burst(tmp_path, mongodb, number):
    """# The first function's two processes have ended; the eight of the burst are running."""
    first = "case $AWS_LAMBDA_LOG_STREAM_NAME in *00) exit 1 ;; esac"  # the number of the environment
    function = script_function(tmp_path, f"{first}; echo at work; exec sleep 600")
    arguments = [*against(mongodb), "--phases", "cold", "--instances", "8"]
    with Running(tmp_path, *arguments, function) as running:
        running.written("at work", 8)
        children = psutil.Process(running.process.pid).children(recursive=True)
        status, _, err = running.end(number)
    assert status == (-signal.SIGKILL if number == signal.SIGKILL else 128 + number), err
    assert not psutil.wait_procs(children, timeout=20)[1]
    check_nothing_left(tmp_path)


@pytest.mark.timeout(90)
def test_own_deployment(tmp_path, mongodb):
    """--uri: what can't be emulated is skipped with a reason; the outage is the user's command."""
    done = tmp_path / "outage-happened"
    held = drill(
        tmp_path,
        *("--uri", mongodb.uri, "--outage-command", f"touch {shlex.quote(str(done))}"),
        *("--freeze", "0.2", "--client", "single"),
        harness_function(tmp_path),
    )
    assert held.status == 0, held.log
    assert done.exists() and not held.result["emulated"]
    assert held.phase("dropped")["verdict"] == "skipped"
    assert held.phase("failover")["verdict"] == "pass"
    assert held.check("record_matches")["verdict"] == "skipped"


def test_no_outage_command(tmp_path, mongodb):
    held = drill(
        tmp_path,
        *("--uri", mongodb.uri, "--phases", "cold,outage,failover", "--freeze", "0.2", "--client", "single"),
        harness_function(tmp_path),
    )
    assert held.status == 0
    assert "--outage-command" in held.phase("outage")["reason"]


@pytest.mark.parametrize(
    ("outage", "why"),
    [
        ("echo it broke >&2; exit 3", "exit status 3: it broke"),
        ("kill -9 $$", "signal 9"),
        ("/no/such", "127"),
        ("sleep 600", "still running"),
    ],
)
def test_outage_command_that_fails(tmp_path, mongodb, outage, why):
    limit = "0.5" if outage == "sleep 600" else "60"
    held = drill(
        tmp_path,
        *("--uri", mongodb.uri, "--outage-command", outage, "--phases", "cold,outage", "--client", "single"),
        *("--freeze", "0.1", "--outage-timeout", limit, harness_function(tmp_path)),
    )
    assert held.status == 2
    assert why in held.stderr
    # CI also gets what was found until then.
    assert held.result["verdict"] == "fail" and held.failed == ["outage"]
    assert held.phase("cold")["verdict"] == "pass" and why in held.phase("outage")["reason"]
    (suite,) = ElementTree.parse(held.folder / "junit.xml").iter("testsuite")
    assert suite.get("failures") == "1"
