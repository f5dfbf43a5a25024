"""Whole drills: green with a sound driver, red with the right reason otherwise, and nothing left behind."""

import signal

import pytest
from faas_drill import (
    ELECTION_MS,
    HARNESS,
    Running,
    check_looked_once,
    drill,
    held_in,
    needs_a_pool_that_behaves,
    script,
    seeded,
    server_command,
    wire_faults,
)
from harness import PROGRAM, driver_faults

pytestmark = pytest.mark.phases

QUICK = "cold,warm,frozen,outage,failover"


@pytest.mark.driver
def test_every_phase(hold, mongodb):
    """With the default URI the function does not recover from dropped connections; with a setting it does."""
    held = hold(f"{QUICK},dropped", HARNESS, freeze=1, timeout=15)
    faults = driver_faults("pool")
    assert held.result["verdict"] == ("fail" if faults else "pass"), held.stdout
    assert [phase["name"] for phase in held.result["phases"]] == [*QUICK.split(","), "dropped"]
    assert held.result["emulated"] and "emulated" in held.stdout
    assert mongodb.count() == 0
    if not faults:
        given = held.named["URI as given"]
        assert given["verdict"] == "fail" and held.named["socketTimeoutMS=5000"]["verdict"] == "pass"
        # The harness's own message, or Lambda's if the harness missed the half second it has for that.
        assert given["errorType"] in ("Harness.DeadlineExceeded", "Sandbox.Timedout")
        advice = held.phase("dropped")["advice"]
        assert "socketTimeoutMS=5000" in advice and "keep-alive" in advice


@pytest.mark.driver
@pytest.mark.parametrize("client", ["pool", "single"])
def test_verdict_by_driver(hold, client):
    """Pooled, drivers before 1.25 stream, and those before 2.2.2 flood; single-threaded, none does. Before 1.25 none
    says where it runs."""
    held = hold(QUICK, HARNESS, client=client, freeze=1)
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
    if client == "single":
        check_phases(held)


def check_phases(held):
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
    assert held.result["concurrency"] == 1 and {one["lane"] for one in held.invocations} == {0}


@pytest.mark.parametrize(
    ("fault", "end"), [("asks_first_hang", "Sandbox.Timedout"), ("asks_first_error", "RuntimeError")]
)
def test_broken_rule_before_another_end(hold, fault, end):
    """Table, JSON and the function's log show both."""
    held = hold("cold,warm", seeded(fault), timeout=5)
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


def test_a_large_pool_is_no_leak(hold):
    held = hold("cold,warm*9", seeded("pool"))
    assert held.status == 0, held.log
    steady = held.check("connections_steady")
    assert steady["verdict"] == "pass" and steady["measured"] >= 30, steady


def test_a_document_that_no_report_tells_of(hold):
    needs_a_pool_that_behaves()
    held = hold("cold", seeded("unreported", PROGRAM), timeout=30)
    assert "record_matches" in held.failed and "cold" not in held.failed, held.log
    assert "no invocation reports" in held.check("record_matches")["detail"]
    assert (
        "a report of phase cold and the wire differ: the report has 2 commands" in held.check("report_agrees")["detail"]
    )
    assert held.check("writes_once")["verdict"] == "pass"


def test_a_failover_is_over_with_its_phase(hold):
    """The function ends before it inserts, so the primary never steps down in its phase, and must not do so in a later
    one."""
    held = hold("cold,failover,cold,warm", seeded("crashes"))
    assert held.failed == ["failover", "warm"], held.stdout
    assert "Runtime.ExitError" in held.phase("warm")["reason"]
    server_events = [entry["detail"] for entry in held.result["timeline"] if entry["kind"] == "server"]
    assert server_events and not [detail for detail in server_events if "steps down" in detail]


def test_cpu_used_while_suspended(tmp_path, mongodb):
    """Thawed by another, the function's thread, which never rests, uses CPU."""
    words = ["--server", mongodb.address, "--phases", "cold,frozen", "--freeze", "10", *seeded("spins")(tmp_path)]
    with Running(tmp_path, *words) as running:
        running.thaw()
        held = running.held()
    assert held.failed == ["frozen", "no_cpu_while_frozen"], held.stderr
    assert held.phase("frozen")["frozenCpuMs"] > 0


@pytest.mark.plain
def test_load(hold):
    """A short version of the load in bench/: freezes and a failover, and nothing lost, left behind or leaked."""
    options = {"client": "single", "uri_options": "serverSelectionTryOnce=false"}
    held = hold("cold,frozen*15,failover", HARNESS, freeze=0.05, **options)
    assert held.status == 0, held.log
    assert len(held.invocations) == 17


