"""./dev upstream: copies the harness into a small stand-in for a checkout of mongo-c-driver, or, with
FAAS_TEST_MONGO_C_DRIVER, into a copy of a real one. The stand-in has the files that the harness is added to, the
maintainers' warnings, and this machine's libmongoc instead of its own.
"""

import os
import shutil
import subprocess

import harness
import pytest
from conftest import run_dev, write_program

REAL = os.environ.get("FAAS_TEST_MONGO_C_DRIVER")
LAID = ("common", "core", "include", "providers", "packaging/upstream", "cmake", "tests/unit", "tests/support")

CMAKE = """\
cmake_minimum_required(VERSION 3.15...4.0)
project(mongo-c-driver LANGUAGES C VERSION 2.99.0)
macro(mongo_bool_setting name doc)
   option(${name} ${doc} ON)
endmacro()
mongo_bool_setting(ENABLE_TESTS "tests")
mongo_bool_setting(ENABLE_EXAMPLES "examples")
set(mongoc-warning-options -Werror -Wall -pedantic -Wempty-body -Winit-self -Wmissing-include-dirs -Wredundant-decls -Wshadow
    -Wstrict-prototypes -Wswitch-default -Wswitch-enum -Wundef -Wsign-compare -Wformat=2 -Wformat-overflow=2
    -Wformat-signedness -Wformat-truncation=2)
add_definitions(-D_XOPEN_SOURCE=700 -D_BSD_SOURCE -D_DEFAULT_SOURCE)
find_package(PkgConfig REQUIRED)
pkg_search_module(driver REQUIRED IMPORTED_TARGET GLOBAL mongoc2 libmongoc-1.0)
add_library(mongoc::shared ALIAS PkgConfig::driver)
include(CTest)
add_custom_target(mongo_c_driver_tests)
add_subdirectory(src)
"""
# Includes in groups, as in mongo-c-driver's style.
STYLE = """\
BasedOnStyle: LLVM
ColumnLimit: 120
IncludeBlocks: Regroup
IncludeCategories:
  - Regex: '^"'
    Priority: 1
  - Regex: '[/_]|cmocka'
    Priority: 80
  - Regex: '.'
    Priority: 100
"""
STAND_IN = {
    "CMakeLists.txt": CMAKE,
    "src/CMakeLists.txt": "# the last line\n",
    "src/libmongoc/CMakeLists.txt": "",
    ".clang-format": STYLE,
    "tools/format.py": "SOURCE_DIRS = [\n    'src/common',\n    'src/libbson',\n]\n",
    ".evergreen/config_generator/generate.py": "",
    "AGENTS.md": "- `test-awsauth`: tests.\n",
}
# In place of uv and all that it would download: formats in the stand-in's style, and records its calls.
UV = """#!/bin/bash
echo "$PWD: $*" >>"$UV_CALLS"
[[ $* != *tools/format.py* || $* == *--mode=check* ]] || exec clang-format -i "${@:6}"
"""


@pytest.fixture
def copy(dev_copy):
    """A copy of this repository with its own build/."""
    shutil.copy2(harness.SOURCE_DIR / "CMakeLists.txt", dev_copy)
    for name in LAID:
        shutil.copytree(harness.SOURCE_DIR / name, dev_copy / name)
    return dev_copy


@pytest.fixture
def checkout(tmp_path):
    folder = tmp_path / "mongo-c-driver"
    for name, text in STAND_IN.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def upstream(copy, checkout, **variables):
    return run_dev(copy, "upstream", checkout, **variables)


def stand_in_for_uv(tmp_path):
    """What ./dev upstream finds of it in its environment."""
    program = write_program(tmp_path / "bin" / "uv", UV)
    path = f"{program.parent}:{harness.SOURCE_DIR}/build/venv/bin:{os.environ['PATH']}"
    return {"PATH": path, "UV_CALLS": str(tmp_path / "calls")}


def lay(copy, checkout):
    subprocess.run(["python3", copy / "tools" / "upstream.py", copy, checkout], check=True)


