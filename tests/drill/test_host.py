"""faas-lambda-host: the life of an execution environment, Lambda's limits and errors, and the rules of the Runtime API."""

import base64
import concurrent.futures
import json
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest
from harness import SOURCE_DIR, environment
from lambda_host import PATH, LambdaHost, await_gone, cpu_seconds, harness_function, run_host, wait_until
from wire_server import WireServer

pytestmark = pytest.mark.host

AWS = shutil.which("aws", path=f"{SOURCE_DIR / 'build/sam-venv/bin'}:{os.environ.get('PATH', '')}")


def report_lines(log):
    return [line for line in log.splitlines() if line.startswith("REPORT RequestId: ")]


# --- cold, warm, frozen -----------------------------------------------------------------------------------------------


def test_cold_and_warm(host):
    assert host.function() is None, "nothing is started before the first event"
    first = host.invoke({"a": 1})
    process = host.function()
    second = host.invoke({"b": 2})
    assert (first.status, first.json, second.json) == (200, {"a": 1}, {"b": 2})
    assert host.function() == process, "the same process goes on"
    cold, warm = report_lines(host.log)
    assert "Init Duration: " in cold and "Init Duration" not in warm
    assert first.headers["X-Amz-Executed-Version"] == "$LATEST" and not first.headers["X-Amz-Function-Error"]
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", first.headers["X-Amzn-RequestId"]
    )


def test_log_lines(host):
    request_id = host.invoke({"do": "log", "text": "hello", "times": 1}).headers["X-Amzn-RequestId"]
    lines = host.log.splitlines()
    assert lines[:2] == [f"START RequestId: {request_id} Version: $LATEST", "hello"]
    assert lines[-2] == f"END RequestId: {request_id}"
    number = r"\d+\.\d\d"
    expected = rf"REPORT RequestId: {request_id}\tDuration: {number} ms\tBilled Duration: \d+ ms\t"
    expected += rf"Memory Size: \d+ MB\tMax Memory Used: \d+ MB\tInit Duration: {number} ms\t"
    assert re.fullmatch(expected, lines[-1]), lines[-1]


def test_frozen_function_uses_no_cpu(host):
    """Although its thread never rests."""
    assert host.invoke("spin").json == "spinning"
    process = host.function()
    assert process.status() == psutil.STATUS_STOPPED
    before = cpu_seconds(process)
    time.sleep(0.5)  # how long it is frozen
    assert cpu_seconds(process) == before
    answer = host.invoke("echo")
    assert float(answer.headers["X-Faas-Frozen-Ms"]) >= 500
    assert float(answer.headers["X-Faas-Frozen-Cpu-Ms"]) == 0


def test_no_freeze(told):
    """The same function without freezes, to show that the previous test can fail."""
    with LambdaHost(told, "--no-freeze") as host:
        host.invoke("spin")
        process = host.function()
        before = cpu_seconds(process)
        wait_until(lambda: cpu_seconds(process) > before + 0.1, "use of CPU")
        assert "X-Faas-Frozen-Ms" not in host.invoke("echo").headers


def test_work_after_the_answer_is_done_before_freezing(host):
    assert host.invoke({"do": "work after", "seconds": 0.3}).json == "done"
    assert host.invoke("echo").json == "echo"
    assert not host.violations


def test_never_asks_again_is_frozen_all_the_same(told):
    with LambdaHost(told, "--timeout", 5) as host:
        assert host.invoke({"do": "work after", "seconds": 600}).json == "done"
        process = host.function()
        assert process.status() == psutil.STATUS_STOPPED
        assert not host.violations
        assert host.invoke("echo").error == "Sandbox.Timedout"
        assert host.violations == ["did not ask for the next event after its previous answer"]
        await_gone([process])
        assert host.invoke("echo").json == "echo", "a fresh one"


# --- limits and failures -------------------------------------------------------------------------------------------------


