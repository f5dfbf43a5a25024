"""Drills with --platform: functions that are servers, or read lines, run as each platform would run them."""

import json
import shlex
import sys

import pytest
from faas_drill import FUNCTIONS, harness, needs_a_pool_that_behaves, refused, wire_faults

pytestmark = pytest.mark.platform

NAMES = {"cloud-run": "gcp.func", "azure": "azure.func", "openfaas": "", "fn": "", "openwhisk": ""}
# Drivers stream on platforms that they have no name for, which is red where idle functions are frozen.
FREEZING = ("fn", "openwhisk")
POLL = {"uri_options": "serverMonitoringMode=poll"}


def line(fault):
    return shlex.join([sys.executable, str(FUNCTIONS / "service.py"), fault])


def service(fault):
    """An empty package; the platform runs the command."""

    def function(folder):
        (folder / "function").mkdir(exist_ok=True)
        return ["--command", line(fault), folder / "function"]

    return function


@pytest.fixture
def hold_on(hold):
    def run(platform, phases, function, **options):
        function = service(function) if isinstance(function, str) else function
        return hold(phases, function, **{"platform": platform, "freeze": 0.3, "timeout": 15} | options)

    return run


def answers(held):
    found = [json.loads(one["answer"]) for one in held.invocations]
    return [json.loads(one["body"]) if "statusCode" in one else one for one in found]


@pytest.mark.parametrize("platform", NAMES)
def test_sound(hold_on, platform):
    poll = POLL if platform in FREEZING else {}
    held = hold_on(platform, "cold,warm*3,frozen,failover", "none", **poll)
    text = " ".join(held.stdout.split())
    assert held.status == 0, held.log
    assert held.result["platform"] == platform
    assert (f"introduced themselves as {NAMES[platform]}" if NAMES[platform] else "none is defined for") in text
    runs_on = platform in ("azure", "openfaas")
    assert held.phase("frozen")["verdict"] == ("skipped" if runs_on else "pass")
    idle = [one["frozenMs"] for one in held.invocations if one["name"] == "warm"]
    assert all(ms is None for ms in idle) if runs_on else all(ms > 0 for ms in idle)
    assert all(said["done"] for said in answers(held)[:1])
    if platform == "openfaas":  # where it runs on
        assert "the driver streams" in held.check("streaming_protocol")["detail"], held.log


@pytest.mark.parametrize("platform", FREEZING)
def test_streaming_where_it_is_frozen(hold_on, platform):
    held = hold_on(platform, "cold,warm*3", "none")
    assert held.failed == ["streaming_protocol"], held.log
    assert "Add serverMonitoringMode=poll to the URI" in held.check("streaming_protocol")["detail"]


@pytest.mark.parametrize("platform", ["cloud-run", "azure"])
def test_hidden_platform(hold_on, platform):
    held = hold_on(platform, "cold,warm*2", "hides")
    assert {"handshake", "streaming_protocol"} == set(held.failed), held.log
    assert "client.env is missing" in held.check("handshake")["detail"]


STARTS = {
    ("cloud-run", "exits"): "the process exited with status 1 before it could listen on port",
    ("fn", "silent"): "the process did not listen on /tmp/iofs/lsnr.sock within 5 s",
    ("openwhisk", "exits"): 'the process exited with status 1 before it could write {"ok":true} to descriptor 3',
    ("openwhisk", "not_ready"): 'it wrote {"ok": false} instead of {"ok":true}',
}


@pytest.mark.parametrize(("platform", "fault"), STARTS)
def test_start_that_fails(hold_on, platform, fault):
    held = hold_on(platform, "cold", fault)
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
    ("openwhisk", "no_object"): ("function error", "NotAnObject", "must answer with one JSON object, found [1, 2]"),
}


@pytest.mark.parametrize(("platform", "fault"), INVOCATIONS)
def test_invocation_that_fails(hold_on, platform, fault):
    outcome, error_type, words = INVOCATIONS[platform, fault]
    # The function itself is not instrumented.
    held = hold_on(platform, "cold,warm", fault, timeout=2 if fault == "hangs" else 15, memory=256, **POLL)
    for one in held.invocations:
        assert (one["outcome"], one["errorType"]) == (outcome, error_type), held.log
        assert words in one["reason"]
    # Only after the first process has ended there is a second one.
    ended = outcome in ("crashed", "out of memory") or (outcome == "timed out" and platform != "cloud-run")
    assert [one["cold"] for one in held.invocations] == [True, ended]


def test_a_late_answer_is_nobodys(hold_on):
    """A request that Cloud Run has given up is still running, and its answer must not become the next request's."""
    held = hold_on("cloud-run", "cold,warm", "first_hangs", timeout=1)
    cold, warm = held.invocations
    assert (cold["outcome"], warm["outcome"]) == ("timed out", "answered"), held.log
    assert json.loads(warm["answer"])["asked"] == 2


