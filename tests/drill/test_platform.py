"""Drills with --platform: functions that are servers, or read lines, run as each platform would run them."""

import json
import shlex
import subprocess
import sys

import pytest
from faas_drill import DRILL, FUNCTIONS, drill, harness_function, needs_a_pool_that_behaves, wire_faults

pytestmark = [pytest.mark.platform, pytest.mark.timeout(150)]

NAMES = {"cloud-run": "gcp.func", "azure": "azure.func", "openfaas": "", "fn": "", "openwhisk": ""}
# Drivers stream on platforms that they have no name for, which is red where idle functions are frozen.
FREEZING = ("fn", "openwhisk")
POLL = ("--uri-options", "serverMonitoringMode=poll")
# The function itself is not instrumented.
MEMORY = ("--memory", "256")


def line(fault):
    return shlex.join([sys.executable, str(FUNCTIONS / "service.py"), fault])


def package(folder):
    root = folder / "function"
    root.mkdir()
    return root


def hold(folder, mongodb, platform, fault, *arguments, root=None):
    words = ["--server", mongodb.address, "--platform", platform, "--freeze", "0.3", "--timeout", "15", *arguments]
    if root is None:
        words += ["--command", line(fault)]
    return drill(folder, *words, root or package(folder))


def answers(held):
    found = [json.loads(one["answer"]) for one in held.invocations]
    return [json.loads(one["body"]) if "statusCode" in one else one for one in found]


@pytest.mark.parametrize("platform", NAMES)
def test_sound(tmp_path, mongodb, platform):
    poll = POLL if platform in FREEZING else ()
    held = hold(tmp_path, mongodb, platform, "none", "--phases", "cold,warm*3,frozen,failover", *poll)
    text = " ".join(held.stdout.split())
    assert held.status == 0, held.log
    assert held.result["platform"] == platform
    assert (f"introduced themselves as {NAMES[platform]}" if NAMES[platform] else "drivers have no name for") in text
    runs_on = platform in ("azure", "openfaas")
    assert held.phase("frozen")["verdict"] == ("skipped" if runs_on else "pass")
    idle = [one["frozenMs"] for one in held.invocations if one["name"] == "warm"]
    assert all(ms is None for ms in idle) if runs_on else all(ms > 0 for ms in idle)
    assert all(said["done"] for said in answers(held)[:1])


@pytest.mark.parametrize("platform", FREEZING)
def test_streaming_where_it_is_frozen(tmp_path, mongodb, platform):
    held = hold(tmp_path, mongodb, platform, "none", "--phases", "cold,warm*3")
    assert held.failed == ["streaming_protocol"], held.log
    assert "Add serverMonitoringMode=poll to the URI" in held.check("streaming_protocol")["detail"]


def test_streaming_where_it_runs_on(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "openfaas", "none", "--phases", "cold,warm*2")
    assert "the driver streams" in held.check("streaming_protocol")["detail"], held.log


@pytest.mark.parametrize("platform", ["cloud-run", "azure"])
def test_hidden_platform(tmp_path, mongodb, platform):
    held = hold(tmp_path, mongodb, platform, "hides", "--phases", "cold,warm*2")
    assert {"handshake", "streaming_protocol"} == set(held.failed), held.log
    assert "client.env is missing" in held.check("handshake")["detail"]


STARTS = {
    ("cloud-run", "exits"): "the process exited with status 1 before it listened on port",
    ("fn", "silent"): "the process has not listened on /tmp/iofs/lsnr.sock within 5 s",
    ("openwhisk", "exits"): 'the process exited with status 1 before it wrote {"ok":true} to descriptor 3',
    ("openwhisk", "not_ready"): 'it wrote {"ok": false} instead of {"ok":true}',
}


@pytest.mark.parametrize(("platform", "fault"), STARTS)
def test_start_that_fails(tmp_path, mongodb, platform, fault):
    held = hold(tmp_path, mongodb, platform, fault, "--phases", "cold")
    (cold,) = held.invocations
    assert cold["outcome"] == "init failed" and cold["errorType"] == "StartFailed", held.log
    assert STARTS[platform, fault] in cold["reason"]
    assert fault != "exits" or "cannot read the configuration" in cold["reason"]


