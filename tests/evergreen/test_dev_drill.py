"""./dev drill: which function it drills and what it passes on, in a copy of ./dev whose faas-drill prints its arguments."""

import json
import os
import re
import shutil
import sys

import pytest
from conftest import run_dev, write_program
from harness import SOURCE_DIR

# Builds nothing.
STAND_INS = """
build_tree() { BUILD_TREE=$FAAS_BUILD/tree; echo "built: $*" >&2; }
drill_function() { echo "packaged: $1" >&2; DRILL_FUNCTION=$FAAS_BUILD/packaged; }
driver_prepare() { DRIVER_CHOICE=${1:-default} DRIVER_SYSROOT='' DRIVER_SLUG=driver; }
packages_need() { echo "needed: $*" >&2; }
venv_make() { mkdir "$2"; echo "$3" >"$2/faas-stamp"; }
function_make() { echo "$2" >"$FAAS_BUILD/driver"; echo "by ${GO_PROGRAM:-}" >&2; mkdir -p "$3"; echo "$4" >"$3.stamp"; }
"""
# All that ./dev drill then needs on the PATH.
TOOLS = "bash cat date dirname env find flock git ln mkdir python3 rm sed sha256sum sort tail uname xargs".split()
TELLS = f"""#!{sys.executable}
import json, os, sys
print(json.dumps(sys.argv[1:]))
print("PATH=" + os.environ["PATH"], file=sys.stderr)
"""


@pytest.fixture
def copy(dev_copy):
    with (dev_copy / "tools" / "drill.sh").open("a") as file:
        file.write(STAND_INS)
    write_program(dev_copy / "build/tree/bin/faas-drill", TELLS)
    shutil.copytree(SOURCE_DIR / "examples" / "functions", dev_copy / "examples" / "functions")
    (dev_copy / "shop").mkdir()
    (dev_copy / "shop.zip").touch()
    return dev_copy


def drill(copy, *arguments, **variables):
    return run_dev(copy, "drill", *arguments, **variables)


def handed(copy, *arguments, **variables):
    """What faas-drill got, except for the database, and what ./dev printed."""
    done = drill(copy, *arguments, **variables)
    assert done.returncode == 0, done
    words = json.loads(done.stdout)
    if words[0] == "--server-command":
        assert "secantusd-py" in words[1]
        words = words[2:]
    return words, done.stderr


def test_without_a_path_it_is_the_harness(copy):
    words, said = handed(copy, "--phases", "cold", "--driver", "debian:trixie")
    assert words[0] == "--output" and "/build/drill/results/" in words[1]
    assert words[2:] == ["--phases", "cold", "--", f"{copy}/build/packaged"] and "packaged: debian:trixie" in said


@pytest.mark.parametrize("path", ["shop", "shop.zip", "./shop/"])
def test_a_path_is_the_function(copy, path):
    for arguments in (["--freeze", "1", path], [path, "--freeze=1"], ["--quiet", path]):
        words, said = handed(copy, *arguments)
        assert words[-2:] == ["--", path] and words[2:-2] == [word for word in arguments if word != path]
        assert "built: dev" in said and "packaged" not in said


def test_a_value_is_no_path(copy):
    """Even if a folder of that name exists."""
    words, _ = handed(copy, "--mount", "shop", "--output", "shop")
    assert words == ["--output", "shop", "--mount", "shop", "--", f"{copy}/build/packaged"]


def test_the_database_is_the_callers_when_they_name_one(copy):
    for arguments, variables in (
        (["shop", "--server", "127.0.0.1:1"], {}),
        (["shop", "--uri=mongodb://127.0.0.1"], {}),
        (["shop"], {"MONGODB_URI": "mongodb://127.0.0.1"}),
    ):
        assert json.loads(drill(copy, *arguments, **variables).stdout)[0] == "--output"


@pytest.mark.parametrize(
    ("stand_in", "arguments"),
    [
        ("build_tree() { ui_step build Building false; }", []),
        ("drill_function() { ui_step bundle Packaging false; }", []),
        ("drill_function() { false; }", []),
        ("function_make() { false; }", ["--function", "python"]),
        ("function_build() { ui_die 1 'found no jars'; }", ["--function", "python"]),
        ("venv_ensure() { ui_step venv Creating false; }", ["--function", "python"]),
    ],
    ids=["drill", "package", "shell", "function", "jars", "venv"],
)
def test_what_cannot_be_built_is_not_red(copy, stand_in, arguments):
    """1 would be a verdict on the driver."""
    with (copy / "tools" / "drill.sh").open("a") as file:
        file.write(stand_in + "\n")
    done = drill(copy, *arguments)
    assert done.returncode == 2 and not done.stdout, done


