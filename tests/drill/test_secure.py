"""A replica set with TLS and a user: the front alone, by a driver and by hand, and drills with --secure."""

import re
import ssl

import pymongo
import pymongo.errors
import pytest
from faas_drill import HARNESS, holder, seeded
from front_program import PATIENCE, Front, insert_and_delete

pytestmark = pytest.mark.front

PARTS = [
    part + "Ms"
    for part in ("process", "dns", "discovery", "tcp", "tls", "hello", "authentication", "operation", "rest")
]
START = {"saslStart": 1, "mechanism": "SCRAM-SHA-256", "payload": b"n,,n=drill,r=abc"}


@pytest.fixture
def secure(mongodb, tmp_path):
    with Front(mongodb.address, "--secure", tmp_path / "a folder" / "authority.pem") as program:
        yield program


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "a folder").mkdir()


@pytest.fixture
def trusting(secure, tmp_path):
    return ssl.create_default_context(cafile=tmp_path / "a folder" / "authority.pem")


def test_a_driver_is_let_in(secure):
    with secure.client() as client:
        assert client.admin.command("ping")["ok"] == 1
        collection = client.faas["lambda"]
        document = {"_id": 1, "text": "x" * 10_000_000}
        collection.insert_one(document)
        assert collection.find_one({"_id": 1}) == document
        secure.say("failover kill election_ms=200")
        insert_and_delete(collection)
        secure.say("end reset")
        insert_and_delete(collection)
    secure.say("end closed")
    with pytest.raises(pymongo.errors.OperationFailure, match="Authentication failed") as failed:
        with secure.client(password="wrong") as client:
            client.faas["lambda"].find_one()
    assert failed.value.code == 18


@pytest.mark.parametrize(
    "options", [{"tls": False, "tlsCAFile": None}, {"tlsCAFile": None}], ids=["plain", "distrusts"]
)
def test_tls_is_asked_for(secure, options):
    uri = secure.uri.split("?")[0] + "?replicaSet=drill"
    options = {name: value for name, value in options.items() if value is not None} or {"tls": True}
    with pymongo.MongoClient(uri, serverSelectionTimeoutMS=1000, **options) as client:
        with pytest.raises(pymongo.errors.ServerSelectionTimeoutError, match="certificate|closed"):
            client.admin.command("ping")


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_commands_of_strangers_are_refused(secure, trusting, version):
    trusting.minimum_version = trusting.maximum_version = ssl.TLSVersion[version]
    with secure.raw(context=trusting) as raw:
        hello = raw.run(
            {"hello": 1, "saslSupportedMechs": "admin.drill", "speculativeAuthenticate": START | {"db": "admin"}}
        )
        assert hello["saslSupportedMechs"] == ["SCRAM-SHA-256"]
        assert hello["speculativeAuthenticate"]["payload"].startswith(b"r=abc")
        for command in ({"find": "lambda"}, {"insert": "lambda", "documents": [{}]}, {"listDatabases": 1}):
            refused = raw.run(command, database="faas")
            assert (refused["ok"], refused["code"], refused["codeName"]) == (0, 13, "Unauthorized")
        assert raw.run({"ping": 1})["ok"] == 1
        assert "speculativeAuthenticate" not in raw.run(
            {"hello": 1, "speculativeAuthenticate": START | {"payload": b"n,,n=another,r=abc", "db": "admin"}}
        )
    assert secure.count() == 0


def test_who_says_it_wrong_stays_outside(secure, trusting):
    """tests/unit/drill/test_front_scram.c has all the wrong messages."""
    for changes, code in (
        ({"mechanism": "SCRAM-SHA-1"}, 334),
        ({"payload": b"n,,n=another,r=abc"}, 18),
        ({"payload": "n,,n=drill,r=abc"}, 18),
    ):
        with secure.raw(context=trusting) as raw:
            assert raw.run(START | changes)["code"] == code
            # There is no conversation to continue.
            assert raw.run({"saslContinue": 1, "conversationId": 1, "payload": b""})["code"] == 18
            started = raw.run(START)
            assert started["ok"] == 1 and not started["done"]
            for proof in (b"c=biws,r=" + started["payload"].split(b",")[0][2:] + b",p=" + b"A" * 43 + b"=", b""):
                assert raw.run({"saslContinue": 1, "conversationId": 1, "payload": proof})["code"] == 18
            assert raw.run({"find": "lambda"}, database="faas")["code"] == 13


