"""template.yaml, and what `sam build` makes of it in a fresh copy of the sources."""

import json
import os
import subprocess
import zipfile

import harness
import pytest
from lambda_root import OWN

pytestmark = [pytest.mark.fixtures("package_sam")]

SAM_VENV = harness.SOURCE_DIR / "build" / "sam-venv"
TEMPLATE = harness.SOURCE_DIR / "template.yaml"
OTHER = {"x86_64": "arm64", "arm64": "x86_64"}[OWN]


def run(program, *args, cwd=harness.SOURCE_DIR, **variables):
    if not (SAM_VENV / "bin" / program).exists():
        pytest.skip("build/sam-venv is missing; tests/package/make.sh sam makes it")
    # Not this user's account, and no request to AWS.
    nobody = {"SAM_CLI_TELEMETRY": "0", "AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": "/dev/null"}
    nobody |= {"AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "PATH": f"{SAM_VENV}/bin:{os.environ['PATH']}"}
    command = [SAM_VENV / "bin" / program, *args]
    return subprocess.run(
        command, cwd=cwd, env=os.environ | nobody | variables, capture_output=True, text=True, timeout=280
    )


@pytest.fixture(scope="module")
def template():
    """As CloudFormation sees it before its transform, with !Ref X as {"Ref": X}."""
    code = "import json, sys\nfrom samcli.yamlhelper import parse_yaml_file\njson.dump(parse_yaml_file(sys.argv[1]), sys.stdout)"
    result = run("python", "-c", code, TEMPLATE)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_validate_lint():
    result = run("sam", "validate", "--lint", "--template", TEMPLATE)
    assert result.returncode == 0 and "is a valid SAM Template" in result.stdout, result


def test_template_is_what_the_specification_and_mongodbs_script_expect(template):
    assert template["Globals"]["Function"]["Timeout"] == 30
    uri = template["Parameters"]["MongoDbUri"]
    assert uri["Type"] == "String" and uri["NoEcho"] is True and uri["Description"] and "Default" not in uri
    others = {name: value for name, value in template["Parameters"].items() if name != "MongoDbUri"}
    assert all("Default" in value for value in others.values()), "MongoDB's script passes MongoDbUri only"
    assert template["Parameters"]["Architecture"]["AllowedValues"] == ["x86_64", "arm64"]

    function = template["Resources"]["MongoDBFunction"]
    properties = function["Properties"]
    assert function["Metadata"]["BuildMethod"] == "makefile"
    assert (properties["CodeUri"], properties["Handler"], properties["Runtime"]) == (
        "mongodb/",
        "mongodb",
        "provided.al2023",
    )
    assert properties["Architectures"] == [{"Ref": "Architecture"}]
    assert properties["Environment"]["Variables"]["MONGODB_URI"] == {"Ref": "MongoDbUri"}
    assert properties["Events"]["CatchAll"]["Type"] == "Api"
    assert properties["Events"]["CatchAll"]["Properties"]["Path"] == "/mongodb"
    assert set(template["Outputs"]) == {"MongoDBApi", "MongoDBFunction", "MongoDBFunctionIamRole"}
    assert template["Outputs"]["MongoDBFunction"]["Value"] == {"Fn::GetAtt": ["MongoDBFunction", "Arn"]}


def with_conditions(template, value):
    """Resolves Fn::If of the template's one condition, and removes AWS::NoValue."""
    if isinstance(value, list):
        return [with_conditions(template, item) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        (name, yes, no) = value["Fn::If"]
        return with_conditions(template, yes if decided(template, name) else no)
    items = {key: with_conditions(template, item) for key, item in value.items()}
    return {key: item for key, item in items.items() if item != {"Ref": "AWS::NoValue"}}


def decided(template, name):
    (parameter, wanted) = template["Conditions"][name]["Fn::Equals"]
    return template["Parameters"][parameter["Ref"]]["Default"] == wanted


def deployed(template, **parameters):
    """The function's properties, and the other resources, with these parameter values."""
    changed = json.loads(json.dumps(template))
    for name, value in parameters.items():
        assert value in changed["Parameters"][name]["AllowedValues"]
        changed["Parameters"][name]["Default"] = value
    resources = with_conditions(changed, changed["Resources"])
    there = {n: r for n, r in resources.items() if "Condition" not in r or decided(changed, r["Condition"])}
    return there.pop("MongoDBFunction")["Properties"], there


def test_logs_are_deleted_with_the_stack_when_it_is_asked_for(template):
    function, others = deployed(template, DeleteLogs="true")
    ((name, logs),) = others.items()
    assert logs["Type"] == "AWS::Logs::LogGroup" and function["LoggingConfig"] == {"LogGroup": {"Ref": name}}
    assert logs["DeletionPolicy"] == "Delete" and logs["Properties"]["RetentionInDays"] == 7
    assert "LogGroupName" not in logs["Properties"], "Lambda's own, from an earlier deployment, may exist"


def test_mongodbs_script_needs_no_permission_for_log_groups(template):
    """It passes MongoDbUri only, and others decide what its role may do."""
    function, others = deployed(template)
    assert others == {} and "LoggingConfig" not in function


def test_capability_iam_is_enough(template):
    """MongoDB's script passes CAPABILITY_IAM, with which CloudFormation refuses named roles."""
    assert "RoleName" not in json.dumps(template)
    assert "AWS::IAM::Role" not in [resource["Type"] for resource in template["Resources"].values()]


@pytest.mark.fixtures("package_own")
def test_build_elsewhere_gives_the_same_bytes(sam_function):
    """SAM built in a copy with another path, separately."""
    with zipfile.ZipFile(harness.BUILD_DIR / "package" / f"{OWN}.zip") as archive:
        names = {info.filename for info in archive.infolist()}
        assert {str(p.relative_to(sam_function)) for p in sam_function.rglob("*") if p.is_file()} == names
        for name in names:
            assert (sam_function / name).read_bytes() == archive.read(name), name


def build(tmp_path, architecture, **variables):
    """sam build in the copy of the sources, with the template's Architecture; returns its status and output."""
    source = harness.BUILD_DIR / "package" / "sam"
    parameter = f"Architecture={architecture}"
    result = run(
        "sam", "build", "--build-dir", tmp_path / "out", "--parameter-overrides", parameter, cwd=source, **variables
    )
    return result.returncode, result.stdout + result.stderr


def test_architecture_that_is_not_the_templates_stops_the_build(sam_function, tmp_path):
    status, output = build(tmp_path, OTHER, FAAS_ARCH=OWN)
    assert status != 0 and f"FAAS_ARCH is {OWN}, but the template's Architecture is {OTHER}" in output, output
    assert f"--parameter-overrides Architecture={OWN}" in output, output


def test_function_built_before_for_the_templates_architecture_is_taken(sam_function, tmp_path):
    status, output = build(tmp_path, OWN, FAAS_PREBUILT=f"{sam_function.resolve()}", FAAS_ARCH=OWN)
    assert status == 0, output
    assert (tmp_path / "out" / "MongoDBFunction" / "bootstrap").read_bytes() == (
        sam_function / "bootstrap"
    ).read_bytes()
