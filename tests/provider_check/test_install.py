"""The installed package, also after a move: examples/provider_file is built against it alone, checked, installed and run."""

import os
import re
import shutil
import subprocess

import harness
import pytest
from checker import check
from pages import Page

pytestmark = [
    pytest.mark.install,
    pytest.mark.together,
    pytest.mark.timeout(900),
    pytest.mark.plain("a provider built without the sanitizer is nothing to a program with it"),
]

CMAKE = os.environ.get("FAAS_CMAKE") or "cmake"
EXAMPLE = harness.SOURCE_DIR / "examples" / "provider_file"
GUIDE = harness.SOURCE_DIR / "docs" / "writing-a-provider.md"


def check_call(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=200, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed") / "prefix"
    check_call(CMAKE, "--install", harness.BUILD_DIR, "--prefix", folder)
    return folder


@pytest.fixture
def events(tmp_path):
    folder = tmp_path / "events"
    folder.mkdir()
    for name in ("b", "a"):
        (folder / f"{name}.event").write_text(f'{{"name": "{name}"}}')
    (folder / "c.txt").write_text("no event")
    return folder


def build(prefix, folder, *arguments):
    environment = os.environ | {"PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
    warnings = "-DCMAKE_C_FLAGS=-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror"
    check_call(CMAKE, "-S", EXAMPLE, "-B", folder, warnings, *arguments, env=environment)
    check_call(CMAKE, "--build", folder)
    return folder / "file.so"


@pytest.fixture(scope="module")
def module(prefix, tmp_path_factory):
    return build(prefix, tmp_path_factory.mktemp("build"), f"-DCMAKE_PREFIX_PATH={prefix}")


def installed_check(prefix, *arguments):
    return check(*arguments, program=prefix / "bin" / "faas-provider-check")


def run(prefix, *arguments, **options):
    return harness.run(*arguments, program=prefix / "bin" / "faas-harness", **options)


def test_install_has_what_an_author_needs(prefix):
    for path in (
        "bin/faas-provider-check",
        "include/faas_harness/provider.h",
        "lib/cmake/faas_harness/faas_harnessConfig.cmake",
        "lib/pkgconfig/faas-harness.pc",
        "lib/faas-harness/local.so",
        "share/faas-harness/report.schema.json",
    ):
        assert (prefix / path).exists(), path
    built = {path.name for path in (harness.BUILD_DIR / "bin").glob("faas-*")}
    assert {path.name for path in (prefix / "bin").iterdir()} == built
    if (harness.BUILD_DIR / "share" / "man").exists():
        assert {path.stem for path in prefix.glob("share/man/man1/*.1")} == built


def test_program_finds_its_providers(prefix, tmp_path):
    """Also by a link, and after a move, when a provider can still be built against it."""
    (tmp_path / "link").symlink_to(prefix / "bin" / "faas-harness")
    assert run(prefix, "--scenario", "echo").exit_code == 0
    assert "local" in run(prefix, "--list-providers").stdout
    assert harness.run("--scenario", "echo", program=tmp_path / "link").exit_code == 0
    moved = shutil.copytree(prefix, tmp_path / "moved to elsewhere")
    result = run(moved, "--scenario", "echo", "--provider", "local")
    assert (result.exit_code, result.stderr) == (0, "")
    build(moved, tmp_path / "build", f"-DCMAKE_PREFIX_PATH={moved}")


def test_installed_files_name_no_folder_of_the_build(prefix):
    for path in prefix.rglob("*"):
        if path.is_file() and path.suffix in (".cmake", ".pc", ".h", ".json"):
            text = path.read_text()
            assert str(harness.SOURCE_DIR) not in text and str(harness.BUILD_DIR) not in text, path


@pytest.mark.parametrize(
    "compiler, standard, suffix",
    [("gcc", "c11", "c"), ("clang", "c11", "c"), ("g++", "c++17", "cc"), ("clang++", "c++17", "cc")],
)
def test_header_compiles_alone(tmp_path, compiler, standard, suffix):
    if not shutil.which(compiler):
        pytest.skip(f"no {compiler}")
    source = tmp_path / f"header.{suffix}"
    include = "#include <faas_harness/provider.h>\n"
    source.write_text(include + include + "extern const struct faas_provider P;\nFAAS_PROVIDER_REGISTER(P)\n")
    flags = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-std={standard}", "-fsyntax-only"]
    check_call(compiler, *flags, f"-I{harness.SOURCE_DIR / 'include'}", source)


def test_example_keeps_every_rule_and_the_guide_shows_it(prefix, module, events):
    result = installed_check(prefix, "--option", f"folder={events}", "--events", 2, module).expect_kept()
    assert result.skipped == {"at_once", "caller_gone", "format_log", "log"}
    shown = re.search(r"\$ faas-provider-check --option folder=events [^\n]*\n(.*?)```", GUIDE.read_text(), re.S)[1]
    assert re.fullmatch(re.escape(shown).replace("…", ".*"), result.stdout, re.S)


def test_example_without_its_folder_is_told_what_is_missing(prefix, module, tmp_path):
    result = installed_check(prefix, "--option", f"folder={tmp_path / 'nowhere'}", module).expect_unchecked(
        "did not open"
    )
    assert "option folder" in result.stdout


def test_example_answers_beside_its_events(prefix, module, events):
    result = run(prefix, "--scenario", "echo", "--provider", module, "--option", f"folder={events}")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")
    assert (events / "a.event.answer").read_text() == '{"name": "a"}'
    assert {path.name for path in events.iterdir()} == {
        "a.event", "b.event", "a.event.answer", "b.event.answer", "c.txt"
    }  # fmt: skip


def test_example_tells_failures(prefix, module, events):
    uri = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=100"
    result = run(prefix, "--provider", module, "--option", f"folder={events}", uri=uri)
    assert result.exit_code == 1 and not list(events.glob("*.answer"))
    assert '"verdict":"fail"' in (events / "a.event.error").read_text()


def test_example_is_found_by_its_name_once_installed(prefix, module, events):
    check_call(CMAKE, "--install", module.parent)
    assert "file" in run(prefix, "--list-providers").stdout
    installed_check(prefix, "--option", f"folder={events}", "--events", 2, "file").expect_kept()


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="no pkg-config")
def test_example_by_pkg_config(prefix, tmp_path, events):
    module = build(prefix, tmp_path / "build", "-DUSE_PKG_CONFIG=ON")
    installed_check(prefix, "--option", f"folder={events}", "--events", 2, module).expect_kept()
    installed = prefix / "lib" / "faas-harness" / "file.so"
    installed.unlink()
    check_call(CMAKE, "--install", module.parent)
    assert installed.exists()


def test_example_is_as_short_as_promised():
    assert len((EXAMPLE / "file.c").read_text().splitlines()) < 150


# docs/writing-a-provider.md


def test_guide_quotes_the_examples():
    """Every line of C in the guide is in an example."""
    paths = [EXAMPLE / "file.c", EXAMPLE.parent / "provider_queue" / "queue.c"]
    paths.append(harness.SOURCE_DIR / "providers" / "aws_lambda" / "restore.c")
    source = "".join(path.read_text() for path in paths)
    quoted = re.findall(r"```c\n(.*?)```", GUIDE.read_text(), re.S)
    assert quoted
    for block in quoted:
        for part in block.split("\n…\n"):
            assert part.strip("\n") in source, part


@pytest.fixture
def sources(tmp_path):
    """Like a clone in which ./dev build was run. Here the build is in another tree, so a stand-in for ./dev does
    nothing."""
    folder = tmp_path / "sources"
    (folder / "build").mkdir(parents=True)
    (folder / "build" / "bin").symlink_to(harness.BUILD_DIR / "bin")
    (folder / "examples").symlink_to(harness.SOURCE_DIR / "examples")
    dev = folder / "dev"
    dev.write_text('#!/bin/sh\n[ "$*" = build ]\n')
    dev.chmod(0o755)
    return folder


@pytest.mark.skipif(not shutil.which("pkg-config"), reason="no pkg-config")
def test_guide_as_typed(sources, tmp_path):
    """From a clone to a provider that is found by its name: all commands of the page in order."""
    home = tmp_path / "home"
    home.mkdir()
    commands = [command for block in Page("docs/writing-a-provider.md").blocks for command in block.commands]
    script = sources / "typed.sh"
    script.write_text("\n".join(["set -ex", *commands, ""]))
    path = os.pathsep.join([os.path.dirname(CMAKE), os.environ["PATH"]]).lstrip(os.pathsep)
    check_call("bash", script, cwd=sources, env=os.environ | {"HOME": str(home), "PATH": path})
    assert (home / ".local" / "lib" / "faas-harness" / "file.so").exists()
    answers = {path.name: path.read_text() for path in (home / "provider" / "events").glob("*.answer")}
    assert answers == {"1.event.answer": '{"n": 1}\n', "2.event.answer": '{"n": 2}\n'}


def test_guide_names_every_callback():
    header = (harness.SOURCE_DIR / "include" / "faas_harness" / "provider.h").read_text()
    provider = header[header.index("struct faas_provider {") :]
    callbacks = re.findall(r"\(\*(\w+)\)\(void \*state|\(\*(open)\)", provider)
    names = {name for pair in callbacks for name in pair if name}
    assert names == set(re.findall(r"^\| `(\w+)` \|", GUIDE.read_text(), re.M))
