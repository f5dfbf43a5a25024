"""What ./dev package makes for other platforms: the manifests, and that it runs as they say where nothing else is."""

import contextlib
import json
import os
import re
import stat
import subprocess
import sys
import zipfile

import elf
import harness
import lambda_root
import pytest
import yaml
from action_proxy import Action
from conftest import EMPTY_ROOT, MADE
from harness import check_report, expect_pass
from http_client import UnixConnection, exchange
from platform_root import Dockerfile, PlatformRoot
from secantus import free_port

pytestmark = [pytest.mark.fixtures("package_platforms"), pytest.mark.platforms]
MADE_HERE = MADE / "platforms"


@pytest.fixture
def root():
    if lambda_root.unshare() is None:
        pytest.skip(f"{EMPTY_ROOT}: no mount namespaces for this user (unshare --mount)")
    with PlatformRoot() as root:
        yield root


def made(name):
    path = MADE_HERE / name
    if not path.exists():
        pytest.skip(f"no {path}; tests/package/make.sh platforms {MADE} makes it")
    return path


def polling(wire):
    """For platforms that no driver has a name for: a pool would stream, and the report would fail."""
    return f"{wire.uri}&serverMonitoringMode=poll"


def good(status, body):
    report = expect_pass(check_report(json.loads(body)))
    assert status == 200 or report["verdict"] == "fail", "a driver to blame"
    return report


def unpack(package, folder, may_execute):
    with zipfile.ZipFile(package) as archive:
        for info in archive.infolist():
            path = folder / archive.extract(info, folder)
            path.chmod(0o755 if may_execute(info) else 0o644)


def timeout_ms(arguments):
    """Below the platform's own, or nobody would see the report."""
    return int(arguments[arguments.index("--timeout") + 1])


# Azure Functions.


def test_azure(root, wire):
    """As func leaves it in a function app, where only defaultExecutablePath may be executed."""
    app = root.folder / "home/site/wwwroot"
    with zipfile.ZipFile(made("azure.zip")) as archive:
        host = json.loads(archive.read("host.json"))
        function = json.loads(archive.read("faas-harness/function.json"))
        assert "local.settings.json" not in archive.namelist()
    handler = host["customHandler"]["description"]
    unpack(made("azure.zip"), app, lambda info: info.filename == handler["defaultExecutablePath"])
    assert host["version"] == "2.0" and host["customHandler"]["enableForwardingHttpRequest"] is False
    (trigger, output) = function["bindings"]
    assert (trigger["type"], trigger["direction"], trigger["methods"]) == ("httpTrigger", "in", ["post"])
    assert (output["type"], output["direction"], output["name"]) == ("http", "out", "$return")
    minutes, seconds = map(int, host["functionTimeout"].split(":")[1:])
    assert timeout_ms(handler["arguments"]) < 1000 * (60 * minutes + seconds)

    variables = {
        "FUNCTIONS_CUSTOMHANDLER_PORT": free_port(),
        "FUNCTIONS_WORKER_RUNTIME": "custom",
        "MONGODB_URI": wire.uri,
    }
    program = f"/home/site/wwwroot/{handler['defaultExecutablePath']}"
    with root.serve([program, *handler["arguments"]], variables, cwd="/home/site/wwwroot") as app:
        body = json.dumps({"Data": {"request": {"Method": "POST", "Body": "{}"}}, "Metadata": {}}).encode()
        status, answer = app.request(path="/faas-harness", body=body)
        good(status, json.dumps(json.loads(answer)["ReturnValue"]))


# Images.


@pytest.fixture
def image(root):
    """Fills the root with that folder's image."""

    def fill(*folder):
        image = Dockerfile(made(os.path.join(*folder)) / "Dockerfile")
        image.fill(root)
        assert "-----BEGIN CERTIFICATE-----" in (root.folder / image.env["SSL_CERT_FILE"].lstrip("/")).read_text()
        return image

    return fill


@pytest.mark.parametrize("platform", ["cloud-run", "knative"])
def test_knative_service(platform, root, image, wire):
    image = image(platform)
    service = yaml.safe_load((made(platform) / "service.yaml").read_text())
    assert (service["apiVersion"], service["kind"]) == ("serving.knative.dev/v1", "Service")
    revision = service["spec"]["template"]["spec"]
    (container,) = revision["containers"]
    assert revision["containerConcurrency"] == option_default(image, root, "max_open_invocations")
    assert timeout_ms(container["args"]) < 1000 * revision["timeoutSeconds"]
    (variable,) = container["env"]
    assert variable["name"] == "MONGODB_URI" and variable["valueFrom"]["secretKeyRef"]
    probe = container["readinessProbe" if platform == "knative" else "startupProbe"]

    variables = image.env | {"PORT": free_port(), "K_SERVICE": "faas-harness", "MONGODB_URI": wire.uri}
    with root.serve([*image.entry_point, *container["args"]], variables, user=image.user) as server:
        assert server.request("GET", probe["httpGet"]["path"], body=None)[0] == 200
        assert server.wait_for_log(r"\(mode (\w+)\)")[1] == "cloudevents"
        good(*server.request())


def option_default(image, root, name):
    """As the packaged program prints it."""
    program, words = root.command([image.entry_point[0], "--describe-provider", "http"], {})
    told = subprocess.run([program, *words], capture_output=True, text=True, check=True, timeout=60).stdout
    return int(re.search(rf"{name}=VALUE  \(default: (\d+)\)", told)[1])