def test_another_password(secure):
    with secure.client() as client:
        insert_and_delete(client.faas["lambda"])
        new = secure.say("password")["uri"]
        # Connected clients stay authenticated until they reconnect.
        insert_and_delete(client.faas["lambda"])
        secure.say("end closed")
        with pytest.raises(pymongo.errors.OperationFailure, match="Authentication failed"):
            client.faas["lambda"].insert_one({})
    assert new != secure.uri and secure.count() == 0
    with pymongo.MongoClient(new, serverSelectionTimeoutMS=PATIENCE * 1000) as client:
        insert_and_delete(client.faas["lambda"])


def test_a_plain_set_has_no_password(front):
    assert "--secure" in front.refuse("password")


@pytest.mark.parametrize(
    ("function", "phases"),
    # PyMongo loses the race in a short outage, with or without TLS.
    [(seeded("none"), "cold,warm,frozen,failover"), (HARNESS, "cold,warm,outage,failover")],
    ids=["python", "harness"],
)
def test_a_drill_with_it(hold, function, phases):
    held = hold(phases, function, secure=True, freeze=0.3)
    assert held.status == 0, held.log
    assert "with TLS and a user" in held.result["deployment"], held.result["deployment"]
    assert held.check("connections_steady")["verdict"] == "pass"
    for file in held.folder.iterdir():
        assert not re.search(r"drill:[0-9a-f]{32}", file.read_text(errors="replace")), file


@pytest.fixture
def rotate(hold):
    def run(function, **options):
        held = hold("warm,rotated,warm", function, freeze=0.3, timeout=4, **options)
        return held, held.phase("rotated")

    return run


FILE = {"uri_file_variable": "MONGODB_URI_FILE"}


def test_rotated(rotate):
    held, phase = rotate(seeded("none"))
    assert held.status == 0, held.log
    assert "says that authentication failed" in phase["driverDid"] and "two users" in phase["advice"]
    assert held.named["rotated, old password"]["verdict"] == "fail"
    assert held.named["rotated, new password"]["verdict"] == "pass" and held.named["rotated, new password"]["cold"]


@pytest.mark.parametrize(
    ("seed", "reason"),
    [("swallow", "the function reported success"), ("insists", "the function hung until its time limit of 4 s")],
    ids=["swallow", "insists"],
)
def test_rotated_and_not_told(rotate, seed, reason):
    held, phase = rotate(seeded(seed))
    assert "rotated" in held.failed and reason in phase["reason"], held.log
    assert held.named["rotated, new password"]["verdict"] == "pass"


@pytest.mark.parametrize(
    ("seed", "told"),
    [
        (
            "rereads",
            "function error after 0.0 s, and the error says that authentication failed; the next event, with the new password in its file: answered",
        ),
        (
            "rereads_at_once",
            "with the old password: answered after 0.0 s; it read the new one from its file; a new process",
        ),
    ],
    ids=["next_event", "at_once"],
)
def test_rotated_and_read_again(rotate, seed, told):
    held, phase = rotate(seeded(seed), **FILE)
    assert held.status == 0, held.log
    assert told in re.sub(r"0\.\d s", "0.0 s", phase["driverDid"]) and not phase["advice"], phase


def test_rotated_and_never_read_again(rotate):
    """Red only if the function has a file with the URI."""
    held, phase = rotate(seeded("none"), **FILE)
    assert "rotated" in held.failed, held.log
    assert "the file named by MONGODB_URI_FILE has had the new password for two invocations" in phase["reason"]


