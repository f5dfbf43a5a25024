"""The installed package: the program finds its providers, and providers can be built against it."""

import os
import shutil
import subprocess
from pathlib import Path

import harness
import pytest

pytestmark = [pytest.mark.install]

CMAKE = os.environ.get("FAAS_CMAKE") or "cmake"
EXAMPLE = harness.SOURCE_DIR / "tests" / "install" / "provider"
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


def run_installed(prefix, *arguments, **options):
    return harness.run(*arguments, program=prefix / "bin" / "faas-harness", **options)


def build_by_cmake(prefix, folder):
    check_call(CMAKE, "-S", EXAMPLE, "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_C_FLAGS=-Wall -Werror")
    check_call(CMAKE, "--build", folder)
    return folder / "example.so"


def test_program_finds_its_providers(prefix):
    assert run_installed(prefix, "--scenario", "echo").exit_code == 0
    assert "local" in run_installed(prefix, "--list-providers").stdout


def test_program_finds_its_providers_after_a_move(prefix, tmp_path):
    moved = prefix.rename(tmp_path / "moved to elsewhere")
    result = run_installed(moved, "--scenario", "echo", "--provider", "local")
    assert (result.exit_code, result.stderr) == (0, "")


def test_program_finds_its_providers_by_a_link(prefix, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(prefix / "bin" / "faas-harness")
    assert harness.run("--scenario", "echo", program=link).exit_code == 0


def test_provider_built_with_find_package_runs(prefix, tmp_path):
    module = build_by_cmake(prefix, tmp_path / "build")
    result = run_installed(prefix, "--scenario", "echo", "--provider", module)
    assert (result.exit_code, result.stdout) == (0, '{"from": "example"}\n')


def test_provider_built_with_find_package_is_installed_and_found_by_name(prefix, tmp_path):
    build_by_cmake(prefix, tmp_path / "build")
    check_call(CMAKE, "--install", tmp_path / "build")
    assert run_installed(prefix, "--scenario", "echo", "--provider", "example").stdout == '{"from": "example"}\n'
    listed = run_installed(prefix, "--list-providers").stdout
    assert "example" in listed and "one event, answered on stdout" in listed


def test_provider_built_with_find_package_after_a_move(prefix, tmp_path):
    moved = prefix.rename(tmp_path / "moved")
    build_by_cmake(moved, tmp_path / "build")


@pytest.mark.skipif("not shutil.which('pkg-config')", reason="no pkg-config")
def test_provider_built_with_pkg_config_runs(prefix, tmp_path):
    environment = os.environ | {"PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
    flags = check_call("pkg-config", "--cflags", "--libs", "faas-harness", env=environment).split()
    module = tmp_path / "example.so"
    check_call("cc", "-std=c11", "-shared", "-fPIC", EXAMPLE / "example.c", "-o", module, *flags)
    result = run_installed(prefix, "--scenario", "echo", "--provider", module)
    assert (result.exit_code, result.stdout) == (0, '{"from": "example"}\n')
    folder = check_call("pkg-config", "--variable=providerdir", "faas-harness", env=environment).strip()
    assert (Path(folder) / "local.so").exists()


def test_provider_runs_the_scenario(prefix, tmp_path, wire):
    module = build_by_cmake(prefix, tmp_path / "build")
    result = run_installed(prefix, "--client", "single", "--provider", module, uri=wire.uri)
    harness.expect_pass(result.report)
    assert result.report["provider"]["name"] == "example"


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
