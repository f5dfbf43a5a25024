"""./dev release --dry-run: what it makes, and what it refuses."""

import hashlib
import json
import os
import platform
import re
import tarfile
import zipfile

import harness
import pytest
from conftest import TREE, run

pytestmark = [pytest.mark.fixtures("release_made"), pytest.mark.timeout(600)]

# By Lambda's name: the compiler's and Debian's names.
TRIPLETS = {"x86_64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
DEBIAN = {"x86_64": "amd64", "arm64": "arm64"}
VERSION = re.search(r"^project\(faas_harness VERSION (\S+)", (harness.SOURCE_DIR / "CMakeLists.txt").read_text(), re.M)[
    1
]
SOURCE = f"faas-harness-{VERSION}.tar.gz"
PROGRAMS = ["faas-harness", "faas-drill", "faas-lambda-host", "faas-front", "faas-provider-check"]
# Run by build/release-venv's Python, which has the library.
VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
text = open(sys.argv[1], encoding="utf-8").read()
sys.exit(3 if JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) else 0)
"""


def package(arch):
    return f"faas-harness-{VERSION}-lambda-{arch}"


def wheel(arch):
    machine = arch.replace("arm64", "aarch64")
    return f"faas_drill-{VERSION}-py3-none-manylinux2014_{machine}.musllinux_1_2_{machine}.whl"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# --- the version ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_say_the_projects_version(name):
    program = harness.PROGRAM.parent / name
    if not program.exists():
        pytest.skip(f"{name} is not built in this tree")
    assert re.match(rf"{name} {re.escape(VERSION)}\b", run(program, "--version", cwd="/").stdout)


@pytest.mark.parametrize("name", ["local", "aws_lambda", "http", "openwhisk"])
def test_providers_say_the_projects_version(name):
    folder = harness.PROGRAM.parent
    checked = run(folder / "faas-provider-check", folder.parent / "lib" / "faas-harness" / f"{name}.so", cwd="/")
    assert checked.stdout.startswith(f"provider {name} {VERSION}\n"), checked


def test_changelog_is_headed_by_the_version():
    assert re.search(r"^## (\S+)", (harness.SOURCE_DIR / "CHANGELOG.md").read_text(), re.M)[1] == VERSION


def test_version_is_stated_by_hand_in_one_place_only(made):
    """And in CHANGELOG.md. Program output, examples in comments and tests, and other projects' versions do not count."""
    others = [":!tests", ":!tools/requirements*", ":!CHANGELOG.md"]
    found = run("git", "grep", "-nIF", VERSION, "--", *others, cwd=TREE).stdout
    version = re.escape(VERSION)
    example = re.compile(rf"/\*.*{version}|\bfaas-[a-z-]+ {version}|\"version\": ")
    stated = [line for line in found.splitlines() if not example.search(line)]
    assert [line.split(":")[0] for line in stated] == ["CMakeLists.txt"], stated


# --- what it makes ----------------------------------------------------------------------------------------------------


def test_all_is_there_and_nothing_else(made):
    expected = {SOURCE, "SHA256SUMS"}
    expected |= {package(arch) + end for arch in TRIPLETS for end in (".zip", ".cdx.json", ".licences.txt")}
    expected |= {wheel(arch) for arch in TRIPLETS}
    assert {path.name for path in made.iterdir()} == expected
    assert not list((TREE / "build").glob(".release*")), "the clone must be deleted"


def test_checksums(made):
    listed = dict(reversed(line.split("  ")) for line in (made / "SHA256SUMS").read_text().splitlines())
    assert listed == {path.name: sha256(path.read_bytes()) for path in made.iterdir() if path.name != "SHA256SUMS"}


def test_source_archive_is_what_was_committed(made):
    with tarfile.open(made / SOURCE) as archive:
        files = {member.name for member in archive if not member.isdir()}
    tracked = run("git", "ls-files", cwd=TREE, check=True).stdout.splitlines()
    assert files == {f"faas-harness-{VERSION}/{name}" for name in tracked}
    assert f"faas-harness-{VERSION}/LICENSE" in files


def test_source_archive_has_the_same_bytes_from_another_folder(made, repository):
    result = repository.release("--dry-run", "--only", "source")
    assert result.returncode == 0, result.stderr
    assert (repository.root / "build/release" / SOURCE).read_bytes() == (made / SOURCE).read_bytes()
    assert repository.git("status", "--porcelain") == ""


