"""Names that the programs print or read are documented: error types, environment variables, phases, checks, platforms, options."""

import re

import pytest
from pages import PAGES, SOURCE_DIR

pytestmark = pytest.mark.names

PARTS = ("common", "core", "providers", "drill")
ERROR_TYPE = re.compile(r'"([A-Z][A-Za-z]+\.[A-Z][A-Za-z]+)\\?"')
# getenv, under each part's name for it, and tables of names.
VARIABLE = re.compile(r'(?:getenv|is_set)\("(\w+)"\)|"((?:FAAS|AWS|MONGODB)_[A-Z_]+)"')


def named_in_sources(pattern):
    """Each name, and the files that contain it."""
    found = {}
    for part in PARTS:
        for path in (SOURCE_DIR / part).rglob("*.c"):
            for names in pattern.findall(path.read_text(encoding="utf-8")):
                name = "".join(names)
                found.setdefault(name, []).append(str(path.relative_to(SOURCE_DIR)))
    return found


def missing(names):
    """Names that no page has as code in a line of text; quoted sources do not count."""
    code = " ".join(word for page in PAGES for word in re.findall(r"`([^`\n]+)`", page.text))
    return {name: files for name, files in names.items() if not re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", code)}


def test_error_types():
    types = named_in_sources(ERROR_TYPE)
    assert {"Harness.NoUri", "Provider.AnswerTooLarge", "Sandbox.Timedout"} <= set(types)
    assert not missing(types)


def test_variables():
    variables = named_in_sources(VARIABLE)
    assert {"MONGODB_URI", "FAAS_HARNESS_CLIENT", "AWS_LAMBDA_RUNTIME_API", "TMPDIR"} <= set(variables)
    assert not missing(variables)


def names_in(pattern, *files):
    """What a pattern finds in files, of which there must be some: a renamed file would otherwise pass."""
    paths = [path for name in files for path in SOURCE_DIR.glob(name)]
    found = [name for path in paths for name in re.findall(pattern, path.read_text(encoding="utf-8"))]
    assert found, files
    return found


def text_of(*files):
    return "\n".join(path.read_text(encoding="utf-8") for name in files for path in SOURCE_DIR.glob(name))


def test_checks_of_the_drill():
    checks = names_in(r'(?m)^   \{"(\w+)",', "drill/judge/judge.c")
    pages, schema = text_of("docs/drill*.md"), text_of("docs/drill.schema.json")
    assert "retries" in checks
    assert not [name for name in checks if f"| `{name}` |" not in pages]
    assert not [name for name in checks if f"{name}, " not in schema]


def test_phases_and_platforms_of_the_drill():
    phases = names_in(r'\.name = "(\w+)"', "drill/phases/phase_*.c")
    platforms = names_in(r'\.name = "([\w-]+)"', "drill/lambda/lambda_platform.c", "drill/service/*.c")
    assert {"outage", "burst"} <= set(phases) and {"managed", "cloud-run"} <= set(platforms)
    pages = text_of("docs/drill*.md")
    assert not [name for name in phases + platforms if f"`{name}`" not in pages]


@pytest.mark.parametrize("folder", ["core", "drill/run", "drill", "provider_check"])
def test_options_have_a_line_in_help(folder):
    options = names_in(r'OPTION_[A-Z]+\("([\w-]+)"', f"{folder}/*.c")
    help_lines = text_of(f"{folder}/*.c")
    assert not [name for name in options if not re.search(rf"--{name}\b", help_lines)]
