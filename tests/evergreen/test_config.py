"""Each requirement of the specification (FaaS Automated Testing, "Running in Continuous Integration") on Evergreen's config."""

import re

import harness

SCRIPTS = harness.SOURCE_DIR / ".evergreen" / "scripts"
TASK, GROUP = "test-aws-lambda-deployed", "test_aws_lambda_task_group"

# "Supported Evergreen variants that have the AWS SAM CLI installed"
LISTED = """ubuntu2204 ubuntu1804 ubuntu1804-workstation ubuntu2204-arm64 ubuntu2004-arm64 ubuntu1804-arm64 rhel90 rhel80 rhel84
rhel90-selinux rhel80-selinux rhel90-arm64 rhel82-arm64""".split()

# The specification's table: who sets each variable. A project variable is set outside the config.
TABLE = {
    "LAMBDA_AWS_ROLE_ARN": "project",
    "TEST_LAMBDA_DIRECTORY": "env",
    "DRIVERS_TOOLS": "fetch source",
    "DRIVERS_ATLAS_PUBLIC_API_KEY": "project",
    "DRIVERS_ATLAS_PRIVATE_API_KEY": "project",
    "DRIVERS_ATLAS_LAMBDA_USER": "project",
    "DRIVERS_ATLAS_LAMBDA_PASSWORD": "project",
    "DRIVERS_ATLAS_GROUP_ID": "project",
    "LAMBDA_STACK_NAME": "project",
    "AWS_REGION": "env",
    "AWS_ACCESS_KEY_ID": "assume_role",
    "AWS_SECRET_ACCESS_KEY": "assume_role",
    "AWS_SESSION_TOKEN": "assume_role",
}


def named(entries, name):
    (entry,) = [entry for entry in entries if entry.get("name") == name]
    return entry


def tasks_of(config, variant):
    """Names of tasks and groups, with tags resolved."""
    names = set()
    for entry in variant["tasks"]:
        name = entry["name"]
        if name.startswith("."):
            names |= {task["name"] for task in config["tasks"] if name[1:] in task.get("tags", [])}
        else:
            names.add(name)
    return names


def plain(distro):
    """Without the host's size: ubuntu2204-small is the distro ubuntu2204."""
    return re.sub(r"-(small|large)$", "", distro)


def commands_of(config):
    lists = [config["pre"], config["post"], *config["functions"].values()]
    lists += [task["commands"] for task in config["tasks"]]
    lists += [group[part] for group in config["task_groups"] for part in ("setup_group", "teardown_group")]
    return [entry for entries in lists for entry in entries]


def test_what_running_the_group_does_not_show(config):
    """test_task.py runs the rest, by the config."""
    task, group = named(config["tasks"], TASK)["commands"], named(config["task_groups"], GROUP)
    assert task[0] == {"func": "install dependencies", "vars": {"for": "deployed"}}
    commands = {entry["command"]: entry["params"] for entry in task if "command" in entry}
    assert commands["ec2.assume_role"] == {"role_arn": "${LAMBDA_AWS_ROLE_ARN}", "duration_seconds": 3600}
    assert commands["subprocess.exec"]["env"] == {
        "TEST_LAMBDA_DIRECTORY": "${PROJECT_DIRECTORY}",
        "AWS_REGION": "us-east-1",
        "FAAS_DRIVER": "source:mongo-c-driver",
        "FAAS_PREBUILT": "build/evergreen/function",
    }, "nothing that the project sets"
    update = group["setup_group"][-1]["params"]
    assert update["redact_file_expansions"] is True, "it has a password"
    assert group["setup_group_timeout_secs"] == 1800 and group["tasks"] == [TASK]
    assert group["teardown_group"][0] == {"func": "check variables", "vars": {"step": "teardown"}}


def test_a_patch_of_the_driver_is_what_is_built(config):
    module = named(config["modules"], "mongo-c-driver")
    assert (module["owner"], module["repo"], module["branch"]) == ("mongodb", "mongo-c-driver", "master")
    assert "prefix" not in module, "it is cloned to mongo-c-driver/ beside the sources"
    fetch = config["functions"]["fetch source"][0]["params"]
    assert fetch["revisions"]["mongo-c-driver"] == "${mongo-c-driver_rev}"


def test_single_variant_deploys(config):
    """Because of the Atlas API's rate limit."""
    variants = [variant for variant in config["buildvariants"] if tasks_of(config, variant) & {TASK, GROUP}]
    (variant,) = variants
    assert [plain(distro) for distro in variant["run_on"]] == ["ubuntu2204"] and "ubuntu2204" in LISTED
    assert set(variant["modules"]) == {"mongo-c-driver", "drivers-evergreen-tools"}


def test_deployed_task_runs_in_its_group_only(config):
    """No other variant may get it by its tags."""
    assert not named(config["tasks"], TASK).get("tags")
    assert [group["name"] for group in config["task_groups"] if TASK in group["tasks"]] == [GROUP]


def test_every_listed_distro_and_no_other(config):
    distros = {plain(distro) for variant in config["buildvariants"] for distro in variant["run_on"]}
    assert distros == set(LISTED)


