"""A SAM template supplies what the command line leaves out: the function's code, handler, limits and variables."""

import json
import os
import shutil

import pytest
import yaml
from faas_drill import FUNCTIONS, MEMORY
from faas_drill import refused as refused_drill

pytestmark = pytest.mark.results

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 30
    Environment:
      Variables:
        GLOBAL: from Globals
        BOTH: from Globals
Parameters:
  MongoDbUri:
    Type: String
  Stage:
    Type: String
    Default: test
Resources:
  Table:
    Type: AWS::DynamoDB::Table
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: handlers/
      Handler: app.lambda_handler
      Runtime: python3.12
      MemorySize: 512
      Environment:
        Variables:
          MONGODB_URI: !Ref MongoDbUri
          BOTH: from the function
          STAGE: !Ref Stage
          PLACE: !Sub "${AWS::Region} ${!Stage}"
          LONG:
            Fn::Sub: of ${Stage}
          TABLE: !GetAtt Table.Arn
          SECRET: "{{resolve:secretsmanager:orders}}"
          SET: !Ref MongoDbUri
"""


def project(folder, template=TEMPLATE, name="template.yaml"):
    root = folder / "project"
    shutil.copytree(FUNCTIONS / "handlers", root / "handlers")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(template)
    return root


def refused(tmp_path, *arguments):
    # The valid ones do not run either, because there is no folder to write to.
    return refused_drill(tmp_path, "--server", "127.0.0.1:1", "--output", "/dev/null/no", *arguments)


TELLS = """\
import os

def lambda_handler(event, context):
    names = ("GLOBAL", "BOTH", "STAGE", "PLACE", "LONG", "SET", "TABLE", "SECRET", "MONGODB_URI")
    told = {name: os.environ[name][:14] for name in names if name in os.environ}
    return told | {"memory": context.memory_limit_in_mb, "left_ms": context.get_remaining_time_in_millis()}
"""


def test_all_that_is_said(hold, tmp_path):
    root = project(tmp_path)
    (root / "handlers/app.py").write_text(TELLS)
    held = hold("cold", lambda _: ["--env", "SET=by hand", root])
    said = [line for line in held.stderr.splitlines() if "template.yaml" in line]
    assert said[0].endswith(
        f"Orders, handler app.lambda_handler, 30 s, {MEMORY} MB, code in {root}/handlers/, not built with sam build"
    )
    assert said[1].split("not set: ")[1].split(". Set them")[0] == (
        "TABLE (!GetAtt is known in AWS only), SECRET ({{resolve:…}} is known in AWS only)"
    )
    (told,) = [json.loads(one["answer"]) for one in held.invocations]
    assert 20_000 < told.pop("left_ms") <= 30_000
    assert told == {
        "memory": MEMORY,
        "GLOBAL": "from Globals",
        "BOTH": "from the funct",
        "STAGE": "test",
        "PLACE": "us-east-1 ${St",
        "LONG": "of test",
        "SET": "by hand",
        "MONGODB_URI": "mongodb://127.",
    }


def test_what_sam_build_made_goes_before_the_sources(tmp_path):
    built = TEMPLATE.replace("CodeUri: handlers/", "CodeUri: Orders").replace("app.lambda_handler", "app.not_there")
    root = project(tmp_path)
    (root / ".aws-sam/build").mkdir(parents=True)
    (root / ".aws-sam/build/template.yaml").write_text(built)
    assert ".aws-sam/build/Orders: run sam build" in refused(tmp_path, root)


@pytest.mark.parametrize("path", ["template.yml", "template.json", "deploy/orders.yaml"])
def test_other_names_and_json(tmp_path, path):
    root = project(tmp_path, name=path)
    if path.endswith("json"):
        properties = {"Code": "handlers", "Handler": "app.inserts", "Runtime": "python3.12"}
        resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
        (root / path).write_text(json.dumps({"Resources": {"Orders": resource}}))
    elif "/" in path:
        (root / path).write_text(TEMPLATE.replace("handlers/", "../handlers"))
    run = refused(tmp_path, root / path if "/" in path else root)
    assert f"{path}: Orders, handler app." in run


def test_one_of_several(tmp_path):
    more = TEMPLATE + "  Invoices:\n    Type: AWS::Serverless::Function\n    Properties:\n      CodeUri: handlers\n"
    root = project(tmp_path, more)
    assert "2 functions; choose one with --logical-id: Orders, Invoices" in refused(tmp_path, root)
    assert "no function Bills; it has Orders, Invoices" in refused(tmp_path, "--logical-id", "Bills", root)
    assert "Invoices, its bootstrap" in refused(tmp_path, "--logical-id", "Invoices", root)
    assert "Orders, handler" in refused(tmp_path, "--logical-id", "Orders", root)
    assert "no template.yaml in " in refused(tmp_path, "--logical-id", "Orders", root / "handlers")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("Resources:", "Resources: ["), "template.yaml:17: not YAML: "),
        ((TEMPLATE, ""), "template.yaml: empty"),
        ((TEMPLATE, "#" * 1048577), "CloudFormation takes at most 1048576"),
        (("    Timeout: 30\n", ""), "Orders, handler app.lambda_handler, 3 s, "),  # Lambda's own default
        (("Resources:", "Stack:"), "not a SAM or CloudFormation template: it has no Resources"),
        (("AWS::Serverless::Function", "AWS::SNS::Topic"), "no function: no resource has the type "),
        (("python3.12", "java21"), "Runtime java21 cannot run here; Python, Node.js"),
        (("      Handler: app.lambda_handler\n", ""), "Orders has no Handler: set it with --handler"),
        (("app.lambda_handler", "!If [A, B, C]"), "Orders: Handler: !If is known in AWS only: use --handler"),
        (("handlers/", "s3://code/orders.zip"), "its code is at s3://code/orders.zip: download it"),
        (("      CodeUri: handlers/\n", ""), "Orders has neither CodeUri nor Code: pass the path of its package"),
        (("Timeout: 30", "Timeout: 901"), 'Timeout: expected a whole number from 1 to 900, found "901"'),
        (("MemorySize: 512", "PackageType: Image"), "Orders is a container image, which cannot run here"),
        (("MemorySize: 512", "MemorySize: 64"), 'MemorySize: expected a whole number from 128 to 10240, found "64"'),
        (("STAGE: !Ref Stage", "STAGE: !Ref Stag"), "STAGE (!Ref Stag is neither a parameter nor a"),
        (("STAGE: !Ref Stage", 'STAGE: !Sub "app.${H}"'), "STAGE (!Sub H is neither a parameter nor a"),
        (("STAGE: !Ref Stage", "STAGE: !Ref Table"), "STAGE (!Ref Table is known in AWS only)"),
        (("STAGE: !Ref Stage", "STAGE: !Ref AWS::StackId"), "STAGE (!Ref AWS::StackId is known in AWS only)"),
        (("app.lambda_handler", '"app.\\e[2J\\nhandler"'), "Orders, handler app. [2J handler, 30 s"),
        (("handlers/", '"no\\e[2Jne"'), "/no [2Jne: run sam build"),
        (
            ("      Handler:", "      <<: none\n      Handler:"),
            "template.yaml:21: <<: only a mapping, or a list",
        ),
        (("Resources:", "A: &a\n  <<: *a\nResources:"), "template.yaml:15: <<: more than 100 mappings to merge"),
        (("STAGE: !Ref", "AWS_REGION: !Ref"), "AWS_REGION: Lambda reserves this name"),
        (("STAGE: !Ref Stage", f"STAGE: {'x' * 5000}"), "STAGE (it is longer than 4096 bytes)"),
    ],
)
def test_what_is_wrong_with_it(tmp_path, change, why):
    assert change[0] in TEMPLATE and why in refused(tmp_path, project(tmp_path, TEMPLATE.replace(*change)))


@pytest.mark.parametrize("name", ["Environment", "Variables"])
def test_no_mapping(tmp_path, name):
    head, own = TEMPLATE.split("      Environment:\n        Variables:\n          MONGODB_URI")
    head += {"Environment": "      Environment: ", "Variables": "      Environment:\n        Variables: "}[name]
    root = project(tmp_path)
    for value, found in (("[A]", "a list"), ("A=B", "a string or nothing"), ("", "a string or nothing")):
        (root / "template.yaml").write_text(head + value)
        said = refused(tmp_path, root)
        assert f"Orders: {name}: line " in said and f", found {found}" in said


def test_one_that_is_no_file(tmp_path):
    file = project(tmp_path) / "template.yaml"
    for make, remove, found in ((os.mkdir, os.rmdir, "a folder"), (os.mkfifo, os.unlink, "a special file")):
        file.unlink(missing_ok=True)
        make(file)
        assert f"project/template.yaml is {found}, not a file" in refused(tmp_path, file.parent)
        remove(file)


MERGES = """\
Shared:
  - &first
    CodeUri: handlers/
    Handler: not.first
    Timeout: 11
  - &second
    <<: [&third {MemorySize: 1024, Runtime: java21}]
    Handler: not.second
    Timeout: 12
    Runtime: python3.12
    Environment:
      Variables: &variables
        GLOBAL: merged
        STAGE: merged
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: not.this
      <<: [*first, *second]
      Handler: app.lambda_handler
      Environment:
        Variables:
          <<: *variables
          STAGE: own
          "<<": a name like any other
          UNKNOWN: !GetAtt A.B
