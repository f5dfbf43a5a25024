"""A replica set that is found by DNS: mongodb+srv:// in drills, and the DNS server's answers."""

import json
import socket
import subprocess
from pathlib import Path

import pytest
from faas_drill import HARNESS, command, environment, in_python, seeded
from lambda_host import mount_namespaces, without_namespaces
from test_seeded import in_node

pytestmark = pytest.mark.front


@pytest.fixture
def port_53():
    if not mount_namespaces():
        pytest.skip("no mount namespaces for this user, in which a function could see another /etc/resolv.conf")
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind(("127.9.9.9", 53))
    except OSError as error:
        pytest.skip(f"this user may not listen on port 53, which resolvers ask: {error.strerror}")


@pytest.mark.parametrize(
    ("function", "phases"),
    [(seeded("none"), "coldstart,failover"), (in_node("none"), "coldstart"), (HARNESS, "coldstart")],
    ids=["python", "node", "harness"],
)
@pytest.mark.usefixtures("port_53")
def test_a_set_is_found(hold, function, phases):
    held = hold(phases, function, srv=True, round_trip=50, timeout=20)
    assert held.status == 0, held.log
    assert "with SRV records, TLS and a user" in held.result["deployment"]
    starts = {one["setting"]: one for one in held.result["coldStarts"]}
    given, named = starts["as given"], starts["a mongodb:// URI"]
    # SRV and TXT, one after the other or at once, then an address.
    assert given["lookups"] >= 3 and given["dnsMs"] >= 100, given
    assert given["lookups"] > named["lookups"] > 0, starts
    # Not necessarily faster, nor in fewer round trips: other load may have used up the time saved, and on a busy machine a
    # monitor looks twice.
    assert "a mongodb:// URI" in held.phase("coldstart")["advice"]


@pytest.mark.usefixtures("port_53")
def test_answers(hold):
    """By a function that uses its resolver's settings: over UDP and TCP, and with bytes that are no query."""
    held = hold("cold", in_python("asks_dns.py"), srv=True)
    told = json.loads(held.invocations[0]["answer"])
    uri, found = told.pop("uri"), told.pop("srv")
    assert uri == "mongodb+srv://drill.faas-drill.test", held.log
    assert [host for host, _ in found] == [f"m{number}.faas-drill.test." for number in (1, 2, 3)]
    assert len({port for _, port in found}) == 3
    assert told == {
        "txt": "replicaSet=drill&authSource=admin",
        "a": "127.0.0.1",
        "tcp": 3,
        "codes": ["NXDOMAIN", "REFUSED", "NOERROR"],
        "broken": "dropped",
        "localhost": "127.0.0.1",
    }
    # The machine's own file is unchanged.
    assert "127.9" not in Path("/etc/resolv.conf").read_text()


def test_where_no_function_can_see_it(tmp_path, mongodb):
    words = command(tmp_path, "--server", mongodb.address, "--srv", *seeded("none")(tmp_path))
    run = subprocess.run(
        [*without_namespaces(), *words], capture_output=True, text=True, timeout=60, env=environment(tmp_path)
    )
    assert run.returncode == 2 and "--srv: cannot give the function its own /etc/resolv.conf" in run.stderr
    assert "--cap-add SYS_ADMIN" in run.stderr
