"""Functions with one seeded fault each: the drill reports that fault, and nothing else."""

import shutil
from dataclasses import dataclass

import pytest
from faas_drill import FUNCTIONS, holder, seeded
from lambda_host import NODE_PACKAGES

pytestmark = pytest.mark.seeded

QUICK = "cold,warm*3,frozen"


@dataclass
class Expected:
    failed: tuple  # phases and checks that are red; empty: the drill is green
    words: tuple = ()  # text in its table
    phases: str = QUICK


# A sound function is green, and the checks report their evidence.
SOUND = Expected((), ("no awaitable hello", "introduced themselves as aws.lambda"))

SEEDS = {
    "none": SOUND,
    "by_filter": SOUND,
    "leaves": Expected((), ("2 stay in shop.orders",), "cold,warm"),
    "stream": Expected(("streaming_protocol",), ("the driver streams", "serverMonitoringMode=poll")),
    "hide_platform": Expected(
        ("streaming_protocol", "handshake"), ("client.env is missing, although it would fit", "the driver streams")
    ),
    "hello_flood": Expected(("heartbeat_interval",), ("hellos come too close",)),
    "often": Expected(
        ("heartbeat_interval",),
        ("less than heartbeatFrequencyMS (10000 ms)", "with no reason to come early"),
        "cold,warm",
    ),
    "no_database": Expected(("database_used",), ("never connected to the database", "nothing was tested")),
    "status_500": Expected(("errors_told",), ("statusCode 500",), "cold,failover"),
    "swallow": Expected(("errors_told",), ("reported success, although",), "cold,failover"),
    "no_retry": Expected(
        ("failover", "retries"), ("insert was sent once", "was not retried", "no txnNumber"), "cold,failover"
    ),
    "new_client": Expected(("warm",), ("a new client for each invocation", "closed when its invocation ended")),
    # Long enough to tell a leak from a filling pool.
    "leaks": Expected(("connections_steady",), ("connections leak",), "cold,warm*9"),
    "answers_twice": Expected(("cold", "protocol_kept"), ("twice",), "cold"),
    "wrong_filter": Expected(("writes_once",), ("5 documents left in shop.orders", "5 of 5 deletes removed nothing")),
    "panics": Expected(
        ("cold", "warm", "frozen", "database_used"), ("panic: the counter of commands fell below zero",)
    ),
}
# These fail because of the server: the primary steps down, and they do not retry.
UNRETRIED = ("status_500", "swallow")
# What its driver does.
IN_NODE = ("none", "stream", "hide_platform", "hello_flood", "no_retry", "new_client")


def in_node(seed):
    """Run by its handler, with npm's packages beside it."""

    def function(folder):
        if not (NODE_PACKAGES / "node_modules").exists():
            pytest.skip("npm's packages are missing; ./dev test installs them")
        package = folder / "function"
        package.mkdir()
        shutil.copy(FUNCTIONS / "seeded.mjs", package)
        (package / "node_modules").symlink_to((NODE_PACKAGES / "node_modules").resolve())
        return ["--handler", "seeded.handler", "--env", f"SEED={seed}", package]

    return function


LANGUAGES = {"python": (seeded, "PyMongo 4."), "node": (in_node, "nodejs 7.")}
CASES = [("python", seed) for seed in SEEDS] + [("node", seed) for seed in IN_NODE]


@pytest.mark.parametrize(("language", "seed"), CASES)
def test_seeded(hold, language, seed):
    expected = SEEDS[seed]
    function, driver = LANGUAGES[language]
    options = {"uri_options": "retryWrites=false"} if seed in UNRETRIED else {}
    held = hold(expected.phases, function(seed), freeze=0.3, timeout=15, **options)
    text = " ".join(held.stdout.split())
    assert tuple(held.failed) == expected.failed, held.log
    assert held.status == (1 if expected.failed else 0)
    for sentence in expected.words:
        assert sentence in text, held.log
    if seed not in ("no_database", "panics"):
        assert held.result["driver"].startswith(driver), "by its own handshake"
        kinds = {entry["kind"] for entry in held.result["timeline"]}
        assert {"heartbeat", "command", "connection"} <= kinds


def test_a_frequency_that_the_uri_asks_for(hold):
    held = hold("cold,warm", seeded("often"), timeout=15, uri_options="heartbeatFrequencyMS=700")
    assert held.status == 0, held.log
    assert "heartbeatFrequencyMS (700 ms)" in held.check("heartbeat_interval")["detail"]


def test_left_documents_of_an_earlier_drill_are_not_this_ones(tmp_path, mongodb):
    """An answer that is no report is kept as it is."""
    for seed in ("wrong_filter", "none"):
        (tmp_path / seed).mkdir()
        held = holder(tmp_path / seed, "--server", mongodb.address)("cold", seeded(seed))
    assert held.status == 0, held.log
    (cold,) = held.invocations
    assert cold["report"] is None and cold["answer"] == '{"statusCode": 200, "body": "done"}'
