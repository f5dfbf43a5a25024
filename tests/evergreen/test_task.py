"""The task group as Evergreen runs it: build, deploy, ARN, cold, frozen, failover, frozen, delete.

agent.py reads the config; AWS, SAM and Atlas are stand-ins, and what they deploy is the harness in a Lambda host. With
FAAS_TEST_DRIVERS_TOOLS, a checkout of drivers-evergreen-tools is used instead of stand-ins for its scripts.
"""

import json
import os
import shutil

import harness
import pytest
from agent import Agent
from cloud_state import CREDENTIALS, DRIVERS_TOOLS, PROJECT, Failover, function_host

GROUP, VARIANT = "test_aws_lambda_task_group", "aws-lambda-ubuntu2204"
SOURCES = [".evergreen", "template.yaml", "samconfig.toml", "mongodb", "packaging", "dev"]
SET_UP = ["cluster POST", "cluster GET"]
DEPLOYED = ["sam build", "sam deploy", "sam outputs", "invoke", "invoke", "failover", "invoke", "sam delete"]
TEAR_DOWN = ["cluster DELETE"]
CLOSED = "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300"

pytestmark = [pytest.mark.timeout(900)]


def checkout(folder, modules):
    """git.get_project: the current content of this repository, and the variant's modules as far as the task reads them."""
    folder.mkdir()
    for name in SOURCES:
        source = harness.SOURCE_DIR / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    if "mongo-c-driver" in modules:
        for name in ("src/libmongoc", "src/libbson"):
            (folder / "mongo-c-driver" / name).mkdir(parents=True)
    if "drivers-evergreen-tools" in modules:
        shutil.copytree(DRIVERS_TOOLS, folder / "drivers-evergreen-tools", symlinks=True)


def agent(config, cloud, tmp_path, uri, expansions=None, fail="", sleep="0.5", **changes):
    environment = cloud.environment(uri, fail=fail, FAAS_CONTAINER="podman", STAND_IN_SLEEP=sleep)
    environment |= {"HOME": os.environ.get("HOME", "/"), "AWS_EC2_METADATA_DISABLED": "true"}
    project = PROJECT | {"FAAS_CONTAINER": "podman"} | (expansions or {})
    return Agent(config, tmp_path, VARIANT, project, environment, checkout, CREDENTIALS, **changes)


def payload(tmp_path, name):
    return json.loads((tmp_path / "src" / f"lambda-invoke-{name}.json").read_text())


def test_all_is_well(config, cloud, mongodb, tmp_path):
    with Failover(cloud, mongodb):
        outcome = agent(config, cloud, tmp_path, mongodb.uri, sleep="3", trace=True).run_group(GROUP)
    assert not outcome.failed and "+ need " in outcome.log, outcome.log
    if "FAAS_TEST_DRIVERS_TOOLS" not in os.environ:  # MongoDB's scripts print what they print
        assert "hush-" not in outcome.log
    assert cloud.steps() == SET_UP + DEPLOYED + TEAR_DOWN
    reports = [harness.check_report(payload(tmp_path, name)) for name in ("standard", "frozen", "outage")]
    assert [report["verdict"] for report in reports] == ["pass"] * 3
    assert [report["invocation"]["number"] for report in reports] == [1, 2, 3], "one environment, thawed"
    assert [report["invocation"]["cold"] for report in reports] == [True, False, False]
    cold, frozen, outage = cloud.frozen_ms
    assert cold == 0 and min(frozen, outage) >= 150, "suspended while the script slept"
    assert reports[2]["connections"]["application"]["closed"] >= 1, "the failover closed its connections"
    assert not cloud.stacks and not cloud.cluster
    assert mongodb.count() == 0
    # The module's driver, built where the host's age does not matter.
    (package,) = [call for call in cloud.calls if call[0] == "podman" and "package" in call]
    assert package[-5:] == ["package", "--driver", "source:mongo-c-driver", "--output", "build/evergreen/function/"]


