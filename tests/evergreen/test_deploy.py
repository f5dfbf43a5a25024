"""./dev deploy and undeploy, with stand-ins for AWS: what they do and print, and that nothing is left behind."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import harness
import pytest
from cloud_state import BIN, CREDENTIALS

DEV = harness.SOURCE_DIR / "dev"
FOLDERS = []  # what this test's runs left
DEPLOYED = harness.SOURCE_DIR / "build" / "deploy"
PASSWORD = "hush-password"
CLOSED = "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=300"
GOOD = ["identity", "look", "sam build", "sam deploy", "sam outputs", "invoke", "invoke", "invoke", "sam delete"]

pytestmark = [pytest.mark.timeout(900)]


@pytest.fixture
def stack(cloud):
    """A name that no other test uses."""
    name = f"test-{os.getpid()}-{time.monotonic_ns()}"
    yield name
    (DEPLOYED / "stacks" / name).unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def folders():
    """Users have a build/deploy of their own."""
    yield
    while FOLDERS:
        shutil.rmtree(FOLDERS.pop(), ignore_errors=True)


def environment(cloud, uri="", **changes):
    variables = CREDENTIALS | {"FAAS_SAM": str(BIN / "sam"), "FAAS_SKIP_PACKAGES": "1", "NO_COLOR": "1"}
    if uri:
        variables["MONGODB_URI"] = uri
    return cloud.environment(uri, **(variables | changes))


def start(cloud, *arguments, uri="", trace=False, dev=DEV, **changes):
    return subprocess.Popen(
        [*(["bash", "-x"] if trace else []), dev, *arguments],
        env=environment(cloud, uri, **changes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def finish(process):
    output = process.communicate(timeout=800)[0]
    FOLDERS.extend(folder(output) for line in output.splitlines() if line.startswith("reports: "))
    assert "hush-" not in output, "a secret is shown"
    return process.returncode, output


def run(cloud, *arguments, **changes):
    return finish(start(cloud, *arguments, **changes))


def folder(output):
    """The folder with that run's reports."""
    (line,) = [line for line in output.splitlines() if line.startswith("reports: ")]
    return DEPLOYED / line.rpartition("/")[2]


def with_password(server):
    return server.uri.replace("mongodb://", f"mongodb://hush-user:{PASSWORD}@")


def test_good_run(cloud, stack, mongodb):
    status, output = run(cloud, "deploy", "--stack", stack, "--freeze", "3", uri=mongodb.uri)
    assert status == 0, output
    assert cloud.steps() == GOOD and not cloud.stacks
    assert ["sleep", "3"] in cloud.calls
    where = folder(output)
    for number, phase in enumerate(("cold", "warm", "frozen"), 1):
        (line,) = [line for line in output.splitlines() if line.startswith(phase)]
        assert "pass" in line and "0 streaming" in line, output
        report = harness.check_report(json.loads((where / f"{phase}.json").read_text()))
        assert report["invocation"]["number"] == number
        assert (where / f"{phase}.log").exists() and (where / f"{phase}.invoke.json").exists()
    assert cloud.parameters(stack)["DeleteLogs"] == "true", "or its log group would stay forever"
    assert not (DEPLOYED / "stacks" / stack).exists() and not (where / "samconfig.toml").exists()
    assert mongodb.count() == 0


def test_outage_command(cloud, stack, mongodb, tmp_path):
    mark = tmp_path / "outage"
    arguments = ["--stack", stack, "--freeze", "1", "--arch", "arm64", "--outage-command", f"touch {mark}"]
    status, output = run(cloud, "deploy", *arguments, uri=mongodb.uri)
    assert status == 0 and mark.exists(), output
    assert cloud.steps() == GOOD[:-1] + ["invoke", "sam delete"]
    assert any(line.startswith("outage") and "pass" in line for line in output.splitlines())
    expect_arm64(cloud, stack)


def expect_arm64(cloud, stack):
    """The build and the template were told of it."""
    (build,) = [call for call in cloud.calls if call[:2] == ["sam", "build"]]
    assert build[-2:] == ["--parameter-overrides", "Architecture=arm64"]
    assert cloud.parameters(stack)["Architecture"] == "arm64"


