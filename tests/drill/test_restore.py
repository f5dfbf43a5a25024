"""Phase restore: a function is suspended in restore/next, as for a snapshot, and goes on without its connections."""

import re
import sys

import pytest
from faas_drill import HARNESS, command_function, handler, in_python

pytestmark = pytest.mark.restore

CHECK = "unique_after_restore"


@pytest.fixture
def restored(hold):
    return lambda way, phases="restore": hold(phases, in_python("restored.py", way), freeze=1)


@pytest.mark.parametrize("client", ["pool", "single"])
def test_faas_harness(hold, client):
    held = hold("restore", HARNESS, freeze=1, client=client)
    assert held.status == 0 and held.phase("restore")["verdict"] == "pass", held.log
    assert held.check(CHECK)["verdict"] == "pass" and "1 ObjectId and 1 session" in held.check(CHECK)["detail"]
    (invocation,) = held.invocations
    assert invocation["cold"] and invocation["frozenMs"] >= 1000
    report = invocation["report"]["invocation"]
    assert report["restored"] and report["initAgeMs"] >= 1000 and report["sinceLastMs"] is None


def test_ids_of_fresh_randomness(restored):
    held = restored("uuid")
    assert held.status == 0 and held.check(CHECK)["verdict"] == "pass", held.log
    assert held.check(CHECK)["source"].startswith("AWS Lambda, ")


def test_random_bytes_of_init(restored):
    """PyMongo creates those of its ObjectIds on import."""
    held = restored("object_id")
    assert held.status == 0 and held.check(CHECK)["verdict"] == "warning", held.log
    assert "the random bytes of 1 of 1 ObjectId" in held.check(CHECK)["detail"]
    assert "such as a UUID" in held.check(CHECK)["detail"]


def test_a_session_of_init(restored):
    """A command in init uses a session, which the driver keeps; its connections are gone after the restore."""
    held = restored("connects")
    assert held.failed == [CHECK], held.log
    # After its insert's network error the driver discards the session, so the delete has a new one.
    assert re.match(r"1 of [12] sessions? \(lsid\)", held.check(CHECK)["detail"])
    assert "ended by RST; then" in held.phase("restore")["driverDid"]
    assert held.phase("restore")["verdict"] == "pass", "it recovers from its dead connections"


def test_a_client_made_anew(restored):
    held = restored("connects_anew")
    assert held.status == 0 and held.check(CHECK)["verdict"] == "pass", held.log


def test_one_that_never_asks(restored):
    held = restored("never")
    phase = held.phase("restore")
    assert phase["verdict"] == "skipped" and "never called restore/next" in phase["reason"], held.log


@pytest.mark.parametrize(
    ("way", "why"), [("twice", "called restore/next at the wrong time"), ("fails", "Runtime.AfterRestoreError")]
)
def test_one_that_can_not_be_restored(restored, way, why):
    held = restored(way)
    assert "restore" in held.failed and why in held.phase("restore")["reason"], held.log


def test_other_phases_have_no_snapstart(restored):
    """The function is started normally before and after it."""
    held = restored("uuid", phases="cold,restore,cold,warm")
    assert held.status == 0 and len(held.invocations) == 4, held.log
    assert [one["cold"] for one in held.invocations] == [True, True, True, False]


def test_asked_in_vain_without_snapstart(hold):
    """As on Lambda, the route does not exist; and the checks of the phase are left out."""
    ask = "import os, http.client as c; a = c.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API']); "
    ask += "a.request('GET', '/2018-06-01/runtime/restore/next'); print(a.getresponse().status); exit(7)"
    held = hold("cold", command_function(sys.executable, "-c", ask))
    assert held.status == 1 and "404" in held.log, held.log
    reason = held.phase("cold")["reason"]
    assert "Runtime.ExitError" in reason and "exit status 7" in reason
    assert CHECK not in [check["name"] for check in held.result["checks"]]


def test_awss_runtime_client(hold):
    """It calls restore/next by itself."""
    held = hold("restore", handler("app.inserts"), freeze=1)
    assert held.phase("restore")["verdict"] == "pass", held.log
    assert CHECK not in held.failed