# --- content of a package ---------------------------------------------------------------------------------------------


@pytest.fixture(params=TRIPLETS)
def arch(request):
    return request.param


@pytest.fixture
def sbom(made, arch):
    return json.loads((made / f"{package(arch)}.cdx.json").read_text())


@pytest.mark.fixtures("package_own", "package_zip")
def test_package_has_the_same_bytes_from_another_folder(made, arch):
    """./dev package made the other one from the same sources in another folder."""
    other = harness.BUILD_DIR / "package" / f"{arch}.zip"
    if not other.exists() or os.environ.get("FAAS_DRIVER") != "debian:forky":
        pytest.skip("./dev package made none with the driver of releases, debian:forky; ./dev test does")
    assert other.read_bytes() == (made / f"{package(arch)}.zip").read_bytes()


def is_valid(text, tmp_path):
    path = tmp_path / "sbom.json"
    path.write_text(text)
    result = run(TREE / "build/release-venv/bin/python", "-c", VALIDATE, path, cwd=tmp_path)
    assert result.returncode in (0, 3), result.stderr
    return result.returncode == 0


def test_sbom_is_valid(sbom, tmp_path):
    assert is_valid(json.dumps(sbom), tmp_path)
    sbom["components"][0]["type"] = "heap"
    assert not is_valid(json.dumps(sbom), tmp_path), "or the previous test proves nothing"


def test_sbom_names_every_file_of_the_package(made, sbom, arch):
    root = sbom["metadata"]["component"]
    files = [file for owner in [root, *sbom["components"]] for file in owner.get("components", [])]
    listed = {file["name"]: file["hashes"][0]["content"] for file in files}
    with zipfile.ZipFile(made / f"{package(arch)}.zip") as archive:
        assert listed == {name: sha256(archive.read(name)) for name in archive.namelist()}
    assert len(files) == len(listed), "each once"
    assert (root["name"], root["version"]) == ("faas-harness", VERSION)
    assert root["hashes"][0]["content"] == sha256((made / f"{package(arch)}.zip").read_bytes())


def owner_of(sbom, name):
    (owner,) = [part for part in sbom["components"] if name in [file["name"] for file in part.get("components", [])]]
    return owner


def test_sbom_has_debians_source_and_version_of_a_library(sbom, arch):
    driver = next(part for part in sbom["components"] if part["name"].startswith("libmongoc"))
    version = driver["version"]
    assert re.match(r"\d+\.\d+\.\d+-\d", version)
    assert driver["purl"].startswith(f"pkg:deb/debian/{driver['name']}@{version}?arch={DEBIAN[arch]}&")
    assert "distro=forky" in driver["purl"] and "upstream=mongo-c-driver%40" in driver["purl"]
    assert owner_of(sbom, "lib/private/libc.so.6")["name"] == "libc6"


def test_licences_of_every_package_are_there(made, sbom, arch):
    text = (made / f"{package(arch)}.licences.txt").read_text()
    for part in sbom["components"]:
        assert f"\n{part['name']} {part['version']}\n" in text
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text, "libc's, in full"


def test_a_library_of_no_package_ends_it(made, tmp_path, arch):
    """Nothing is left out silently."""
    libraries = tmp_path / "sysroot/usr/lib" / TRIPLETS[arch]
    libraries.mkdir(parents=True)
    with zipfile.ZipFile(made / f"{package(arch)}.zip") as archive:
        for name in archive.namelist():
            (libraries / name.split("/")[-1]).write_bytes(archive.read(name))
    owned = [
        f"libx\t1\t{DEBIAN[arch]}\tx\t1\t./usr/lib/{TRIPLETS[arch]}/{path.name}\n" for path in libraries.glob("*.so*")
    ]
    (tmp_path / "sysroot/faas-packages").write_text("".join(line for line in owned if "/libcjson." not in line))
    (tmp_path / "map").write_text("")
    result = list_package(made, arch, tmp_path / "sysroot", tmp_path)
    assert result.returncode == 1
    assert re.search(r"libcjson\.so\.1: not in any of the sysroot's packages", result.stderr), result.stderr
    assert not (tmp_path / "sbom").exists()