def system_driver():
    """The version of this machine's libmongoc as numbers; None if there is none."""
    for name in ("mongoc2", "libmongoc-1.0"):
        found = subprocess.run(["pkg-config", "--modversion", name], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return [int(part) for part in found.stdout.strip().split("-")[0].split(".")]
    return None


@pytest.mark.skipif(shutil.which("pkg-config") is None or system_driver() is None, reason="needs libmongoc-dev")
def test_it_is_laid_built_and_tested(copy, checkout, mongodb, tmp_path):
    done = upstream(
        copy, checkout, CFLAGS="-g0", MONGODB_URI=mongodb.uri, MONGOC_TEST_SKIP_LIVE="on", **stand_in_for_uv(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert "100% tests passed" in done.stderr and "faas-harness/scenario (Skipped)" in done.stderr, done.stderr

    laid = checkout / "src" / "faas-harness"
    sources = list(laid.rglob("*.[ch]"))
    assert {"core", "common", "include", "providers", "tests"} == {path.relative_to(laid).parts[0] for path in sources}
    assert all("Copyright 2009-present MongoDB, Inc." in path.read_text()[:100] for path in sources)
    assert not [path for path in laid.rglob("CMakeLists.txt") if "install(" in path.read_text()]
    calls = (tmp_path / "calls").read_text()
    assert f"{checkout}: run --frozen" in calls and "mc-evg-generate" in calls and "--mode=check" in calls

    check_scenario(copy, mongodb)

    (laid / "core" / "worker.c").write_text("edited")
    again = upstream(copy, checkout)
    assert again.returncode == 2 and "src/faas-harness/core/worker.c." in again.stderr, again.stderr
    assert (laid / "core" / "worker.c").read_text() == "edited"


def check_scenario(copy, mongodb):
    """It passes with a sound driver, and fails with one that streams or polls without a pause."""
    (build,) = copy.glob("build/upstream/*/cmake-build")
    command = ["ctest", "--test-dir", build / "src" / "faas-harness", "--output-on-failure", "-R", "scenario"]
    done = subprocess.run(
        command, env=os.environ | {"MONGOC_TEST_URI": mongodb.uri}, capture_output=True, text=True, check=False
    )
    if system_driver() >= [2, 2, 2]:
        assert done.returncode == 0, done.stdout
    else:
        assert done.returncode != 0 and '"type":"Assertion.' in done.stdout, done.stdout


def test_lines_are_added_to_the_checkouts_files_once(copy, checkout):
    def texts():
        return {name: (checkout / name).read_text() for name in STAND_IN}

    lay(copy, checkout)
    first = texts()
    assert {name for name in STAND_IN if first[name] != STAND_IN[name]} == {
        "CMakeLists.txt",
        "src/CMakeLists.txt",
        "tools/format.py",
        "AGENTS.md",
    }
    lay(copy, checkout)
    assert texts() == first


def test_a_checkout_that_has_changed_where_lines_are_added(copy, checkout):
    (checkout / "tools" / "format.py").write_text("SOURCE_DIRS = []\n")
    done = upstream(copy, checkout)
    assert done.returncode == 1 and "tools/format.py: no line like" in done.stderr, done.stderr


@pytest.mark.parametrize("missing", ["src/libmongoc", ".evergreen/config_generator"])
def test_no_checkout(copy, checkout, missing):
    shutil.rmtree(checkout / missing)
    done = upstream(copy, checkout)
    assert done.returncode == 2 and f"has no {missing}, so it is not a checkout" in done.stderr, done.stderr


def test_what_somebody_else_put_there_stays(copy, checkout):
    (checkout / "src" / "faas-harness").mkdir()
    (checkout / "src" / "faas-harness" / "mine.c").touch()
    done = upstream(copy, checkout)
    assert done.returncode == 2 and "did not copy there" in done.stderr, done.stderr
    assert (checkout / "src" / "faas-harness" / "mine.c").exists()


@pytest.mark.timeout(1800)
@pytest.mark.skipif(not REAL, reason="needs a mongo-c-driver checkout: FAAS_TEST_MONGO_C_DRIVER=DIR")
def test_a_real_checkout(copy, mongodb, tmp_path):
    checkout = tmp_path / "mongo-c-driver"
    shutil.copytree(REAL, checkout, symlinks=True)
    done = upstream(copy, checkout, MONGODB_URI=mongodb.uri)
    assert done.returncode == 0 and "100% tests passed" in done.stderr, done.stderr
