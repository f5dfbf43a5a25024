"""The zip file for Lambda: its content, and that it runs where nothing else is."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from functools import partial
from pathlib import Path

import bundle
import elf
import harness
import lambda_root
import pytest
from runtime_api_case import Function
from runtime_api_server import RuntimeApi
from secantus import Secantus
from snappy_server import SnappyServer

PROVIDERS = ["aws_lambda", "local", "openwhisk"]


# --- content ----------------------------------------------------------------------------------------------------------


def contents(package):
    with zipfile.ZipFile(package) as archive:
        return {info.filename: (info, archive.read(info)) for info in archive.infolist()}


def test_files_and_modes(package):
    files = contents(package)
    assert list(files) == sorted(files)
    assert {f"lib/faas-harness/{name}.so" for name in PROVIDERS} == {
        n for n in files if n.startswith("lib/faas-harness/")
    }
    for name, (info, _) in files.items():
        assert info.external_attr >> 16 == 0o100755, f"{name}: {info.external_attr >> 16:o}"
        assert info.date_time == (1980, 1, 1, 0, 0, 0), name


def test_elf_headers(package, machine):
    loader = "/var/task/lib/private/" + bundle.LOADERS[machine]
    for name, (_, data) in contents(package).items():
        file = elf.read(data)
        assert file.machine == machine, name
        assert file.runpath is None, f"{name} has DT_RUNPATH {file.runpath}, which comes after LD_LIBRARY_PATH"
        if name == "bootstrap":
            assert (file.interpreter, file.rpath) == (loader, "/var/task/lib/private")
        if name.startswith("lib/faas-harness/"):
            assert file.rpath == "/var/task/lib/private", name


def test_no_path_of_the_build_machine(package):
    built = [str(harness.SOURCE_DIR).encode(), str(harness.BUILD_DIR).encode()]
    for name, (_, data) in contents(package).items():
        assert not any(path in data for path in built), name


def test_size(package, variant):
    """More with a driver before 1.30, which needs ICU; --lean with a checkout has a driver newer than Debian 12's."""
    if variant.endswith("-lean"):
        limit = 2_700_000 if "lean-debian-" in built_from(package)[0] else 3_600_000
    else:
        limit = 7_500_000 if harness.driver_version() >= (1, 30) else 26 << 20
    assert package.stat().st_size <= limit


def test_few_libraries(package, variant):
    """libcurl and the driver are linked statically, with all they need. A shared library costs time at each cold start."""
    if not built_from(package)[1][0].startswith(str(harness.SOURCE_DIR)):
        pytest.skip("built with this machine's own libraries, not with an unpacked Debian release's")
    if not variant.endswith("-lean") and harness.driver_version() < (1, 30):
        pytest.skip("a driver before 1.30 is linked dynamically")
    libraries = {name.split(".")[0] for name in contents(package) if name.startswith("lib/private/")}
    allowed = {"ld-linux-x86-64", "ld-linux-aarch64", "libc", "libm", "libcjson"}
    assert libraries <= {f"lib/private/{name}" for name in allowed}


def test_same_input_same_bytes(package, machine, tmp_path):
    """Packed again in another folder."""
    again = tmp_path / "elsewhere" / package.name
    tree, search = built_from(package)
    pack(tree, search, machine, again)
    assert again.read_bytes() == package.read_bytes()


def built_from(package):
    """The build tree and the library folder that ./dev package used."""
    made = package.with_suffix(".from").read_text().splitlines()
    return made[0], made[1:]


def pack(tree, search, machine, output, check=True):
    command = [sys.executable, harness.SOURCE_DIR / "packaging" / "bundle.py", "--machine", machine, "--tree", tree]
    command += [f"--search={folder}" for folder in search] + ["-o", f"{output}"]
    return subprocess.run(command, capture_output=True, text=True, check=check)


# --- it runs ----------------------------------------------------------------------------------------------------------


def start(kind, root, *args, **options):
    """A Harness, or a Function of an API, inside."""
    program, words = root.command(*args)
    variables = lambda_root.ENVIRONMENT | {"PATH": os.environ["PATH"]}  # for the commands around it
    variables |= {"SSL_CERT_FILE": None, "SSL_CERT_DIR": None}  # a developer's own
    return kind(*words, program=program, env=variables, **options)


def version_of(root):
    result = root.run("--version")
    assert result.returncode == 0, result.stderr
    return tuple(map(int, re.search(r"^libmongoc (\d+)\.(\d+)\.(\d+)", result.stdout, re.M).groups()))


def test_version(root, variant):
    found = version_of(root)
    assert variant.endswith("-lean") or found == harness.driver_version()


@pytest.fixture
def mode(variant):
    """The lean package's driver may be an old one, with known faults in a pool."""
    return "single" if variant.endswith("-lean") else "pool"


def test_every_provider_loads(root):
    result = root.run("--list-providers")
    assert result.returncode == 0 and "can't be loaded" not in result.stdout, result
    assert re.findall(r"^(\S+)", result.stdout, re.M) == PROVIDERS


def test_starts_by_its_dynamic_linker_where_it_is_not_in_var_task(package, machine, tmp_path):
    """As the drill starts it in a container that may not mount."""
    if machine != {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine):
        pytest.skip(f"needs a machine of {machine}")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path)
    private = tmp_path / "lib" / "private"
    loader = private / bundle.LOADERS[machine]
    loader.chmod(0o755)
    command = [loader, "--library-path", private, tmp_path / "bootstrap", "--list-providers"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=harness.PATIENCE)
    assert done.returncode == 0, done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == PROVIDERS, done.stdout


