"""Fixtures of the package tests. Under ctest, tests/package/make.sh makes the packages before them."""

import subprocess
from pathlib import Path

import pytest

pytest_plugins = ["ctest_plugin", "servers"]
# pytest must rewrite their assertions, or a failure shows no values.
pytest.register_assert_rewrite(
    "harness",
    "lambda_root",
    "runtime_api_server",
    "emulator",
    "test_rie",
    "action_proxy",
    "http_client",
    "platform_root",
)

import harness  # noqa: E402
from lambda_root import OWN, LambdaRoot, missing  # noqa: E402

MADE = harness.BUILD_DIR / "package"
EMPTY_ROOT = "no empty root for this user"


def lean(machine):
    return pytest.param(f"{machine}-lean", marks=pytest.mark.fixtures("package_lean"))


def plain(machine):
    return pytest.param(machine, marks=pytest.mark.fixtures("package_own" if machine == OWN else "package_zip"))


@pytest.fixture(params=[plain("x86_64"), plain("arm64"), lean("x86_64"), lean("arm64")])
def variant(request):
    return request.param


@pytest.fixture
def machine(variant):
    return variant.removesuffix("-lean")


def made(variant):
    path = MADE / f"{variant}.zip"
    if not path.exists():
        pytest.skip(
            f"no package {variant} with this driver; tests/package/make.sh own|zip|lean {MADE} makes the available ones"
        )
    return path


@pytest.fixture
def package(variant):
    """The zip file of that variant."""
    return made(variant)


@pytest.fixture
def sam_function():
    """The folder that `sam build` filled."""
    path = MADE / "MongoDBFunction"
    if not path.exists():
        pytest.skip(f"not built; tests/package/make.sh sam {MADE} does it")
    return path


@pytest.fixture
def root(package, machine):
    if missing(machine):
        pytest.skip(f"{EMPTY_ROOT}: {missing(machine)}")
    with LambdaRoot(package, machine) as root:
        yield root


@pytest.fixture
def sam_root(sam_function):
    if missing(OWN):
        pytest.skip(f"{EMPTY_ROOT}: {missing(OWN)}")
    with LambdaRoot(sam_function) as root:
        yield root


class Authority:
    """A certificate authority for the test, and its certificate for 127.0.0.1."""

    def __init__(self, folder, name):
        self.roots = folder / f"{name}.pem"
        self.certificate = folder / f"{name}-server.pem"
        self.key = folder / f"{name}-server.key"
        new = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        own_key = folder / f"{name}.key"
        openssl("req", "-x509", *new, "-subj", f"/CN={name}", "-keyout", own_key, "-out", self.roots)
        request, extensions = folder / f"{name}.csr", folder / f"{name}.ext"
        openssl("req", "-new", *new[:-2], "-subj", "/CN=127.0.0.1", "-keyout", self.key, "-out", request)
        extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        signer = ["-CA", self.roots, "-CAkey", own_key, "-CAcreateserial"]
        openssl("x509", "-req", "-in", request, *signer, "-days", "2", "-extfile", extensions, "-out", self.certificate)


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@pytest.fixture
def authority(tmp_path):
    return lambda name: Authority(Path(tmp_path), name)
