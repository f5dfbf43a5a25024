"""Names that the programs print or read are documented: error types and environment variables."""

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
