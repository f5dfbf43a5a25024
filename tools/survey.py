"""One table out of several drills: survey.py FOLDER, in whose folders are drill.json. Prints Markdown, and keeps it as FOLDER/survey.md.

It is the answer to "which driver may I ship in Lambda?": docs/drivers.md and the README quote it.
"""

import json
import sys
from pathlib import Path

# minHeartbeatFrequencyMS, less what the drill grants for the clock on arrival.
LEAST_MS = 500 - 15

HEAD = [
    "driver",
    "client",
    "verdict",
    "streaming",
    "closest heartbeats",
    "handshake `env`",
    "connections",
    "thaw to answer",
    "after outage",
    "failover",
]


def milliseconds(value):
    if value is None or value < 0:
        return "–"
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"


def phase(drill, name):
    return next((phase for phase in drill["phases"] if phase["name"] == name), {})


def reports(drill):
    return [invocation["report"] for invocation in drill["invocations"] if invocation["report"]]


def streaming(drill):
    awaited = sum(report["heartbeats"]["awaited"] for report in reports(drill))
    return f"**yes**, {awaited} awaited" if awaited else "no"


def interval(drill):
    """The shortest pause between two heartbeats of one server: a driver that does not pause floods it."""
    found = [report["heartbeats"]["shortestIntervalMs"] for report in reports(drill)]
    found = [value for value in found if value is not None]
    if not found:
        return "–"
    return milliseconds(min(found)) if min(found) >= LEAST_MS else f"**{min(found):.3g} ms**"


def handshake(drill):
    env = (drill["handshake"] or {}).get("client", drill["handshake"] or {}).get("env")
    return ", ".join(sorted(env)) if env else "none"


def connections(drill):
    """Of a process that has settled: application and monitoring ones."""
    found = reports(drill)
    if not found:
        return "–"
    last = found[min(2, len(found) - 1)]["connections"]
    return f"{last['application']['open']} + {last['monitoring']['open']}"


def row(drill):
    failed = [phase["name"] for phase in drill["phases"] if phase["verdict"] == "fail"]
    failed += [check["name"] for check in drill["checks"] if check["verdict"] == "fail"]
    return [
        drill["driver"],
        drill["client"],
        "pass" if not failed else "**fail**",
        streaming(drill),
        interval(drill),
        handshake(drill),
        connections(drill),
        milliseconds(phase(drill, "frozen").get("recoverMs")),
        milliseconds(phase(drill, "outage").get("recoverMs")),
        milliseconds(phase(drill, "failover").get("recoverMs"))
        + (" ¹" if phase(drill, "failover").get("advice") else ""),
    ]


def reasons(drill):
    """Why it is red: each reason once."""
    found = [phase["reason"] for phase in drill["phases"] if phase["verdict"] == "fail"]
    found += [f"{check['name']}: {check['detail']}" for check in drill["checks"] if check["verdict"] == "fail"]
    return list(dict.fromkeys(found))


def table(drills):
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    lines += ["| " + " | ".join(row(drill)) + " |" for drill in drills]
    advice = list(dict.fromkeys(phase(drill, "failover").get("advice") for drill in drills))
    lines += ["", *(f"¹ {text}" for text in advice if text)]
    red = [(drill, reason) for drill in drills for reason in reasons(drill)[:1]]
    if red:
        lines += ["", "Why the red ones are red:", ""]
        lines += [f"- {drill['driver']}, {drill['client']}: {reason}" for drill, reason in red]
    return "\n".join(lines) + "\n"


def main(folder):
    files = sorted(folder.glob("*/drill.json"), key=lambda file: file.stat().st_mtime)
    if not files:
        sys.exit(f"survey: expected drill.json in the folders of {folder}, found none")
    text = table([json.loads(file.read_text()) for file in files])
    (folder / "survey.md").write_text(text)
    print(text, end="")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
