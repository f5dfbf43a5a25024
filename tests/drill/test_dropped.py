"""Dropped connections: the settings that are tried go by the function's time."""

import pytest
from faas_drill import drill, harness_function
from harness import driver_faults

pytestmark = pytest.mark.phases


@pytest.mark.serial
@pytest.mark.timeout(90)
def test_lambdas_own_time(tmp_path, mongodb):
    """3 s, unless a function is given more: settings that wait longer save nothing."""
    if driver_faults("pool"):
        pytest.skip(f"this driver's pool fails from the first invocation on: {', '.join(driver_faults('pool'))}")
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "dropped", "--freeze", "0.5", "--timeout", "3", "--client", "pool"),
        harness_function(tmp_path),
    )
    assert held.status == 0, held.log
    dropped = {one["name"]: one["verdict"] for one in held.invocations if not one["cold"]}
    assert dropped == {
        "URI as given": "fail", "connectTimeoutMS=1000": "fail", "socketTimeoutMS=1000": "pass", "both": "pass",
    }  # fmt: skip
    assert "Add socketTimeoutMS=1000 to it." in held.phase("dropped")["advice"]
