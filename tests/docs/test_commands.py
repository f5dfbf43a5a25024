"""Commands on the pages are run, or the page says why not. The comment before a console block is one of

run                     all lines are run in one shell, which ends with status 0
run; exit 1             … with that status
run; same               … and prints the lines that the page shows, except for numbers, blanks, and what … stands for
run; server             … with MONGODB_URI, and a server there
run; seconds 300        … and may take that long; the default is 60
shown: FILE::TEST, …    these tests run the same commands
needs: WHAT, …          what is not available here, one of NEEDS
"""

import fcntl
import os
import re
import subprocess
from pathlib import Path

import pytest
from pages import BLOCKS, PAGES, SOURCE_DIR

pytestmark = pytest.mark.commands
BUILD_DIR = Path(os.environ.get("FAAS_BUILD_DIR") or (SOURCE_DIR / "build" / "bin").resolve().parent)
RUN_LIMIT = 60
LOCK_LIMIT = 900

NEEDS = {
    "aws": "an AWS account",
    "sam": "AWS's images, by Docker",
    "atlas": "an Atlas cluster and its API keys",
    "evergreen": "an Evergreen server, or a host of it",
    "checkout": "another repository beside this one",
    "network": "packages or sources from the network",
    "docker": "Docker",
    "mongod": "a MongoDB replica set",
    "minutes": "more time than a test has",
    "install": "an installed harness",
    "person": "somebody who types",
}


class Mark:
    """The comment before a block."""

    def __init__(self, text):
        self.kind, _, rest = (
            text.partition(":") if not text.startswith("run") else ("run", "", text.removeprefix("run"))
        )
        self.words = [word.strip() for word in re.split("[;,]", rest) if word.strip()]

    def number(self, name, default):
        return next((int(word.split()[1]) for word in self.words if word.startswith(f"{name} ")), default)

    def wrong(self):
        """What is wrong with it; None if nothing."""
        if self.kind == "run":
            bad = [word for word in self.words if not re.fullmatch(r"same|server|exit \d+|seconds \d+", word)]
            return f"unknown: {bad}" if bad else None
        if self.kind == "needs":
            bad = [word for word in self.words if word not in NEEDS]
            return f"none of {sorted(NEEDS)}: {bad}" if bad or not self.words else None
        if self.kind == "shown":
            bad = [word for word in self.words if not names_test(word)]
            return f"no such test: {bad}" if bad or not self.words else None
        return "expected run, shown: or needs: (tests/docs/test_commands.py)"


def names_test(text):
    file, _, name = text.partition("::")
    path = SOURCE_DIR / file
    return (
        path.is_file() and re.search(rf"^def {re.escape(name)}\(", path.read_text(encoding="utf-8"), re.M) is not None
    )


def to_run(block):
    limit = Mark(block.mark).number("seconds", RUN_LIMIT)
    marks = [pytest.mark.timeout(limit + LOCK_LIMIT + 60)]
    if "./dev" in block.text:
        marks.append(pytest.mark.fixtures("package_own"))  # or two would build the package's tree at once
        marks.append(pytest.mark.lock("build"))  # as the fixture `alone`, but without a place among the cases that run
    return pytest.param(block, marks=marks, id=block.id)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.id)
def test_every_block_says_how_it_is_tested(block):
    assert block.commands, "console lines begin with $"
    assert not Mark(block.mark).wrong(), f"{block.page}: the comment before\n{block.text}\n{Mark(block.mark).wrong()}"


def test_marks_that_are_wrong_are_told():
    assert all(
        Mark(text).wrong()
        for text in ["", "run; often", "needs:", "needs: luck", "shown: tests/e2e/test_local.py::test_none"]
    )
    assert not any(
        Mark(text).wrong()
        for text in ["run", "run; exit 1; same", "needs: aws, atlas", "shown: tests/docs/test_links.py::test_links"]
    )


@pytest.fixture
def folder(tmp_path):
    """Looks like the repository after ./dev build; output goes nowhere else, except to ./dev's own build/."""
    for path in SOURCE_DIR.iterdir():
        if path.name not in ("build", "dev", ".git"):
            (tmp_path / path.name).symlink_to(path)
    build = tmp_path / "build"
    build.mkdir()
    for path in (SOURCE_DIR / "build").iterdir() if (SOURCE_DIR / "build").is_dir() else []:
        if path.name not in ("bin", "lib"):
            (build / path.name).symlink_to(path)
    for name in ("bin", "lib"):
        (build / name).symlink_to(BUILD_DIR / name)
    dev = tmp_path / "dev"
    # ./dev finds itself by its path: elsewhere it would take the build trees for those of other sources.
    dev.write_text(f'#!/bin/sh\nexec "{SOURCE_DIR}/dev" "$@"\n')
    dev.chmod(0o755)
    return tmp_path


