"""What faas-lambda-host accepts as a function: folders and zip files, good and bad, and packages that expect /var/task."""

import os
import shutil
import stat
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from lambda_host import (
    FUNCTIONS,
    LambdaHost,
    function,
    harness_function,
    mount_namespaces,
    run_host,
    without_namespaces,
    write_bootstrap,
)

pytestmark = pytest.mark.host

MACHINES = {"x86_64": 62, "aarch64": 183}
NAMES = {62: "x86_64", 183: "arm64 (AArch64)", 243: "riscv", 3: "x86 (32 bits)"}
OWN = MACHINES.get(os.uname().machine)
SCRIPT = "#!/bin/sh\nexec true\n"


def zip_of(folder, entries):
    """entries: name to (text or bytes, mode)."""
    path = folder / "function.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (content, mode) in entries.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3  # Unix: otherwise the mode has no meaning
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def elf(machine, bits=64):
    """The ELF header of a program for that machine."""
    ident = b"\x7fELF" + bytes([2 if bits == 64 else 1, 1, 1]) + bytes(9)
    return ident + struct.pack("<HHI", 2, machine, 1) + bytes(200)


def refused(package, *words):
    result = run_host(package)
    assert result.returncode == 2, result
    for word in (str(package), *words):
        assert word in result.stderr, result.stderr
    return result.stderr


# --- zip files ----------------------------------------------------------------------------------------------------------


def test_zip(tmp_path):
    """With a file that is not executable, one in a folder, and a link to it."""
    bootstrap = (function("told.py", tmp_path) / "bootstrap").read_text()
    entries = {
        "bootstrap": (bootstrap, stat.S_IFREG | 0o755),
        "lib/": ("", stat.S_IFDIR | 0o555),
        "lib/data": ("some", stat.S_IFREG | 0o640),
        "lib/link": ("data", stat.S_IFLNK | 0o777),
    }
    with LambdaHost(zip_of(tmp_path, entries)) as host:
        assert host.invoke("environment").json["LAMBDA_TASK_ROOT"] == "/var/task"
        (root,) = host.temporary.iterdir()
        assert stat.S_IMODE((root / "bootstrap").stat().st_mode) == 0o755
        assert stat.S_IMODE((root / "lib/data").stat().st_mode) == 0o640
        assert (root / "lib/link").is_symlink() and (root / "lib/link").read_text() == "some"
    assert not root.exists()


def test_zip_for_nobody_else(tmp_path):
    """Modes that would let others in are removed, because the folder is in /tmp."""
    entries = {"bootstrap": (SCRIPT, stat.S_IFREG | 0o6777), "lib/": ("", stat.S_IFDIR | 0o1777)}
    with LambdaHost(zip_of(tmp_path, entries)) as host:
        (root,) = host.temporary.iterdir()
        assert [stat.S_IMODE((root / name).stat().st_mode) for name in ("bootstrap", "lib")] == [0o755, 0o755]


GOOD = {"bootstrap": (SCRIPT, 0o100755)}
LEADS_OUTSIDE = "leads outside the package"
REFUSED = {
    "no bootstrap": ({"src/main.c": ("", 0o100644)}, "no executable file bootstrap at its root"),
    "in a folder": (
        {"function/bootstrap": (SCRIPT, 0o100755)},
        "no bootstrap at its root, but function/bootstrap exists: package the contents of function",
    ),
    "not executable": ({"bootstrap": (SCRIPT, 0o100644)}, "bootstrap has mode 0644", "chmod 755"),
    # It would run here as its owner, but fails on Lambda.
    "owner's": ({"bootstrap": (SCRIPT, 0o100700)}, "bootstrap has mode 0700", "a user other than its owner"),
    "owner's to read": ({"bootstrap": (SCRIPT, 0o100711)}, "bootstrap has mode 0711", "a user other than its owner"),
    "group's": ({"bootstrap": (SCRIPT, 0o100750)}, "bootstrap has mode 0750", "a user other than its owner"),
    "dotdot": (GOOD | {"../outside": ("x", 0o100644)}, "../outside", LEADS_OUTSIDE),
    "inner dotdot": (GOOD | {"lib/../../outside": ("x", 0o100644)}, "lib/../../outside", LEADS_OUTSIDE),
    "absolute": (GOOD | {"/tmp/outside-of-it": ("x", 0o100644)}, "/tmp/outside-of-it", LEADS_OUTSIDE),
    "absolute link": (GOOD | {"link": ("/etc/passwd", 0o120777)}, "link", LEADS_OUTSIDE),
    "link out": (GOOD | {"lib/link": ("../../outside", 0o120777)}, "lib/link", LEADS_OUTSIDE),
    # The link stays inside, but paths through it are checked as written.
    "through a link": (GOOD | {"a": ("b", 0o120777), "a/file": ("x", 0o100644)}, "a/file"),
}


