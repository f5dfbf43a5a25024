"""Writes FOLDER/plan.json before a survey's first drill. Reads rows from stdin, four lines each: folder, entry,
function, client (may be empty)."""

import argparse
import datetime
import importlib.metadata
import json
import os
import platform
import sys
from pathlib import Path


def system():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int)
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--phases")
    parser.add_argument("--freeze", type=float)
    parser.add_argument("--commit")
    given = parser.parse_args()
    lines = sys.stdin.read().split("\n")
    rows = [
        {"row": row, "entry": entry, "function": function, "client": client or None}
        for row, entry, function, client in zip(*(lines[i:-1:4] for i in range(4)), strict=True)
    ]
    plan = {
        "planVersion": 1,
        "startedAt": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": given.commit or None,
        "machine": {"architecture": platform.machine(), "cores": os.cpu_count(), "system": system()},
        "server": f"secantusdb {importlib.metadata.version('secantusdb')}",
        "times": given.times,
        "jobs": given.jobs,
        "phases": given.phases,
        "freezeSeconds": given.freeze,
        "rows": rows,
    }
    (given.folder / "plan.json").write_text(json.dumps(plan, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
