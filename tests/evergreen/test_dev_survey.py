"""./dev survey around its drills, in a copy of ./dev that builds nothing and whose faas-drill ends at once."""

import json
import shutil

import pytest
from conftest import run_dev, write_program
from harness import SOURCE_DIR

STAND_INS = """
build_tree() { echo "built: $*" >&2; [[ ! -e $FAAS_BUILD/broken ]] || exit 1; BUILD_TREE=$FAAS_BUILD/tree; }
drill_function() { echo "packaged: $1" >&2; DRILL_FUNCTION=$FAAS_BUILD/packaged; }
function_build() { [[ $2 != *9.9.9 ]] || ui_die 1 "no version 9.9.9"; FUNCTION_FOLDER=$1 FUNCTION_OPTIONS=() FUNCTION_SEARCH=/usr/bin; }
packages_need() { :; }
"""


@pytest.fixture
def copy(dev_copy):
    with (dev_copy / "tools" / "survey.sh").open("a") as file:
        file.write(STAND_INS)
    write_program(dev_copy / "build/tree/bin/faas-drill", "#!/bin/sh\necho 'faas-drill: expected more'\nexit 2\n")
    shutil.copytree(SOURCE_DIR / "examples" / "functions", dev_copy / "examples" / "functions")
    kinds = dev_copy / "drill" / "phases" / "phase_kinds.c"  # phase names allowed in --phases
    kinds.parent.mkdir(parents=True)
    shutil.copy(SOURCE_DIR / "drill" / "phases" / "phase_kinds.c", kinds)
    return dev_copy


def survey(copy, *arguments):
    return run_dev(copy, "survey", *arguments)


def rows(folder):
    return [row["row"] for row in json.loads((folder / "survey.json").read_text())["rows"]]


def test_takes_the_place_of_an_earlier_one(copy):
    out = copy / "out"
    for entry, row in (("python", "python"), ("node=mongodb@9.9.9", "node-mongodb-9.9.9")):
        done = survey(copy, "--output", "out", "--times", "1", entry)
        assert done.returncode == 1 and rows(out) == [row], done.stderr
        (out / "notes.txt").write_text("mine")
        found = sorted(path.name for path in out.iterdir())
        assert found == sorted(["notes.txt", "plan.json", "survey.html", "survey.json", "survey.md", row])
    assert (out / row / "not-built").read_text() == "no version 9.9.9\n"
    assert not list((copy / "build").glob(".survey-*"))


def test_stays_where_nothing_could_be_built(copy):
    assert survey(copy, "--output", "out", "--times", "1", "python").returncode == 1
    (copy / "build" / "broken").touch()
    done = survey(copy, "--output", "out", "--times", "1", "node")
    assert done.returncode == 1 and "built: dev" in done.stderr
    assert rows(copy / "out") == ["python"] and (copy / "out" / "python" / "1" / "drill.txt").exists()


def test_without_an_entry_each_is_built(copy):
    """Except Ruby's, which pins no driver, and Rust's, which takes minutes the first time."""
    for has_rust in (False, True):
        if has_rust:
            (copy / "build" / "functions" / "rust" / "target").mkdir(parents=True)
        done = survey(copy, "--output", "out", "--times", "1")
        made = json.loads((copy / "out" / "survey.json").read_text())["rows"]
        functions = {row["function"] for row in made}
        assert functions >= {"harness", "python", "php"} and "ruby" not in functions, done.stderr
        assert ("rust" in functions) == has_rust and not any(row["notBuilt"] for row in made)


@pytest.mark.parametrize(
    ("freeze", "phases"),
    [("0.001", "cold"), ("012", "cold*1,frozen*100000"), ("86400.00", "cold"), ("86399.9999", "cold")],
)
def test_numbers_as_faas_drill_has_them(copy, freeze, phases):
    done = survey(copy, "--times", "1", "--freeze", freeze, "--phases", phases, "python")
    assert done.returncode == 1 and "time 1 of 1" in done.stderr, done


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--times", "1", "python"], "1 drill. Ctrl-C"),
        (["--times", "2", "python"], "2 drills. Ctrl-C"),
        (["--times", "1", "--jobs", "2", "python", "node"], "2 drills, 2 at once. Ctrl-C"),
    ],
    ids=["one", "two", "at once"],
)
def test_says_how_many(copy, arguments, said):
    done = survey(copy, "--output", "out", *arguments)
    assert f"\n{said}" in done.stderr and done.stderr.endswith(f"Page: {copy}/out/survey.html\n"), done