"""


def test_merges(hold, tmp_path):
    """As in PyYAML, and so in sam: own keys first, then the first merged mapping's; the last of equal keys wins."""
    template = MERGES.replace('          "<<": a name like any other\n', "")
    root = project(tmp_path, template)
    (root / "handlers/app.py").write_text(TELLS)
    held = hold("cold", lambda _: [root])
    assert "Orders, handler app.lambda_handler, 11 s, " in held.stderr
    assert "these variables are not set: UNKNOWN (!GetAtt" in held.stderr
    (told,) = [json.loads(one["answer"]) for one in held.invocations]
    assert (told["GLOBAL"], told["STAGE"]) == ("merged", "own")
    merged = yaml.safe_load(template.replace("!GetAtt ", ""))["Resources"]["Orders"]["Properties"]
    assert (merged["Handler"], merged["Timeout"], merged["MemorySize"]) == ("app.lambda_handler", 11, 1024)
    (root / "template.yaml").write_text(MERGES)
    assert "Lambda refuses this name" in refused(tmp_path, root)


def test_merged_resources(tmp_path):
    root = project(
        tmp_path,
        MERGES.replace("Resources:\n", "More: &more\n").replace('          "<<": a name like any other\n', "")
        + "Resources:\n  <<: *more\n",
    )
    assert "Orders, handler app.lambda_handler, 11 s, " in refused(tmp_path, root)


def test_it_tells_no_value(tmp_path):
    """A password in a Default is as secret as one on the command line."""
    secret = TEMPLATE.replace("Default: test", "Default: mongodb://u:s3cr3t@h/")
    assert "s3cr3t" not in refused(tmp_path, project(tmp_path, secret))


def test_the_command_line_wins(tmp_path):
    root = project(tmp_path)
    assert "handler app.inserts, 7 s, " in refused(tmp_path, "--handler", "app.inserts", "--timeout", "7", root)
    quiet = refused(tmp_path, "--quiet", root)
    assert "Orders, handler" not in quiet and "these variables are not set: " in quiet
