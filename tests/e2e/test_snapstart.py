"""Lambda SnapStart: the provider aws_lambda waits to be restored from a snapshot, and reports it."""

import resource
import signal
import time
from pathlib import Path

import api_faults
import pytest
from emulator import Emulator, needs_rie
from harness import check_report
from runtime_api_case import lines_of, stops, works

pytestmark = [pytest.mark.snapstart]

SNAP_START = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}


def kinds(api):
    return [request.kind for request in api.requests]


def test_an_invocation_after_a_restore(api, start, wire, mode):
    """The init's age is by the wall clock, and no event is requested before the restore."""
    function = start("--client", mode, uri=wire.uri, env=SNAP_START)
    api.wait_for_restore_next()
    invocation = api.invoke()
    function.process.send_signal(signal.SIGSTOP)
    time.sleep(1)
    assert kinds(api) == ["restore"]
    wire.drop_connections("rst")
    function.process.send_signal(signal.SIGCONT)
    api.restore()
    report = check_report(invocation.response().json)["invocation"]
    assert report["cold"] and report["sinceLastMs"] is None
    assert report["restored"] and 1000 <= report["initAgeMs"] < 60000
    again = check_report(api.invoke().response().json)["invocation"]
    assert again["restored"] and again["initAgeMs"] > report["initAgeMs"] and again["sinceLastMs"] is not None
    assert kinds(api)[:2] == ["restore", "next"] and len(api.seen("restore")) == 1
    stops(function)


def test_ids_after_a_restore_are_not_the_drivers(api, start, wire):
    """libbson's five random bytes are created once per process, so all copies would share them."""
    function = start("--scenario", "mongodb", uri=wire.uri, env=SNAP_START)
    api.restore()
    for _ in range(3):
        check_report(api.invoke().response().json)
    assert len({id.binary[4:9] for id in wire.inserted}) == 3
    stops(function)


def test_without_snapstart(api, start, wire):
    function = start("--scenario", "mongodb", uri=wire.uri, env={"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"})
    report = check_report(api.invoke().response().json)["invocation"]
    assert not report["restored"] and report["initAgeMs"] is None
    check_report(api.invoke().response().json)
    assert len({id.binary[4:9] for id in wire.inserted}) == 1
    assert api.seen("restore") == []
    stops(function)


def test_the_connection_is_made_anew(api, start):
    """The old connection is dead, even if nothing reports that."""
    function = start(env=SNAP_START)
    api.restore()
    works(api)
    works(api)
    assert api.connections == 2
    assert len({request.connection for request in api.requests if request.kind != "restore"}) == 1
    stops(function)


@pytest.mark.parametrize("how", ["fin", "rst"])
def test_a_connection_that_breaks_while_waiting(api, start, how):
    """Nothing has been reported, so this is no failure, and it asks again."""
    api.fault("restore", api_faults.hang_up(how))
    function = start(env=SNAP_START)
    api.wait_for_restore_next(2)
    api.restore()
    works(api)
    assert lines_of(stops(function)) == []


def test_stopped_while_waiting(api, start):
    function = start(env=SNAP_START)
    api.wait_for_restore_next()
    stops(function)
    assert kinds(api) == ["restore"]


def test_several_lanes_wait_for_one_restore(api, start):
    function = start(env=SNAP_START | {"AWS_LAMBDA_MAX_CONCURRENCY": "3"})
    api.wait_for_restore_next()
    assert kinds(api) == ["restore"]
    api.restore()
    api.wait_for_next(3)
    works(api)
    assert len(api.seen("restore")) == 1
    stops(function)


def test_refused(api, start):
    """For example by a host without SnapStart: a failed start, with the error type of AWS's own runtimes."""
    api.fault("restore", api_faults.answer(404, b"404 page not found"))
    function = start(env=SNAP_START)
    error = api.init_error()
    assert (
        error.type == "Runtime.BeforeSnapshotError" and "restore/next: expected status 2xx, found 404" in error.message
    )
    result = function.finish()
    assert result.exit_code == 1 and "restore/next" in result.stderr
    assert kinds(api) == ["restore", "init"]


def test_a_restore_that_can_not_be_done(api, start):
    """Without a free descriptor no new connection can be opened; the platform is told over the old one."""
    function = start(env=SNAP_START)
    api.wait_for_restore_next()
    used = [int(entry.name) for entry in Path(f"/proc/{function.process.pid}/fd").iterdir()]
    resource.prlimit(function.process.pid, resource.RLIMIT_NOFILE, (max(used) + 1, max(used) + 1))
    api.restore()
    error = api.restore_error()
    assert error.type == "Runtime.AfterRestoreError" and error.path == "/2018-06-01/runtime/restore/error"
    assert "reconnect to the Runtime API" in error.message
    assert function.finish().exit_code == 1
    assert kinds(api) == ["restore", "restore_error"]


@needs_rie
def test_emulator_without_snapstart():
    """AWS's emulator has this route only on request: the function reports the refusal."""
    with Emulator(SNAP_START | {"MONGODB_URI": "mongodb://127.0.0.1:1/"}) as host:
        host.invoke()
        assert "restore/next: expected status 2xx, found 404: 404 page not found" in host.output