def test_openfaas(root, image, wire):
    """What of-watchdog starts; of-watchdog itself is in a registry of images."""
    image = image("openfaas", "faas-harness")
    stack = yaml.safe_load((made("openfaas") / "stack.yml").read_text())
    (function,) = stack["functions"].values()
    assert stack["provider"]["name"] == "openfaas" and function["lang"] == "dockerfile"
    assert (made("openfaas") / function["handler"] / "Dockerfile").is_file()
    assert all(isinstance(value, str) for value in function["environment"].values())
    assert image.env["mode"] == "http" and image.entry_point == ["/usr/bin/fwatchdog"]
    tmp = made("openfaas") / "faas-harness/root/tmp"
    assert stat.S_IMODE(tmp.stat().st_mode) == 0o1777, "of-watchdog cannot write its lock"

    upstream = image.env["upstream_url"].removeprefix("http://")
    port = free_port()
    words = [word.replace(upstream, f"127.0.0.1:{port}") for word in image.env["fprocess"].split(" ")]
    assert f"listen=127.0.0.1:{port}" in words
    assert timeout_ms(words) < 1000 * int(function["environment"]["exec_timeout"].removesuffix("s"))
    with root.serve(words, image.env | {"MONGODB_URI": polling(wire)}, user=image.user) as server:
        assert server.request("GET", image.env["ready_path"], body=None)[0] == 200
        report = good(*server.request(headers={"X-Call-Id": "call-1", "X-Timeout": "30s"}))
        assert report["invocation"]["id"] == "call-1"


def test_fn(root, image, wire):
    image = image("fn")
    function = yaml.safe_load((made("fn") / "func.yaml").read_text())
    assert (function["schema_version"], function["runtime"]) == (20180708, "docker")
    assert {type(function[name]) for name in ("timeout", "memory")} == {int}
    folder = root.folder / "tmp/iofs"
    folder.mkdir()
    folder.chmod(0o777)  # which the agent gives to the container's user
    variables = {"FN_LISTENER": "unix:/tmp/iofs/lsnr.sock", "FN_FORMAT": "http-stream", "MONGODB_URI": polling(wire)}
    with root.serve(image.entry_point, image.env | variables, user=image.user) as server:
        server.wait_for_log("listening on unix:")
        with contextlib.closing(UnixConnection(folder / "lsnr.sock")) as connection:
            report = good(*exchange(connection, path="/call", headers={"Fn-Call-Id": "01ABC"}))
        assert report["invocation"]["id"] == "01ABC"


# OpenWhisk.


def test_openwhisk(root, wire):
    """Unpacked as by openwhisk-runtime-go, which accepts only an ELF file as exec if it has a compiler."""
    action = root.folder / "action/1/bin"
    unpack(made("openwhisk.zip"), action, lambda info: info.external_attr >> 16 & 0o100)
    program = elf.read((action / "exec").read_bytes())
    assert (program.interpreter, program.needed) == (None, []), "exec must be static, because its path is not fixed"
    # Its image of that name starts only actions made for it.
    assert re.fullmatch(r"openwhisk/action-golang-v\d+\.\d+", (action / "exec.env").read_text().strip())
    variables = {
        "__OW_ACTION_NAME": "/guest/faas",
        "__OW_WAIT_FOR_ACK": "1",
        "MONGODB_URI": polling(wire),
    }
    program, words = root.command(["/action/1/bin/exec"], variables)
    with Action(*words, program=program) as proxy:
        proxy.acknowledged()
        report = expect_pass(check_report(proxy.report({"n": 1})))
        assert report["provider"]["name"] == "openwhisk"


# All.


def test_same_input_same_bytes(tmp_path):
    """Made again in another folder; test_package.py tests the other properties of zip files."""
    tree, *search = made("openfaas.from").read_text().splitlines()
    command = [sys.executable, harness.SOURCE_DIR / "packaging" / "platforms.py", "--machine", lambda_root.OWN]
    command += ["--platform=openfaas", "--tree", tree, *(f"--search={folder}" for folder in search)]
    told = subprocess.run([*command, "-o", f"{tmp_path}/"], check=True, capture_output=True, text=True).stdout
    again = contents(tmp_path)
    assert again == contents(made("openfaas")) and "faas-harness/Dockerfile" in again
    assert re.fullmatch(rf"{tmp_path}/: \d+\.\d MB unzipped, \d+ libraries, {lambda_root.OWN}, for openfaas\n", told)


def contents(folder):
    """Modes and bytes."""
    paths = {str(path.relative_to(folder)): path for path in folder.rglob("*")}
    return {name: (path.stat().st_mode, path.is_file() and path.read_bytes()) for name, path in paths.items()}


def test_wrong_arguments(tmp_path):
    """Found before anything is built."""
    for arguments, words in (
        (["--platform", "heroku"], ["--platform is lambda, azure, cloud-run,", 'found "heroku"']),
        (["--platform", "fn"], ["--platform fn makes an image's folder", 'found "x.zip"']),
        (["--platform", "azure", "--image", "x"], ["--platform azure", "remove --image"]),
    ):
        command = [harness.SOURCE_DIR / "dev", "package", *arguments, "-o", "x.zip"]
        result = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
        assert result.returncode == 2 and result.stdout == "" and not list(tmp_path.iterdir())
        for word in words:
            assert word in result.stderr