def test_timeout(told):
    with LambdaHost(told, "--timeout", 4) as host:
        assert host.invoke("echo").json == "echo"
        first = host.function()
        answer = host.invoke("hang")
        request_id = answer.headers["X-Amzn-RequestId"]
        assert answer.error == "Sandbox.Timedout"
        assert answer.json["errorMessage"] == f"RequestId: {request_id} Error: Task timed out after 4.00 seconds"
        assert "Status: timeout" in report_lines(host.log)[-1]
        await_gone([first])
        assert host.invoke("echo").json == "echo" and host.function() != first


@pytest.mark.plain("the limit is lifted for sanitizers")
def test_memory_limit(host):
    assert host.invoke("echo").json == "echo"
    first = host.function()
    answer = host.invoke("eat memory")
    request_id = answer.headers["X-Amzn-RequestId"]
    assert answer.error == "Runtime.OutOfMemory"
    assert answer.json["errorMessage"] == f"RequestId: {request_id} Error: Runtime exited with error: signal: killed"
    used = int(re.search(r"Max Memory Used: (\d+) MB", report_lines(host.log)[-1]).group(1))
    assert used > 128
    await_gone([first])
    assert host.invoke("echo").json == "echo"


@pytest.mark.plain("the limit is lifted for sanitizers")
def test_memory_limit_during_init(told):
    with LambdaHost(told, env={"TOLD_INIT": "eat memory"}) as host:
        for _ in range(2):
            assert host.invoke("echo").error == "Runtime.OutOfMemory"
            assert host.function() is None


CRASHES = [
    ({"do": "exit", "status": 1}, "Runtime exited with error: exit status 1"),
    ({"do": "exit", "status": 0}, "Runtime exited without providing a reason"),
    ({"do": "signal", "number": int(signal.SIGSEGV)}, "Runtime exited with error: signal: segmentation fault"),
    ({"do": "signal", "number": int(signal.SIGABRT)}, "Runtime exited with error: signal: aborted"),
    ({"do": "signal", "number": int(signal.SIGKILL)}, "Runtime exited with error: signal: killed"),
]


def test_crash_in_the_second_invocation(host):
    for event, reason in CRASHES:
        assert host.invoke("echo").json == "echo"
        answer = host.invoke(event)
        assert answer.error == "Runtime.ExitError"
        assert answer.json["errorMessage"] == f"RequestId: {answer.headers['X-Amzn-RequestId']} Error: {reason}"
        assert "Status: error\tError Type: Runtime.ExitError" in report_lines(host.log)[-1]
        assert host.invoke("echo").json == "echo", "a fresh process"
        assert "Init Duration" not in report_lines(host.log)[-1], "it was within the invocation"


def test_killed_while_frozen(host):
    assert host.invoke("echo").json == "echo"
    first = host.function()
    first.kill()
    await_gone([first])
    assert host.invoke("echo").json == "echo"
    assert host.function() != first
    assert "Runtime exited with error: signal: killed between two invocations" in host.log


def test_not_executable_format(tmp_path):
    root = tmp_path / "broken"
    root.mkdir()
    (root / "bootstrap").write_text("#!/nowhere/interpreter\n")
    (root / "bootstrap").chmod(0o755)
    with LambdaHost(root) as host:
        answer = host.invoke("echo")
        assert answer.error == "Runtime.InvalidEntrypoint" and "No such file" in answer.json["errorMessage"]


# --- the log -----------------------------------------------------------------------------------------------------------------


def test_log_tail(host):
    answer = host.invoke({"do": "log", "text": "0123456789", "times": 1000}, X_Amz_Log_Type="Tail")
    assert len(answer.log) == 4096 and "0123456789\n" in answer.log
    assert answer.log.splitlines()[-1].startswith("REPORT RequestId: ")
    assert "X-Amz-Log-Result" not in host.invoke("echo").headers
    assert host.invoke("echo", X_Amz_Log_Type="Tail").log.startswith("START RequestId: "), "of this event only"


def test_flood_of_log(host):
    """More than any pipe holds, on one line and on many."""
    for text in ("x", "line\n"):
        assert host.invoke({"do": "log", "text": text, "times": 1_000_000}).json == "done"
    assert host.log.count("x") >= 1_000_000 and host.log.count("line\n") == 1_000_000
    assert max(map(len, host.log.splitlines())) <= 16384


# --- the invoke API -----------------------------------------------------------------------------------------------------------


