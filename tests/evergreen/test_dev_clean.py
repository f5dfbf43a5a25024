"""./dev clean, in a copy of ./dev with a build/ that contains some of everything."""

import pytest
from conftest import run_dev

BUILT = ["bin/faas-harness", "trees/debian-forky/build.ninja", "logs/build.log", "deploy/20261122-120000/cold.json"]
FETCHED = ["sysroots/forky/faas-stamp", "drivers/bookworm-curl/configure"]


@pytest.fixture
def copy(dev_copy):
    for name in BUILT + FETCHED:
        path = dev_copy / "build" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return dev_copy


def there(copy):
    return [name for name in BUILT + FETCHED if (copy / "build" / name).exists()]


def test_what_was_built_is_removed(copy):
    result = run_dev(copy, "clean")
    assert result.returncode == 0 and there(copy) == FETCHED, result
    assert (copy / "build" / "venv" / "bin" / "python").exists() and (copy / "tools").exists()


def test_all_of_it_is_removed(copy):
    kept = (copy / "build" / "venv").resolve()
    result = run_dev(copy, "clean", "--all")
    assert result.returncode == 0 and not (copy / "build").exists(), result
    assert (copy / "tools").exists() and kept.exists(), "a link was removed, not what it leads to"


@pytest.mark.parametrize("arguments", [(), ("--all",)])
def test_names_of_stacks_in_aws_are_kept(copy, arguments):
    stacks = copy / "build" / "deploy" / "stacks"
    stacks.mkdir()
    (stacks / "left-over").write_text("eu-west-1\n")
    result = run_dev(copy, "clean", *arguments)
    assert result.returncode == 2 and "left-over. Run ./dev undeploy first" in result.stderr, result
    assert (stacks / "left-over").read_text() == "eu-west-1\n" and there(copy) == BUILT + FETCHED
    (stacks / "left-over").unlink()
    assert run_dev(copy, "clean", *arguments).returncode == 0, "the folder may be there"


@pytest.mark.parametrize("arguments", [("--everything",), ("--all", "trees")])
def test_unknown_argument_removes_nothing(copy, arguments):
    result = run_dev(copy, "clean", *arguments)
    assert result.returncode == 2 and f'unknown argument "{" ".join(arguments)}"' in result.stderr, result
    assert there(copy) == BUILT + FETCHED