def test_zip_that_is_refused(tmp_path, monkeypatch):
    """Nothing is left of it."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    for entries, *words in REFUSED.values():
        refused(zip_of(tmp_path, entries), *words)
        assert not list((tmp_path / "tmp").iterdir()), words
    assert not (tmp_path / "outside").exists() and not Path("/tmp/outside-of-it").exists()


def test_files_for_their_owner_alone_are_named(tmp_path):
    """Before the start, without refusing: the function may never need them."""
    entries = {
        "bootstrap": ((function("told.py", tmp_path) / "bootstrap").read_text(), 0o100755),
        "app/": ("", stat.S_IFDIR | 0o700),
        "app/module.py": ("", 0o100600),
        "open.py": ("", 0o100644),
    }
    with LambdaHost(zip_of(tmp_path, entries)) as host:
        assert "app (mode 0700) and 1 more: only its owner may read it" in host.stderr
        assert host.invoke("echo").json == "echo"


@pytest.mark.parametrize("locale", ["C", "nowhere.ISO-8859-1"])
def test_zip_with_names_beyond_ascii(tmp_path, monkeypatch, locale):
    """In any locale: Python, Finder and SAM write them in UTF-8, with the flag."""
    monkeypatch.setenv("LC_ALL", locale)
    names = ["café.txt", "ordner/größe.txt", "日本語"]
    bootstrap = f"#!{sys.executable}\n{(FUNCTIONS / 'looks_around.py').read_text()}"
    entries = {name: ("x", 0o100644) for name in names} | {
        "bootstrap": (bootstrap, 0o100755),
        "link-é": ("café.txt", stat.S_IFLNK | 0o777),
    }
    with LambdaHost(zip_of(tmp_path, entries)) as host:
        seen = host.invoke({"read": [f"/var/task/{name}" for name in [*names, "link-é"]]}).json
    assert all(seen["reads"].values()), seen


def test_zip_with_names_of_no_encoding(tmp_path):
    """Bytes of an old code page, without the flag, stay unchanged."""
    path = zip_of(tmp_path, {"bootstrap": (SCRIPT, 0o100755), "cafX.txt": ("x", 0o100644)})
    path.write_bytes(path.read_bytes().replace(b"cafX.txt", b"caf\x82.txt"))
    with LambdaHost(path) as host:
        (root,) = host.temporary.iterdir()
        assert b"caf\x82.txt" in os.listdir(os.fsencode(root))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_packed_in_a_way_lambda_does_not_know(tmp_path, method):
    path = tmp_path / "function.zip"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("bootstrap", SCRIPT * 100)
    refused(path, "its entry bootstrap is compressed as", "Lambda unpacks only deflated or stored entries")


def test_encrypted_zip(tmp_path):
    """The flag alone is enough."""
    path = zip_of(tmp_path, GOOD)
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(data)
    refused(path, "its entry bootstrap is encrypted")


def test_no_zip(tmp_path):
    whole = zip_of(tmp_path, {**GOOD, "data": (os.urandom(100_000), 0o100644)}).read_bytes()
    damaged = bytearray(whole)
    damaged[len(damaged) // 2] ^= 0xFF
    path = tmp_path / "other.zip"
    for content, words in (
        *((whole[: int(len(whole) * part)], "not a complete zip file") for part in (0.3, 0.9, 0.999)),
        (damaged, "not a complete zip file"),
        (b"", "the file is empty"),
        (b"PK\5\6" + bytes(18), "the zip file has no entries"),
        (b"\x1f\x8b\x08" + bytes(100), "it is a gzip file"),
        (b"no zip file at all" * 1000, "not a complete zip file"),
    ):
        path.write_bytes(content)
        refused(path, words)


def test_zip_too_large(tmp_path):
    """251 MB of zeros, in a quarter of a megabyte."""
    path = zip_of(tmp_path, {"bootstrap": (SCRIPT, 0o100755), "zeros": (bytes(251_000_000), 0o100644)})
    assert path.stat().st_size < 1_000_000
    refused(path, "larger than 250 MB")


# --- folders --------------------------------------------------------------------------------------------------------------


def test_folder_that_is_refused(tmp_path):
    refused(tmp_path, "the folder is empty")
    (tmp_path / "main.c").touch()
    refused(tmp_path, "no executable file bootstrap at its root")
    write_bootstrap(tmp_path, "echo no script, as it lacks its first line\n")
    refused(tmp_path, "neither a script (#!) nor an ELF program")
    write_bootstrap(tmp_path, SCRIPT).joinpath("bootstrap").chmod(0o750)
    refused(tmp_path, "bootstrap has mode 0750")
    (tmp_path / "bootstrap").unlink()
    (tmp_path / "bootstrap").mkdir()
    refused(tmp_path, "bootstrap is not a file")


def test_folder_too_large(tmp_path):
    write_bootstrap(tmp_path, SCRIPT)
    with open(tmp_path / "hole", "wb") as file:
        file.truncate(251_000_000)
    refused(tmp_path, "larger than 250 MB")


@pytest.mark.skipif(OWN is None, reason="no other architecture is known for this machine")
def test_other_architecture(tmp_path):
    for machine in {62, 183, 243} - {OWN}:
        (tmp_path / "bootstrap").write_bytes(elf(machine))
        (tmp_path / "bootstrap").chmod(0o755)
        for package in (tmp_path, zip_of(tmp_path, {"bootstrap": (elf(machine), 0o100755)})):
            refused(package, f"bootstrap is for {NAMES[machine]}, but this machine is {NAMES[OWN]}")
    (tmp_path / "bootstrap").write_bytes(elf(3, bits=32))
    refused(tmp_path, f"bootstrap is for {NAMES[3]}")


# --- packages with a loader of their own, at /var/task --------------------------------------------------------------------


def loader_and_libraries(program):
    """The loader's path and the libraries', from ldd."""
    lines = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout.splitlines()
    words = [line.split() for line in lines]
    return [w[0] for w in words if w[0].startswith("/")][0], [w[2] for w in words if len(w) > 2 and w[1] == "=>"]


ECHO = r"""
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void)
{
   char program[4096] = "";
   if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) {
      return 1;
   }
   printf("PROGRAM %s\nROOT %s\n", program, getenv("LAMBDA_TASK_ROOT"));
   return 5;
}
"""


@pytest.fixture
def package(tmp_path):
    """A program linked as packages are, with its loader and libc in lib/. It prints where it runs, and exits."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        pytest.skip("no C compiler")
    loader, libraries = loader_and_libraries("/bin/sh")
    root = tmp_path / "package"
    (root / "lib").mkdir(parents=True)
    for file in (loader, *libraries):
        shutil.copy(file, root / "lib")
    (tmp_path / "echo.c").write_text(ECHO)
    link = [f"-Wl,--dynamic-linker=/var/task/lib/{Path(loader).name}", "-Wl,--disable-new-dtags,-rpath,/var/task/lib"]
    subprocess.run([compiler, *link, "-o", root / "bootstrap", tmp_path / "echo.c"], check=True)
    return root