def test_build_test_drill_and_package_on_both_architectures(config):
    for architecture in ("x86_64", "arm64"):
        variants = [v for v in config["buildvariants"] if ("arm64" in v["run_on"][0]) == (architecture == "arm64")]
        names = set().union(*(tasks_of(config, variant) for variant in variants))
        assert {"build", "test", "drill-pool", "drill-single", "package"} <= names, architecture


def test_matrix_over_driver_versions(config):
    tasks = [task for task in config["tasks"] if "driver" in task.get("tags", [])]
    drivers = [task["commands"][0]["vars"]["driver"] for task in tasks]
    assert "module" in drivers and len(set(drivers)) == len(drivers) >= 5
    generations = {re.match(r"module@(\d+\.\d+)", driver)[1] for driver in drivers if "@" in driver}
    assert {"1.23", "1.30", "2.0", "2.2"} <= generations
    for variant in ("ubuntu2204", "ubuntu2204-arm64", "rhel90", "rhel90-arm64"):
        assert {task["name"] for task in tasks} <= tasks_of(config, named(config["buildvariants"], variant)), variant
    for variant in config["buildvariants"]:
        assert "mongo-c-driver" in variant["modules"], f"{variant['name']} has no driver to build"


def test_results_are_attached_whatever_the_outcome(config):
    """In `post`, because a task's own commands end with the first that fails."""
    post = [command for entry in config["post"] for command in config["functions"][entry["func"]]]
    (results,) = [command["params"]["files"] for command in post if command["command"] == "attach.xunit_results"]
    assert "src/build/drill/results/latest/junit.xml" in results
    assert "src/build/logs/test-*.xml" in results, "where ./dev test writes its own"
    pages = [command["params"] for command in post if command["command"] == "s3.put"]
    (page,) = [params for params in pages if params["local_file"] == "src/build/drill/results/latest/timeline.html"]
    assert page["content_type"] == "text/html" and page["optional"] is True and page["permissions"] == "private"


def test_no_logic_in_yaml(config):
    for entry in commands_of(config):
        assert entry.get("command") not in ("shell.exec", "generate.tasks"), entry
        if entry.get("command") == "subprocess.exec":
            script, *arguments = entry["params"]["args"]
            assert script.startswith(("${DRIVERS_TOOLS}/.evergreen/", ".evergreen/scripts/")), script
            assert entry["params"]["binary"] == "bash" and not any(" " in argument for argument in arguments)
            if script.startswith(".evergreen/"):
                assert (harness.SOURCE_DIR / script).exists(), script


def test_everything_named_is_there(config):
    for entry in commands_of(config):
        assert ("func" in entry) != ("command" in entry), entry
        assert "func" not in entry or entry["func"] in config["functions"], entry
    tags = {tag for task in config["tasks"] for tag in task.get("tags", [])}
    known = {entry["name"] for entry in config["tasks"] + config["task_groups"]} | {f".{tag}" for tag in tags}
    modules = {module["name"] for module in config["modules"]}
    for variant in config["buildvariants"]:
        assert {entry["name"] for entry in variant["tasks"]} <= known and set(variant["modules"]) <= modules


def test_functions_get_the_variables_they_expand(config):
    """An expansion that is not set would be an empty argument."""
    for entry in commands_of(config):
        if "func" in entry:
            text = str(config["functions"][entry["func"]])
            wanted = set(re.findall(r"\$\{(driver|client|output|step)\}", text))
            assert wanted == set(entry.get("vars", {})) - {"for"}, entry


def test_documentation_has_the_table():
    text = (harness.SOURCE_DIR / "docs" / "evergreen.md").read_text()
    for name in [*TABLE, "MONGODB_URI"]:
        assert re.search(rf"^\|.*`{name}`.*\|", text, re.MULTILINE), name


def test_documentation_has_what_the_project_sets():
    """What the config expands without a default, and does not set, must be set in the project."""
    expanded = set(re.findall(r"\$\{([A-Z_]+)\}", (SCRIPTS.parent / "config.yml").read_text()))
    wanted = expanded - {"PROJECT_DIRECTORY", "DRIVERS_TOOLS"}
    assert {"LAMBDA_AWS_ROLE_ARN", "FAAS_UPLOAD_ROLE_ARN"} <= wanted
    text = (harness.SOURCE_DIR / "docs" / "evergreen.md").read_text()
    for name in wanted:
        assert re.search(rf"^\| `{name}` \| project settings, Variables", text, re.MULTILINE), name


def test_documentation_has_the_tasks_and_scripts(config):
    text = (harness.SOURCE_DIR / "docs" / "evergreen.md").read_text()
    for task in config["tasks"]:
        family = re.sub(r"^(test-driver|drill)-.*", r"\1-…", task["name"])
        assert f"`{family}`" in text, task["name"]
    for script in SCRIPTS.glob("*.sh"):
        assert script.name == "lib.sh" or f".evergreen/scripts/{script.name}" in text, script.name
