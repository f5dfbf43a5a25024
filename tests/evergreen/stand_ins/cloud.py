"""AWS and Atlas as far as a deployed run sees them: what the stand-ins in bin/ have in common.

STAND_IN_STATE names the folder they share:
    calls.jsonl     every call, in order: program and arguments
    stacks/NAME     a deployed stack: the function host's process and port
    cluster         the Atlas cluster, while there is one
STAND_IN_MONGODB_URI is the server behind the cluster's address. STAND_IN_FUNCTION is the folder that stands for a build.
STAND_IN_FAIL lists steps that are to fail: build, deploy, outputs, delete, cluster, credentials.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

STATE = Path(os.environ["STAND_IN_STATE"])
CLUSTER_HOST = "stand-in.mongodb.test"
REGION = "us-east-1"
START_TIMEOUT = 30


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
        refuse("Unable to locate credentials. You can configure credentials by running \"aws configure\".", 253)


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
    """Start the function's host, and remember it as a stack."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    uri = uri.split("@")[-1] if CLUSTER_HOST in uri else uri
    if uri.startswith(CLUSTER_HOST):
        uri = os.environ["STAND_IN_MONGODB_URI"]
    log = STATE / f"{name}.log"
    stack_file(name).parent.mkdir(exist_ok=True)
    with open(log, "ab") as stream:
        process = subprocess.Popen(
            host_command(folder, port, uri),
            cwd=folder,
            env=os.environ | {"MONGODB_URI": uri} | host_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        )
    stack_file(name).write_text(json.dumps({"name": name, "pid": process.pid, "port": port, "log": str(log)}))
    deadline = time.monotonic() + START_TIMEOUT
    while not listens(port):
        if process.poll() is not None or time.monotonic() > deadline:
            refuse(f"the function's host does not start: {log.read_text()}")
        time.sleep(0.02)


def host_command(folder, port, uri):
    host = os.environ["STAND_IN_HOST"]
    if Path(host).name.startswith("aws-lambda-rie"):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            api = listener.getsockname()[1]
        own = ["--runtime-interface-emulator-address", f"127.0.0.1:{port}", "--runtime-api-address", f"127.0.0.1:{api}"]
        return [host, *own, f"{folder}/bootstrap"]
    return [host, "--port", str(port), "--timeout", "30", "--env", f"MONGODB_URI={uri}", str(folder)]


def host_environment(folder):
    return {"LAMBDA_TASK_ROOT": str(folder), "_HANDLER": "mongodb", "AWS_LAMBDA_FUNCTION_TIMEOUT": "30"}


def listens(port):
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def invoke(stack):
    """(payload, FunctionError or None, the end of the log)"""
    start = Path(stack["log"]).stat().st_size
    url = f"http://127.0.0.1:{stack['port']}/2015-03-31/functions/function/invocations"
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data=b"{}"), timeout=60) as response:
            payload, headers, status = response.read(), response.headers, response.status
    except urllib.error.HTTPError as error:
        payload, headers, status = error.read(), error.headers, error.code
    kind = headers.get("X-Amz-Function-Error")
    try:
        if kind is None and (status != 200 or "errorType" in json.loads(payload)):
            kind = "Unhandled"
    except (ValueError, TypeError):
        kind = "Unhandled"
    with open(stack["log"], "rb") as log:
        log.seek(start)
        return payload, kind, log.read()[-4096:]


def delete(name):
    file = stack_file(name)
    if not file.exists():
        return False
    try:
        os.killpg(json.loads(file.read_text())["pid"], signal.SIGTERM)
    except ProcessLookupError:
        pass
    file.unlink()
    return True