def test_function_built_before_for_another_architecture(cloud, stack, mongodb, tmp_path):
    """A program's header that names its machine: EM_AARCH64."""
    (tmp_path / "bootstrap").write_bytes(b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00\xb7\x00" + bytes(44))
    (tmp_path / "bootstrap").chmod(0o755)
    arguments = ["deploy", "--stack", stack, "--freeze", "1", "--arch", "x86_64"]
    status, output = run(cloud, *arguments, uri=mongodb.uri, FAAS_PREBUILT=str(tmp_path))
    assert status != 0 and "a package for arm64; expected one for x86_64" in output, output
    assert cloud.steps() == ["identity", "look", "sam build"] and not cloud.stacks


def test_name_is_the_users_own(cloud, mongodb):
    status, _ = run(cloud, "deploy", "--freeze", "1", uri=mongodb.uri, USER="Ad.a", FAAS_ARCH="arm64")
    (deploy,) = [call for call in cloud.calls if call[:2] == ["sam", "deploy"]]
    name = deploy[deploy.index("--stack-name") + 1]
    assert status == 0 and name.startswith("faas-harness-Ad-a-")
    expect_arm64(cloud, name)


def test_function_that_fails(cloud, stack):
    status, output = run(cloud, "deploy", "--stack", stack, "--freeze", "1", uri=CLOSED)
    assert status == 1, output
    assert "FunctionError" in output and "Scenario.InsertFailed" in output
    assert cloud.steps() == GOOD and not cloud.stacks, "all phases are shown, and the stack is deleted"


@pytest.mark.parametrize(
    ("phase", "answer", "status", "said"),
    [
        ("cold", {"reportVersion": 1, "heartbeats": {"awaited": 2}}, 1, "awaited=true: the streaming protocol is on"),
        ("frozen", {"reportVersion": 1, "heartbeats": {"awaited": 0}}, 0, "nothing was frozen"),
        ("cold", {}, 1, "the answer is not a report"),
    ],
    ids=["streaming", "new-environment", "no-report"],
)
def test_what_lambda_saw_no_error_in_is_judged(tmp_path, phase, answer, status, said):
    """MongoDB's script accepts all of it. A verdict that overlooks streaming does not count."""
    report = {"verdict": "pass", "invocation": {"cold": True}} | answer
    (tmp_path / f"{phase}.json").write_text(json.dumps(report))
    (tmp_path / f"{phase}.invoke.json").write_text('{"StatusCode": 200}')
    command = [sys.executable, harness.SOURCE_DIR / "tools" / "deploy_report.py", tmp_path, phase]
    result = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert result.returncode == status and said in result.stdout, result


def test_interrupted_while_it_waits(cloud, stack, mongodb):
    process = start(cloud, "deploy", "--stack", stack, "--freeze", "60", uri=mongodb.uri, STAND_IN_SLEEP="60")
    wait_for(cloud, process, lambda: ["sleep", "60"] in cloud.calls)
    assert cloud.stacks == [stack]
    os.killpg(process.pid, signal.SIGINT)
    status, output = finish(process)
    assert status == 130, output
    assert cloud.steps()[-1] == "sam delete" and not cloud.stacks
    assert not (DEPLOYED / "stacks" / stack).exists()


def test_interrupted_while_it_deploys(cloud, stack):
    """The stack may exist in part."""
    process = start(cloud, "deploy", "--stack", stack, uri=CLOSED, fail="deploy-hangs")
    wait_for(cloud, process, lambda: cloud.stacks == [stack])
    os.killpg(process.pid, signal.SIGINT)
    status, output = finish(process)
    assert status == 130 and "invoke" not in cloud.steps(), output
    assert cloud.steps()[-1] == "sam delete" and not cloud.stacks


def wait_for(cloud, process, condition):
    deadline = time.monotonic() + 600
    while not condition():
        assert process.poll() is None, finish(process)
        assert time.monotonic() < deadline, cloud.calls
        time.sleep(0.05)


@pytest.mark.parametrize("step", ["build", "deploy", "outputs"])
def test_step_that_fails(cloud, stack, step):
    status, output = run(cloud, "deploy", "--stack", stack, uri=CLOSED, fail=step)
    assert status == 1 and "The last lines of" in output, output
    # A failed deployment may have left half a stack.
    assert ("sam delete" in cloud.steps()) == (step != "build") and not cloud.stacks


def test_deletion_that_fails_is_loud_and_can_be_done_again(cloud, stack, mongodb):
    status, output = run(cloud, "deploy", "--stack", stack, "--freeze", "1", uri=mongodb.uri, fail="delete")
    assert status == 1 and f"./dev undeploy {stack}" in output and cloud.stacks == [stack], output
    status, output = run(cloud, "undeploy", stack)
    assert status == 0 and not cloud.stacks, output


def test_keep_and_undeploy(cloud, stack, mongodb):
    status, output = run(
        cloud, "deploy", "--stack", stack, "--freeze", "1", "--keep", "--region", "eu-west-1", uri=mongodb.uri
    )
    assert status == 0 and "./dev undeploy deletes it" in output and cloud.stacks == [stack], output
    assert "sam delete" not in cloud.steps()
    status, output = run(cloud, "undeploy", stack)
    assert status == 0 and not cloud.stacks, output
    assert cloud.calls[-1][-2:] == ["--region", "eu-west-1"], "where it was made"
    assert not (DEPLOYED / "stacks" / stack).exists()


@pytest.mark.parametrize(
    ("fail", "steps", "said"),
    [
        ("", ["identity", "look"], ["was not created by ./dev deploy here"]),
        ("look", ["identity", "look"], ["AccessDenied", "cloudformation:DescribeStacks"]),
        ("credentials", ["identity"], ["Unable to locate credentials", "aws configure", "AWS_SESSION_TOKEN"]),
    ],
    ids=["someone else's", "nobody knows whose", "no credentials"],
)
def test_stack_of_someone_else_is_left_alone(cloud, stack, fail, steps, said):
    cloud.add_stack(stack)
    status, output = run(cloud, "deploy", "--stack", stack, uri=CLOSED, fail=fail)
    assert status == 2 and all(words in output for words in said), output
    assert cloud.steps() == steps and cloud.stacks == [stack]
    assert not (DEPLOYED / "stacks" / stack).exists()


def test_stack_kept_is_taken_again(cloud, stack, mongodb):
    arguments = ["deploy", "--stack", stack, "--freeze", "1"]
    status, output = run(cloud, *arguments, "--keep", uri=mongodb.uri)
    assert status == 0 and cloud.stacks == [stack], output
    status, output = run(cloud, *arguments, "--region", "eu-west-1", uri=mongodb.uri)
    assert status == 2 and "is in us-east-1" in output and cloud.stacks == [stack], output
    status, output = run(cloud, *arguments, uri=mongodb.uri, fail="build")
    assert status == 1 and cloud.stacks == [stack], "the earlier stack stays, because nothing was deployed"
    status, output = run(cloud, *arguments, uri=mongodb.uri)
    assert status == 0 and not cloud.stacks, output


def test_no_aws_program(cloud, tmp_path):
    for name in ("bash", "dirname", "uname", "date", "id", "mkdir", "cat"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    status, output = run(cloud, "deploy", uri=CLOSED, PATH=str(tmp_path))
    assert status == 2 and "aws, is not installed" in output and "docs.aws.amazon.com" in output, output


@pytest.mark.parametrize(
    ("arguments", "changes", "said"),
    [
        (["--freeze", "soon"], {}, 'found "soon"'),
        (["--stack", "no_underscores"], {}, 'found "no_underscores"'),
        (["--no-such-thing"], {}, 'unknown argument "--no-such-thing"'),
        (["--stack"], {}, "--stack needs a value"),
        (["--driver", "source:/no/such/folder"], {}, "no such folder"),
        ([], {"uri": ""}, "MONGODB_URI is not set"),
        ([], {"FAAS_SAM": "/no/such/sam"}, "/no/such/sam"),
    ],
    ids=["freeze", "stack", "unknown", "no value", "driver", "no uri", "no sam"],
)
def test_refused_before_anything_is_asked(cloud, arguments, changes, said):
    status, output = run(cloud, "deploy", *arguments, **({"uri": CLOSED} | changes))
    assert status == 2 and said in output and cloud.calls == [], output


def test_uri_that_is_none(cloud, stack):
    status, output = run(cloud, "deploy", "--stack", stack, uri='mongodb://h/?a="')
    assert status == 2 and "percent-encode" in output and "sam deploy" not in cloud.steps(), output


def test_secrets_are_in_no_argument_and_no_log(cloud, stack, mongodb):
    """Not even under bash -x; finish() checks what is printed."""
    arguments = ["deploy", "--stack", stack, "--freeze", "1"]
    status, output = run(cloud, *arguments, uri=with_password(mongodb), trace=True)
    assert "+ deploy_stack" in output and "sam deploy" in cloud.steps(), output
    assert cloud.parameters(stack)["MongoDbUri"] == with_password(mongodb)
    assert "hush-" not in json.dumps(cloud.calls)
    logs = [path for path in (harness.SOURCE_DIR / "build" / "logs").glob(f"*{stack}*")]
    logs += [path for path in folder(output).iterdir() if path.is_file()]
    assert logs and not any("hush-" in path.read_text(errors="replace") for path in logs)
    assert status in (0, 1) and not cloud.stacks