@pytest.mark.fixtures("package_sam")
@pytest.mark.sam
def test_awss_own_sam_builds_it(config, cloud, mongodb, tmp_path):
    sam = harness.SOURCE_DIR / "build" / "sam-venv" / "bin" / "sam"
    if not sam.exists():
        pytest.skip("build/sam-venv is missing; tests/package/make.sh sam makes it")
    run = agent(config, cloud, tmp_path, mongodb.uri)
    run.environment |= {"STAND_IN_REAL_SAM": str(sam), "SAM_CLI_TELEMETRY": "0"}
    with Failover(cloud, mongodb):
        outcome = run.run_group(GROUP)
    assert not outcome.failed and "Build Succeeded" in outcome.log, outcome.log
    assert cloud.steps() == SET_UP + DEPLOYED + TEAR_DOWN
    built = tmp_path / "src" / ".aws-sam" / "build" / "MongoDBFunction"
    assert (built / "bootstrap").read_bytes() == (cloud.function / "bootstrap").read_bytes()


def test_function_that_fails_is_red_and_deleted(config, cloud, tmp_path):
    outcome = agent(config, cloud, tmp_path, CLOSED).run_group(GROUP)
    assert "run-deployed-lambda-aws-tests.sh" in outcome.failed, outcome.log
    assert payload(tmp_path, "standard")["errorType"] == "Scenario.InsertFailed"
    assert cloud.steps() == SET_UP + ["sam build", "sam deploy", "sam outputs", "invoke", "sam delete"] + TEAR_DOWN
    assert not cloud.stacks and not cloud.cluster


@pytest.mark.parametrize("step", ["build", "deploy"])
def test_step_that_fails_is_red_and_deleted(config, cloud, tmp_path, step):
    outcome = agent(config, cloud, tmp_path, CLOSED, fail=step).run_group(GROUP)
    assert "run-deployed-lambda-aws-tests.sh" in outcome.failed, outcome.log
    assert cloud.steps()[-2:] == ["sam delete", "cluster DELETE"] and "invoke" not in cloud.steps()
    assert not cloud.stacks and not cloud.cluster


def test_cluster_that_is_refused_fails_the_task(config, cloud, tmp_path):
    outcome = agent(config, cloud, tmp_path, CLOSED, fail="cluster").run_group(GROUP)
    assert "setup-atlas-cluster.sh" in outcome.failed, outcome.log
    assert not any(step.startswith("sam") for step in cloud.steps())


@pytest.mark.parametrize("name", PROJECT)
def test_project_variable_missing_stops_before_anything_is_made(config, cloud, tmp_path, name):
    outcome = agent(config, cloud, tmp_path, CLOSED, expansions={name: ""}).run_group(GROUP)
    assert outcome.failed.endswith("check-variables.sh setup"), outcome
    assert f"{name} is not set. Set by: a variable of the Evergreen project" in outcome.log
    assert cloud.steps() == []


def test_role_that_gives_no_credentials_stops_before_the_deployment(config, cloud, tmp_path):
    run = agent(config, cloud, tmp_path, CLOSED)
    run.credentials = {}
    outcome = run.run_group(GROUP)
    assert outcome.failed.endswith("check-variables.sh deployed"), outcome
    assert "AWS_SESSION_TOKEN is not set. Set by: ec2.assume_role" in outcome.log
    assert cloud.steps() == SET_UP + TEAR_DOWN and not cloud.cluster


def test_no_prebuilt_function_is_a_failed_build(config, cloud, tmp_path):
    """sam build without a built function says what is missing."""
    (cloud.function / "bootstrap").unlink()
    outcome = agent(config, cloud, tmp_path, CLOSED).run_group(GROUP)
    assert outcome.failed and "FAAS_PREBUILT" in outcome.log, outcome.log
    assert function_host() and not cloud.stacks and not cloud.cluster