@pytest.mark.parametrize("platform", ["cloud-run", "azure", "openfaas"])
def test_several_at_once(hold_on, platform):
    """The function answers only once it has four requests; the first request of a process is alone."""
    held = hold_on(platform, "cold,warm", "gate", concurrency=4, timeout=3)
    warm = [one for one in held.invocations if one["name"] == "warm"]
    assert [one["outcome"] for one in warm] == ["answered"] * 4, held.log
    assert sorted(one["lane"] for one in warm) == [0, 1, 2, 3]


def test_idle_time_on_cloud_run_has_hardly_a_cpu(hold_on):
    held = hold_on("cloud-run", "cold,frozen", "spins", freeze=3)
    cold, frozen = answers(held)
    # It runs on for a second after its first answer.
    assert frozen["cpu"] - cold["cpu"] < 2, "of some four seconds"
    assert frozen["longest"] < 1.5, "it gets a little"


@pytest.mark.parametrize(
    ("platform", "told"), [("cloud-run", True), ("openfaas", True), ("azure", False), ("fn", False)]
)
def test_end(hold_on, platform, told):
    held = hold_on(platform, "cold", "none", **POLL)
    assert ("stopped in order" in held.log) == told, held.log


def test_request_of_ones_own(hold_on):
    held = hold_on("cloud-run", "cold", "none", request="GET /items")
    assert held.status == 0, held.log
    assert answers(held) == [{"path": "/items"}]


def app(**files):
    """A package that names its program itself."""

    def function(folder):
        root = folder / "function"
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text if isinstance(text, str) else json.dumps(text))
        return [root]

    return function


def test_procfile(hold_on):
    held = hold_on("cloud-run", "cold", app(Procfile=f"worker: false\nweb: {line('none')}\n"))
    assert held.status == 0, held.log


def test_azure_app(hold_on):
    words = shlex.split(line("none"))
    description = {"defaultExecutablePath": words[0], "arguments": words[1:]}
    binding = {"type": "httpTrigger", "direction": "in", "name": "order"}
    files = {
        "host.json": {"version": "2.0", "customHandler": {"description": description}},
        "orders/function.json": {"bindings": [binding]},
    }
    held = hold_on("azure", "cold", app(**files))
    assert held.status == 0, held.log
    (said,) = answers(held)
    assert said["event"]["path"] == "/orders"
    assert said["event"]["body"]["Data"]["order"]["Body"] == "{}"
    assert said["event"]["body"]["Metadata"]["sys"]["MethodName"] == "orders"


def test_openwhisk_action(hold_on, tmp_path):
    (root,) = app(exec=f"#!/bin/sh\nexec {line('none')}\n")(tmp_path)
    (root / "exec").chmod(0o755)
    held = hold_on("openwhisk", "cold", lambda _: [root], **POLL)
    assert held.status == 0, held.log
    (said,) = answers(held)
    (cold,) = held.invocations
    assert said["event"]["activation_id"] == cold["requestId"] and said["event"]["value"] == {}


@pytest.mark.parametrize(
    ("platform", "name", "text", "words"),
    [
        ("azure", "host.json", "{", "it is not JSON"),
        ("azure", "host.json", "{}", "names no customHandler.description.defaultExecutablePath"),
        ("cloud-run", "Procfile", "worker: ./run", 'has no line "web: COMMAND"'),
        ("openwhisk", "exec", "#!/bin/sh", "is not executable: chmod 755 it"),
    ],
    ids=["no JSON", "no command", "no line", "mode"],
)
def test_app_that_names_no_program(tmp_path, platform, name, text, words):
    package = app(**{name: text})(tmp_path)
    assert words in refused(tmp_path, "--server", "127.0.0.1:1", "--platform", platform, *package)


@pytest.mark.driver
@pytest.mark.parametrize("platform", NAMES)
def test_the_harness(hold_on, platform):
    """Tests both sides of each contract: the drill's and the providers'."""
    needs_a_pool_that_behaves()
    provider = "openwhisk" if platform == "openwhisk" else "http"
    poll = POLL if not NAMES[platform] else {}
    held = hold_on(platform, "cold,warm*2,frozen", harness("--provider", provider), **poll)
    assert set(held.failed) <= wire_faults("pool"), held.log
    for one in held.invocations:
        # Cloud Run sends no request id.
        assert one["report"]["invocation"]["id"] == one["requestId"] or platform == "cloud-run"
        assert one["report"]["invocation"]["deadlineMs"] is not None or platform in ("cloud-run", "azure", "openfaas")