def test_the_whole_scenario(root, mode):
    with Secantus() as server, RuntimeApi() as api:
        uri = f"mongodb://{server.address}/?replicaSet=secantus"
        with start(partial(Function, api), root, "--client", mode, uri=uri) as function:
            report = api.invoke().response().json
            function.process.kill()
        harness.expect_pass(harness.check_report(report))
        assert report["provider"]["name"] == "aws_lambda"


def test_commands_compressed_with_snappy(root, variant):
    if variant.endswith("-lean"):
        pytest.skip("the lean package's driver has no compression")
    with SnappyServer() as server:
        with start(harness.Harness, root, "--provider", "local", "--client", "single", uri=server.uri) as process:
            result = process.finish("{}\n")
    for name in (b"insert", b"delete"):
        assert any(name in command for command in server.commands), (server.commands, result.report)
    assert result.report["error"] is None, result.report["error"]


class SecureSecantus(Secantus):
    def __init__(self, authority):
        super().__init__("--tls-cert-file", authority.certificate, "--tls-key-file", authority.key)
        self.authority = authority

    def client(self, **options):
        return super().client(tls=True, tlsCAFile=str(self.authority.roots), **options)


def run_scenario(package, machine, mode, server, roots, client=None):
    """client: a PEM file of a certificate and its key, which is encrypted with "secret"."""
    if lambda_root.missing(machine):
        pytest.skip(f"cannot make an empty root for this user: {lambda_root.missing(machine)}")
    uri = f"mongodb://{server.address}/?replicaSet=secantus&tls=true&serverSelectionTimeoutMS=15000"
    with lambda_root.LambdaRoot(package, machine, ca=roots) as root:
        if client:
            shutil.copy(client, root.folder / "tmp" / "client.pem")
            uri += "&tlsCertificateKeyFile=/tmp/client.pem&tlsCertificateKeyFilePassword=secret"
        with start(harness.Harness, root, "--provider", "local", "--client", mode, uri=uri) as process:
            return process.finish("{}\n")


def test_tls_with_a_root_of_amazons_file(package, machine, mode, authority):
    ours = authority("ours")
    with SecureSecantus(ours) as server:
        result = run_scenario(package, machine, mode, server, ours.roots)
        harness.expect_pass(result.report)
        assert result.exit_code == 0


def test_tls_with_a_root_that_is_not_there_is_refused(package, machine, mode, authority):
    """Shows that the previous test can fail."""
    ours, other = authority("ours"), authority("other")
    with SecureSecantus(ours) as server:
        result = run_scenario(package, machine, mode, server, other.roots)
        harness.expect_error(result.report, "Scenario.InsertFailed", "certificate verify failed")
        assert result.exit_code == 1


@pytest.mark.parametrize(
    "form", [["ec", "-des3"], ["pkcs8", "-topk8"], ["pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES"]], ids=" ".join
)
def test_an_encrypted_key_of_the_client(package, machine, mode, authority, tmp_path, form):
    """In OpenSSL's forms, old and new: the lean package's has only some algorithms."""
    ours = authority("ours")
    key, client = tmp_path / "client.key", tmp_path / "client.pem"
    subprocess.run(["openssl", *form, "-in", ours.key, "-passout", "pass:secret", "-out", key], check=True)
    client.write_text(ours.certificate.read_text() + key.read_text())
    with SecureSecantus(ours) as server:
        harness.expect_pass(run_scenario(package, machine, mode, server, ours.roots, client).report)


def test_other_programs_keep_their_libc(package, machine, tmp_path):
    """An extension or a shell: Lambda's LD_LIBRARY_PATH contains the package's folder and its lib/ for them, too."""
    if machine != lambda_root.OWN:
        pytest.skip(f"this machine has no programs for {machine}")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path)
    variables = {"LD_LIBRARY_PATH": f"{tmp_path}:{tmp_path}/lib"}
    result = subprocess.run(["/bin/sh", "-c", "exec ls /"], env=variables, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


# --- what it needs ----------------------------------------------------------------------------------------------------


def test_each_library_is_needed_and_taken_from_the_package(root):
    """Without any one of them the package does not start, because it finds the decoy of that name instead."""
    # glibc loads the unwinder only when a thread calls pthread_exit, as libcrypto's do.
    for library in (one for one in root.libraries() if one.name != bundle.UNWINDER):
        hidden = library.with_name("hidden")
        library.rename(hidden)
        result = root.run("--list-providers")
        hidden.rename(library)
        assert result.returncode != 0 or "can't be loaded" in result.stdout, f"not needed: {library.name}"


def test_a_library_that_is_not_to_be_had(machine, tmp_path, package):
    """Packing stops, and names the library and the file that needs it; no unfinished package stays."""
    tree, search = built_from(package)
    some = tmp_path / "some"
    some.mkdir()
    for folder in search:
        for path in Path(folder).glob("*.so*"):
            if path.is_file() and not path.name.startswith("libcjson") and not (some / path.name).exists():
                (some / path.name).symlink_to(path.resolve())
    output = tmp_path / "out.zip"
    result = pack(tree, [some], machine, output, check=False)
    assert result.returncode == 1
    assert re.search(r"libcjson\.so\.1, which \S+ needs: not found for", result.stderr), result.stderr
    assert not list(tmp_path.glob("*.zip*")) and not list(tmp_path.glob(".out*"))


def test_a_library_of_the_other_architecture_does_not_count(machine, package, tmp_path):
    other = {"x86_64": "arm64", "arm64": "x86_64"}[machine]
    tree, search = built_from(package)
    result = pack(tree, search, other, tmp_path / "out.zip", check=False)
    assert result.returncode == 1 and f" is for {machine}, not for {other}" in result.stderr