@pytest.mark.parametrize("status", [0, 1, 2, 137])
def test_status_is_the_drills(copy, status):
    (copy / "build" / "tree" / "bin" / "faas-drill").write_text(f"#!/bin/sh\nexit {status}\n")
    assert drill(copy, "shop").returncode == status


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no-such"], 'no function at "no-such"'),
        (["--freeze", "1", ""], 'no function at ""'),
        (["mongodb://me:hush@db.test"], "is a connection string, not "),
        (["--driver", "2.5.7"], '--driver is system, debian:SUITE or source:DIR; found "2.5.7".\n'),
        (["--driver", "debian:../x"], "A Debian suite is a name"),
        (["--driver", "source:shop"], "not a mongo-c-driver checkout"),
        (["--driver", "pymongo==4.15.5"], "For a driver in Python, --function python.\n"),
        (["--driver", "mongodb@7.0.0"], "For a driver in Node.js, --function node; for a driver in Rust"),
        (["--driver", "mongodb@3.5.0"], "; for a driver in Rust, --function rust.\n"),
        (["--driver", "go.mongodb.org/mongo-driver/v2@v2.3.0"], "For a driver in Go, --function go.\n"),
        (["--driver", "org.mongodb:mongodb-driver-sync:5.7.1"], "For a driver in Java, --function java.\n"),
    ],
    ids=["path", "empty", "uri", "version", "suite", "checkout", "python", "node", "rust", "go", "java"],
)
def test_wrong_before_anything_is_made(copy, arguments, message):
    (copy / "build" / "venv").unlink()
    done = drill(copy, *arguments)
    assert done.returncode == 2 and message in done.stderr and "hush" not in done.stderr, done
    assert not any(word in done.stderr for word in ("built", "packaged", "needed", "Installing"))


def test_driver_of_another_language_elsewhere(copy):
    stand_ins = copy / "tools" / "drill.sh"
    stand_ins.write_text(stand_ins.read_text().replace("driver_prepare() {", "unused() {"))
    run = run_dev(copy, "package", "--driver", "pymongo==4.15.5", "-o", "out/")
    assert run.returncode == 2 and "For a driver in Python, ./dev drill --function python." in run.stderr, run


def test_no_driver_for_a_function_that_has_one(copy):
    done = drill(copy, "--driver", "system", "shop")
    assert done.returncode == 2 and "shop contains its driver. Remove one of them." in done.stderr
    assert "built" not in done.stderr


@pytest.mark.parametrize(
    ("name", "handler", "driver", "folder"),
    [
        ("python", "app.lambda_handler", "", "pinned"),
        ("python", "app.lambda_handler", "pymongo==4.15.5", "pymongo-4.15.5"),
        ("node", "index.handler", "", "pinned"),
        ("node", "index.handler", "mongodb@6.20.0", "mongodb-6.20.0"),
        ("go", None, "", "pinned"),
        ("go", None, "go.mongodb.org/mongo-driver/v2@v2.3.0", "go.mongodb.org-mongo-driver-v2-v2.3.0"),
        ("java", None, "", "pinned"),
        ("java", None, "org.mongodb:mongodb-driver-sync:5.7.1", "org.mongodb-mongodb-driver-sync-5.7.1"),
        ("libmongoc", None, "", "pinned"),
        ("libmongoc", None, "debian:trixie", "debian-trixie"),
        ("php", None, "", "pinned"),
    ],
)
def test_a_function_of_the_examples(copy, name, handler, driver, folder):
    """Built once; the user's options follow its own."""
    choice = ["--function", name, *(["--driver", driver] if driver else [])]
    for time in range(2):
        words, said = handed(copy, *choice, "--freeze", "1")
        own = ["--handler", handler] if handler else []
        assert words[2:] == [*own, "--freeze", "1", "--", f"{copy}/build/functions/{name}/{folder}"]
        assert (f"Installing into build/functions/{name}/{folder}: {driver or 'the driver'}" in said) == (time == 0)
    assert (copy / "build" / "driver").read_text() == f"{driver}\n"


