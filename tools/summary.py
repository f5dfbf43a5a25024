"""Shows the reports of one run to a person: summary.py REPORTS-FILE [FOLDER to keep each report in as N.json].

Exits with 1 if there is no report, or a line that is not a report.
"""

import json
import os
import sys

COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def paint(code, text):
    return f"\x1b[{code}m{text}\x1b[0m" if COLOUR else text


def number(value):
    return "–" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def get(report, *path):
    for name in path:
        report = report.get(name) if isinstance(report, dict) else None
    return report


def operation(report, name):
    entry = get(report, "operations", name)
    if not entry:
        return "–"
    return number(float(entry["durationMs"])) if entry.get("ok") else "failed"


def kind(report):
    return "cold" if get(report, "invocation", "cold") else "warm"


def heartbeats(report):
    started, failed = get(report, "heartbeats", "started"), get(report, "heartbeats", "failed")
    return number(started) + (f" ({failed} failed)" if failed else "")


def commands(report):
    extra = [
        f"{get(report, 'commands', name)} {name}" for name in ("failed", "retried") if get(report, "commands", name)
    ]
    return number(get(report, "commands", "started")) + (f" ({', '.join(extra)})" if extra else "")


def failed_assertions(report):
    names = [entry["name"] for entry in report.get("assertions") or [] if entry["verdict"] == "failed"]
    return ", ".join(names) or "none"


COLUMNS = (
    ("", lambda report: number(get(report, "invocation", "number"))),
    ("start", kind),
    ("verdict", lambda report: str(report.get("verdict"))),
    ("insert ms", lambda report: operation(report, "insert")),
    ("delete ms", lambda report: operation(report, "delete")),
    ("heartbeats", heartbeats),
    ("commands", commands),
    ("open connections", lambda report: number(report.get("openConnections"))),
    ("failed assertions", failed_assertions),
)


def table(reports):
    rows = [[title for title, _ in COLUMNS]] + [[cell(report) for _, cell in COLUMNS] for report in reports]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for index, row in enumerate(rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths)]
        if index == 0:
            cells = [paint("1", cell) for cell in cells]
        else:
            cells[2] = paint("32" if row[2] == "pass" else "31", cells[2])
        print("  ".join(cells).rstrip())


def details(reports):
    """The reasons, below the table, where there is room."""
    for report in reports:
        which = f"invocation {get(report, 'invocation', 'number')}"
        error = report.get("error")
        if error:
            print(f"{which}: {error.get('type')}: {error.get('message')}")
        for entry in report.get("assertions") or []:
            told = error and error.get("message") == f"{entry['name']}: {entry.get('detail')}"
            if entry["verdict"] == "failed" and entry.get("detail") and not told:
                print(f"{which}: {entry['name']}: {entry['detail']}")


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        lines = [line for line in stream if line.strip()]
    reports, bad = [], 0
    for index, line in enumerate(lines, 1):
        try:
            report = json.loads(line)
            if not isinstance(report, dict):
                raise ValueError("expected an object")
        except ValueError as problem:
            bad += 1
            print(f"line {index} is not a report ({problem}): {line.rstrip()[:200]}")
            continue
        reports.append(report)
        if len(sys.argv) > 2:
            with open(os.path.join(sys.argv[2], f"{index}.json"), "w", encoding="utf-8") as stream:
                json.dump(report, stream, indent=2, ensure_ascii=False)
                stream.write("\n")
    if not reports:
        print("The harness printed no report.")
        return 1
    first = reports[0]
    print(
        f"driver {get(first, 'driver', 'name')} {get(first, 'driver', 'version')} · client {get(first, 'client', 'mode')}"
        f" · {get(first, 'client', 'uri')}"
    )
    table(reports)
    details(reports)
    if len(sys.argv) > 2:
        print(f"reports: {os.path.relpath(sys.argv[2])}/1.json … {len(lines)}.json")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
