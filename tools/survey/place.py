"""Checks or clears a survey's folder: python3 place.py check|clear FOLDER ROW...

check: exits with 2 if the folder contains anything but an earlier survey, which must not be removed or overwritten.
clear: removes that survey's files and nothing else: the folders of its rows, plan.json, survey.json, survey.md and
survey.html.
"""

import json
import re
import shutil
import sys
from pathlib import Path

FILES = (
    "survey.json",
    "survey.md",
    "survey.html",
    "plan.json",
)  # the plan last: if removal is interrupted, the folder still counts as a survey's


def planned(folder):
    """The names of an earlier survey's rows; None if there is none, or if the plan is not a survey's."""
    try:
        plan = json.loads((folder / "plan.json").read_text())
        names = [row["row"] for row in plan["rows"]]
        known = isinstance(plan["planVersion"], int)
    except (OSError, ValueError, TypeError, KeyError):
        return None
    is_name = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*").fullmatch  # so it can't lead outside the folder
    return names if known and all(isinstance(name, str) and is_name(name) for name in names) else None


def check(folder, rows):
    names = planned(folder)
    if names is None:
        if folder.is_dir() and not any(folder.iterdir()) or not folder.exists():
            return None
        return f"--output {folder} has other files than a survey's. Choose another folder, or empty it."
    other = [name for name in rows if name not in names and (folder / name).exists()]
    if other:
        return f"--output {folder} has a {other[0]} that does not belong to the survey there. Move it, or choose another folder."
    return None


def clear(folder):
    for name in planned(folder) or ():
        place = folder / name
        if place.is_symlink() or place.is_file():
            place.unlink()
        elif place.is_dir():
            shutil.rmtree(place)
    for name in FILES:
        if planned(folder) is not None:
            (folder / name).unlink(missing_ok=True)


def main(action, folder, *rows):
    fault = check(Path(folder), rows)
    if fault:
        print(fault)
        return 2
    if action == "clear":
        clear(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
