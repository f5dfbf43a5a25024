"""The installed package, also after a move. tests/provider_check/test_install.py builds a provider against it."""

import os
import shutil
import subprocess

import harness
import pytest

pytestmark = [pytest.mark.install]

CMAKE = os.environ.get("FAAS_CMAKE") or "cmake"
EXAMPLE = harness.SOURCE_DIR / "examples" / "provider_file"
HEADER = "#include <faas_harness/provider.h>\n"


def check_call(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=280, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture
def prefix(tmp_path):
    folder = tmp_path / "prefix"
    check_call(CMAKE, "--install", harness.BUILD_DIR, "--prefix", folder)
    return folder


def test_program_finds_its_providers(prefix, tmp_path):
    """Also by a link, and after a move, when a provider can still be built against it."""
    program = prefix / "bin" / "faas-harness"
    (tmp_path / "link").symlink_to(program)
    assert harness.run("--scenario", "echo", program=program).exit_code == 0
    assert "local" in harness.run("--list-providers", program=program).stdout
    assert harness.run("--scenario", "echo", program=tmp_path / "link").exit_code == 0
    moved = prefix.rename(tmp_path / "moved to elsewhere")
    result = harness.run("--scenario", "echo", "--provider", "local", program=moved / "bin" / "faas-harness")
    assert (result.exit_code, result.stderr) == (0, "")
    check_call(CMAKE, "-S", EXAMPLE, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={moved}")
    check_call(CMAKE, "--build", tmp_path / "build")


def test_installed_files_name_no_folder_of_the_build(prefix):
    for path in prefix.rglob("*"):
        if path.is_file() and path.suffix in (".cmake", ".pc", ".h", ".json"):
            text = path.read_text()
            assert str(harness.SOURCE_DIR) not in text and str(harness.BUILD_DIR) not in text, path


COMPILERS = [
    (compiler, standard, suffix)
    for compilers, standard, suffix in ((("gcc", "clang"), "c11", "c"), (("g++", "clang++"), "c++17", "cc"))
    for compiler in compilers
]


@pytest.mark.parametrize("compiler,standard,suffix", COMPILERS, ids=lambda value: value)
def test_header_compiles_alone(tmp_path, compiler, standard, suffix):
    if not shutil.which(compiler):
        pytest.skip(f"no {compiler}")
    source = tmp_path / f"header.{suffix}"
    source.write_text(HEADER + HEADER + "extern const struct faas_provider P;\nFAAS_PROVIDER_REGISTER(P)\n")
    include = harness.SOURCE_DIR / "include"
    flags = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-std={standard}", "-fsyntax-only"]
    check_call(compiler, *flags, f"-I{include}", source)