INVOCATIONS = {
    ("cloud-run", "fails"): ("function error", "Shop.Closed", "the shop is closed"),
    ("azure", "fails"): ("function error", "Shop.Closed", "the shop is closed"),
    ("fn", "fails"): ("function error", "Shop.Closed", "the shop is closed"),
    ("openwhisk", "fails"): ("function error", "Shop.Closed", "the shop is closed"),
    ("cloud-run", "dies"): ("crashed", "ProcessEnded", "the process exited with status 3 during the invocation"),
    ("openwhisk", "dies"): ("crashed", "ProcessEnded", "the process exited with status 3 during the invocation"),
    ("cloud-run", "hangs"): ("timed out", "TimedOut", "lets the instance continue the request"),
    ("azure", "hangs"): ("timed out", "TimedOut", "ends the process"),
    ("openwhisk", "hangs"): ("timed out", "TimedOut", "OpenWhisk ends the container"),
    ("openfaas", "eats"): ("out of memory", "OutOfMemory", "exceeded its"),
    ("fn", "wrong_status"): ("function error", "HTTP 418", "Fn ends a container whose answer has a status other than"),
    ("openwhisk", "no_object"): ("function error", "NotAnObject", "answers are one JSON object, found [1, 2]"),
}


@pytest.mark.parametrize(("platform", "fault"), INVOCATIONS)
def test_invocation_that_fails(tmp_path, mongodb, platform, fault):
    outcome, error_type, words = INVOCATIONS[platform, fault]
    held = hold(
        tmp_path,
        mongodb,
        platform,
        fault,
        "--phases",
        "cold,warm",
        "--timeout",
        "2" if fault == "hangs" else "15",
        *MEMORY,
        *POLL,
    )
    for one in held.invocations:
        assert (one["outcome"], one["errorType"]) == (outcome, error_type), held.log
        assert words in one["reason"]
    # Only after the first process has ended there is a second one.
    ended = outcome in ("crashed", "out of memory") or (outcome == "timed out" and platform != "cloud-run")
    assert [one["cold"] for one in held.invocations] == [True, ended]


def test_a_late_answer_is_nobodys(tmp_path, mongodb):
    """A request that Cloud Run has given up is still running, and its answer must not become the next request's."""
    held = hold(tmp_path, mongodb, "cloud-run", "first_hangs", "--phases", "cold,warm", "--timeout", "1")
    cold, warm = held.invocations
    assert (cold["outcome"], warm["outcome"]) == ("timed out", "answered"), held.log
    assert json.loads(warm["answer"])["asked"] == 2


@pytest.mark.parametrize("platform", ["cloud-run", "azure", "openfaas"])
def test_several_at_once(tmp_path, mongodb, platform):
    """The function answers only once it has four requests; the first request of a process is alone."""
    held = hold(tmp_path, mongodb, platform, "gate", "--phases", "cold,warm", "--concurrency", "4", "--timeout", "3")
    warm = [one for one in held.invocations if one["name"] == "warm"]
    assert [one["outcome"] for one in warm] == ["answered"] * 4, held.log
    assert sorted(one["lane"] for one in warm) == [0, 1, 2, 3]


def test_idle_time_on_cloud_run_has_hardly_a_cpu(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "cloud-run", "spins", "--phases", "cold,frozen", "--freeze", "3")
    cold, frozen = answers(held)
    # It runs on for a second after its first answer.
    assert frozen["cpu"] - cold["cpu"] < 2, "of some four seconds"
    assert frozen["longest"] < 1.5, "it gets a little"


@pytest.mark.parametrize(
    ("platform", "told"), [("cloud-run", True), ("openfaas", True), ("azure", False), ("fn", False)]
)
def test_end(tmp_path, mongodb, platform, told):
    held = hold(tmp_path, mongodb, platform, "none", "--phases", "cold", *POLL)
    assert ("stopped in order" in held.log) == told, held.log


def test_request_of_ones_own(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "cloud-run", "none", "--phases", "cold", "--request", "GET /items")
    assert held.status == 0, held.log
    assert answers(held) == [{"path": "/items"}]


def test_procfile(tmp_path, mongodb):
    root = package(tmp_path)
    (root / "Procfile").write_text(f"worker: false\nweb: {line('none')}\n")
    held = hold(tmp_path, mongodb, "cloud-run", "none", "--phases", "cold", root=root)
    assert held.status == 0, held.log


