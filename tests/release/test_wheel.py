"""The Python wheel that ./dev release --dry-run makes: its content, and that nothing else is needed."""

import base64
import email
import json
import os
import platform
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import elf
import psutil
import pytest
from conftest import TREE
from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename
from test_release import TRIPLETS, VERSION, is_valid, package, sha256, wheel
from wheel import write

pytestmark = [pytest.mark.fixtures("release_made"), pytest.mark.timeout(600)]

PROGRAMS = ["faas-drill", "faas-front", "faas-lambda-host"]
OWN = platform.machine().replace("aarch64", "arm64")
INFO = f"faas_drill-{VERSION}.dist-info"
LIBRARIES = "faas_drill/lib/"
SECRET = "s3cr3t"


@pytest.fixture(params=TRIPLETS)
def arch(request):
    return request.param


@pytest.fixture
def archive(made, arch):
    with zipfile.ZipFile(made / wheel(arch)) as opened:
        yield opened


def metadata(archive):
    return email.message_from_bytes(archive.read(f"{INFO}/METADATA"))


# --- content ----------------------------------------------------------------------------------------------------------


def test_name_and_tags_are_pips(archive, arch):
    name, version, _, tags = parse_wheel_filename(wheel(arch))
    assert (name, str(version)) == ("faas-drill", VERSION)
    assert {str(tag) for tag in tags} == set(email.message_from_bytes(archive.read(f"{INFO}/WHEEL")).get_all("Tag"))
    assert {tag.platform.split("_")[0].rstrip("0123456789") for tag in tags} == {"manylinux", "musllinux"}


def test_programs_are_for_its_architecture_and_have_all_they_need(archive, arch):
    files = {name: elf.read(data) for name in archive.namelist() if (data := archive.read(name))[:4] == b"\x7fELF"}
    assert {f"faas_drill/programs/{name}" for name in PROGRAMS} <= set(files)
    assert {file.machine for file in files.values()} == {arch}
    assert {name for file in files.values() for name in file.needed} <= {name.removeprefix(LIBRARIES) for name in files}
    assert [name for name in files if "/ld-linux-" in name], "the dynamic linker"


def test_man_pages(archive):
    for program in PROGRAMS:
        page = archive.read(f"faas_drill-{VERSION}.data/data/share/man/man1/{program}.1").decode()
        assert f'"faas-harness {VERSION}"' in page and "--help" in page.replace("\\-", "-")


def test_record_is_right(archive):
    lines = [line.rsplit(",", 2) for line in archive.read(f"{INFO}/RECORD").decode().splitlines()]
    assert [name for name, _, _ in lines] == archive.namelist() and lines[-1] == [f"{INFO}/RECORD", "", ""]
    for name, digest, size in lines[:-1]:
        data = archive.read(name)
        hashed = base64.urlsafe_b64encode(bytes.fromhex(sha256(data))).decode().rstrip("=")
        assert (digest, size) == (f"sha256={hashed}", str(len(data)))


def test_modes(archive):
    for entry in archive.infolist():
        program = archive.read(entry)[:4] == b"\x7fELF"
        assert entry.external_attr >> 16 == (0o100755 if program else 0o100644), entry.filename


def test_no_path_of_the_machine_is_in_it(archive):
    for name in archive.namelist():
        data = archive.read(name)
        for path in (TREE, Path.home() / "", os.environ["FAAS_SOURCE_DIR"]):
            assert len(str(path)) < 6 or os.fsencode(path) not in data, f"{name} has {path}"


def test_metadata(archive):
    found = metadata(archive)
    assert (found["Name"], found["Version"]) == ("faas-drill", VERSION)
    requirements = {one.name: one for one in map(Requirement, found.get_all("Requires-Dist"))}
    pinned = (TREE / "tools" / "requirements.in").read_text()
    assert f"secantusdb{requirements['secantusdb'].specifier}" in pinned, "the server that the tests run with"
    assert not requirements["secantusdb"].marker.evaluate({"python_version": "3.14"}), "there is no wheel for that"
    assert str(requirements["awslambdaric"].marker) == 'extra == "python"'
    for name in found.get_all("License-File"):
        assert archive.read(f"{INFO}/licenses/{name}")
    assert found.get_payload().startswith("# faas-drill\n")


def test_list_of_what_is_inside(archive, tmp_path):
    text = archive.read(f"{INFO}/sboms/faas-drill.cdx.json").decode()
    assert is_valid(text, tmp_path)
    sbom = json.loads(text)
    root = sbom["metadata"]["component"]
    files = [file for owner in [root, *sbom["components"]] for file in owner.get("components", [])]
    expected = {name: sha256(archive.read(name)) for name in archive.namelist() if not name.startswith(INFO)}
    assert {file["name"]: file["hashes"][0]["content"] for file in files} == expected
    assert {file["name"] for file in root["components"]} == {name for name in expected if LIBRARIES not in name}
    assert (root["name"], root["version"], root.get("hashes")) == ("faas-drill", VERSION, None)
    licences = archive.read(f"{INFO}/licenses/LIBRARIES.txt").decode()
    for part in sbom["components"]:
        assert f"\n{part['name']} {part['version']}\n" in licences


