"""The facts of a row of the survey, from its drills: numbers, not text."""

import re
from collections import Counter
from statistics import median

# client.env for AWS Lambda, by the handshake specification.
ENV = ("name", "region", "memory_mb")
OUTAGE = re.compile(r"outage, (FIN|RST), ([0-9.]+) s frozen")
GIVEN = "URI as given"
# Phases with their own columns, and the one without a verdict.
USUAL = ("cold", "warm", "frozen", "outage", "failover", "dropped", "burst")


def check(result, name):
    return next((one for one in result["checks"] if one["name"] == name), None)


def verdicts(drills, name):
    """How often that check passed, failed, or was not judged."""
    found = Counter()
    for drill in drills:
        one = check(drill.result, name)
        found[one["verdict"] if one else "skipped"] += 1
    return found


def by_name(drills):
    """For each phase that runs by name only: how often it passed, and its advice."""
    found = {}
    for drill in drills:
        for one in drill.result["phases"]:
            if one["name"] not in USUAL:
                told = found.setdefault(
                    one["name"],
                    {"phase": one["name"], "pass": 0, "fail": 0, "skipped": 0, "failedIn": [], "advice": None},
                )
                told["fail" if one["verdict"] == "fail" else "skipped" if one["verdict"] == "skipped" else "pass"] += 1
                told["failedIn"] += [drill.time] if one["verdict"] == "fail" else []
                told["advice"] = told["advice"] or one["advice"]
    return list(found.values())


def taken_apart(drills):
    """Of phase coldstart, with the settings as given: the fastest."""
    given = [one for drill in drills for one in drill.result.get("coldStarts", []) if one["setting"] == "as given"]
    return min((one for one in given if one["times"] > 0), key=lambda one: one["totalMs"], default=None)


def measured(drills, name):
    found = [check(drill.result, name) for drill in drills]
    return [one["measured"] for one in found if one and one.get("measured") is not None]


def middle(values):
    return median(values) if values else None


def survived(invocation):
    """Whether the function did its work. faas-harness's report can fail for another reason, such as a driver that
    streams."""
    counts = invocation["counts"]
    if counts is not None:
        return counts["insertOk"] and counts["deleteOk"]
    return invocation["verdict"] in ("pass", "warning")


def invocations(drill, phase):
    """(invocation, number of the drill) of a phase, in all rounds."""
    phases = drill.result["phases"]
    return [one for one in drill.result["invocations"] if phases[one["phase"]]["name"] == phase]


def tally(found):
    """(drill, invocation)s: how many failed, in which drills, and how long the others took."""
    lost = [drill.time for drill, one in found if not survived(one)]
    kept = [one["thawToAnswerMs"] for _, one in found if survived(one) and one["thawToAnswerMs"] is not None]
    return {
        "lost": len(lost),
        "of": len(found),
        "medianMs": middle(kept),
        "slowestMs": max(kept, default=None),
        "lostIn": sorted(set(lost)),
    }


def outages(drills):
    ways = {}
    for drill in drills:
        for one in invocations(drill, "outage"):
            way = OUTAGE.fullmatch(one["name"])
            if way:
                ways.setdefault((float(way[2]), way[1]), []).append((drill, one))
    return [
        {"ending": ending, "freezeSeconds": seconds, **tally(found)}
        for (seconds, ending), found in sorted(ways.items())
    ]


def failover(drills):
    """With the URI as given; a repeated try with a setting for single-threaded clients only proves the advice."""
    found = [(drill, one) for drill in drills for one in invocations(drill, "failover") if one["name"] == "failover"]
    if not found:
        return None
    advice = [phase["advice"] for drill in drills for phase in drill.result["phases"] if phase["name"] == "failover"]
    return {**tally(found), "advice": next((text for text in advice if text), None)}


def settings(drills):
    """The settings of phase dropped, by name: their second invocation, or the first if the driver refused the setting."""
    found = {}
    for drill in drills:
        for one in invocations(drill, "dropped"):
            refused = one["cold"] and one["verdict"] == "skipped"
            if one["name"].startswith("ended by") or (one["cold"] and not refused):
                continue
            setting = found.setdefault(one["name"], {"saved": [], "lost": [], "refused": []})
            if refused or one["verdict"] == "skipped":
                setting["refused"].append(drill.time)
            elif survived(one):
                setting["saved"].append((drill.time, one["thawToAnswerMs"]))
            else:
                setting["lost"].append(drill.time)
    return found


def dropped(drills):
    found = [
        {
            "setting": name,
            "saved": len(one["saved"]),
            "lost": len(one["lost"]),
            "refused": len(one["refused"]),
            "medianMs": middle([ms for _, ms in one["saved"]]),
        }
        for name, one in settings(drills).items()
    ]
    ended = {}
    for drill in drills:
        for one in invocations(drill, "dropped"):
            if one["name"].startswith("ended by"):
                ended.setdefault(one["name"].removeprefix("ended by "), []).append((drill, one))
    if not found:
        return None
    return {"settings": found, "ended": [{"ending": name, **tally(of)} for name, of in ended.items()]}


def best_settings(facts):
    """What the URI needs: nothing, if the function recovers without it, plus what makes it much faster; else one
    setting; else both. Most reliable first, then fastest.
    """
    tried = [one for one in facts["settings"] if one["saved"]]
    given = [one for one in tried if one["setting"] == GIVEN and not one["lost"]]
    single = [one for one in tried if one["setting"] not in (GIVEN, "both")]
    single = sorted(single, key=lambda one: (one["lost"], one["medianMs"]))[:1]
    if given:
        return given + [one for one in single if not one["lost"] and one["medianMs"] < given[0]["medianMs"] / 2]
    return single or tried[:1]