def test_static_libraries_are_listed_too(made, tmp_path, arch):
    """Debian's own, and one built here from a source package."""
    own = platform.machine().replace("aarch64", "arm64")
    sysroot = TREE / "build/sysroots" / ("forky" if arch == own else f"forky-{DEBIAN[arch]}")
    if not sysroot.exists():
        pytest.skip("the sysroot was made in the clone, which is gone")
    libraries = sysroot / "usr/lib" / TRIPLETS[arch]
    (tmp_path / "map").write_text(
        f"{libraries}/libssl.a(ssl_lib.o)\n{libraries}/libcurl.a(url.o)   main.o (curl_url)\n"
    )
    (tmp_path / "curl" / "debian").mkdir(parents=True)
    (tmp_path / "curl/debian/changelog").write_text("curl (8.1.2-3) forky; urgency=medium\n")
    (tmp_path / "curl/debian/copyright").write_text("Format: DEP 5\nLicense: curl\n")
    result = list_package(made, arch, sysroot, tmp_path, "--built", f"libcurl=forky:{tmp_path / 'curl'}")
    assert result.returncode == 0, result.stderr
    parts = {part["name"]: part for part in json.loads((tmp_path / "sbom").read_text())["components"]}
    linked = {name: [entry["value"] for entry in part.get("properties", [])] for name, part in parts.items()}
    assert linked["libssl-dev"] == ["libssl.a"] and linked["curl"] == ["libcurl.a"]
    assert parts["curl"]["purl"] == "pkg:deb/debian/curl@8.1.2-3?arch=source&distro=forky"


def list_package(made, arch, sysroot, folder, *more):
    options = {"package": made / f"{package(arch)}.zip", "map": folder / "map", "tree": folder, "sysroot": sysroot}
    options |= {"sbom": folder / "sbom", "licences": folder / "licences", "suite": "forky", "arch": arch}
    options |= {"triplet": TRIPLETS[arch], "version": VERSION, "commit": "0" * 40}
    options |= {"time": "2026-01-01T00:00:00+00:00"}
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    return run(TREE / "build/release-venv/bin/python", TREE / "tools/release_sbom.py", *words, *more, cwd=folder)


# --- what it refuses --------------------------------------------------------------------------------------------------


def test_without_dry_run_it_says_how_to_publish(repository):
    result = repository.release()
    assert result.returncode == 2
    assert f"git tag -s v{VERSION}" in result.stderr and "--dry-run" in result.stderr
    assert not (repository.root / "build" / "release").exists()


@pytest.mark.parametrize("name", ["README.md", "new-file.c"])
def test_a_dirty_tree_is_refused(repository, name):
    with open(repository.root / name, "a", encoding="utf-8") as file:
        file.write("one more line\n")
    result = repository.release("--dry-run", "--only", "source")
    assert result.returncode == 2
    assert "the tree is not clean" in result.stderr and name in result.stderr and "git clone" in result.stderr
    assert not (repository.root / "build" / "release").exists()


def test_another_version_in_the_changelog_is_refused(repository):
    repository.replace("CHANGELOG.md", f"## {VERSION}", "## 9.9.9")
    repository.commit()
    result = repository.release("--dry-run", "--only", "source")
    assert result.returncode == 1 and f'the first heading of CHANGELOG.md must be "## {VERSION}"' in result.stderr
    assert '"## 9.9.9' in result.stderr


def test_a_version_that_was_released_is_refused(repository):
    repository.git("tag", f"v{VERSION}")
    assert repository.release("--dry-run", "--only", "source").returncode == 0, (
        "a release may be repeated for the same commit"
    )
    repository.commit()
    result = repository.release("--dry-run", "--only", "source")
    assert result.returncode == 1 and f"the tag v{VERSION} exists for another commit" in result.stderr


def test_sources_without_their_licence_are_refused(repository):
    (repository.root / "LICENSE").write_text("All rights reserved.\n")
    repository.commit()
    result = repository.release("--dry-run", "--only", "source")
    assert result.returncode == 1 and "LICENSE is not the Apache License" in result.stderr


@pytest.mark.parametrize(
    "arguments, said",
    [
        (["--only", "sources"], "--only takes parts of source,package,wheel,lean"),
        (["--arch", "riscv64"], "--arch is x86_64 or arm64"),
        (["--publish"], 'unknown argument "--publish"'),
    ],
)
def test_unknown_arguments_are_refused(repository, arguments, said):
    result = repository.release("--dry-run", *arguments)
    assert result.returncode == 2 and said in result.stderr
