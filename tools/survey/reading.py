"""Reads what ./dev survey left in its folder: plan.json, and in ROW/TIME a drill's results, or the reason why there are none."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

# Last lines of tools that do not give the reason.
NOISE = re.compile(
    r"^\s*$|A complete log of this run|build stopped|make(\[\d+\])?: \*\*\*|^\[notice\]|^For more information|"
    r"^\[ERROR\] *(\[Help|For more|Re-run|To see|$)|^\s*[~^-]+\s*$"
)
TELLING = re.compile(
    r"error: |fatal: |no matching|not found|no such|cannot|could ?n.t|could not|unknown revision|invalid|expected|needs ",
    re.IGNORECASE,
)


@dataclass
class Drill:
    """One drill of a row."""

    time: int
    folder: Path
    result: dict | None = None  # drill.json
    reason: str | None = None  # why it did not run
    begun: bool = True

    @property
    def held(self):
        return self.result is not None

    @property
    def green(self):
        return self.held and self.result["verdict"] == "pass"


@dataclass
class Row:
    """A function with a driver, and for faas-harness a kind of client."""

    name: str  # its folder's name
    entry: str  # as given
    function: str
    client: str | None
    drills: list[Drill] = field(default_factory=list)
    not_built: str | None = None
    log: str | None = None  # relative to the survey's folder

    @property
    def held(self):
        return [drill for drill in self.drills if drill.held]


@dataclass
class Survey:
    folder: Path
    plan: dict
    rows: list[Row]


def telling_line(text):
    """The last line of a failed build's log that gives the reason."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", text).splitlines() if not NOISE.search(line)]
    telling = [line for line in lines if TELLING.search(line)]
    return (telling or lines or ["no reason given"])[-1]


def read_text(file):
    return file.read_text(errors="replace") if file.exists() else ""


def read_drill(folder, time):
    if not folder.is_dir():
        return Drill(time, folder, begun=False)
    status = read_text(folder / "status").strip()
    try:
        result = json.loads((folder / "drill.json").read_text())
    except (OSError, ValueError):
        result = None
    if status in ("0", "1") and result is not None:
        return Drill(time, folder, result)
    if not status:
        reason = "did not finish"
    elif status.isdigit() and int(status) > 128:  # as a shell reports it
        reason = f"ended by signal {int(status) - 128}"
    else:
        reason = telling_line(read_text(folder / "drill.txt"))
    return Drill(time, folder, reason=reason)


def read_row(folder, planned, times):
    row = Row(planned["row"], planned["entry"], planned["function"], planned["client"])
    place = folder / row.name
    if (place / "not-built").exists():
        said = read_text(place / "not-built").strip()
        row.log = f"{row.name}/build.log" if (place / "build.log").exists() else None
        row.not_built = said or telling_line(read_text(place / "build.log"))
    else:
        row.drills = [read_drill(place / str(time), time) for time in range(1, times + 1)]
    return row


def read_survey(folder):
    plan = json.loads((folder / "plan.json").read_text())
    return Survey(folder, plan, [read_row(folder, planned, plan["times"]) for planned in plan["rows"]])
