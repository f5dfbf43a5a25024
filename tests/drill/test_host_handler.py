"""Functions for Lambda's managed runtimes, with --handler: Python by AWS's runtime client, Node.js by the host's."""

import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile

import pytest
from lambda_host import FUNCTIONS, LambdaHost, interpreters, run_host, without_namespaces, write_bootstrap

pytestmark = pytest.mark.host

HANDLERS = FUNCTIONS / "handlers"


@pytest.fixture(autouse=True)
def path(monkeypatch):
    monkeypatch.setenv("PATH", interpreters())


def host_of(handler, package=HANDLERS, **options):
    return LambdaHost(package, "--handler", handler, memory_mb=512, **options)


def package_of(folder, **files):
    """app_py="…" becomes app.py."""
    root = folder / "package"
    root.mkdir()
    for name, text in files.items():
        (root / name.replace("_", ".")).write_text(text)
    return root


def refused(handler, package, *words):
    result = run_host("--handler", handler, package)
    assert result.returncode == 2, result
    for word in words:
        assert word in result.stderr, result.stderr


def zipped(folder, prefix=""):
    path = folder / "function.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(HANDLERS / "app.py", f"{prefix}app.py")
        archive.write(HANDLERS / "index.mjs", f"{prefix}index.mjs")
    return path


# --- both ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("handler", ["app.lambda_handler", "index.handler"])
def test_a_function(handler):
    with host_of(handler) as host:
        answer = host.invoke({"order": 5})
        seen = answer.json
        assert seen["event"] == {"order": 5} and seen["request"] == answer.headers["X-Amzn-RequestId"]
        assert 0 < seen["left_ms"] <= 30000 and int(seen["memory"]) >= 512
        assert "/var/task/" in seen["file"]
        variables = seen["variables"]
        assert variables["_HANDLER"] == handler and variables["LAMBDA_TASK_ROOT"] == "/var/task"
        assert host.invoke(7).json["event"] == 7
        assert not host.violations
        assert "written to stdout" in host.log
    if "python" in seen:
        assert variables["AWS_EXECUTION_ENV"] == f"AWS_Lambda_python{seen['python'][0]}.{seen['python'][1]}"
        assert not seen["writes_bytecode"]
    else:
        assert variables["AWS_EXECUTION_ENV"] == f"AWS_Lambda_nodejs{seen['node'].split('.')[0]}.x"


@pytest.mark.parametrize("handler", ["src/app.lambda_handler", "src.app.lambda_handler", "src/index.handler"])
def test_in_a_folder_of_a_zip_file(tmp_path, handler):
    with host_of(handler, zipped(tmp_path, "src/")) as host:
        assert host.invoke({}).json["variables"]["_HANDLER"] == handler


@pytest.mark.parametrize(
    ("handler", "error_type", "message"),
    [
        ("app.raises", "LookupError", "no such order"),
        ("index.raises", "RangeError", "no such order"),
        ("index.throwsText", "string", "no such order"),
        # These end the process.
        ("index.rejectsAside", "Runtime.UnhandledPromiseRejection", "nobody waits for this"),
        ("index.leaves", "Runtime.ExitError", "exit status 3"),
    ],
)
def test_what_it_throws(handler, error_type, message):
    with host_of(handler) as host:
        for _ in range(2):
            answer = host.invoke({})
            assert answer.error == error_type and message in answer.json["errorMessage"]
        trace = answer.json["stackTrace" if handler.startswith("app") else "trace"] if "raises" in handler else []
        assert any("/var/task/" in line for line in trace) == ("raises" in handler)
        assert host.log.count(message) >= 2
        # After a rejection the process ends between its answer and its next call.
        assert handler == "index.rejectsAside" or not host.violations


@pytest.mark.parametrize(
    ("file", "text", "error_type", "message"),
    [
        ("app_py", "import no_such_module\n", "Runtime.ImportModuleError", "No module named 'no_such_module'"),
        ("app_mjs", "import 'no_such_module';\n", "Runtime.ImportModuleError", "no_such_module"),
        ("app_cjs", "require('no_such_module');\n", "Runtime.ImportModuleError", "no_such_module"),
        ("app_mjs", "export const other = 1;\n", "Runtime.HandlerNotFound", "app.run is undefined or not exported"),
        ("app_mjs", "export const run = 1;\n", "Runtime.HandlerNotFound", "app.run is undefined or not exported"),
        ("app_mjs", "export const run = (\n", "Runtime.UserCodeSyntaxError", "SyntaxError"),
        ("app_js", "throw new RangeError('no key');\n", "RangeError", "no key"),
    ],
)
def test_what_fails_at_init(tmp_path, file, text, error_type, message):
    with host_of("app.run", package_of(tmp_path, **{file: text})) as host:
        answer = host.invoke({})
        assert answer.error and answer.json["errorType"] == error_type, answer
        assert message in answer.json["errorMessage"] and message in host.log


def test_handler_wins_over_a_bootstrap(tmp_path):
    package = package_of(tmp_path, app_py="def run(event, context):\n    return 'by the handler'\n")
    write_bootstrap(package, "#!/bin/sh\nexit 1\n")
    with host_of("app.run", package) as host:
        assert host.invoke({}).json == "by the handler"


