"""The tasks' scripts, run by hand: help, bad input, and no secret in their output."""

import os
import re
import shutil
import subprocess
import sys

import harness
import pytest
from cloud_state import CREDENTIALS, PROJECT, SECRETS
from test_config import TABLE

SCRIPTS = harness.SOURCE_DIR / ".evergreen" / "scripts"
E2E = harness.SOURCE_DIR / "tests" / "e2e"
ALL = sorted(path.name for path in SCRIPTS.glob("*.sh") if path.name != "lib.sh")
STEPS = {
    "setup": [name for name, kind in TABLE.items() if kind in ("project", "fetch source")],
    "deployed": [*TABLE, "MONGODB_URI"],
    "teardown": [
        "DRIVERS_TOOLS",
        "DRIVERS_ATLAS_PUBLIC_API_KEY",
        "DRIVERS_ATLAS_PRIVATE_API_KEY",
        "DRIVERS_ATLAS_GROUP_ID",
    ],
}
HUSH = "hush-"
# Called by run-deployed-lambda-aws-tests.sh and setup-atlas-cluster.sh.
PROGRAMS = ["sam", "aws", "jq", "curl", "node", "base64", "make"]


def complete():
    return (
        PROJECT
        | CREDENTIALS
        | {
            "TEST_LAMBDA_DIRECTORY": str(harness.SOURCE_DIR),
            "DRIVERS_TOOLS": "/drivers-tools",
            "AWS_REGION": "us-east-1",
            "MONGODB_URI": "mongodb+srv://hush-user:hush-password@cluster.test",
        }
    )


def run(script, *arguments, variables=None, trace=False):
    command = ["bash", *(["-x"] if trace else []), SCRIPTS / script, *arguments]
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")} | (variables or {})
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=250, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("script", ALL)
def test_help(script):
    result = run(script, "--help")
    assert result.returncode == 0 and result.stdout.startswith(f"usage: {script}") and result.stderr == "", result
    assert os.access(SCRIPTS / script, os.X_OK) and "\nset -euo pipefail\n" in (SCRIPTS / script).read_text()


@pytest.mark.parametrize("script", ALL)
def test_wrong_argument(script):
    result = run(script, "--no-such-thing")
    assert result.returncode == 2 and "--no-such-thing" in result.stderr and f"{script} --help" in result.stderr, result


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("build.sh --preset", "--preset needs a value"),
        ("build.sh --client pool", 'unknown argument "--client"'),
        ("build.sh -- --fresh", 'unknown argument "--"'),
        ("drill.sh --client pool --driver", "--driver needs a value"),
        ("drill.sh --preset asan", 'unknown argument "--preset"'),
    ],
)
def test_options_are_the_scripts_own(command, said):
    script, *arguments = command.split()
    result = run(script, *arguments)
    assert result.returncode == 2 and said in result.stderr and f"{script} --help" in result.stderr, result


@pytest.mark.parametrize("step", STEPS)
def test_all_variables_set(step):
    result = run("check-variables.sh", step, variables=complete())
    assert (result.returncode, result.stdout, result.stderr) == (0, "", ""), result


@pytest.mark.parametrize("step", STEPS)
def test_variable_missing(step):
    """Each one, unset and empty, is named with the place where it is set."""
    where = {
        "project": "Project Settings",
        "env": "env of the task",
        "fetch source": '"fetch source"',
        "assume_role": "ec2.assume_role",
    }
    for name in STEPS[step]:
        for value in ({}, {name: ""}):
            others = {other: text for other, text in complete().items() if other != name}
            result = run("check-variables.sh", step, variables=others | value)
            assert result.returncode == 2, (name, result)
            (line,) = result.stderr.splitlines()
            assert f" {name} is not set. Set by: " in line
            assert where.get(TABLE.get(name), "setup-atlas-cluster.sh") in line.partition("Set by: ")[2], line


def test_all_that_are_missing_are_named_at_once():
    result = run("check-variables.sh", "deployed")
    assert re.findall(r": (\w+) is not set", result.stderr) == [
        "LAMBDA_AWS_ROLE_ARN", "TEST_LAMBDA_DIRECTORY", "DRIVERS_TOOLS", *(n for n in PROJECT if n in SECRETS),
        "DRIVERS_ATLAS_GROUP_ID", "LAMBDA_STACK_NAME", "AWS_REGION", *CREDENTIALS, "MONGODB_URI",
    ]  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_trace_shows_no_secret(step):
    for missing in (None, "AWS_REGION", "DRIVERS_ATLAS_LAMBDA_PASSWORD"):
        variables = complete() | ({missing: ""} if missing else {})
        result = run("check-variables.sh", step, variables=variables, trace=True)
        assert "need" in result.stderr, "the trace is on"
        assert HUSH not in result.stdout + result.stderr


