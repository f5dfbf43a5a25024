"""Connections: the harness's count compared with the kernel's."""

import os
import time
from pathlib import Path

import harness
import psutil
import pytest
import wire_faults
from harness import PATIENCE, Harness, expect_error, expect_pass, verdict

pytestmark = [pytest.mark.connections]

LEAKY_CLOSE = Path(os.environ.get("FAAS_LEAKY_CLOSE") or harness.BUILD_DIR / "tests" / "support" / "leaky_close.so")


def open_sockets(program, port):
    connections = psutil.Process(program.pid).net_connections("tcp")
    return [c for c in connections if c.raddr and c.raddr.port == port]


def test_open_connections_are_what_the_kernel_says(wire, mode):
    with Harness("--client", mode, uri=wire.uri) as program:
        expected = 3 if mode == "pool" else 1  # of a pool, two for its monitors, which connect at any time
        end = time.monotonic() + PATIENCE
        report = expect_pass(program.invoke())
        while report["connections"]["descriptors"] < expected and time.monotonic() < end:
            report = expect_pass(program.invoke())
        kernel = open_sockets(program, wire.port)
        assert len(kernel) == expected
        assert report["connections"]["descriptors"] == len(kernel)
        assert report["connections"]["application"]["open"] + report["connections"]["monitoring"]["open"] == len(kernel)


@pytest.mark.plain("a sanitizer must be the first library loaded")
@pytest.mark.skipif("not LEAKY_CLOSE.exists()", reason="leaky_close.so is not built")
def test_leak_is_found(wire, mode):
    """A close() that keeps a copy of the socket: the driver believes it closed, the kernel knows better."""
    with Harness("--client", mode, uri=wire.uri, env={"LD_PRELOAD": str(LEAKY_CLOSE)}) as program:
        assert verdict(program.invoke(), "connections_accounted") == "passed", "nothing was closed yet"
        wire.drop_connections()
        report = program.invoke()
    assert verdict(report, "connections_accounted") == "failed"
    connections = report["connections"]
    assert connections["descriptors"] > connections["application"]["open"] + connections["monitoring"]["open"]
    assert report["openConnections"] == 1
    if not harness.driver_faults(mode):
        expect_error(report, "Assertion.ConnectionsAccounted")


def test_reconnects_are_counted_over_the_life_of_the_process(wire, mode):
    created = closed = 0
    with Harness("--client", mode, "--timeout", 20000, uri=wire.uri) as program:
        for round_ in range(4):
            report = program.invoke()
            application = report["connections"]["application"]
            created, closed = created + application["created"], closed + application["closed"]
            assert created - closed == application["open"] == report["openConnections"] == 1
            harness.drop_connections(wire, mode, "rst" if round_ % 2 else "fin")
    assert created == 4 and closed == 3


@pytest.mark.both
def test_flood_of_heartbeats_costs_bounded_memory(wire):
    """100,000 heartbeats in one invocation, each reported to the harness, by a server that always has news."""
    with Harness("--client", "pool", "--option", "faas_env=none", "--events", uri=wire.uri) as program:
        program.invoke()
        before = harness.peak_memory(program.pid)
        assert wire.wait_for(lambda w: any(c.awaited and c.replies == 0 for c in w.seen("hello")))
        wire.fault("insert", wire_faults.never())
        program.send("{}")
        assert wire.wait_for(lambda w: len(w.seen("insert")) == 2)
        asked = sum(c.awaited for c in wire.seen("hello"))
        wire.hello_flood = 100_000
        wire.change_hello()
        assert wire.wait_for(lambda w: sum(c.awaited for c in w.seen("hello")) > asked, 2 * PATIENCE), "all are read"
        wire.drop_connections()  # ends the insert, which is retried
        report = program.line(60)
        after = harness.peak_memory(program.pid)
    assert report["heartbeats"]["started"] > 100_000
    assert report["heartbeats"]["notKept"] > 0
    assert len(report["heartbeats"]["durations"]) <= 1024
    assert report["operations"]["insert"]["ok"] and report["operations"]["delete"]["ok"]
    if not harness.INSTRUMENTED:
        assert after - before < 16 << 20, f"{after - before} bytes more"
