"""Prints clang's warnings about the sources of a build tree: clang_warnings.py TREE. Exits with 1 if there are any.

It runs the tree's own compile commands, but generates no code, which takes most of the time.
"""

import concurrent.futures
import json
import os
import pathlib
import shlex
import subprocess
import sys

# gcc's start files and headers are not in a sysroot; see cmake/sysroot.cmake.
CLANG = ["clang", "--gcc-toolchain=/usr", "-fsyntax-only"]


def look(entry):
    _, *arguments = shlex.split(entry["command"])
    done = subprocess.run([*CLANG, *arguments], cwd=entry["directory"], capture_output=True, text=True, check=False)
    return done.stderr or (f"{entry['file']}: clang ended with {done.returncode}\n" if done.returncode else "")


def main(tree):
    entries = json.loads((pathlib.Path(tree) / "compile_commands.json").read_text())
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        said = [text for text in pool.map(look, entries) if text]
    print("".join(said), end="", file=sys.stderr)
    return bool(said)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
