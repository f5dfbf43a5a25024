"""faas-lambda-host: init in its own phase, and within an invocation after it failed, timed out, or the process ended."""

import re

import pytest
from lambda_host import LambdaHost, await_gone

pytestmark = pytest.mark.host


NUMBER = r"\d+\.\d\d"


def lines(log, *starts):
    """The lines of the log that begin so, without numbers and ids."""
    kept = [line for line in log.splitlines() if re.match("|".join(starts), line)]
    return [re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", re.sub(NUMBER, "N", line)) for line in kept]


def platform_lines(log):
    return lines(log, "INIT_REPORT", "Init ", "START", "END", "RequestId", r".* Task timed out")


def reports(log):
    """(Duration, Billed Duration, Init Duration or None) of each REPORT, in milliseconds."""
    found = re.findall(r"^REPORT .*?\tDuration: (\S+) ms\tBilled Duration: (\d+) ms(.*)$", log, re.MULTILINE)
    init = [re.search(r"Init Duration: (\S+) ms", rest) for *_, rest in found]
    return [(float(one[0]), int(one[1]), own and float(own[1])) for one, own in zip(found, init, strict=True)]


AGAIN = (
    "the process is restarted, as on Lambda, and its init now counts against the invocation's limit of N seconds."
    " Lambda bills both."
)


def test_slow_starter_works(told):
    """The init phase's limit ends the first process; the second one has the invocation's time."""
    with LambdaHost(told, "--init-timeout", 1, "--timeout", 30, env={"TOLD_INIT": "sleep 1.5"}) as host:
        answer = host.invoke("headers")
        assert not answer.headers["X-Amz-Function-Error"]
        assert platform_lines(host.log) == [
            "INIT_REPORT Init Duration: N ms\tPhase: init\tStatus: timeout",
            f"Init took longer than N seconds: {AGAIN}",
            "START RequestId: ID Version: $LATEST",
            "END RequestId: ID",
        ]
        assert 1000 <= float(re.search(rf"Init Duration: ({NUMBER}) ms", host.log)[1]) < 1500
        ((duration, billed, own),) = reports(host.log)
        assert duration >= 1500 and billed >= duration and own is None, "init is in it"
        left = int(answer.json["Lambda-Runtime-Deadline-Ms"]) - answer.json["now"]
        assert left <= 30000 - 1500, "and it is deducted from the function's deadline"
        process = host.function()
        assert host.invoke("echo").json == "echo" and host.function() == process


def test_own_phase_is_ten_seconds(told):
    """Lambda's own limit, by default."""
    with LambdaHost(told, "--timeout", 1, env={"TOLD_INIT": "hang"}) as host:
        assert host.invoke("echo").error == "Sandbox.Timedout"
        own = re.search(rf"^INIT_REPORT Init Duration: ({NUMBER}) ms\tPhase: init\tStatus: timeout$", host.log, re.M)
        assert 10000 <= float(own[1])


def test_too_slow_for_the_invocation(told):
    with LambdaHost(told, "--init-timeout", 0.5, "--timeout", 2, env={"TOLD_INIT": "hang"}) as host:
        answer = host.invoke("echo")
        assert answer.error == "Sandbox.Timedout"
        message = f"RequestId: {answer.headers['X-Amzn-RequestId']} Error: Task timed out after 2.00 seconds"
        assert answer.json["errorMessage"] == message
        assert host.function() is None
        within = [
            "INIT_REPORT Init Duration: N ms\tPhase: invoke\tStatus: error\tError Type: Runtime.Unknown",
            "START RequestId: ID Version: $LATEST",
            "ID Task timed out after N seconds",
            "END RequestId: ID",
        ]
        own = [
            "INIT_REPORT Init Duration: N ms\tPhase: init\tStatus: timeout",
            f"Init took longer than N seconds: {AGAIN}",
        ]
        assert platform_lines(host.log) == own + within
        assert host.log.splitlines()[-1].endswith("\tStatus: timeout")
        assert 2000 <= reports(host.log)[0][0]
        assert host.invoke("echo").error == "Sandbox.Timedout"
        assert platform_lines(host.log) == own + within + within, "no init phase any more"


def test_init_that_fails_once(told):
    """Lambda tries init again for the waiting event."""
    with LambdaHost(told, env={"TOLD_INIT": "error once"}) as host:
        assert host.invoke("echo").json == "echo"
        assert platform_lines(host.log) == [
            "INIT_REPORT Init Duration: N ms\tPhase: init\tStatus: error\tError Type: Told.Header",
            f"Init failed: {AGAIN}",
            "START RequestId: ID Version: $LATEST",
            "END RequestId: ID",
        ]


@pytest.mark.parametrize(
    "how, error, header, message",
    [
        ("error", "Told.Wrong", "Told.Header", "it went wrong"),
        ("exit", "Runtime.ExitError", "Runtime.ExitError", "Error: Runtime exited with error: exit status 7"),
    ],
)
def test_init_that_fails(told, how, error, header, message):
    """In its own phase, and then in each invocation."""
    with LambdaHost(told, env={"TOLD_INIT": how}) as host:
        within = [
            f"INIT_REPORT Init Duration: N ms\tPhase: invoke\tStatus: error\tError Type: {header}",
            "START RequestId: ID Version: $LATEST",
            *([f"RequestId: ID {message}"] if how == "exit" else []),
            "END RequestId: ID",
        ]
        expected = [
            f"INIT_REPORT Init Duration: N ms\tPhase: init\tStatus: error\tError Type: {header}",
            f"Init failed: {AGAIN}",
        ]
        for _ in range(2):
            answer = host.invoke("echo")
            assert answer.error == error and message in answer.json["errorMessage"]
            assert host.function() is None
            expected += within
            assert platform_lines(host.log) == expected
            assert host.log.splitlines()[-1].endswith(f"\tStatus: error\tError Type: {header}")


def end_by_crash(host):
    assert host.invoke({"do": "exit", "status": 1}).error == "Runtime.ExitError"


def end_by_time_out(host):
    assert host.invoke("hang").error == "Sandbox.Timedout"


def end_while_frozen(host):
    process = host.function()
    process.kill()
    await_gone([process])


@pytest.mark.parametrize("end", [end_by_crash, end_by_time_out, end_while_frozen])
def test_next_init_counts_against_the_invocation(told, end):
    """Since October 2024; before, it had ten seconds of its own. A function with a short time limit never recovers."""
    with LambdaHost(told, "--timeout", 2, env={"TOLD_INIT": "sleep 3"}) as host:
        assert host.invoke("echo").json == "echo"
        end(host)
        for _ in range(2):
            answer = host.invoke("echo")
            assert answer.error == "Sandbox.Timedout" and "after 2.00 seconds" in answer.json["errorMessage"]


def test_next_init_within_the_time(told):
    with LambdaHost(told, "--timeout", 20, "--init-timeout", 3, env={"TOLD_INIT": "sleep 0.5"}) as host:
        assert host.invoke("echo").json == "echo"
        end_by_crash(host)
        answer = host.invoke("headers")
        left = int(answer.json["Lambda-Runtime-Deadline-Ms"]) - answer.json["now"]
        assert left <= 20000 - 500
        duration, billed, own = reports(host.log)[-1]
        assert duration >= 500 and billed >= duration and own is None
        assert "INIT_REPORT" not in host.log, "Lambda does not report a suppressed init that succeeds"