@pytest.mark.parametrize("file", ["app.py", "index.mjs"])
def test_without_any_namespace(tmp_path, file):
    """The package is run where it lies on the machine, and nothing is written beside it."""
    package = tmp_path / "package"
    package.mkdir()
    shutil.copy(HANDLERS / file, package)
    handler = "app.lambda_handler" if file == "app.py" else "index.handler"
    with host_of(handler, package, run_by=without_namespaces()) as host:
        assert host.invoke({}).json["file"].endswith(str(package / file))
    assert [path.name for path in package.iterdir()] == [file]


# --- refused ------------------------------------------------------------------------------------------------------------


def test_no_handler():
    for name in ("lambda_handler", "", ".", ".run", "app.", "../app.run", "/app.run", "app .run", "a." * 70):
        refused(name, HANDLERS, "not MODULE.FUNCTION", "app.lambda_handler is lambda_handler in app.py")


def test_no_module(tmp_path):
    refused("shop.run", HANDLERS, f"no shop.py, shop.mjs, shop.js or shop.cjs in {HANDLERS}")
    refused("shop.orders.run", HANDLERS, "no shop/orders.py, shop.mjs, shop.js or shop.cjs in ")
    refused(
        "app.run",
        zipped(tmp_path, "my-function/"),
        "but my-function/app.py exists: package the contents of my-function, not",
    )


def test_modules_for_two_runtimes(tmp_path):
    refused(
        "app.run", package_of(tmp_path, app_py="", app_js=""), "has app.py and app.js", "remove one from the package"
    )


@pytest.mark.parametrize(("handler", "interpreter"), [("app.lambda_handler", "python3"), ("index.handler", "node")])
def test_no_interpreter(tmp_path, monkeypatch, handler, interpreter):
    monkeypatch.setenv("PATH", str(tmp_path))
    refused(handler, HANDLERS, f"cannot run {interpreter}, which the function needs: not found")
    (tmp_path / interpreter).write_text("#!/bin/sh\necho broken; exit 1\n")
    (tmp_path / interpreter).chmod(0o755)
    refused(handler, HANDLERS, f'does "{interpreter} --version" work?')


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"app_py": "", "z_py": ""}, ["but app.py: a function for one of", "needs", "--handler app.lambda_handler"]),
        ({"index_mjs": "", "package_json": "{}"}, ["but index.mjs", "--handler index.handler"]),
    ],
    ids=["python", "node"],
)
def test_a_handler_is_advised(tmp_path, files, words):
    result = run_host(package_of(tmp_path, **files))
    assert result.returncode == 2 and "no executable file bootstrap" in result.stderr
    assert all(word in result.stderr for word in words), result.stderr


# --- AWS's runtime clients ----------------------------------------------------------------------------------------------


@pytest.fixture
def bare_python(tmp_path, monkeypatch):
    """A virtual environment without the client, in /tmp, while the function has its own /tmp."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    monkeypatch.setenv("PATH", f"{tmp_path}/venv/bin:{os.environ['PATH']}")


def test_no_client(bare_python, tmp_path):
    refused(
        "app.raises", HANDLERS, "nor installed for ", "/venv/bin/python3: pip install awslambdaric, or into the package"
    )


def test_client_of_the_package(bare_python, tmp_path):
    package = package_of(tmp_path, app_py="import awslambdaric\ndef run(*_):\n    return awslambdaric.__file__\n")
    for name in ("awslambdaric", "simplejson", "snapshot-restore-py"):
        for file in importlib.metadata.files(name):
            if file.suffix in (".py", ".so"):
                copy = package / file
                copy.parent.mkdir(exist_ok=True)
                shutil.copy(file.locate(), copy)
    with host_of("app.run", package) as host:
        assert host.invoke({}).json == "/var/task/awslambdaric/__init__.py"


@pytest.mark.parametrize("place", ["index.mjs", "bin/index.mjs"])
def test_node_client_of_the_package(tmp_path, place):
    """A stand-in for aws-lambda-ric, which would have to be compiled."""
    package = package_of(tmp_path, index_js="")
    client = package / "node_modules" / "aws-lambda-ric" / place
    client.parent.mkdir(parents=True)
    client.write_text("console.log(`${import.meta.url} runs ${process.argv[2]} in ${process.cwd()}`);\n")
    with host_of("index.handler", package) as host:
        assert host.invoke({}).error
        assert f"file:///var/task/node_modules/aws-lambda-ric/{place} runs index.handler in /var/task" in host.log


# --- the host's loop for Node.js ----------------------------------------------------------------------------------------


def test_an_answer_in_commonjs_waits_for_what_was_begun():
    with host_of("classic.calls_back") as host:
        assert host.invoke({"waits": True}).json == {"late": 1}
        assert host.invoke({"waits": False}).json == {"late": 1}
        failure = host.invoke({"waits": True, "fails": True}).json
        assert failure["errorType"] == "RangeError" and failure["errorMessage"] == "no such order"
        assert "Node.js 24 and later refuse such handlers" in host.log


@pytest.mark.parametrize(
    ("handler", "answer"),
    [("classic.returns_nothing", None), ("index.nested.orders.list", ["an order"])],
)
def test_other_handlers(handler, answer):
    with host_of(handler) as host:
        assert host.invoke({}).json == answer


def test_context_of_the_invoker():
    context = "eyJjdXN0b20iOiB7Im9yZGVyIjogNX19"  # {"custom": {"order": 5}}
    with host_of("index.handler") as host:
        seen = host.invoke({}, X_Amz_Client_Context=context).json
        assert seen["client"] == {"custom": {"order": 5}} and seen["arn"].startswith("arn:aws:lambda:")