def test_the_same_files_make_the_same_bytes(made, archive, arch, tmp_path):
    """Packed again. The package's test shows that programs from another folder are the same; the wheel's are built
    alike."""
    again = tmp_path / "again.whl"
    write({name: archive.read(name) for name in archive.namelist()}, again)
    assert again.read_bytes() == (made / wheel(arch)).read_bytes()


# --- it needs nothing else --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_start_where_there_is_nothing_else(archive, arch, program, tmp_path):
    """In a file system with nothing but the wheel's files, so without a C library."""
    (tmp_path / "root").mkdir()
    root = unpacked(archive, tmp_path / "root")
    emulator = []
    if arch != OWN:
        found = shutil.which("qemu-" + arch.replace("arm64", "aarch64") + "-static")
        if found is None:
            pytest.skip(f"no qemu-user-static, which runs programs for {arch}")
        emulator = ["/" + Path(shutil.copy(found, root)).name]
    (loader,) = (root / LIBRARIES).glob("ld-linux-*")
    enter = ["chroot"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "chroot"]
    words = ["/" + str(loader.relative_to(root)), "--inhibit-cache", "--library-path", "/" + LIBRARIES]
    words += [f"/faas_drill/programs/{program}", "--version"]
    run = subprocess.run([*enter, root, *emulator, *words], capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode, run.stdout.splitlines()[:1]) == (0, [f"{program} {VERSION}"]), run


def unpacked(archive, folder):
    for entry in archive.infolist():
        path = Path(archive.extract(entry, folder))
        path.chmod(entry.external_attr >> 16 & 0o777)
    return folder


class Environment:
    """A bare virtual environment with the wheel in it."""

    def __init__(self, folder, made, *options):
        self.folder = folder
        self.bin = folder / "bin"
        subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
        pip = [self.bin / "python", "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--quiet"]
        pip += ["--only-binary", ":all:", *options, made / wheel(OWN)]
        done = subprocess.run(pip, capture_output=True, text=True, timeout=400, check=False)
        assert done.returncode == 0, done.stderr

    def run(self, *words, cwd):
        (cwd / "tmp").mkdir(exist_ok=True)
        return subprocess.run(
            list(map(str, words)), capture_output=True, text=True, cwd=cwd, env=bare(cwd), timeout=150, check=False
        )


def bare(folder):
    """Without the tests' own environment, whose venv has the server, too."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(folder), "TMPDIR": str(folder / "tmp")}


def test_in_a_bare_environment(made, tmp_path):
    environment = Environment(tmp_path / "venv", made)
    function = tmp_path / "my-function"
    with zipfile.ZipFile(made / f"{package(OWN)}.zip") as archive:
        unpacked(archive, function)
    done = environment.run(environment.bin / "faas-drill", "--phases", "cold,warm", function, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (environment.folder / "share" / "man" / "man1" / "faas-drill.1").exists()
    assert "\nTimeline: faas-drill-results/timeline.html" in done.stdout
    results = tmp_path / "faas-drill-results"
    assert {path.name for path in results.iterdir()} == {"drill.json", "junit.xml", "timeline.html", "function.log"}
    assert [phase["verdict"] for phase in json.loads((results / "drill.json").read_text())["phases"]] == ["pass"] * 2
    assert not list((tmp_path / "tmp").iterdir()), "nothing may be left"

    # As with pipx: a link outside the environment.
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "faas-drill"
    link.symlink_to(environment.bin / "faas-drill")
    done = environment.run(link, "--quiet", "--phases", "cold", function, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_the_server_it_says_how_to_get_one(made, tmp_path):
    environment = Environment(tmp_path / "venv", made, "--no-deps")
    for words in ([environment.bin / "faas-drill"], [environment.bin / "python", "-m", "faas_drill"]):
        done = environment.run(*words, tmp_path, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"beside faas-drill in {environment.bin}, " in done.stderr and "pip install secantusdb" in done.stderr


def test_secrets_leave_the_command_line(made, tmp_path):
    """The command line is the dynamic linker's."""
    with zipfile.ZipFile(made / wheel(OWN)) as archive:
        unpacked(archive, tmp_path / "wheel")
    (tmp_path / "function").mkdir()
    (tmp_path / "function" / "bootstrap").write_text("#!/bin/sh\n")
    (tmp_path / "function" / "bootstrap").chmod(0o755)
    (tmp_path / "tmp").mkdir()
    words = [sys.executable, "-m", "faas_drill", "--server-command", "exec sleep 300", "--env", f"MINE={SECRET}"]
    process = subprocess.Popen(
        [*words, tmp_path / "function"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env=bare(tmp_path) | {"PYTHONPATH": str(tmp_path / "wheel")},
    )
    try:
        assert any("Starting the database" in line for line in process.stderr)
        shown = psutil.Process(process.pid).cmdline()
        assert "ld-linux-" in shown[0] and "--env" in shown and SECRET not in " ".join(shown)
    finally:
        process.terminate()
        process.communicate(timeout=60)