SERVER = server_command().removeprefix("exec ")
# The shell has ended long before the server listens, and no process is in its group.
DAEMON = f"setsid {SERVER} &"


@pytest.mark.parametrize(
    ("number", "server"),
    [
        (signal.SIGINT, server_command()),
        (signal.SIGTERM, DAEMON),
        (signal.SIGHUP, server_command()),
        (signal.SIGKILL, DAEMON),
    ],
)
def test_ended_while_the_function_is_suspended(tmp_path, number, server):
    """Function, server, ports and files are gone, even after SIGKILL."""
    words = ["--server-command", server, "--freeze", "600", "--phases", "cold,frozen", "--client", "single"]
    with Running(tmp_path, *words, *HARNESS(tmp_path)) as running:
        running.frozen_after("cold")
        assert running.servers()
        status, err = running.ended_by(number)
    if number != signal.SIGKILL:
        held = held_in(tmp_path, status, "", err)
        assert held.failed == ["frozen"] and held.phase("cold")["verdict"] == "pass"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_ended_during_a_burst(tmp_path, mongodb, number):
    """The first function's two processes have ended; the eight of the burst are running."""
    first = "case $AWS_LAMBDA_LOG_STREAM_NAME in *00) exit 1 ;; esac"  # the number of the environment
    function = script(f"{first}; echo at work; exec sleep 600")
    with Running(
        tmp_path, "--server", mongodb.address, "--phases", "cold", "--instances", "8", *function(tmp_path)
    ) as running:
        running.written("at work", 8)
        running.ended_by(number)


@pytest.mark.parametrize(
    ("command", "ended"),
    [(server_command(), "ended by signal 9"), (f"{SERVER}; exit $?", "ended with status 137")],
    ids=["itself", "below its shell"],
)
def test_server_killed_during_the_drill(tmp_path, command, ended):
    """Whoever killed it, the driver is not to blame for what fails then."""
    words = ["--server-command", command, "--client", "single", "--phases", "cold,frozen,outage", "--freeze", "3"]
    with Running(tmp_path, *words, *HARNESS(tmp_path)) as running:
        running.frozen_after("cold")
        (server,) = running.servers()
        server.kill()
        held = running.held()
    assert held.status == 2, held.stderr
    assert f"--server-command's server {ended} in phase frozen: the driver was not tested" in held.stderr
    assert [phase["name"] for phase in held.result["phases"]] == ["cold", "frozen"] and not held.result["checks"]
    assert ended in held.phase("frozen")["reason"]


def test_somebody_elses_server_is_gone(tmp_path, mongodb):
    words = ["--server", mongodb.address, "--client", "single", "--phases", "cold,frozen", "--freeze", "3"]
    with Running(tmp_path, *words, *HARNESS(tmp_path)) as running:
        running.frozen_after("cold")
        mongodb.kill()
        held = running.held()
    assert held.status == 2, held.stderr
    said = f"the server at {mongodb.address} refuses connections in phase frozen: the driver was not tested"
    assert said in held.stderr


def test_another_port_is_tried(tmp_path):
    """Another process may have taken the first port meanwhile."""
    ports = tmp_path / "ports"
    command = f"echo $PORT >>{ports}; [ $(wc -l <{ports}) = 2 ] || {{ echo taken; exit 1; }}; {server_command()}"
    held = drill(tmp_path, "--server-command", command, "--phases", "cold", "--client", "single", *HARNESS(tmp_path))
    assert held.status == 0, held.stderr + held.log
    assert len(ports.read_text().split()) == 2


@pytest.mark.parametrize("command", [f"{SERVER}; exit $?", DAEMON], ids=["below its shell", "daemon"])
def test_burst(tmp_path, command):
    """The server's memory counts, wherever it runs."""
    needs_a_pool_that_behaves()
    words = ["--server-command", command, "--phases", "cold", "--instances", "4", "--client", "pool"]
    held = drill(tmp_path, *words, *HARNESS(tmp_path))
    assert held.status == 0, held.stderr + held.log
    assert len([one for one in held.invocations if one["cold"]]) == 5
    samples = held.result["samples"]
    assert len(samples) >= 2 and samples[-1]["running"] == 0
    assert max(sample["connections"] for sample in samples) >= 4
    # Less than an interpreter needs, more than a shell.
    assert all(sample["serverMb"] is not None and sample["serverMb"] > 10 for sample in samples), samples