def test_a_checkout_of_the_driver(copy):
    """Built again if something in it has changed."""
    (copy / "shop" / "pymongo").mkdir()
    file = copy / "shop" / "pymongo" / "__init__.py"
    folders = set()
    for text in ("", "", "version = 5"):
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
        words, _ = handed(copy, "--function", "python", "--driver", "source:shop")
        folders.add(words[-1].removeprefix(f"{copy}/build/functions/python/source-"))
        assert (copy / "build" / "driver").read_text() == f"{copy}/shop\n"
    assert len(folders) == 2 and all(len(folder) == 8 for folder in folders), folders


def path_with(copy, words):
    """A folder with these programs of the machine only."""
    path = copy / "path"
    path.mkdir()
    for word in words:
        (path / word).symlink_to(shutil.which(word))
    return path


@pytest.mark.parametrize(
    ("version", "is_taken"), [("1.26", True), ("1.26.8", True), ("1.100.0", True), ("1.19.8", False), (None, False)]
)
def test_go_of_the_machine(copy, version, is_taken):
    """It must be as new as the example's go.mod requires; else a wheel is used."""
    path = path_with(copy, TOOLS)
    go = path / "go"
    if version:
        write_program(go, f"#!/bin/sh\necho go{version}\n")
    _, said = handed(copy, "--function", "go", PATH=str(path))
    assert f"by {go if is_taken else copy / 'build' / 'go-venv' / 'bin' / 'go'}\n" in (log(copy) + said), said
    assert ("Installing Go's toolchain into build/go-venv" in said) == (not is_taken)


@pytest.mark.parametrize(("status", "in_package", "is_ours"), [(0, False, False), (1, True, False), (1, False, True)])
def test_python_without_a_runtime_client(copy, status, in_package, is_ours):
    """./dev drill --handler works where no runtime client is installed."""
    path = copy / "path"
    for word in ("python3", "node"):
        write_program(path / word, f"#!/bin/sh\nexit {status}\n")
    if in_package:
        (copy / "shop" / "awslambdaric").mkdir()
    ours, theirs = f"{copy}/build/venv/bin", f"{path}:{os.environ['PATH']}"
    _, said = handed(copy, "--handler", "app.run", "shop", PATH=theirs)
    assert f"\nPATH={ours + ':' if is_ours else ''}{theirs}\n" in f"\n{said}"
    assert f"\nPATH={theirs}\n" in "\n" + handed(copy, "shop", PATH=theirs)[1], "nothing is run by them"
    (copy / "shop" / "template.yaml").touch()
    assert said.splitlines()[-1] == handed(copy, "shop", PATH=theirs)[1].splitlines()[-1], "a template names a handler"


def test_rust_of_the_machine_is_too_old(copy):
    cargo = write_program(copy / "path" / "cargo", "#!/bin/sh\necho 'cargo 1.66.0 (d65d197ad 2022-11-15)'\n")
    done = drill(copy, "--function", "rust", PATH=f"{cargo.parent}:{os.environ['PATH']}")
    assert (
        done.returncode == 2
        and "--function rust needs cargo 1.88 or later on the PATH, found cargo 1.66.0" in done.stderr
    ), done


@pytest.mark.parametrize(
    ("java", "javac", "maven", "is_taken"),
    [
        ("openjdk 17.0.15 2025-04-15", "javac 17.0.15", True, True),
        ("openjdk 11 2018-09-25", "javac 11", True, True),
        ("openjdk 17.0.15 2025-04-15", None, True, False),
        ("openjdk 17.0.15 2025-04-15", "javac 17.0.15", False, False),
        ("openjdk 17.0.15 2025-04-15", "javac 10.0.2", True, False),
    ],
    ids=["java 17", "java 11", "no compiler", "no maven", "java 10"],
)
def test_java_of_the_machine(copy, java, javac, maven, is_taken):
    """It must be as new as the example's pom.xml requires, and visible to the function; else packages are installed."""
    for word, says in (("java", java), ("javac", javac), ("mvn", "Apache Maven 3.8.7" if maven else None)):
        if says:
            write_program(copy / "usr" / word, f"#!/bin/sh\necho '{says}'\n")
    tools = copy / "tools" / "functions.sh"
    text = tools.read_text()
    for real, ours in (("PATH=/usr/local/bin:/usr/bin:/bin", f"PATH={copy}/usr"), ("== /usr/*", f"== {copy}/usr/*")):
        assert real in text
        text = text.replace(real, ours)
    tools.write_text(text)
    path = path_with(copy, (*TOOLS, "realpath"))
    _, said = handed(copy, "--function", "java", PATH=f"{path}:{copy}/usr")
    assert ("needed: default-jdk-headless maven" in said) == (not is_taken), said


