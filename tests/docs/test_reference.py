"""The reference pages are what tools/reference.py makes from the schemas."""

import json
import subprocess
import sys

import pytest
from pages import SOURCE_DIR

pytestmark = pytest.mark.reference


def test_pages_are_up_to_date():
    subprocess.run([sys.executable, SOURCE_DIR / "tools" / "reference.py", "--check"], check=True)


@pytest.mark.parametrize("name", ["report", "drill"])
def test_every_member_is_there(name):
    page = (SOURCE_DIR / "docs" / f"{name}-reference.md").read_text(encoding="utf-8")
    missing = [
        member
        for member in members(json.loads((SOURCE_DIR / "docs" / f"{name}.schema.json").read_text()))
        if f"| `{member}` |" not in page
    ]
    assert not missing


def members(schema):
    """Names of all properties at any depth."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
    for inside in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []:
        yield from members(inside)