@pytest.mark.skipif(not mount_namespaces(), reason="no mount namespaces for this user")
def test_package_at_var_task(package):
    """In its own mount namespace, invisible from outside."""
    before = Path("/var/task").exists(), Path("/proc/self/mountinfo").read_text()
    with LambdaHost(package) as host:
        assert host.invoke().error == "Runtime.ExitError"
        assert "PROGRAM /var/task/bootstrap\nROOT /var/task\n" in host.log
    assert (Path("/var/task").exists(), Path("/proc/self/mountinfo").read_text()) == before


def test_package_by_its_own_loader(package):
    """Without namespaces, its own loader is started by its path."""
    with LambdaHost(package, run_by=without_namespaces()) as host:
        assert host.invoke().error == "Runtime.ExitError"
        assert f"PROGRAM {package}/lib/" in host.log and f"ROOT {package}\n" in host.log


@pytest.mark.plain("a sanitizer's libraries are not packaged")
def test_harness_in_a_zip(tmp_path):
    """Its bootstrap is a script."""
    text = (harness_function(tmp_path) / "bootstrap").read_text()
    with LambdaHost(zip_of(tmp_path, {"bootstrap": (text, 0o100755)}), env={"FAAS_HARNESS_SCENARIO": "echo"}) as host:
        assert host.invoke([1]).json == [1]
