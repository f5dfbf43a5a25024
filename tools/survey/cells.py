"""The table of the survey: its columns, and each row's cells, for all output formats."""

from dataclasses import dataclass

import facts


@dataclass
class Cell:
    text: str
    tone: str = ""  # good, bad, or neither
    time: int | None = None  # the drill that shows it


@dataclass
class Column:
    key: str
    title: str  # where there is room
    short: str
    wide: bool = False  # not in a terminal, where its facts are below the table


NONE = Cell("–")


def milliseconds(value):
    if value is None:
        return "–"
    if value >= 999.5:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 9.95 else f"{value:.2g} ms"


def seconds(value):
    return f"{value:g} s"


def share(part, whole):
    return f"{part}/{whole}"


def label(row):
    """The driver, and the function that contains it."""
    which = " ".join(filter(None, (row["function"], row["client"])))
    return (
        f"{row['driver'] or row['entry']} · {which}"
        if row["driver"]
        else " ".join(filter(None, (row["entry"], row["client"])))
    )


def short_label(row, width):
    """For a terminal: if cut, the end stays, because it distinguishes rows with the same driver."""
    if not row["driver"]:
        end = f" {row['client']}" if row["client"] else ""
        return fit(row["entry"], width - len(end)) + end
    end = f", {row['client'] or row['function']}"
    return fit(row["driver"], width - len(end)) + end


def fit(text, width):
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def ways(survey):
    return sorted({(one["freezeSeconds"], one["ending"]) for row in survey["rows"] for one in row["outages"]})


def names(survey):
    """Of the phases that run by name only."""
    return list(dict.fromkeys(one["phase"] for row in survey["rows"] for one in row["byName"]))


def columns(survey):
    outages = [
        Column(
            f"outage-{ending}-{frozen:g}",
            f"failed in an outage: {ending}, {seconds(frozen)} frozen",
            f"{ending} {frozen:g}s",
        )
        for frozen, ending in ways(survey)
    ]
    return [
        Column("green", "green", "green"),
        Column("red", "red for", "red", wide=True),
        Column("streams", "streams", "streams"),
        Column("handshake", "handshake lacks", "lacks", wide=True),
        Column("heartbeat", "closest heartbeats", "closest"),
        *outages,
        Column("failover", "failover", "failover"),
        Column("dropped", "recovers from dropped connections with", "dropped", wide=True),
        *(Column(f"by-name-{name}", name, name, wide=True) for name in names(survey)),
        Column("connections", "connections", "conns"),
        Column("cold", "cold start", "cold"),
    ]


def green(row):
    held = row["held"]
    begun = [drill for drill in row["drills"] if drill["state"] != "not begun"]
    if row["notBuilt"]:
        return Cell("not built", "bad")
    if not held:
        return Cell("not run" if begun else "not begun", "bad" if begun else "")
    return Cell(share(row["green"], len(begun)), "good" if row["green"] == len(begun) else "bad")


def told_failed(row):
    """Without the phases that a check explains: there the function failed only because its driver streams, or polls too
    often."""
    explained = any(one["what"] == "check" for one in row["failed"])
    return [one for one in row["failed"] if one["what"] == "check" or one["lostWork"] or not explained]


def red(row):
    failed, held = told_failed(row), row["held"]
    unheld = [drill["time"] for drill in row["drills"] if drill["state"] == "not held"]
    if not held or not (failed or unheld):
        return NONE
    names = {}
    for one in failed:
        names[one["name"]] = max(len(one["times"]), names.get(one["name"], 0))
    told = [name if count == held else f"{name} ({share(count, held)})" for name, count in names.items()]
    told += [f"not run ({share(len(unheld), held + len(unheld))})"] if unheld else []
    return Cell(", ".join(told), "bad", failed[0]["times"][0] if failed else None)


def streams(row):
    found = row["streaming"]
    judged = found["yes"] + found["no"]
    times = next((one["times"] for one in row["failed"] if one["name"] == "streaming_protocol"), [None])
    if not judged:
        return NONE
    if not found["yes"]:
        return Cell("no")
    return Cell("yes" if not found["no"] else share(found["yes"], judged), "bad", times[0])


def handshake(row):
    found = row["handshake"]
    if not found:
        return NONE
    missing = ", ".join(found["missing"])
    if found["fault"]:
        return Cell(missing or "nothing, but something is wrong", "bad")
    return Cell(f"{missing} (no room)" if missing else "nothing")