def test_one_event_at_a_time(host):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: host.invoke({"n": n}).json["n"], range(24)))
    assert answers == list(range(24))
    starts = [line.split()[0] for line in host.log.splitlines() if line.startswith(("START", "END"))]
    assert starts == ["START", "END"] * 24


def test_invocation_types(host):
    assert host.invoke("echo", X_Amz_Invocation_Type="DryRun").status == 204
    assert host.function() is None
    event = host.invoke({"do": "log", "text": "later", "times": 1}, X_Amz_Invocation_Type="Event")
    assert (event.status, event.body) == (202, b"")
    assert host.invoke("echo").json == "echo", "after the asynchronous one"
    wait_until(lambda: len(report_lines(host.log)) == 2, "the end of both")
    assert "later" in host.log.splitlines()
    refused = host.invoke("echo", X_Amz_Invocation_Type="Sometimes")
    assert refused.status == 400 and refused.headers["X-Amzn-ErrorType"] == "InvalidParameterValueException"


def test_refused_requests(host):
    assert host.request("POST", "/2015-03-31/functions").status == 404
    assert host.request("POST", "/2015-03-31/functions/a/b/invocations").status == 404
    assert host.request("GET", PATH).status == 405
    for context in ("no base64!", base64.b64encode(b"a\0b").decode()):
        refused = host.invoke("echo", X_Amz_Client_Context=context)
        assert refused.status == 400 and "X-Amz-Client-Context" in refused.json["message"]
    assert host.function() is None, "the function sees none of them"
    assert host.request("POST", "/2015-03-31/functions/any-name/invocations", b"1").body == b"1"


def aws(host, event, out, *options):
    """`aws lambda invoke`: what it prints and writes. Version 2 takes payloads as base64 by default."""
    version = subprocess.run([AWS, "--version"], capture_output=True, text=True).stdout
    options = [*options, *(["--cli-binary-format", "raw-in-base64-out"] if version.startswith("aws-cli/2") else [])]
    command = [
        AWS,
        "lambda",
        "invoke",
        "--endpoint-url",
        f"http://127.0.0.1:{host.port}",
        "--function-name",
        "function",
    ]
    keys = {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_DEFAULT_REGION": "us-east-1"}
    result = subprocess.run(
        [*command, "--payload", json.dumps(event), *options, out], env=environment(keys), capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout), out.read_bytes()


@pytest.mark.skipif(AWS is None, reason="AWS's command line (aws) is not installed; ./dev test brings it")
def test_aws_command_line(host, tmp_path):
    told, payload = aws(host, {"a": 1}, tmp_path / "out.json", "--log-type", "Tail")
    assert told["StatusCode"] == 200 and told["ExecutedVersion"] == "$LATEST" and json.loads(payload) == {"a": 1}
    assert base64.b64decode(told["LogResult"]).startswith(b"START RequestId: ") and "FunctionError" not in told
    told, payload = aws(host, {"do": "exit", "status": 1}, tmp_path / "out.json")
    assert told["FunctionError"] == "Unhandled" and json.loads(payload)["errorType"] == "Runtime.ExitError"
    assert aws(host, {}, tmp_path / "out.json", "--invocation-type", "Event")[0]["StatusCode"] == 202


# --- its end -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (signal.SIGINT, "frozen"),
        (signal.SIGTERM, "frozen"),
        (signal.SIGKILL, "frozen"),
        (signal.SIGHUP, "running"),
        (signal.SIGKILL, "running"),
    ],
)
def test_nothing_is_left(told, leave, number, state):
    with LambdaHost(told) as host, concurrent.futures.ThreadPoolExecutor() as pool:
        child = psutil.Process(host.invoke("outlive").json)
        family = host.processes()
        assert child in family and len(family) == 3, "the guard, the function, its child"
        family.append(leave(host))
        if state == "running":
            waiting = pool.submit(host.invoke, "hang")
            wait_until(
                lambda: host.log.count("START RequestId") == 3 and host.function().status() != psutil.STATUS_STOPPED,
                "the invocation",
            )
        code = host.stop(number)
        assert code == (-number if number == signal.SIGKILL else 0), host.stderr
        await_gone(family)
        if state == "running":
            assert waiting.exception() or waiting.result().status == 500