def test_a_checkout_of_the_driver_in_java(copy):
    """Uses the jars that its build left, which git ignores: the newest of each part, without sources."""
    for part in ("bson", "driver-core", "driver-sync"):
        (copy / "shop" / part / "build" / "libs").mkdir(parents=True)
    libs = copy / "shop" / "driver-sync" / "build" / "libs"
    (libs / "mongodb-driver-sync-5.8.0-SNAPSHOT-sources.jar").write_text("sources")
    for text, is_new in (("one", True), ("one", False), ("two", True)):
        (libs / "mongodb-driver-sync-5.8.0-SNAPSHOT.jar").write_text(text)
        os.utime(libs / "mongodb-driver-sync-5.8.0-SNAPSHOT.jar", (1, 1))
        os.utime(libs / "mongodb-driver-sync-5.8.0-SNAPSHOT-sources.jar", (2, 2))
        _, said = handed(copy, "--function", "java", "--driver", "source:shop")
        assert ("Installing into build/functions/java/source-" in said) == is_new, text


TAKE_VALUES = {
    "build": "--driver --preset",
    "run": "--driver",
    "drill": "--function --output",
    "survey": "--times --jobs --freeze --phases --output",
    "local": "--preset",
    "test": "--driver",
    "package": "--arch --platform -o",
    "deploy": "--region --stack --outage-command",
    "undeploy": "--region",
    "release": "--only",
}


@pytest.mark.parametrize("command", TAKE_VALUES)
def test_empty_value(copy, command):
    """As from an unset variable: refused."""
    for option in TAKE_VALUES[command].split():
        for form in ([option, ""], [f"{option}="])[: 2 if option.startswith("--") else 1]:
            run = run_dev(copy, command, *form)
            assert run.returncode == 2 and f"{option} needs " in run.stderr
            assert ", found an empty value; see" in run.stderr and "built" not in run.stderr


def log(copy):
    return "".join(path.read_text() for path in (copy / "build" / "logs").iterdir())


@pytest.mark.parametrize(
    ("function", "driver", "message"),
    [
        ("cobol", "", "takes one of examples/functions (python node go rust java libmongoc php ruby), found"),
        ("node", "pymongo==4.15.5", "such as mongodb@6.20.0, or source:DIR, found"),
        ("go", "v2.3.0", "such as go.mongodb.org/mongo-driver/v2@v2.3.0, or source:DIR, found"),
        ("python", "system", "such as pymongo==4.15.5, or source:DIR, found"),
        ("rust", "3.5.0", "such as mongodb@3.5.0, or source:DIR, found"),
        ("python", "pymongo==4; x", "such as pymongo==4.15.5, or source:DIR, found"),
        ("java", "5.1.0", "such as org.mongodb:mongodb-driver-sync:5.7.1, or source:DIR"),
        ("libmongoc", "2.3.0", "such as debian:trixie, or source:DIR, found"),
        ("java", "source:shop", "for --function java: it has no driver-sync/build/libs"),
        ("php", "source:shop", "takes --driver system only, the extension of this machine's PHP; found"),
        ("ruby", "2.25.0", '--function ruby: --driver takes source:DIR, found "2.25.0"'),
        ("ruby", "", "--function ruby needs a checkout of the driver: --driver source:DIR."),
        ("go", "source:shop", "for --function go: it has no mongo/client.go"),
    ],
    ids=lambda value: re.sub(r"[^a-z0-9.]+", "-", value)[:20],
)
def test_a_function_that_there_is_not(copy, function, driver, message):
    done = drill(copy, "--function", function, *(["--driver", driver] if driver else []))
    assert done.returncode == 2 and message in done.stderr and not done.stdout, done
    assert "built" not in done.stderr


def test_two_functions(copy):
    done = drill(copy, "--function", "python", "shop")
    assert done.returncode == 2 and "--function python and shop are two functions" in done.stderr, done