def handshake(drills):
    documents = [drill.result["handshake"] for drill in drills if drill.result["handshake"]]
    if not documents:
        return None
    document = documents[0].get("client", documents[0])
    env = document.get("env") or {}
    faults = [(drill.time, check(drill.result, "handshake")) for drill in drills]
    faults = [(time, one["detail"]) for time, one in faults if one and one["verdict"] == "fail"]
    return {
        "missing": [name for name in ENV if name not in env] if env else ["env"],
        "fault": faults[0][1] if faults else None,
        "document": document,
    }


def cold(drills):
    found = [one for drill in drills for one in invocations(drill, "cold") if one["cold"]]
    both = [(one["initMs"], one["durationMs"]) for one in found]
    both = [pair for pair in both if None not in pair]
    return {
        "medianMs": middle([init + work for init, work in both]),
        "initMedianMs": middle([init for init, _ in both]),
        "invocationMedianMs": middle([work for _, work in both]),
    }


def only_complained(drill, name):
    """Whether a failed phase lost no work: only faas-harness's own assertions failed."""
    bad = [one for one in invocations(drill, name) if one["verdict"] == "fail"]
    return bool(bad) and all(survived(one) for one in bad)


# The limits of a reason in drill.json, and of what a phase quotes in it, in bytes.
REASON_MOST, QUOTED, QUOTED_MOST = 511, " The first: ", 160


def whole_words(text):
    """The whole words of a reason that faas-drill has cut, and … for the rest."""
    quoted = text.rpartition(QUOTED)[2] if text and QUOTED in text else ""
    if not text or (len(text.encode()) < REASON_MOST and len(quoted.encode()) < QUOTED_MOST):
        return text
    return text.rpartition(" ")[0].rstrip(" ,;:") + "…"


def failed(drills):
    """What made drills red, in order of first occurrence: phases, then checks."""
    found = {}
    for drill in drills:
        for kind, parts, why in (("phase", "phases", "reason"), ("check", "checks", "detail")):
            for name in dict.fromkeys(one["name"] for one in drill.result[parts] if one["verdict"] == "fail"):
                reason = whole_words(
                    next(one[why] for one in drill.result[parts] if one["name"] == name and one["verdict"] == "fail")
                )
                of = found.setdefault(
                    (kind, name), {"what": kind, "name": name, "times": [], "lostWork": False, "reason": reason}
                )
                of["times"].append(drill.time)
                of["lostWork"] |= kind == "phase" and not only_complained(drill, name)
    return list(found.values())


def warnings(drills):
    found = {}
    for drill in drills:
        for one in drill.result["checks"]:
            if one["verdict"] == "warning":
                of = found.setdefault(
                    one["name"], {"name": one["name"], "times": [], "reason": whole_words(one["detail"])}
                )
                of["times"].append(drill.time)
    return list(found.values())


def one_drill(row, drill):
    place = f"{row.name}/{drill.time}"
    page = (drill.folder / "timeline.html").exists()
    return {
        "time": drill.time,
        "state": "held" if drill.held else "not held" if drill.begun else "not begun",
        "verdict": drill.result["verdict"] if drill.held else None,
        "startedAt": drill.result["startedAt"] if drill.held else None,
        "durationMs": drill.result["durationMs"] if drill.held else None,
        "reason": drill.reason,
        "folder": place if drill.begun else None,
        "page": f"{place}/timeline.html" if page else None,
    }


def of_row(row):
    drills = row.held
    names = [drill.result["driver"] for drill in drills if drill.result["driver"]]
    wires = [drill.result["handshake"] for drill in drills if drill.result["handshake"]]
    wire = wires[0].get("client", wires[0]).get("driver") if wires else None
    return {
        "row": row.name,
        "entry": row.entry,
        "function": row.function,
        "client": row.client,
        "driver": names[0] if names else None,
        "introduced": wire,
        "notBuilt": {"line": row.not_built, "log": row.log} if row.not_built is not None else None,
        "drills": [one_drill(row, drill) for drill in row.drills],
        "held": len(drills),
        "green": sum(drill.green for drill in drills),
        "failed": failed(drills),
        "warnings": warnings(drills),
        "streaming": {
            "yes": (found := verdicts(drills, "streaming_protocol"))["fail"],
            "no": found["pass"],
            "unknown": found["skipped"],
        },
        "handshake": handshake(drills),
        "heartbeat": {
            "closestMs": min(measured(drills, "heartbeat_interval"), default=None),
            "tooClose": verdicts(drills, "heartbeat_interval")["fail"],
        },
        "outages": outages(drills),
        "failover": failover(drills),
        "dropped": dropped(drills),
        "byName": by_name(drills),
        "takenApart": {name: quickest[name] for name in ("totalMs", "roundTripMs", "roundTrips", "connections")}
        if (quickest := taken_apart(drills))
        else None,
        "connections": max(measured(drills, "connections_steady"), default=None),
        "coldStart": cold(drills),
    }


def of_survey(survey):
    rows = [of_row(row) for row in survey.rows]
    versions = [drill.result["drillVersion"] for row in survey.rows for drill in row.held]
    return {
        "surveyVersion": 1,
        **{
            name: survey.plan[name]
            for name in ("startedAt", "commit", "machine", "server", "times", "phases", "freezeSeconds", "jobs")
        },
        "drillVersion": versions[0] if versions else None,
        "complete": all(row["notBuilt"] is None and row["held"] == survey.plan["times"] for row in rows),
        "rows": rows,
    }