def test_end_during_init(told):
    with LambdaHost(told, env={"TOLD_INIT": "hang"}) as host, concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = pool.submit(host.invoke, "echo")
        wait_until(host.function, "the function")
        assert host.stop(signal.SIGKILL) == -signal.SIGKILL
        assert waiting.exception()


# --- the harness itself, and the command line -----------------------------------------------------------------------------------


def test_harness(tmp_path):
    with LambdaHost(harness_function(tmp_path), env={"FAAS_HARNESS_SCENARIO": "echo"}) as host:
        for event in ({"a": 1}, [1, 2], "text"):
            assert host.invoke(event).json == event
        assert not host.violations


def test_no_shared_memory_is_left(tmp_path):
    """libmongoc names its counters by process number, so a later process with that number would find them taken."""
    before = set(Path("/dev/shm").glob("mongoc-*"))
    with WireServer() as wire:
        env = {"MONGODB_URI": wire.uri, "FAAS_HARNESS_CLIENT": "single"}
        with LambdaHost(harness_function(tmp_path), env=env) as host:
            answer = host.invoke()
            assert answer.json.get("verdict") == "pass", answer
            counters = Path(f"/dev/shm/mongoc-{host.function().pid}")
    assert counters in before or not counters.exists()


def test_harness_init_error(tmp_path):
    with LambdaHost(harness_function(tmp_path)) as host:
        assert host.invoke().error == "Harness.NoUri"
        assert not host.violations


def test_help_and_version():
    shown = run_host("--help")
    assert shown.returncode == 0 and "aws lambda invoke --endpoint-url" in shown.stdout and not shown.stderr
    version = run_host("--version")
    assert version.returncode == 0 and re.match(r"faas-lambda-host \d+\.\d+\.\d+\nlibmicrohttpd ", version.stdout)


REFUSED = [
    ([], "name one folder or zip file"),
    (["/nowhere"], "cannot read /nowhere: No such file"),
    (["--port", "70000", "."], '--port: expected a whole number from 0 to 65535, found "70000"'),
    (["--timeout", "never", "."], '--timeout: expected seconds from 0.001 to 900, found "never"'),
    (["--init-timeout", "0", "."], '--init-timeout: expected seconds from 0.001 to 900, found "0"'),
    (["--memory", "1", "."], '--memory: expected a whole number from 16 to 10240, found "1"'),
    (["--env", "NAME", "."], "--env takes NAME=VALUE"),
    (["--env", "=value", "."], "--env takes NAME=VALUE"),
    (["--env", "A=value", "."], "--env A: Lambda refuses this name"),
    (["--env", "1ST=value", "."], "--env 1ST: Lambda refuses this name"),
    (["--env", "_MINE=value", "."], "--env _MINE: Lambda refuses this name"),
    (["--env", "MY-NAME=value", "."], "--env MY…: Lambda refuses this name"),
    (["--env", "AWS_REGION=eu-west-1", "."], "--env AWS_REGION: Lambda reserves this name"),
    (["--env", "_HANDLER=mine", "."], "--env _HANDLER: Lambda reserves this name"),
    (["--env", f"LARGE={'x' * 4092}", "."], "--env: 4097 bytes of names and values; Lambda takes at most 4096"),
    (["--log", "/nowhere/log", "TOLD"], "cannot write /nowhere/log"),
    (["--concurrency", "65", "."], '--concurrency: expected a whole number from 1 to 64, found "65"'),
    (["--mount", "relative/path", "TOLD"], "--mount relative/path: the path must be absolute"),
    (["--mount", "/nowhere", "TOLD"], "--mount /nowhere: No such file or directory"),
    (["--nonsense", "."], "nonsense"),
]


def test_refused(told):
    for words, why in REFUSED:
        result = run_host(*[told if word == "TOLD" else word for word in words])
        assert result.returncode == 2 and why in result.stderr and not result.stdout, words


def test_port_taken(told, host):
    result = run_host("--port", host.port, told)
    assert result.returncode == 2 and f"cannot listen on port {host.port} of 127.0.0.1" in result.stderr
