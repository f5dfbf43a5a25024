#!/usr/bin/env python3
"""Writes faas-provider(3) from docs/man/faas-provider.3.in and the comments of faas_harness/provider.h.

man_provider.py VERSION TEMPLATE HEADER PAGE
"""

import re
import sys

COMMENT = re.compile(r"/\*(.*?)\*/", re.S)


def roff(text):
    """Text escaped for roff, with hyphens that can be copied."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.M)


def words(comment):
    """A comment's text, on one line."""
    return " ".join(line.strip().removeprefix("*").strip() for line in comment.splitlines()).strip()


def entry(declaration, comment):
    return (
        f'.TP\n.B "{roff(declaration)}"\n{roff(words(comment))}' if comment else f'.TP\n.B "{roff(declaration)}"\n\\&'
    )


def introduction(header):
    """The header's first comment; drawings in it stay unchanged."""
    text = "\n".join(line.removeprefix(" *").removeprefix(" ") for line in COMMENT.search(header)[1].splitlines()[1:])
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip("\n")):
        drawn = all(line.startswith("    ") for line in paragraph.splitlines())
        parts.append(f".PP\n.nf\n{roff(paragraph)}\n.fi" if drawn else f".PP\n{roff(' '.join(paragraph.split()))}")
    return "\n".join(parts)


def block(header, name):
    """The comment before `name {`, and what is between the braces."""
    found = re.search(rf"(?:/\*((?:(?!\*/).)*)\*/\s*)?{name} \{{(.*?)\n?\}};", header, re.S)
    assert found, f"{name} is not in the header"
    return words(found[1] or ""), found[2]


def members(body):
    """(declaration, comment) of each member: its comment is before it, or after it on its line."""
    separator = ";" if ";" in COMMENT.sub("", body) else ","
    pending, found, behind = "", [], False
    for part in re.split(r"(/\*.*?\*/)", body, flags=re.S):
        if part.startswith("/*"):
            if behind and found:
                found[-1][1] = part[2:-2]
            else:
                pending = part[2:-2]
            continue
        for declaration in part.split(separator):
            if declaration.strip():
                found.append([" ".join(declaration.split()), pending])
                pending = ""
        behind = bool(part.strip()) and "\n" not in part.rsplit(separator, 1)[-1]
    return found


def section(header, name):
    comment, body = block(header, name)
    entries = [entry(declaration, text) for declaration, text in members(body)]
    return "\n".join(([roff(comment)] if comment else []) + entries)


def macros(header):
    """A #define with its preceding comment."""
    found = re.findall(r"/\*((?:(?!\*/).)*)\*/\n#define (\w+(?:\([^)]*\))?)", header, re.S)
    return "\n".join(entry(name, comment) for comment, name in found)


def main():
    version, template, path, output = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        header = file.read()
    with open(template, encoding="utf-8") as file:
        page = file.read()
    page = page.replace("@VERSION@", roff(version)).replace("@INTRODUCTION@", introduction(header))
    page = page.replace("@MACROS@", macros(header))
    page = re.sub(r"@((?:struct|enum) \w+)@", lambda found: section(header, found[1]), page)
    with open(output, "w", encoding="utf-8") as file:
        file.write(page)


if __name__ == "__main__":
    main()