def test_azure_app(tmp_path, mongodb):
    root = package(tmp_path)
    words = shlex.split(line("none"))
    description = {"defaultExecutablePath": words[0], "arguments": words[1:]}
    (root / "host.json").write_text(json.dumps({"version": "2.0", "customHandler": {"description": description}}))
    (root / "orders").mkdir()
    binding = {"type": "httpTrigger", "direction": "in", "name": "order"}
    (root / "orders" / "function.json").write_text(json.dumps({"bindings": [binding]}))
    held = hold(tmp_path, mongodb, "azure", "none", "--phases", "cold", root=root)
    assert held.status == 0, held.log
    (said,) = answers(held)
    assert said["event"]["path"] == "/orders"
    assert said["event"]["body"]["Data"]["order"]["Body"] == "{}"
    assert said["event"]["body"]["Metadata"]["sys"]["MethodName"] == "orders"


def test_openwhisk_action(tmp_path, mongodb):
    root = package(tmp_path)
    (root / "exec").write_text(f"#!/bin/sh\nexec {line('none')}\n")
    (root / "exec").chmod(0o755)
    held = hold(tmp_path, mongodb, "openwhisk", "none", "--phases", "cold", *POLL, root=root)
    assert held.status == 0, held.log
    (said,) = answers(held)
    (cold,) = held.invocations
    assert said["event"]["activation_id"] == cold["requestId"] and said["event"]["value"] == {}


@pytest.mark.driver
@pytest.mark.parametrize("platform", NAMES)
def test_the_harness(tmp_path, mongodb, platform):
    """Tests both sides of each contract: the drill's and the providers'."""
    needs_a_pool_that_behaves()
    provider = "openwhisk" if platform == "openwhisk" else "http"
    root = harness_function(tmp_path, "--provider", provider)
    poll = POLL if not NAMES[platform] else ()
    held = hold(tmp_path, mongodb, platform, "none", "--phases", "cold,warm*2,frozen", *poll, root=root)
    assert set(held.failed) <= wire_faults("pool"), held.log
    for one in held.invocations:
        # Cloud Run sends no request id.
        assert one["report"]["invocation"]["id"] == one["requestId"] or platform == "cloud-run"
        assert one["report"]["invocation"]["deadlineMs"] is not None or platform in ("cloud-run", "azure", "openfaas")


REFUSED = {
    (
        "--platform",
        "heroku",
    ): 'unknown platform "heroku"; the drill has lambda, managed, cloud-run, azure, openfaas, fn, openwhisk',
    ("--platform", "cloud-run", "--handler", "app.main"): "only Lambda has handlers; start the function with --command",
    ("--platform", "fn", "--request", "GET /"): "--request cannot be used with --platform fn",
    ("--platform", "cloud-run", "--request", "items"): '"GET /items"; found "items"',
    ("--platform", "fn", "--concurrency", "2"): "Fn sends a process one event at once",
    ("--platform", "managed", "--concurrency", "1"): "a managed instance gets at least two events at once",
    (
        "--platform",
        "azure",
        "--phases",
        "restore",
    ): "the phase restore cannot be used with --platform azure: only Lambda has it",
    ("--command", "./run"): "--command cannot be used with --platform lambda",
}


def test_options_that_do_not_go_together(tmp_path):
    for arguments, words in REFUSED.items():
        ran = subprocess.run([DRILL, *arguments, tmp_path], capture_output=True, text=True, timeout=20)
        assert ran.returncode == 2 and words in ran.stderr, ran.stderr


APPS = {
    ("azure", "host.json", "{"): "it is not JSON",
    ("azure", "host.json", "{}"): "names no customHandler.description.defaultExecutablePath",
    ("cloud-run", "Procfile", "worker: ./run"): 'has no line "web: COMMAND"',
    ("openwhisk", "exec", "#!/bin/sh"): "is not executable: chmod 755 it",
}


def test_app_that_names_no_program(tmp_path):
    for number, ((platform, name, text), words) in enumerate(APPS.items()):
        root = tmp_path / str(number)
        root.mkdir()
        (root / name).write_text(text)
        output = tmp_path / "out"
        ran = subprocess.run(
            [DRILL, "--server", "127.0.0.1:1", "--platform", platform, "--output", output, root],
            capture_output=True,
            text=True,
            timeout=20,
        )
        assert ran.returncode == 2 and words in ran.stderr, ran.stderr
