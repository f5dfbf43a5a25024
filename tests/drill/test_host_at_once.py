"""faas-lambda-host --concurrency: an environment of Lambda Managed Instances."""

import concurrent.futures
import contextlib

import psutil
import pytest
from harness import check_report
from lambda_host import LambdaHost, function, harness_function, wait_until

pytestmark = pytest.mark.host


@contextlib.contextmanager
def host_of(tmp_path, workers, *options, **variables):
    """A host, and a function that invokes it from several threads and retries while no worker is ready."""
    with LambdaHost(function("at_once.py", tmp_path), "--concurrency", workers, *options, env=variables) as host:
        with concurrent.futures.ThreadPoolExecutor(workers + 4) as pool:
            yield host, lambda event: pool.submit(invoke, host, event)


def is_refused(answer):
    return answer.status == 400 and answer.json["errorType"] == "Runtime.Unavailable"


def invoke(host, event):
    """Retries, because a worker that has answered must first ask again, and those of a fresh process ask one by one."""
    return wait_until(lambda: None if is_refused(answer := host.invoke(event)) else answer, "a worker")


def began(host, count):
    wait_until(lambda: host.log.count("START ") >= count, f"the begin of {count} invocations")


def test_four_meet_and_a_fifth_is_refused(tmp_path):
    with host_of(tmp_path, 4) as (host, submit):
        three = [submit({"meet": 4}) for _ in range(3)]
        began(host, 3)
        hanging = submit({"hang": 1})
        began(host, 4)
        fifth = host.invoke("echo")
        assert is_refused(fifth) and "4 invocations are open, 4 are allowed" in fifth.json["errorMessage"]
        assert fifth.headers["X-Amz-Function-Error"] is None
        hanging.result()
        answers = [one.result() for one in [submit({"meet": 4}), *three]]
        assert {one.status for one in answers} == {200}
        assert {one.json["worker"] for one in answers} == {0, 1, 2, 3}
        assert not host.violations


def test_variables(tmp_path):
    with host_of(tmp_path, 3) as (host, _):
        variables = host.invoke("variables").json
    assert variables["AWS_LAMBDA_MAX_CONCURRENCY"] == "3"
    assert variables["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances"
    assert "_X_AMZN_TRACE_ID" not in variables


def test_one_is_no_managed_instance(tmp_path):
    with host_of(tmp_path, 1) as (host, _):
        variables = host.invoke("variables").json
        assert host.function().status() == psutil.STATUS_STOPPED
    assert "AWS_LAMBDA_MAX_CONCURRENCY" not in variables
    assert variables["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"


def test_never_frozen(tmp_path):
    with host_of(tmp_path, 2) as (host, _):
        for _ in range(3):
            assert invoke(host, "echo").headers["X-Faas-Frozen-Ms"] is None
            assert host.function().status() != psutil.STATUS_STOPPED


def test_a_thousand_over_eight(tmp_path):
    with host_of(tmp_path, 8) as (host, submit):
        answers = [one.result() for one in [submit({"number": number}) for number in range(1000)]]
        assert [one.json["told"]["number"] for one in answers] == list(range(1000))
        assert len({one.headers["X-Amzn-RequestId"] for one in answers}) == 1000
        assert not host.violations


def test_a_time_limit_ends_the_wait_alone(tmp_path):
    with host_of(tmp_path, 2, "--timeout", 1) as (host, submit):
        assert host.invoke("echo").status == 200
        process = host.function()
        hanging = submit({"hang": 2})
        for _ in range(5):
            assert invoke(host, "echo").json["told"] == "echo"
        assert hanging.result().error == "Sandbox.Timedout"
        wait_until(lambda: "SAW" in host.log, "its late answer")
        assert 'SAW 410 {"errorMessage":"Invoke timeout","errorType":"InvokeTimeout"}' in host.log
        for one in [submit({"meet": 2}) for _ in range(2)]:
            assert one.result().status == 200, "its worker came back"
        assert host.function() == process and not host.violations


def test_too_much_memory_is_that_of_all(tmp_path):
    with host_of(tmp_path, 2) as (host, submit):
        assert host.invoke("echo").status == 200
        hanging = submit({"hang": 30})
        began(host, 2)
        assert submit("fill").result().error == hanging.result().error == "Runtime.OutOfMemory"


def test_errors_and_wrong_answers(tmp_path):
    with host_of(tmp_path, 2) as (host, submit):
        assert submit("error").result().error == "Told.Wrong"
        assert submit("wrong id").result().status == 200
        assert submit("twice").result().status == 200
        wait_until(lambda: host.log.count("SAW 400") == 2, "both refusals")
        invoke(host, "echo")
        wrong, twice = host.violations
        assert wrong == "posted the response of request 00000000, which it does not have"
        assert twice.startswith("answered request ") and twice.endswith(" twice, the second time by its response")


def test_one_worker_too_many(tmp_path):
    with host_of(tmp_path, 2, AT_ONCE_WORKERS="3") as (host, _):
        assert invoke(host, "echo").status == 200
        wait_until(lambda: invoke(host, "echo") and host.violations, "a violation")
        assert host.violations[0] == (
            "asked for the next event while 2 calls already wait: AWS_LAMBDA_MAX_CONCURRENCY is 2"
        )


def test_the_end_of_the_process_is_that_of_all(tmp_path):
    with host_of(tmp_path, 3) as (host, submit):
        assert host.invoke("echo").status == 200
        hanging = [submit({"hang": 300}) for _ in range(2)]
        began(host, 3)
        assert {one.result().error for one in [submit("exit"), *hanging]} == {"Runtime.ExitError"}
        assert invoke(host, "echo").json["told"] == "echo", "a fresh process"
        assert host.log.count("Init Duration") == 2 and not host.violations


def test_stops_with_open_invocations(tmp_path):
    """Sooner than they would end."""
    with host_of(tmp_path, 3, "--timeout", 300) as (host, submit):
        for _ in range(2):
            submit({"hang": 300})
        began(host, 2)
        assert host.stop() == 0


def test_the_harness(tmp_path, mongodb):
    with LambdaHost(harness_function(tmp_path), "--concurrency", 4, env={"MONGODB_URI": mongodb.uri}) as host:
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            reports = [check_report(one.json) for one in pool.map(lambda _: invoke(host, {}), range(40))]
        assert sorted(one["invocation"]["number"] for one in reports) == list(range(1, 41))
        assert not host.violations
