"""Addresses without a MongoDB server: the error says what was found there."""

import resource

import harness
import pytest
from harness import Harness, expect_error
from other_server import HTTP, WORDS, OtherServer
from secantus import Secantus

pytestmark = [pytest.mark.input]


def expect_words(uri, mode, *words):
    """In the error, and in the report's connections."""
    report = harness.run("--client", mode, uri=uri).report
    expect_error(report, "Scenario.InsertFailed", *words)
    return report


@pytest.mark.parametrize("name", WORDS)
def test_another_kind_of_server(name, mode):
    said, words = WORDS[name]
    with OtherServer(said) as server:
        report = expect_words(server.uri, mode, f"127.0.0.1:{server.port}: {words}")
    assert words in report["connections"]["lastFailure"]


def test_a_server_that_closes_at_once(mode):
    with OtherServer() as server:
        expect_words(server.uri, mode, "found a server that closes the connection without an answer")


@pytest.mark.parametrize(
    "mode, words",
    [
        ("pool", "found a server that closes the connection without an answer"),
        ("single", "connection closed calling hello"),  # the driver's own, which is clear enough
    ],
)
def test_a_server_that_resets_at_once(mode, words):
    with OtherServer(reset=True) as server:
        expect_words(server.uri, mode, words)


def test_an_http_server_that_is_asked_by_tls():
    with OtherServer(HTTP) as server:
        expect_words(f"{server.uri}&tls=true", "single", WORDS["http"][1])


def test_another_replica_set(mode):
    with Secantus() as server:
        uri = f"mongodb://127.0.0.1:{server.port}/?serverSelectionTimeoutMS=2000&replicaSet="
        expect_words(f"{uri}wrong", mode, "the URI asks for replicaSet=wrong")


def test_the_right_replica_set_is_not_blamed(wire, mode):
    wire.change_hello(isWritablePrimary=False, ismaster=False, secondary=True)
    report = harness.run("--client", mode, uri=f"{wire.uri}&serverSelectionTimeoutMS=1000").report
    assert report["verdict"] == "fail" and "the URI asks for" not in report["error"]["message"]


def limit_files(count):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


def test_too_few_descriptors_for_a_connection(wire):
    """Three are standard, one is the stop's, so none is left for the driver's second connection."""
    for count in range(5, 9):
        with Harness(uri=wire.uri, preexec_fn=limit_files(count)) as program:
            result = program.finish("{}\n")
        if result.reports and result.report["verdict"] == "fail":
            expect_error(result.report, "Scenario.InsertFailed", f"too few file descriptors, the limit is {count}")
            return
    raise AssertionError("each limit was enough, or the program did not start")


def test_too_few_descriptors_for_a_provider(wire):
    """libcurl does not say why; newer versions fail at initialisation, older ones only on connecting."""
    found = []
    for count in range(5, 10):  # with fewer, LeakSanitizer does not work
        env = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9"}
        with Harness(uri=wire.uri, env=env, preexec_fn=limit_files(count)) as program:
            result = program.finish("")
        assert "memory" not in "".join(result.errors), result
        found.append(result.stderr)
    assert any("too few file descriptors, the limit is " in text for text in found), found
