"""AWS and Atlas as far as a deployed run sees them: what the stand-ins in bin/ have in common.

STAND_IN_STATE names the folder they share:
    calls.jsonl     every call, in order: program and arguments
    stacks/NAME     a deployed stack: the process and address of the drill's Lambda host, STAND_IN_HOST
    frozen          for each invocation, how many milliseconds the function had been suspended
    NAME.log        what its host and the function wrote
    NAME.parameters what it was deployed with
    cluster         the Atlas cluster, while there is one
STAND_IN_MOUNTS are the folders that function needs besides. STAND_IN_MONGODB_URI is the server behind the cluster's address. STAND_IN_FUNCTION is the folder that stands for a build.
STAND_IN_REAL_SAM is AWS's own sam, to build with. STAND_IN_FAIL lists steps that must fail: build, deploy, outputs, delete,
cluster, credentials, look; deploy-hangs makes it take two minutes.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

STATE = Path(os.environ["STAND_IN_STATE"])
CLUSTER_HOST = "stand-in.mongodb.test"
REGION = "us-east-1"
START_TIMEOUT = 120


def record(program, arguments):
    with open(STATE / "calls.jsonl", "a", encoding="utf-8") as calls:
        calls.write(json.dumps([program, *arguments]) + "\n")


def fails(step):
    return step in os.environ.get("STAND_IN_FAIL", "").split()


def refuse(message, status=1):
    print(message, file=sys.stderr)
    sys.exit(status)


def option(arguments, name, default=None):
    if name in arguments:
        return arguments[arguments.index(name) + 1]
    return default


def need_credentials():
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    if fails("credentials") or not all(os.environ.get(name) for name in names):
        refuse('Unable to locate credentials. You can configure credentials by running "aws configure".', 253)


def arn(stack):
    return f"arn:aws:lambda:{REGION}:123456789012:function:{stack}-MongoDBFunction"


def stack_file(name):
    return STATE / "stacks" / name


def stack_of(function):
    """The stack that has this function."""
    for file in (STATE / "stacks").glob("*"):
        if function == arn(file.name):
            return json.loads(file.read_text())
    refuse("An error occurred (ResourceNotFoundException) when calling the Invoke operation", 254)


def deploy(name, folder, uri):
    """Starts the function's host, and records it as a stack."""
    if CLUSTER_HOST in uri:
        uri = os.environ["STAND_IN_MONGODB_URI"]
    delete(name)  # an update replaces the function
    log = STATE / f"{name}.log"
    stack_file(name).parent.mkdir(exist_ok=True)
    mounts = [word for path in os.environ["STAND_IN_MOUNTS"].split(":") for word in ("--mount", path)]
    with open(log, "wb") as stream:
        process = subprocess.Popen(
            [os.environ["STAND_IN_HOST"], "--timeout", "30", "--env", f"MONGODB_URI={uri}", *mounts, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    deadline = time.monotonic() + START_TIMEOUT
    while not (url := re.search(r"listening on (\S+)", log.read_text())):
        if process.poll() is not None or time.monotonic() > deadline:
            refuse(f"the function's host does not start: {log.read_text()}")
        time.sleep(0.02)
    stack_file(name).write_text(json.dumps({"name": name, "pid": process.pid, "url": url[1]}))


def remember_parameters(name, parameters):
    (STATE / f"{name}.parameters").write_text(json.dumps(parameters))


def invoke(stack):
    """Returns (payload, FunctionError or None, the end of the log as base64)."""
    request = urllib.request.Request(stack["url"], data=b"{}", headers={"X-Amz-Log-Type": "Tail"})
    with urllib.request.urlopen(request, timeout=300) as response:
        payload, headers = response.read(), response.headers
    with open(STATE / "frozen", "a", encoding="utf-8") as frozen:
        frozen.write(f"{headers.get('X-Faas-Frozen-Ms', 0)}\n")
    return payload, headers.get("X-Amz-Function-Error"), headers.get("X-Amz-Log-Result", "")


def delete(name):
    file = stack_file(name)
    if not file.exists():
        return False
    pid = json.loads(file.read_text())["pid"]
    try:
        if pid:
            os.killpg(pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
    file.unlink()
    return True
