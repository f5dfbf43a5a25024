"""Functions with one seeded fault each: the drill reports that fault, and nothing else."""

import shlex
import shutil
import sys
from dataclasses import dataclass

import pytest
from faas_drill import FUNCTIONS, drill, script_function
from lambda_host import NODE_PACKAGES, interpreters

pytestmark = [pytest.mark.seeded, pytest.mark.timeout(150)]

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
    "string_id": SOUND,
    "by_filter": SOUND,
    "reads": Expected((), ("inserted and deleted nothing",), "cold,warm,failover"),
    "updates": Expected((), ("inserted and deleted nothing",), "cold,warm,failover"),
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
    "wrong_filter": Expected(("writes_once",), ("5 documents left in shop.orders", "5 of 5 deletes removed nothing")),
    "panics": Expected(
        ("cold", "warm", "frozen", "database_used"), ("panic: the counter of commands fell below zero",)
    ),
}
# These fail because of the server: the primary steps down, and they do not retry.
UNRETRIED = ("status_500", "swallow")


def in_python(folder, seed):
    return [script_function(folder, f"exec {shlex.join([sys.executable, str(FUNCTIONS / 'seeded.py'), seed])}")]


def in_node(folder, seed):
    """Run by its handler, with npm's packages beside it."""
    if not (NODE_PACKAGES / "node_modules").exists():
        pytest.skip("npm's packages are missing; ./dev test installs them")
    package = folder / "function"
    package.mkdir()
    shutil.copy(FUNCTIONS / "seeded.mjs", package)
    (package / "node_modules").symlink_to((NODE_PACKAGES / "node_modules").resolve())
    return ["--handler", "seeded.handler", "--env", f"SEED={seed}", package]


LANGUAGES = {"python": (in_python, "PyMongo 4."), "node": (in_node, "nodejs 7.")}
PYTHON_ALONE = ("often", "panics")
CASES = [("python", seed) for seed in SEEDS] + [("node", seed) for seed in SEEDS if seed not in PYTHON_ALONE]


def hold(folder, mongodb, language, seed, phases, *arguments):
    function, _ = LANGUAGES[language]
    return drill(
        folder,
        *("--server", mongodb.address, "--phases", phases, "--freeze", "0.3", "--timeout", "15", *arguments),
        *function(folder, seed),
        env={"PATH": interpreters()},
    )


@pytest.mark.parametrize(("language", "seed"), CASES)
def test_seeded(tmp_path, mongodb, language, seed):
    expected = SEEDS[seed]
    arguments = ["--uri-options", "retryWrites=false"] if seed in UNRETRIED else []
    held = hold(tmp_path, mongodb, language, seed, expected.phases, *arguments)
    text = " ".join(held.stdout.split())
    assert tuple(held.failed) == expected.failed, held.log
    assert held.status == (1 if expected.failed else 0)
    for sentence in expected.words:
        assert sentence in text, held.log
    if seed not in ("no_database", "panics"):
        assert held.result["driver"].startswith(LANGUAGES[language][1]), "by its own handshake"
        kinds = {entry["kind"] for entry in held.result["timeline"]}
        assert {"heartbeat", "command", "connection"} <= kinds


def test_a_frequency_that_the_uri_asks_for(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "python", "often", "cold,warm", "--uri-options", "heartbeatFrequencyMS=700")
    assert held.status == 0, held.log
    (check,) = [check for check in held.result["checks"] if check["name"] == "heartbeat_interval"]
    assert "heartbeatFrequencyMS (700 ms)" in check["detail"], check


def test_left_documents_of_an_earlier_drill_are_not_this_ones(tmp_path, mongodb):
    for number, seed in enumerate(("wrong_filter", "none")):
        folder = tmp_path / str(number)
        folder.mkdir()
        held = hold(folder, mongodb, "python", seed, "cold")
    assert held.status == 0, held.log


def test_an_answer_that_is_no_report_is_kept(tmp_path, mongodb):
    held = hold(tmp_path, mongodb, "python", "none", "cold")
    (cold,) = held.invocations
    assert cold["report"] is None and cold["answer"] == '{"statusCode": 200, "body": "done"}'
