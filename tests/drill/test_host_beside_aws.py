"""The same bootstrap under faas-lambda-host and AWS's Runtime Interface Emulator: invoker and function must see the same,
except for the differences that --help lists."""

import base64
import concurrent.futures
import http.client
import json
import re
import shutil

import emulator
import pytest
from harness import check_report
from lambda_host import FUNCTIONS, PATH, LambdaHost, harness_function, wait_until, write_bootstrap
from test_host_at_once import invoke

pytestmark = [
    pytest.mark.host,
    pytest.mark.rie,
    pytest.mark.skipif(
        emulator.find() is None,
        reason="no AWS emulator: it comes with AWS SAM's command line, which ./dev package installs; or set FAAS_RIE",
    ),
]

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class InPlace:
    """The function runs where it is, not composed of files."""

    def __init__(self, root, *arguments, **options):
        super().__init__(*arguments, **options)
        self.task = root

    def _compose(self):
        return str(self.task)


class Emulator(InPlace, emulator.Emulator):
    pass


class ManagedEmulator(InPlace, emulator.ManagedInstance):
    pass


def without_ids(text):
    return ID.sub("ID", text if isinstance(text, str) else text.decode(errors="replace"))


def seen(log):
    """What the Runtime API answered the function."""
    return [without_ids(line) for line in log.splitlines() if line.startswith("SAW ")]


def under_both(root, events, env=None, inits=0):
    """(payloads, what the function saw) under each, the emulator's statuses, and the host's error marks. inits: the
    host retries a failed init for the event, as Lambda does."""
    with LambdaHost(root, env=env) as host:
        ours = [host.invoke(event) for event in events]
        ours_seen = seen(host.log)
    with Emulator(root, env=env) as aws:
        theirs = [aws.invoke(event) for event in events]
        theirs_seen = seen(aws.output)
    assert [without_ids(answer.body) for answer in ours] == [without_ids(answer.body) for answer in theirs]
    assert ours_seen == theirs_seen[:1] * inits + theirs_seen
    marks = [answer.headers["X-Amz-Function-Error"] for answer in ours]
    assert {answer.status for answer in ours} == {200}
    return [answer.status for answer in theirs], marks, ours_seen


@pytest.mark.parametrize(
    "event, status, mark, calls",
    [
        (b'{"some": "event"}', 200, None, 1),
        (b'"most"', 200, None, 1),
        (b'"error"', 200, "Unhandled", 1),
        (b'"error without type"', 200, "Unhandled", 1),
        (b'"error no JSON"', 200, "Unhandled", 1),
        (b'"too large"', 200, "Unhandled", 2),
        (b'"twice"', 200, None, 2),
        (b'"error again"', 200, None, 2),
        (b'"wrong id"', 200, None, 2),
        (b'"next first"', 200, None, 2),
        (b'"late init error"', 200, None, 2),
        (b'"wrong calls"', 200, None, 4),
        (b'{"do": "exit", "status": 0}', 502, "Unhandled", 0),
        (b'{"do": "exit", "status": 1}', 502, "Unhandled", 0),
        (b'{"do": "signal", "number": 6}', 502, "Unhandled", 0),
        (b'{"do": "signal", "number": 11}', 502, "Unhandled", 0),
        (b'{"do": "signal", "number": 15}', 502, "Unhandled", 0),
    ],
    ids=lambda value: re.sub(r"\W+", "-", value.decode()).strip("-") or "empty" if isinstance(value, bytes) else None,
)
def test_invocation(told, event, status, mark, calls):
    """Also the next one, in the same process or a fresh one."""
    statuses, marks, found = under_both(told, [event, b'"good"'])
    assert statuses == [status, 200] and marks == [mark, None]
    assert len(found) == calls + 1


def context_seen(connection, text):
    """The client context that the function received."""
    encoded = base64.b64encode(text.encode()).decode()
    connection.request("POST", PATH, b'"headers"', {"X-Amz-Client-Context": encoded})
    headers = json.loads(connection.getresponse().read())
    connection.close()
    return headers.get("Lambda-Runtime-Client-Context")


@pytest.mark.parametrize(
    "text",
    [json.dumps({"client": {"app_title": "drill"}}, indent="\t"), "\r\n one\r\ntwo\n", ""],
    ids=["pretty", "line-ends", "empty"],
)
def test_client_context(told, text):
    with LambdaHost(told) as host, Emulator(told) as aws:
        aws.invoke("echo")
        ours, theirs = (http.client.HTTPConnection("127.0.0.1", port, timeout=50) for port in (host.port, aws.port))
        assert context_seen(ours, text) == context_seen(theirs, text)


@pytest.fixture
def at_once(tmp_path):
    """With the system's interpreter, because the emulator of managed instances runs a function as another user, who may
    not be allowed to read this one."""
    interpreter = shutil.which("python3", path="/usr/bin:/bin")
    if interpreter is None:
        pytest.skip("needs the distribution's python3 (apt-get install python3)")
    root = tmp_path / "at_once"
    root.mkdir()
    return write_bootstrap(root, f"#!{interpreter}\n{(FUNCTIONS / 'at_once.py').read_text()}")