def test_lambda_directory_without_a_template(tmp_path):
    result = run("check-variables.sh", "deployed", variables=complete() | {"TEST_LAMBDA_DIRECTORY": str(tmp_path)})
    assert result.returncode == 2 and f"{tmp_path}, and there is no template.yaml" in result.stderr, result


def git(folder, *arguments):
    own = ["-c", "user.name=Test", "-c", "user.email=test@example.net", "-c", "init.defaultBranch=master"]
    subprocess.run(["git", "-C", folder, *own, *arguments], check=True, capture_output=True)


@pytest.fixture
def copy(tmp_path):
    """A repository with a mongo-c-driver/ of one release and a commit after it; returns its path."""
    root = tmp_path / "root"
    shutil.copytree(SCRIPTS, root / ".evergreen" / "scripts")
    (root / "tools").mkdir()
    shutil.copy(harness.SOURCE_DIR / "tools" / "test.sh", root / "tools" / "test.sh")
    module = root / "mongo-c-driver"
    (module / "src" / "libmongoc").mkdir(parents=True)
    version = module / "src" / "libmongoc" / "version"
    version.write_text("1.2.3")
    git(module, "init")
    git(module, "add", ".")
    git(module, "commit", "--message", "release")
    git(module, "tag", "1.2.3")
    version.write_text("patched")
    return root


def test_driver_is_the_module_as_it_is(cloud, copy):
    variables = cloud.environment(FAAS_CONTAINER="podman")
    result = run(copy / ".evergreen/scripts/build.sh", "--driver", "module", variables=variables)
    assert result.returncode == 0, result
    assert cloud.calls[-1][-4:] == ["dev", "build", "--driver", "source:mongo-c-driver"]
    assert (copy / "mongo-c-driver/src/libmongoc/version").read_text() == "patched"


def test_driver_is_a_release_of_the_module(cloud, copy):
    variables = cloud.environment(FAAS_CONTAINER="podman")
    for _ in ("first", "again"):
        result = run(copy / ".evergreen/scripts/test.sh", "--driver", "module@1.2.3", variables=variables)
        assert result.returncode == 0, result
        call = cloud.calls[-1]
        words = "dev test --driver source:build/evergreen/mongo-c-driver-1.2.3 -L"
        assert call[call.index("dev") : -1] == words.split()
    assert (copy / "build/evergreen/mongo-c-driver-1.2.3/src/libmongoc/version").read_text() == "1.2.3"


def labels_of_drivers():
    (labels,) = re.findall(r"^TEST_OF_DRIVERS='(\S+)'$", (harness.SOURCE_DIR / "tools" / "test.sh").read_text(), re.M)
    return labels.split("|")


def test_tests_of_a_driver_are_those_of_dev_test(cloud, copy):
    variables = cloud.environment(FAAS_CONTAINER="podman")
    result = run(copy / ".evergreen/scripts/test.sh", "--driver", "module", variables=variables)
    assert result.returncode == 0 and cloud.calls[-1][-2:] == ["-L", "|".join(labels_of_drivers())], result
    assert {"driver", "scenario", "faults"} <= set(labels_of_drivers())


