"""Shows and judges one invocation of a deployed function: deploy_report.py FOLDER PHASE.

FOLDER has PHASE.json, the function's answer, and PHASE.invoke.json, the output of `aws lambda invoke`; writes the end
of the function's log to PHASE.log. Exits with 1 unless all of this is true, of which MongoDB's script checks only the
first: no FunctionError, a report, verdict pass, and no heartbeat of the streaming protocol.
"""

import base64
import json
import sys
from pathlib import Path

from summary import get, heartbeats, number, operation, paint


def judge(answer, invoke, phase):
    """Returns (what is wrong, what is unusual, the report or None)."""
    wrong, odd, report = [], [], None
    error = invoke.get("FunctionError")
    if error:
        wrong.append(f"FunctionError: {error}")
    if isinstance(answer, dict) and "errorType" in answer:
        message, _, rest = str(answer.get("errorMessage", "")).partition("\n")
        wrong.append(f"{answer['errorType']}: {message}")
        report = parse(rest.encode())
    elif isinstance(answer, dict) and "reportVersion" in answer:
        report = answer
    else:
        wrong.append("the answer is not a report of the harness")
    if not isinstance(report, dict) or "reportVersion" not in report:
        return wrong, odd, None
    if report.get("verdict") != "pass" and not error:
        wrong.append(f"verdict {report.get('verdict')}, but Lambda got no error")
    if get(report, "heartbeats", "awaited"):
        wrong.append(
            f"{get(report, 'heartbeats', 'awaited')} heartbeats with awaited=true: the streaming protocol is on"
        )
    cold = get(report, "invocation", "cold")
    if cold != (phase == "cold"):
        which = (
            "a new execution environment, so nothing was frozen"
            if cold
            else "an execution environment that was used before"
        )
        odd.append(f"Lambda used {which}")
    return wrong, odd, report


def parse(text):
    try:
        return json.loads(text)
    except ValueError:
        return None


def show(phase, wrong, odd, report):
    verdict = paint("31", "fail") if wrong else paint("32", "pass")
    words = [f"{phase:<7}", verdict]
    if report:
        words += [f"insert {operation(report, 'insert')} ms", f"delete {operation(report, 'delete')} ms"]
        words += [f"heartbeats {heartbeats(report)}, {number(get(report, 'heartbeats', 'awaited'))} streaming"]
        words += [f"open connections {number(report.get('openConnections'))}"]
        words += [f"driver {get(report, 'driver', 'name')} {get(report, 'driver', 'version')}"]
    print("  ".join(words))
    for text in wrong:
        print(f"        {text}")
    for text in odd:
        print(f"        note: {text}")


def main():
    folder, phase = Path(sys.argv[1]), sys.argv[2]
    invoke = parse((folder / f"{phase}.invoke.json").read_bytes()) or {}
    answer = parse((folder / f"{phase}.json").read_bytes())
    (folder / f"{phase}.log").write_bytes(base64.b64decode(invoke.get("LogResult") or ""))
    wrong, odd, report = judge(answer, invoke, phase)
    show(phase, wrong, odd, report)
    return 1 if wrong else 0


sys.exit(main())
