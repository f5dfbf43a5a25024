"""The copy of the sources from which packages and releases are made, while other fixtures are running."""

import shutil
import subprocess

import harness

COPY = 'FAAS_ROOT=$1 FAAS_SYSROOTS=$1/build/sysroots; set -euo pipefail; source "$2"; copy_sources "$3"'


def copy(repository, to):
    script = harness.SOURCE_DIR / "tests" / "package" / "copy_sources.sh"
    subprocess.run(["bash", "-c", COPY, "-", repository, script, to], check=True, timeout=harness.PATIENCE)


def write(path, text=""):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def make_repository(folder):
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    write(folder / ".gitignore", "/build/\n")
    write(folder / "a folder" / "a file")
    write(folder / "build" / "trees" / "program")
    return folder


def test_what_git_has_or_would_take(tmp_path):
    repository = make_repository(tmp_path / "repository")
    for _ in range(2):  # again each time
        copy(repository, tmp_path / "to")
        assert files(tmp_path / "to") == {".gitignore", "a folder/a file"}
        write(tmp_path / "to" / "old")


def test_a_source_archive_has_no_git(tmp_path):
    repository = make_repository(tmp_path / "archive")
    shutil.rmtree(repository / ".git")
    copy(repository, tmp_path / "to")
    assert files(tmp_path / "to") == {".gitignore", "a folder/a file"}


def test_sysroots_that_are_being_made_are_left_alone(tmp_path):
    """They may vanish at any moment: another fixture downloads into them, and renames them when they are complete."""
    repository = make_repository(tmp_path / "repository")
    write(repository / "build" / "sysroots" / "forky" / "usr" / "lib" / ".hidden")
    for name in (".apt-trixie-7", ".new-trixie-7"):
        write(repository / "build" / "sysroots" / name / "half")
    copy(repository, tmp_path / "to")
    assert files(tmp_path / "to" / "build") == {"sysroots/forky/usr/lib/.hidden"}


def test_no_sysroot_yet(tmp_path):
    repository = make_repository(tmp_path / "repository")
    (repository / "build" / "sysroots").mkdir()
    copy(repository, tmp_path / "to")
    assert files(tmp_path / "to" / "build") == set()