def waits_for_log(read, words, times):
    wait_until(lambda: read().count(words) >= times, read)


def managed_story(running, read):
    """(statuses, bodies) of a managed instance with three workers and a time limit of 2 s, and what the function saw."""
    told = []
    first = invoke(running, "error")
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        met = [pool.submit(invoke, running, {"meet": 3}) for _ in range(3)]
        told += [one.result() for one in met]
        hanging = [pool.submit(invoke, running, {"hang": 3}) for _ in range(3)]
        waits_for_log(read, "BEGAN hang", 3)
        told.append(running.invoke("echo"))  # refused
        late = [one.result() for one in hanging]
    waits_for_log(read, "SAW 410", 3)
    for event in ("wrong id", "twice"):
        invoke(running, event)
    waits_for_log(read, "SAW 400", 2)
    return [first, *told], late, seen(read())


def test_managed_instance(at_once):
    """Refusal, time limit and late answers are as in the emulator."""
    with LambdaHost(at_once, "--concurrency", 3, "--timeout", 2) as host:
        ours, ours_late, ours_seen = managed_story(host, lambda: host.log)
    with ManagedEmulator(at_once, 3, timeout_seconds=2) as aws:
        theirs, theirs_late, theirs_seen = managed_story(aws, lambda: aws.output)
    assert sorted(ours_seen) == sorted(theirs_seen)
    assert [one.status for one in ours[1:]] == [one.status for one in theirs[1:]] == [200, 200, 200, 400]
    assert ours[0].json == theirs[0].json
    assert ours[-1].json["errorType"] == theirs[-1].json["errorType"] == "Runtime.Unavailable"
    assert {one.json["errorType"] for one in ours_late} == {one.json["errorType"] for one in theirs_late}


def test_extension_of_a_managed_instance(at_once):
    """It gets no events."""
    env = {"AT_ONCE_EXTENSION": "yes"}
    with LambdaHost(at_once, "--concurrency", 3, env=env) as host, ManagedEmulator(at_once, 3, env=env) as aws:
        assert invoke(host, "echo").status == invoke(aws, "echo").status == 200
        waits_for_log(lambda: aws.output, "SAW 403", 1)
        assert [json.loads(line[8:]) for line in seen(host.log)] == [json.loads(line[8:]) for line in seen(aws.output)]


def test_variables_of_a_managed_instance(at_once):
    """It has the variables of a managed instance, and no trace."""
    with LambdaHost(at_once, "--concurrency", 3) as host, ManagedEmulator(at_once, 3) as aws:
        ours, theirs = (invoke(one, "variables").json for one in (host, aws))
    for name in ("AWS_LAMBDA_MAX_CONCURRENCY", "AWS_LAMBDA_INITIALIZATION_TYPE", "_X_AMZN_TRACE_ID"):
        assert ours.get(name) == theirs.get(name)


def test_init_error(told):
    statuses, marks, found = under_both(told, [b"1", b"2"], env={"TOLD_INIT": "error"}, inits=1)
    assert statuses == [502, 502] and marks == ["Unhandled"] * 2
    assert found == ['SAW POST init/error 202 {"status":"OK"}'] * 3


def test_time_out(told):
    """The service's message, around the emulator's."""
    with LambdaHost(told, "--timeout", 5) as host, Emulator(told, timeout_seconds=5) as aws:
        ours, theirs = host.invoke("hang"), aws.invoke("hang")
        assert theirs.body.decode() == "Task timed out after 5.00 seconds"
        assert ours.json["errorMessage"].endswith(f" Error: {theirs.body.decode()}")
        assert host.invoke("echo").body == aws.invoke("echo").body


def test_harness(tmp_path):
    events = [b'{"a": 1}', b"[]", b'"' + b"x" * (1 << 20) + b'"']
    statuses, marks, _ = under_both(harness_function(tmp_path), events, env={"FAAS_HARNESS_SCENARIO": "echo"})
    assert statuses == [200] * 3 and marks == [None] * 3


def test_harness_init_error(tmp_path):
    statuses, marks, _ = under_both(harness_function(tmp_path), [b"{}"], env={"FAAS_HARNESS_SCENARIO": "many"})
    assert statuses == [502] and marks == ["Unhandled"]


def test_failed_assertion(tmp_path):
    """Only the verdict is compared, because a report contains times."""
    import wire_faults
    from wire_server import WireServer

    root = harness_function(tmp_path)
    found = []
    for start in (lambda env: LambdaHost(root, env=env), lambda env: Emulator(root, env=env)):
        with WireServer() as wire:
            wire.fault("delete", wire_faults.deletes_nothing())
            with start({"MONGODB_URI": wire.uri, "FAAS_HARNESS_CLIENT": "single"}) as running:
                failure = running.invoke().json
        first, _, text = failure["errorMessage"].partition("\n")
        report = check_report(json.loads(text))
        found.append((failure["errorType"], failure["stackTrace"], first, report["verdict"]))
    assert found[0] == found[1]
    assert found[0][0] == "Assertion.DeleteRemovedOne"
