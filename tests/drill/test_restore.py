"""Phase restore: a function is suspended in restore/next, as for a snapshot, and goes on without its connections."""

import re
import shlex
import sys

import pytest
from faas_drill import FUNCTIONS, drill, harness_function, script_function
from lambda_host import interpreters

pytestmark = [pytest.mark.restore, pytest.mark.timeout(120)]

CHECK = "unique_after_restore"


def restored(folder, mongodb, way, phases="restore"):
    function = script_function(folder, f"exec {shlex.join([sys.executable, str(FUNCTIONS / 'restored.py'), way])}")
    return drill(folder, "--server", mongodb.address, "--phases", phases, "--freeze", "1", function)


@pytest.mark.parametrize("client", ["pool", "single"])
def test_faas_harness(tmp_path, mongodb, client):
    options = ("--server", mongodb.address, "--phases", "restore", "--freeze", "1", "--client", client)
    held = drill(tmp_path, *options, harness_function(tmp_path))
    assert held.status == 0 and held.phase("restore")["verdict"] == "pass", held.log
    assert held.check(CHECK)["verdict"] == "pass" and "1 ObjectId and 1 session" in held.check(CHECK)["detail"]
    (invocation,) = held.invocations
    assert invocation["cold"] and invocation["frozenMs"] >= 1000
    report = invocation["report"]["invocation"]
    assert report["restored"] and report["initAgeMs"] >= 1000 and report["sinceLastMs"] is None


def test_ids_of_fresh_randomness(tmp_path, mongodb):
    held = restored(tmp_path, mongodb, "uuid")
    assert held.status == 0 and held.check(CHECK)["verdict"] == "pass", held.log
    assert held.check(CHECK)["source"].startswith("AWS Lambda, ")


def test_random_bytes_of_init(tmp_path, mongodb):
    """PyMongo creates those of its ObjectIds on import."""
    held = restored(tmp_path, mongodb, "object_id")
    assert held.status == 0 and held.check(CHECK)["verdict"] == "warning", held.log
    assert "the random bytes of 1 of 1 ObjectId" in held.check(CHECK)["detail"]
    assert "such as a UUID" in held.check(CHECK)["detail"]


def test_a_session_of_init(tmp_path, mongodb):
    """A command in init uses a session, which the driver keeps; its connections are gone after the restore."""
    held = restored(tmp_path, mongodb, "connects")
    assert held.failed == [CHECK], held.log
    # After its insert's network error the driver discards the session, so the delete has a new one.
    assert re.match(r"1 of [12] sessions? \(lsid\)", held.check(CHECK)["detail"])
    assert "ended by RST; then" in held.phase("restore")["driverDid"]
    assert held.phase("restore")["verdict"] == "pass", "it recovers from its dead connections"


def test_a_client_made_anew(tmp_path, mongodb):
    held = restored(tmp_path, mongodb, "connects_anew")
    assert held.status == 0 and held.check(CHECK)["verdict"] == "pass", held.log


def test_one_that_never_asks(tmp_path, mongodb):
    held = restored(tmp_path, mongodb, "never")
    phase = held.phase("restore")
    assert phase["verdict"] == "skipped" and "never called restore/next" in phase["reason"], held.log


def test_one_that_asks_twice(tmp_path, mongodb):
    held = restored(tmp_path, mongodb, "twice")
    assert "restore" in held.failed and "called restore/next at the wrong time" in held.phase("restore")["reason"]


def test_one_that_can_not_be_restored(tmp_path, mongodb):
    held = restored(tmp_path, mongodb, "fails")
    assert "restore" in held.failed and "Runtime.AfterRestoreError" in held.phase("restore")["reason"], held.log


def test_other_phases_have_no_snapstart(tmp_path, mongodb):
    """The function is started normally before and after it."""
    held = restored(tmp_path, mongodb, "uuid", phases="cold,restore,cold,warm")
    assert held.status == 0 and len(held.invocations) == 4, held.log
    assert [one["cold"] for one in held.invocations] == [True, True, True, False]


def test_asked_in_vain_without_snapstart(tmp_path, mongodb):
    """As on Lambda, the route does not exist."""
    ask = "import os, http.client as c; a = c.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API']); "
    ask += "a.request('GET', '/2018-06-01/runtime/restore/next'); print(a.getresponse().status); exit(1)"
    line = f"exec {shlex.join([sys.executable, '-c', ask])}"
    held = drill(tmp_path, "--server", mongodb.address, "--phases", "cold", script_function(tmp_path, line))
    assert held.status == 1 and "404" in held.log, held.log


def test_awss_runtime_client(tmp_path, mongodb):
    """It calls restore/next by itself."""
    options = ("--server", mongodb.address, "--phases", "restore", "--freeze", "1", "--handler", "app.inserts")
    held = drill(tmp_path, *options, FUNCTIONS / "handlers", env={"PATH": interpreters()})
    assert held.phase("restore")["verdict"] == "pass", held.log
    assert CHECK not in held.failed


def test_left_out_without_the_phase(tmp_path, mongodb):
    held = drill(tmp_path, "--server", mongodb.address, "--phases", "cold", harness_function(tmp_path))
    assert CHECK not in [check["name"] for check in held.result["checks"]]
