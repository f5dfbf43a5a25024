"""Several invocations at once, as on Lambda Managed Instances: a scripted Runtime API, and AWS's own emulator."""

import concurrent.futures
import json
import signal

import api_faults
import pytest
import wire_faults
from emulator import ManagedInstance, needs_rie
from harness import PATIENCE, check_report, expect_error
from runtime_api_case import stops

pytestmark = [pytest.mark.managed]


def managed(start, wire, workers, *arguments, **variables):
    """A function with so many invocations open."""
    env = {"AWS_LAMBDA_MAX_CONCURRENCY": str(workers)} | variables
    return start("--scenario", "mongodb", *arguments, uri=wire.uri, env=env)


def reports(api, count):
    """Of so many invocations at once."""
    return [check_report(one.response().json) for one in [api.invoke() for _ in range(count)]]


def own_events(report):
    """Commands and application connections belong to the invocation itself."""
    own = report["invocation"]["number"]
    events = [one for one in report["events"] if one["type"].startswith("command") or one.get("kind") == "application"]
    assert {one["invocation"] for one in events} == {own}, events
    return events


def test_each_has_its_own(api, start, wire, mode):
    """Four wait for the database at the same time, and each gets its own answer."""
    managed(start, wire, 4, "--client", mode, "--events")
    api.wait_for_next(4)
    wire.fault("insert", wire_faults.late(1), times=4)
    invocations = [api.invoke(id=f"id-{number}") for number in range(4)]
    assert wire.wait_for(lambda w: len(w.seen("insert")) == 4) and not wire.seen("delete")
    found = [check_report(one.response().json) for one in invocations]
    assert [one["invocation"]["id"] for one in found] == [f"id-{number}" for number in range(4)]
    assert sorted(one["invocation"]["number"] for one in found) == [1, 2, 3, 4]
    for report in found:
        assert [one["command"] for one in own_events(report) if one["type"] == "commandStarted"] == ["insert", "delete"]
    assert found[0]["connections"]["application"]["open"] >= 4


def test_a_pool_grows_to_the_workers(api, start, wire):
    managed(start, wire, 3)
    for _ in range(4):
        assert max(report["connections"]["application"]["open"] for report in reports(api, 6)) <= 3
    assert len(api.seen("next")) >= 24 and len({one.connection for one in api.seen("next")}) == 3


def test_heartbeats_are_told_once(api, start, wire):
    function = managed(start, wire, 4, "--events")
    found = reports(api, 40)
    told = [one for report in found for one in report["events"] if one["type"] == "heartbeatStarted"]
    assert len(told) == sum(report["heartbeats"]["started"] for report in found)
    assert {one["invocation"] for one in told} == {0}, "the process's, not an invocation's"
    stops(function)
    assert 1 <= len(told) <= len(wire.seen("hello"))


def test_one_that_hangs(api, start, wire, mode):
    """Its deadline ends it; the others go on meanwhile, and keep their connections."""
    managed(start, wire, 3, "--client", mode)
    reports(api, 3)
    wire.fault("insert", wire_faults.never())
    hanging = api.invoke(deadline_ms=4000)
    assert wire.wait_for(lambda w: len(w.seen("insert")) == 4)
    slow_from = len(wire.seen("insert"))
    wire.fault("insert", wire_faults.late(6))  # longer than the other's deadline
    slow = api.invoke()
    assert wire.wait_for(lambda w: len(w.seen("insert")) > slow_from)
    for _ in range(10):
        check_report(api.invoke().response().json)
    assert not hanging.posts and not slow.posts
    report = json.loads(hanging.error().message.partition("\n")[2])
    assert report["error"]["type"] == "Harness.DeadlineExceeded"
    check_report(slow.response().json)
    # A single-threaded client that was cut off does not check its server again for five seconds.
    reports(api, 3 if mode == "pool" else 0)


def test_one_that_can_not_be_run(api, start, wire):
    """The worker that asked for it reports this; the others are not affected."""
    managed(start, wire, 2)
    bad = api.invoke(headers=[(b"Lambda-Runtime-Deadline-Ms", b"soon")], without=["Lambda-Runtime-Deadline-Ms"])
    good = [api.invoke() for _ in range(4)]
    assert bad.error().type == "Provider.RuntimeApiProtocol"
    for invocation in good:
        check_report(invocation.response().json)