def test_every_label_has_tests(tmp_path):
    """ctest does not complain about an unknown label. Labels are pytest's marks."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", f"--ctest-file={tmp_path / 'tests'}"]
    variables = os.environ | {"FAAS_CTEST_PREFIX": "e2e", "FAAS_CTEST_ENVIRONMENT": ""}
    result = subprocess.run(command, cwd=E2E, env=variables, capture_output=True, text=True, timeout=250)
    assert result.returncode == 0, result
    labels = re.findall(r" LABELS \[==\[(.*?)\]==\]", (tmp_path / "tests").read_text())
    assert set(labels_of_drivers()) <= {label for entry in labels for label in entry.split(";")}


def test_driver_is_a_release_that_is_not_there(cloud, copy):
    variables = cloud.environment(FAAS_CONTAINER="podman")
    result = run(copy / ".evergreen/scripts/build.sh", "--driver", "module@9.9.9", variables=variables)
    assert result.returncode == 2 and 'no release "9.9.9"' in result.stderr and cloud.calls == [], result
    assert not (copy / "build/evergreen/mongo-c-driver-9.9.9").exists()


def test_driver_module_that_is_not_there(copy):
    shutil.rmtree(copy / "mongo-c-driver")
    result = run(copy / ".evergreen/scripts/build.sh", "--driver", "module")
    assert result.returncode == 2 and "git clone https://github.com/mongodb/mongo-c-driver" in result.stderr, result


def test_tests_without_a_driver_are_all(cloud, copy):
    result = run(copy / ".evergreen/scripts/test.sh", variables=cloud.environment(FAAS_CONTAINER="podman"))
    assert result.returncode == 0 and cloud.calls[-1][-2:] == ["dev", "test"], result


def test_trace_of_the_others_shows_no_secret(cloud, copy):
    """With every secret in their environment, as add_expansions_to_env puts it there, and a container to run in."""
    variables = cloud.environment(FAAS_CONTAINER="podman") | complete()
    for script, arguments in {
        "build.sh": ["--driver", "debian:forky"],
        "test.sh": ["--driver", "debian:forky"],
        "drill.sh": ["--client", "pool"],
        "package.sh": ["--output", "build/evergreen/trace/"],
        "install-dependencies.sh": ["deployed"],
    }.items():
        result = run(copy / ".evergreen/scripts" / script, *arguments, variables=variables, trace=True)
        assert result.returncode == 0 and "+ " in result.stderr, result
        assert HUSH not in result.stdout + result.stderr
    assert HUSH not in str(cloud.calls)


def test_driver_of_no_kind():
    result = run("drill.sh", "--driver", "nonsense")
    assert result.returncode == 2 and 'found "nonsense"' in result.stderr, result


def test_container_gets_the_command_and_no_value(cloud):
    """Names of variables are passed as arguments, their values in the environment."""
    variables = cloud.environment(FAAS_CONTAINER="podman", FAAS_DEBIAN_MIRROR="http://mirror.test/debian")
    result = run(
        "drill.sh", "--driver", "debian:forky", "--client", "single", "--", "--freeze", "1", variables=variables
    )
    assert result.returncode == 0, result
    ((program, *arguments),) = cloud.calls
    image = arguments.index("debian:12")
    assert program == "podman" and arguments[0] == "run" and "--privileged" in arguments, "the drill mounts /var/task"
    assert arguments[image + 4 :] == "dev drill --driver debian:forky --client single -- --freeze 1".split()
    assert "FAAS_DEBIAN_MIRROR" in arguments[:image] and "mirror.test" not in " ".join(arguments)
    assert f"{harness.SOURCE_DIR}:{harness.SOURCE_DIR}" in arguments[:image]


@pytest.fixture
def programs(tmp_path):
    """A PATH with what bash needs, and a stub for each program of the deployed task."""
    for name in ("bash", "dirname", "cat"):
        (tmp_path / name).symlink_to(f"/usr/bin/{name}")
    for name in PROGRAMS:
        (tmp_path / name).write_text("#!/usr/bin/bash\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def dependencies(programs):
    return run("install-dependencies.sh", "deployed", variables={"PATH": str(programs), "FAAS_CONTAINER": "none"})


@pytest.mark.parametrize("name", PROGRAMS)
def test_dependencies_of_the_deployed_task_are_named(programs, name):
    (programs / name).unlink()
    result = dependencies(programs)
    assert result.returncode == 2 and f"the program {name} is missing. " in result.stderr, result


def test_dependencies_of_the_deployed_task_are_all_there(programs):
    result = dependencies(programs)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", ""), result
    assert (
        f"programs of drivers-evergreen-tools' scripts: {', '.join(PROGRAMS)}\n"
        in run("install-dependencies.sh", "--help").stdout
    )


def test_image_is_fetched_before_the_work(cloud):
    variables = cloud.environment(FAAS_CONTAINER="podman", FAAS_CONTAINER_IMAGE="mirror.test/debian:12")
    result = run("install-dependencies.sh", "build", variables=variables)
    assert result.returncode == 0 and cloud.calls == [["podman", "pull", "--quiet", "mirror.test/debian:12"]], result


def test_container_that_is_none():
    result = run("install-dependencies.sh", "build", variables={"FAAS_CONTAINER": "lxc"})
    assert result.returncode == 2 and 'found "lxc"' in result.stderr, result
