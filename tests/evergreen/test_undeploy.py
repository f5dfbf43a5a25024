"""./dev undeploy without a name, in a copy of ./dev whose build/deploy contains nothing of the user's; and ./dev clean."""

import os
import signal

import pytest
from test_deploy import finish, run, start, wait_for

pytestmark = [pytest.mark.timeout(900)]


@pytest.fixture
def records(dev_copy):
    """The folder in which ./dev deploy records what is in AWS."""
    folder = dev_copy / "build" / "deploy" / "stacks"
    folder.mkdir(parents=True)
    return folder


def left(cloud, records, **stacks):
    """What earlier runs left: NAME=RECORD."""
    for name, record in stacks.items():
        cloud.add_stack(name)
        (records / name).write_text(f"{record}\n")


def test_nothing_is_left(cloud, dev_copy):
    status, output = run(cloud, "undeploy", dev=dev_copy / "dev")
    assert status == 0 and output == "No stacks of ./dev deploy remain.\n" and cloud.calls == [], output


def test_all_that_was_left_is_deleted_where_it_was_made(cloud, dev_copy, records):
    """Also those of a shell that is gone, even if another process has its number now."""
    left(cloud, records, dead="eu-west-1 4194305 77", reused=f"us-east-2 {os.getpid()} 1", older="us-west-1")
    status, output = run(cloud, "undeploy", dev=dev_copy / "dev")
    assert status == 0 and cloud.stacks == [] and list(records.iterdir()) == [], output
    deleted = {call[call.index("--stack-name") + 1]: call[-1] for call in cloud.calls if call[:2] == ["sam", "delete"]}
    assert deleted == {"dead": "eu-west-1", "reused": "us-east-2", "older": "us-west-1"}


def test_one_that_stays_does_not_keep_the_others(cloud, dev_copy, records):
    left(cloud, records, one="us-east-1", two="us-east-1")
    status, output = run(cloud, "undeploy", dev=dev_copy / "dev", fail="delete")
    assert status == 1 and "./dev undeploy one" in output and "./dev undeploy two" in output, output
    assert sorted(path.name for path in records.iterdir()) == ["one", "two"]


def test_a_deploy_under_way_is_left_alone(cloud, dev_copy, records, mongodb):
    left(cloud, records, dead="us-east-1 4194305 77")
    arguments = ["deploy", "--stack", "live", "--freeze", "60"]
    process = start(cloud, *arguments, uri=mongodb.uri, dev=dev_copy / "dev", STAND_IN_SLEEP="120")
    wait_for(cloud, process, lambda: ["sleep", "60"] in cloud.calls)
    status, output = run(cloud, "undeploy", dev=dev_copy / "dev")
    assert status == 0 and cloud.stacks == ["live"], output
    assert f"The stack live is being deployed by process {process.pid} and was kept" in output
    assert [path.name for path in records.iterdir()] == ["live"]

    status, output = run(cloud, *arguments, uri=mongodb.uri, dev=dev_copy / "dev")
    assert status == 2 and f"is being deployed by process {process.pid}" in output and cloud.stacks == ["live"], output

    status, output = run(cloud, "undeploy", "live", dev=dev_copy / "dev")
    assert status == 0 and cloud.stacks == [] and list(records.iterdir()) == [], output
    deleted = cloud.steps().count("sam delete")
    os.killpg(process.pid, signal.SIGTERM)
    status, output = finish(process)
    assert status == 143 and cloud.steps().count("sam delete") == deleted, "it is already deleted"