def test_stop(api, start, wire):
    """The invocations in progress are answered, and the waiting calls return."""
    wire.fault("insert", wire_faults.late(1))
    function = managed(start, wire, 3)
    invocation = api.invoke()
    assert wire.wait_for(lambda w: w.seen("insert"))
    function.process.terminate()
    function.wait_until_signalled(signal.SIGTERM)
    check_report(invocation.response().json)
    assert function.finish().exit_code == 0 and not wire.left_behind()


def test_an_api_that_breaks(api, start, wire):
    """When one worker can't go on, all end, and the fault is reported once."""
    function = managed(start, wire, 3)
    api.wait_for_next(3)
    api.fault("response", api_faults.answer(500), times=None)
    api.invoke()
    result = function.finish()
    assert result.exit_code == 1 and result.stderr.count("expected status 2xx, found 500") == 1, result.stderr


@pytest.mark.parametrize(
    ("value", "workers"), [("1", 1), ("", 1), ("3", 3), ("4000", 64)], ids=["one", "empty", "three", "many"]
)
def test_how_many(api, start, wire, value, workers):
    managed(start, wire, value)
    api.wait_for_next(workers)
    check_report(api.invoke().response().json)
    api.wait_for_next(workers + 1)
    assert len({one.connection for one in api.seen("next")}) == workers


def test_fewer_by_option(api, start, wire):
    managed(start, wire, 8, "--workers", "2")
    reports(api, 8)
    assert len({one.connection for one in api.seen("next")}) == 2


def test_no_number(api, start):
    for value in ("0", "many", "-1", "1e3", "99999999999"):
        result = start(env={"AWS_LAMBDA_MAX_CONCURRENCY": value}).finish()
        said = f'AWS_LAMBDA_MAX_CONCURRENCY must be a number of invocations, as Lambda sets it, found "{value}"'
        assert result.exit_code == 2 and said in result.stderr


def test_wrong_option(api, start):
    for value in ("0", "65", "two"):
        result = start("--workers", value).finish()
        said = f'--workers: expected a whole number from 1 to 64, found "{value}"'
        assert result.exit_code == 2 and said in result.stderr


# --- under AWS's emulator ---


@needs_rie
def test_four_at_once_and_no_fifth(wire):
    with ManagedInstance(4, {"MONGODB_URI": wire.uri}) as aws, concurrent.futures.ThreadPoolExecutor(5) as pool:
        check_report(aws.invoke().json)
        wire.fault("insert", wire_faults.late(2), times=4)
        four = [pool.submit(aws.invoke) for _ in range(4)]
        assert wire.wait_for(lambda w: len(w.seen("insert")) == 5)
        fifth = aws.invoke()
        assert fifth.status == 400 and fifth.json["errorType"] == "Runtime.Unavailable"
        assert not any(one.done() for one in four), "the host is slower than the database"
        for one in four:
            check_report(one.result().json)


def invoke(aws):
    """The host refuses at once when no worker waits, and a worker that has answered must first ask again."""
    while True:
        answer = aws.invoke()
        if answer.status != 400 or answer.json["errorType"] != "Runtime.Unavailable":
            return answer


@needs_rie
def test_a_thousand_over_eight(wire):
    with ManagedInstance(8, {"MONGODB_URI": wire.uri}) as aws, concurrent.futures.ThreadPoolExecutor(8) as pool:
        check_report(aws.invoke().json)
        reports = [check_report(one.json) for one in pool.map(lambda _: invoke(aws), range(1000))]
        assert {one["verdict"] for one in reports} == {"pass"}
        assert {one["invocation"]["number"] for one in reports} == set(range(2, 1002))
        assert len({one["invocation"]["id"] for one in reports}) == 1000
        assert {one["commands"]["started"] for one in reports} == {2}
        assert max(one["connections"]["application"]["open"] for one in reports) <= 8
    assert len(wire.inserted) == len(wire.deleted) == 1001 and not wire.left_behind()


@needs_rie
def test_one_that_hangs_under_aws(wire):
    with ManagedInstance(3, {"MONGODB_URI": wire.uri, "FAAS_HARNESS_TIMEOUT": "3000"}) as aws:
        check_report(aws.invoke().json)
        wire.fault("insert", wire_faults.never())
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            hanging = pool.submit(aws.invoke)
            assert wire.wait_for(lambda w: len(w.seen("insert")) == 2)
            for _ in range(20):
                check_report(invoke(aws).json)
            first, _, text = hanging.result(PATIENCE).json["errorMessage"].partition("\n")
            expect_error(check_report(json.loads(text)), "Harness.DeadlineExceeded", first)
        check_report(aws.invoke().json)