@pytest.fixture
def alone():
    """./dev drill makes the same files each time, so only one may run at a time."""
    (SOURCE_DIR / "build").mkdir(exist_ok=True)
    with (SOURCE_DIR / "build" / "docs.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def environment(uri):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FAAS_", "AWS_", "MONGODB_"))}
    kept |= {"PATH": f"{BUILD_DIR / 'bin'}:{os.environ['PATH']}", "FAAS_SKIP_PACKAGES": "1"}
    return kept | ({"MONGODB_URI": uri} if uri else {})


def plain(line):
    """Numbers and blanks differ from run to run."""
    return re.sub(r"\s+", " ", re.sub(r"\d+(\.\d+)?", "#", line)).strip()


def pattern(line):
    """… stands for omitted text."""
    return re.escape(plain(line)).replace("…", ".*")


@pytest.mark.parametrize("block", [to_run(block) for block in BLOCKS if Mark(block.mark).kind == "run"])
def test_run(request, block, folder, alone, mongodb_uri):
    mark = Mark(block.mark)
    if "./dev" in block.text and (SOURCE_DIR / "build" / "bin").resolve() != (BUILD_DIR / "bin").resolve():
        pytest.skip("./dev would build another tree than the one under test")
    if "./dev server" in block.text and (SOURCE_DIR / "build" / "server" / "pid").exists():
        pytest.skip("an embedded server is running, and this test would stop it")
    request.addfinalizer(
        lambda: subprocess.run([folder / "dev", "server", "stop"], check=True) if "./dev server" in block.text else None
    )
    script = "set -eo pipefail\n" + "\n".join(block.commands)
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment(mongodb_uri if "server" in mark.words else None),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=mark.number("seconds", RUN_LIMIT),
    )
    assert done.returncode == mark.number("exit", 0), done.stdout
    if "same" in mark.words:
        printed = [plain(line) for line in done.stdout.splitlines()]
        missing = [line for line in block.shown if not any(re.fullmatch(pattern(line), one) for one in ("", *printed))]
        assert not missing, f"{missing}\nis not in\n{done.stdout}"


PROGRAMS = ("faas-harness", "faas-drill", "faas-front", "faas-lambda-host", "faas-provider-check")
TYPED = re.compile(r"(?:build/bin/)?(faas-[a-z-]+|\./dev [a-z]+)(?= |$)(.*)", re.S)


def help_of(*command):
    return subprocess.run([*command, "--help"], capture_output=True, text=True, check=True).stdout


def programs():
    """The --help of each program and of each command of ./dev, by name."""
    dev = SOURCE_DIR / "dev"
    built = [name for name in PROGRAMS if (BUILD_DIR / "bin" / name).exists()]
    helps = {name: help_of(BUILD_DIR / "bin" / name) for name in built}
    helps |= {f"./dev {name}": help_of(dev, name) for name in re.findall(r"^   (\w+) ", help_of(dev), re.M)}
    for command in ("run", "drill"):
        helps[f"./dev {command}"] += helps.get("faas-drill", "")
    helps["./dev local"] += helps["faas-harness"]
    return helps


def typed(page):
    """Commands in console blocks and in lines of text."""
    yield from re.findall(r"`([^`\n]+)`", page.text)
    yield from (command for block in page.blocks for command in block.commands)


def own_options(arguments):
    """Only the command's own options, not those of commands within or after it."""
    words = re.sub(r"'[^']*'|\"[^\"]*\"|\$\([^)]*\)", "", arguments).split("#")[0]
    words = re.split(r" (?:\||&&) ", words)[0]
    return re.findall(r"(?<=\s)--[a-z][a-z-]*", words)


def wrong(code, helps):
    """The command that does not exist, or its options that do not exist."""
    found = TYPED.match(code)
    if not found or (found[1] in PROGRAMS and found[1] not in helps):  # or this tree is built without it
        return []
    if found[1] not in helps:
        return [found[1]] if found[1].startswith("./dev") else []
    known = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", helps[found[1]])) | {"--help"}
    return [option for option in own_options(found[2]) if option not in known]


def test_options_exist():
    """Also of commands in a line of text."""
    helps = programs()
    assert {"./dev release", "./dev bench", "./dev lint", "./dev format", "faas-harness"} <= set(helps)
    unknown = {f"{page.name}: {code}": what for page in PAGES for code in typed(page) if (what := wrong(code, helps))}
    assert not unknown


def test_options_that_do_not_exist_are_told():
    helps = programs()
    expected = {
        "./dev frobnicate": ["./dev frobnicate"],
        "./dev release --dry": ["--dry"],
        "./dev bench --lambda --fast": ["--fast"],
        "./dev lint --fix": ["--fix"],
        "./dev local -- --evens": ["--evens"],
        "./dev package --lean \\\n   --zip": ["--zip"],
        "faas-harness --event": ["--event"],
        "build/bin/faas-harness --uri 'x --no' --timeouts 3": ["--timeouts"],
        "faas-harness --events | jq --raw": [],
        "./dev release --dry-run": [],
    }
    assert {code: wrong(code, helps) for code in expected} == expected
