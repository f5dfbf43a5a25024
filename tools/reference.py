#!/usr/bin/env python3
"""Makes the reference pages of docs/ from their JSON schemas.

reference.py            writes docs/report-reference.md and docs/drill-reference.md
reference.py --check writes nothing, and fails if a page is out of date
"""

import json
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"

# Schema, page, and the page that introduces it.
PAGES = [
    ("report.schema.json", "report-reference.md", "report.md"),
    ("drill.schema.json", "drill-reference.md", "drill.md"),
]


class Reference:
    """One schema as a page: a table for each object, outermost first."""

    def __init__(self, schema):
        self.schema = schema
        self.sections = []  # (title, object), in the order in which they are mentioned
        self.add("The whole", schema)

    def add(self, title, found):
        if all(known is not found for _, known in self.sections):
            self.sections.append((title, found))

    def text(self):
        done = 0
        parts = []
        while done < len(self.sections):  # a table mentions more
            parts.append(self.table(*self.sections[done]))
            done += 1
        return "\n".join(parts)

    def table(self, title, found):
        required = found.get("required", [])
        rows = [f"## {title}\n"]
        if title != "The whole" and "description" in found:
            rows.append(f"{found['description']}\n")
        rows += ["| member | type | meaning |", "|---|---|---|"]
        for name, member in found["properties"].items():
            kind = self.kind(name, member)
            optional = "" if name in required else "; may be missing"
            rows.append(f"| `{name}` | {cell(kind + optional)} | {cell(self.meaning(member))} |")
        return "\n".join(rows) + "\n"

    def steps(self, member):
        """The member, and what its $ref leads to, step by step; and the last step's definition, or None."""
        steps, name = [member], None
        while "$ref" in steps[-1]:
            name = steps[-1]["$ref"].removeprefix("#/$defs/")
            steps.append(self.schema["$defs"][name])
        return steps, name

    def meaning(self, member):
        """All descriptions on the way, except that of an object, which is in its section."""
        steps, _ = self.steps(member)
        said = [
            step["description"]
            for step in steps
            if "description" in step and ("properties" not in step or step is member)
        ]
        return " ".join(dict.fromkeys(said))

    def kind(self, name, member):
        """In words; an object with members gets its own section and a link to it."""
        steps, definition = self.steps(member)
        found = steps[-1]
        if "properties" in found:
            title = definition or name
            self.add(title, found)
            return f"[{title}](#{title.lower()})"
        if "oneOf" in found:
            return " or ".join(self.kind(name, one) for one in found["oneOf"])
        if "const" in found:
            return f"`{json.dumps(found['const'])}`"
        if "enum" in found:
            return ", ".join(f"`{value}`" for value in found["enum"])
        if found.get("type") == "array":
            return f"array of {self.kind(name, found['items'])}"
        return self.scalar(found)

    def scalar(self, found):
        types = found["type"] if isinstance(found["type"], list) else [found["type"]]
        text = " or ".join({"integer": "whole number"}.get(one, one) for one in types)
        if found.get("minimum"):
            text += f", at least {found['minimum']}"
        if "pattern" in found:
            text += f" like `{found['pattern']}`"
        if "format" in found:
            text += f" ({found['format']})"
        return text


def cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def page(schema_name, introduction):
    schema = json.loads((DOCS / schema_name).read_text(encoding="utf-8"))
    return (
        f"<!-- Made by tools/reference.py from {schema_name}. Change that, not this. -->\n"
        f"# Reference: {schema['title']}\n\n"
        f"{schema['description']}\n\n"
        f"[{introduction}]({introduction}) introduces it; [{schema_name}]({schema_name}) is its exact form. No object has "
        f"members that are not listed here.\n\n"
        f"{Reference(schema).text()}"
    )


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    stale = []
    for schema_name, page_name, introduction in PAGES:
        text = page(schema_name, introduction)
        path = DOCS / page_name
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(page_name)
        if not arguments:
            path.write_text(text, encoding="utf-8")
    if arguments and stale:
        sys.exit(f"out of date: {' and '.join(stale)}; run tools/reference.py")


if __name__ == "__main__":
    main(sys.argv[1:])