def heartbeat(row):
    found = row["heartbeat"]
    return Cell(milliseconds(found["closestMs"]), "bad" if found["tooClose"] else "")


def outage(row, frozen, ending):
    for one in row["outages"]:
        if (one["freezeSeconds"], one["ending"]) == (frozen, ending):
            return Cell(share(one["lost"], one["of"]), "bad" if one["lost"] else "", next(iter(one["lostIn"]), None))
    return NONE


def failover(row):
    found = row["failover"]
    if not found:
        return NONE
    if found["lost"]:
        return Cell(f"{share(found['lost'], found['of'])} failed", "bad", found["lostIn"][0])
    return Cell(milliseconds(found["medianMs"]))


def setting_name(setting):
    return {facts.GIVEN: "nothing needed", "both": "both timeouts"}.get(setting, setting)


def told_setting(one):
    tried = one["saved"] + one["lost"]
    rate = f" ({share(one['saved'], tried)})" if one["lost"] else ""
    return f"{setting_name(one['setting'])}, {milliseconds(one['medianMs'])}{rate}"


def dropped(row):
    found = row["dropped"]
    if not found:
        return NONE
    saves = "; faster with ".join(told_setting(one) for one in facts.best_settings(found)) or "nothing"
    refused = [one["setting"].split("=")[0] for one in found["settings"] if one["refused"] and one["setting"] != "both"]
    text = saves + "".join(f"; {name} is not an option" for name in refused)
    return Cell(text, "bad" if saves == "nothing" else "")


def by_name(row, name):
    found = next((one for one in row["byName"] if one["phase"] == name), None)
    if found is None or not found["pass"] + found["fail"]:
        return NONE
    text = share(found["pass"], found["pass"] + found["fail"])
    if name == "coldstart" and row["takenApart"]:
        quickest = row["takenApart"]
        text = f"{milliseconds(quickest['totalMs'])}, {quickest['roundTrips']} round trips"
    return Cell(text, "bad" if found["fail"] else "", next(iter(found["failedIn"]), None))


def connections(row):
    return NONE if row["connections"] is None else Cell(f"{row['connections']:g}")


def cold(row):
    return Cell(milliseconds(row["coldStart"]["medianMs"]))


def cells(survey, row):
    """By the column's key."""
    found = {f"outage-{ending}-{frozen:g}": outage(row, frozen, ending) for frozen, ending in ways(survey)}
    found |= {f"by-name-{name}": by_name(row, name) for name in names(survey)}
    for part in (green, red, streams, handshake, heartbeat, failover, dropped, connections, cold):
        found[part.__name__] = part(row)
    return found


def notes(row):
    """(title, text) of what is too long for a cell: why a row is red, or missing."""
    found = []
    if row["notBuilt"]:
        log = row["notBuilt"]["log"]
        found.append(("not built", row["notBuilt"]["line"] + (f" (log: {log})" if log else "")))
    for drill in row["drills"]:
        if drill["state"] == "not held":
            found.append(("not run", f"time {drill['time']}: {drill['reason']} ({drill['folder']}/drill.txt)"))
    for one in told_failed(row):
        found.append((one["name"], f"{share(len(one['times']), row['held'])}: {one['reason']}"))
    for one in row["warnings"]:
        found.append((f"warning {one['name']}", one["reason"]))
    if row["failover"] and row["failover"]["advice"]:
        found.append(("failover", row["failover"]["advice"]))
    found += [(one["phase"], one["advice"]) for one in row["byName"] if one["advice"]]
    return found


def counted(number, word):
    return f"{number} {word}{'s' if number != 1 else ''}"


def caption(survey):
    """When, where and how, without which the figures have no meaning."""
    machine, server = survey["machine"], survey["server"]
    return (
        f"{survey['startedAt'][:10]}, faas-drill {survey['drillVersion'] or '–'} at commit {survey['commit'] or 'unknown'}; "
        f"{server}; {machine['architecture']}, {machine['cores']} cores, {machine['system']}. "
        f"Each row was drilled {counted(survey['times'], 'time')}, {counted(survey['jobs'], 'drill')} at a time, "
        f"with --phases {survey['phases']} --freeze {survey['freezeSeconds']:g}."
    )
