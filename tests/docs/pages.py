"""Markdown as far as the tests need it: headings, links, and console blocks with the comment before them."""

import os
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SOURCE_DIR = Path(os.environ.get("FAAS_SOURCE_DIR") or Path(__file__).resolve().parents[2])
HIDDEN = {"build", ".git", ".aws-sam", "mongo-c-driver", "drivers-evergreen-tools", "node_modules"}

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```\s*$", re.M | re.S)
INLINE_CODE = re.compile(r"`[^`\n]+`")
LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
BARE_LINK = re.compile(r"<(https?:[^>\s]+)>")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*#*$", re.M)
COMMENT = re.compile(r"<!-- *([^\n]*?) *-->\n*\Z")


@dataclass(frozen=True)
class Block:
    """A console block, and the comment before it."""

    page: str
    number: int  # from 1, in the page
    mark: str
    text: str

    @property
    def id(self):
        return f"{self.page.replace('/', '.')}.{self.number}"

    @cached_property
    def lines(self):
        """Commands and their output, in order: ("$", command) or ("", line). A backslash continues a command."""
        lines = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                lines.append(("$", line[2:]))
            elif lines and lines[-1][0] == "$" and lines[-1][1].endswith("\\"):
                lines[-1] = ("$", f"{lines[-1][1]}\n{line.removeprefix('> ')}")
            else:
                lines.append(("", line))
        return lines

    @property
    def commands(self):
        return [text for kind, text in self.lines if kind == "$"]

    @property
    def shown(self):
        return [text for kind, text in self.lines if kind == ""]


@dataclass(frozen=True)
class Page:
    name: str  # from the root of the sources

    @property
    def path(self):
        return SOURCE_DIR / self.name

    @cached_property
    def text(self):
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def prose(self):
        """Without code, in which brackets have no meaning."""
        return INLINE_CODE.sub("", FENCE.sub("", self.text))

    @property
    def links(self):
        return [*LINK.findall(self.prose), *BARE_LINK.findall(self.prose)]

    @cached_property
    def anchors(self):
        """Anchors, as GitHub makes them from headings."""
        anchors, seen = set(), {}
        for heading in HEADING.findall(FENCE.sub("", self.text)):
            words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
            anchor = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
            count = seen[anchor] = seen.get(anchor, -1) + 1
            anchors.add(f"{anchor}-{count}" if count else anchor)
        return anchors

    @cached_property
    def blocks(self):
        found = []
        for fence in FENCE.finditer(self.text):
            if fence[2] == "console":
                comment = COMMENT.search(self.text[: fence.start()])
                found.append(Block(self.name, len(found) + 1, comment[1] if comment else "", fence[3]))
        return found


def all_pages():
    found = []
    for folder, folders, files in os.walk(SOURCE_DIR):
        folders[:] = sorted(set(folders) - HIDDEN)  # leaves out what other processes may build or delete meanwhile
        found += [Path(folder, file).relative_to(SOURCE_DIR) for file in files if file.endswith(".md")]
    return [Page(str(path)) for path in sorted(found)]


PAGES = all_pages()
BLOCKS = [block for page in PAGES for block in page.blocks]
