"""Results of drills that never ran, in the folder of a survey."""

import json
import subprocess
import sys

from harness import SOURCE_DIR

# ---- Invented drills ----


def invocation(phase, name, verdict="pass", **changes):
    return {
        "phase": phase,
        "name": name,
        "verdict": verdict,
        "cold": False,
        "initMs": None,
        "durationMs": 5.0,
        "thawToAnswerMs": 5.0,
        "counts": None,
    } | changes


def phase(name, verdict="pass", **changes):
    return {"name": name, "verdict": verdict, "reason": None, "advice": None} | changes


def check(name, verdict="pass", detail="found", measured=None):
    return {"name": name, "verdict": verdict, "detail": detail, "measured": measured}


CALM = [
    check("streaming_protocol", measured=0),
    check("heartbeat_interval", measured=500.2),
    check("handshake"),
    check("connections_steady", measured=4),
]


COLD = [phase("cold")], [invocation(0, "cold", cold=True, initMs=100.0, durationMs=20.0)]


def drill(phases=COLD[0], invocations=COLD[1], checks=(), driver="PyMongo 4.20.1", verdict=None, **changes):
    """A drill.json with everything that the table shows."""
    checks = [one for one in CALM if one["name"] not in {other["name"] for other in checks}] + list(checks)
    red = any(one["verdict"] == "fail" for one in [*phases, *checks])
    return {
        "verdict": verdict or ("fail" if red else "pass"),
        "drillVersion": "0.1.0",
        "startedAt": "2026-11-29T21:14:45.555Z",
        "durationMs": 1000.0,
        "driver": driver,
        "handshake": {
            "driver": {"name": "PyMongo|c", "version": "4.20.1|"},
            "env": {"name": "aws.lambda", "region": "us-east-1", "memory_mb": 128},
        },
        "phases": list(phases),
        "invocations": list(invocations),
        "checks": checks,
    } | changes


class Folder:
    """What ./dev survey leaves before it makes its table."""

    def __init__(self, path, times=1):
        self.path, self.times, self.rows = path, times, []

    def row(self, name, *drills, entry=None, function=None, client=None):
        self.rows.append(
            {"row": name, "entry": entry or name, "function": function or name.split("-")[0], "client": client}
        )
        (self.path / name).mkdir()
        for time, result in enumerate(drills, 1):
            if result is None:
                continue
            place = self.path / name / str(time)
            place.mkdir()
            (place / "drill.json").write_text(json.dumps(result))
            (place / "timeline.html").write_text("<!doctype html>")
            (place / "status").write_text("1" if result["verdict"] == "fail" else "0")
        return self.path / name

    def survey(self):
        plan = {
            "planVersion": 1,
            "startedAt": "2026-11-29T23:00:00Z",
            "commit": "abc1234",
            "machine": {"architecture": "x86_64", "cores": 2, "system": "Debian GNU/Linux 12"},
            "server": "secantusdb 0.7.0",
            "times": self.times,
            "jobs": 1,
            "phases": "cold,outage*4",
            "freezeSeconds": 12,
            "rows": self.rows,
        }
        (self.path / "plan.json").write_text(json.dumps(plan))
        return Made(self.path)


class Made:
    """The table in all its formats."""

    def __init__(self, folder):
        run = subprocess.run(
            [sys.executable, SOURCE_DIR / "tools" / "survey", folder], capture_output=True, text=True, timeout=60
        )
        assert run.returncode in (0, 1), run.stderr
        self.status, self.terminal = run.returncode, run.stdout
        self.markdown = (folder / "survey.md").read_text()
        self.page = (folder / "survey.html").read_text()
        self.rows = json.loads((folder / "survey.json").read_text())["rows"]

    def cells(self, number=0):
        """The cells of the Markdown table, by column title."""
        lines = [line for line in self.markdown.splitlines() if line.startswith("|")]
        titles, row = ([cell.strip() for cell in lines[i].strip("|").split(" | ")] for i in (0, number + 2))
        return dict(zip(titles, row, strict=True))