def test_rotated_harness(rotate):
    """libmongoc reports the first error, the closed connection, and not why it could not reconnect."""
    held, phase = rotate(HARNESS)
    assert held.status == 0, held.log
    assert phase["driverDid"].startswith("with the old password: function error after "), phase
    assert phase["driverDid"].endswith("a new process with the new password: answered"), phase


def test_answers_are_a_round_trip_late(hold):
    """In all phases and in order; nothing is lost or repeated."""
    held = hold("cold,warm,failover", seeded("none"), round_trip=40, timeout=20)
    assert held.status == 0, held.log
    # Insert and delete, one after the other.
    assert 80 <= held.invocations[1]["durationMs"] < 10_000
    assert held.invocations[2]["durationMs"] >= 1500


@pytest.mark.parametrize(
    ("function", "options", "round_trips"),
    [
        # A monitor's TCP, TLS and hello, the same for the application connection, one authentication message, the
        # command.
        (seeded("none"), {}, 8),
        (HARNESS, {"client": "single"}, 5),
    ],
    ids=["pool", "single"],
)
def test_coldstart(hold, function, options, round_trips):
    held = hold("coldstart,warm", function, round_trip=50, timeout=20, **options)
    assert held.status == 0, held.log
    given, *others = held.result["coldStarts"]
    assert (given["setting"], given["roundTripMs"], given["times"], given["lookups"]) == ("as given", 50, 1, 0)
    assert held.phase("coldstart")["driverDid"].startswith(
        f"{given['totalMs']:.0f} ms: {round_trips} round trips of 50 ms"
    )
    assert given["roundTrips"] == round_trips and given["dnsMs"] == 0, given
    assert given["tcpMs"] == 50 and given["discoveryMs"] >= (150 if round_trips == 8 else 0), given
    assert all(given[name] >= 50 for name in ("tlsMs", "helloMs", "authenticationMs", "operationMs")), given
    assert given["totalMs"] == pytest.approx(sum(given[part] for part in PARTS), abs=0.1)
    assert given["totalMs"] >= 50 * round_trips
    cold = held.invocations[0]
    assert given["totalMs"] == pytest.approx(cold["durationMs"] + cold["initMs"], abs=2)
    assert [one["setting"] for one in others] == ["minPoolSize=1", "maxPoolSize=1"]
    assert all(one["times"] == 1 or one["reason"] for one in others), others
    assert f"{round_trips} round trips take at least {50 * round_trips} ms" in held.phase("coldstart")["advice"]


def test_coldstart_of_a_pool(hold):
    """A single-threaded client has no pool; the repeated cold start shows what that saves."""
    held = hold("coldstart", HARNESS, round_trip=50, timeout=20)
    starts = {one["setting"]: one for one in held.result["coldStarts"]}
    assert starts["--client single"]["roundTrips"] == 5 < starts["as given"]["roundTrips"], held.log
    assert re.search(r"With --client single the cold start waits \d+ ms less", held.phase("coldstart")["advice"])


def test_coldstart_of_ones_own_deployment(tmp_path, front):
    """Only the function's side is visible."""
    held = holder(tmp_path, "--uri", front.uri)("coldstart*2", HARNESS, timeout=20)
    phase = held.phase("coldstart")
    assert phase["verdict"] == "pass" and held.result["coldStarts"] == [], held.log
    assert re.match(
        r"\d+ ms: \d+ until it asked for an event, \d+ for the first event; a warm event takes", phase["driverDid"]
    ), phase
    assert [one["cold"] for one in held.invocations] == [True, False] * 2


def test_coldstart_without_a_command(hold):
    held = hold("coldstart*2", seeded("no_database"), round_trip=50, timeout=20)
    assert held.phase("coldstart")["verdict"] == "skipped"
    assert "no command of the function was answered" in held.phase("coldstart")["reason"]
