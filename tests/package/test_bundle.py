"""packaging/: Lambda's limits, and files that are not programs. Nothing is built for these."""

import os
import shutil
import stat
import sys
import zipfile
from pathlib import Path

import bundle
import elf
import pytest


def test_limits():
    bundle.check_limits(bundle.ZIPPED_LIMIT, bundle.UNZIPPED_LIMIT)
    with pytest.raises(bundle.Refused, match=r"up to 50 MB zipped, and this one has 50\.1 MB; --lean"):
        bundle.check_limits(bundle.ZIPPED_LIMIT + 100_000, 0)
    with pytest.raises(bundle.Refused, match=r"up to 250 MB unzipped, and this one has 300\.0 MB"):
        bundle.check_limits(0, 300 << 20)


def test_too_large_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(bundle, "UNZIPPED_LIMIT", 9)
    monkeypatch.setattr(bundle.check_limits, "__defaults__", (bundle.ZIPPED_LIMIT, 9))
    with pytest.raises(bundle.Refused):
        bundle.write_zip({"bootstrap": b"0123456789"}, tmp_path / "out.zip")
    with pytest.raises(bundle.Refused):
        bundle.write_folder({"bootstrap": b"0123456789"}, tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_folder_is_readable_by_others_under_any_umask(tmp_path):
    """Lambda, and SAM's container, run the function as another user."""
    folder = tmp_path / "out"
    before = os.umask(0o077)
    try:
        bundle.write_folder({"bootstrap": b"1", "lib/faas-harness/local.so": b"2"}, folder)
        assert os.umask(0o077) == 0o077, "the caller's umask stays as it was"
    finally:
        os.umask(before)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in [folder, *folder.rglob("*")]}
    assert set(modes.values()) == {0o755}, modes
    assert len(modes) == 5


NO_PROGRAMS = {
    "empty": b"",
    "script": b"#!/bin/sh\n",
    "cut": b"\x7fELF",
    "no machine": b"\x7fELF\x02\x01" + bytes(58),
    "32 bits": b"\x7fELF\x01\x01" + bytes(58),
}


@pytest.mark.parametrize("kind", NO_PROGRAMS)
def test_no_program(kind, tmp_path):
    path = tmp_path / "bootstrap"
    path.write_bytes(NO_PROGRAMS[kind])
    with pytest.raises(bundle.Refused, match="not a program or library|is for machine 0"):
        bundle.load(path, "x86_64")


def test_runpath_is_taken_out():
    """Only that tag is removed: the entries after it move up, and the file keeps its length."""
    data = elf.without_runpath(open("/proc/self/exe", "rb").read())
    before, entries = elf._parse(bytearray(data))
    at = next(offset for offset, tag, _ in entries if tag == elf.DT_NEEDED)
    tagged = bytearray(data)
    tagged[at : at + 8] = elf.DT_RUNPATH.to_bytes(8, "little")
    assert elf.read(tagged).runpath == before.needed[0]
    cleaned = elf.without_runpath(tagged)
    assert len(cleaned) == len(data)
    assert elf.read(cleaned).runpath is None and elf.read(cleaned).needed == before.needed[1:]
    assert elf.without_runpath(data) == data


def members(path):
    with zipfile.ZipFile(path) as archive:
        return [(info.filename, info.external_attr, info.date_time, archive.read(info)) for info in archive.infolist()]


@pytest.mark.skipif(shutil.which("advzip") is None, reason="needs advzip (Debian: advancecomp)")
def test_smaller_where_advzip_is(tmp_path, monkeypatch):
    """The same files with the same modes and times, in fewer bytes."""
    files = {"bootstrap": Path(sys.executable).resolve().read_bytes()[:1_000_000], "lib/a.so": b"a" * 1000}
    bundle.write_zip(files, tmp_path / "squeezed.zip")
    monkeypatch.setenv("PATH", f"{tmp_path}")
    bundle.write_zip(files, tmp_path / "plain.zip")
    squeezed, plain = tmp_path / "squeezed.zip", tmp_path / "plain.zip"
    assert squeezed.stat().st_size < plain.stat().st_size
    assert members(squeezed) == members(plain)
    assert dict((name, data) for name, _, _, data in members(plain)) == files


def test_advzip_that_fails(tmp_path, monkeypatch):
    program = tmp_path / "advzip"
    program.write_text("#!/bin/sh\necho no space left >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(bundle.Refused, match="advzip could not compress .*no space left"):
        bundle.write_zip({"bootstrap": b"x"}, tmp_path / "new.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["advzip"]
