"""The survey as a self-contained page without scripts. Each cell links to the drill that shows it."""

from html import escape
from pathlib import Path

import cells

TEMPLATE = Path(__file__).parent / "page.html"


def link(row, time, text):
    drills = {drill["time"]: drill["page"] for drill in row["drills"]}
    page = drills.get(time) or next((drill["page"] for drill in row["drills"] if drill["page"]), None)
    return f'<a href="{escape(page, quote=True)}">{text}</a>' if page else text


def td(row, column, cell):
    classes = " ".join(filter(None, (cell.tone, "wide" if column.wide else "")))
    shown = escape(cell.text)
    return f'<td class="{classes}">{shown if cell.text == "–" else link(row, cell.time, shown)}</td>'


def times(row):
    """Each drill of the row."""
    signs = {"pass": "✓", "fail": "✗"}
    shown = []
    for drill in row["drills"]:
        sign, tone = signs.get(drill["verdict"], "–"), {"pass": "good", "fail": "bad"}.get(drill["verdict"], "")
        title = f"time {drill['time']}: {drill['verdict'] or drill['state']}"
        href = drill["page"] or (f"{drill['folder']}/drill.txt" if drill["folder"] else None)
        inner = f'<span class="{tone}">{sign}</span>&#8239;{drill["time"]}'
        shown.append(
            f'<a href="{escape(href, quote=True)}" title="{escape(title, quote=True)}">{inner}</a>' if href else inner
        )
    if row["notBuilt"] and row["notBuilt"]["log"]:
        shown.append(f'<a href="{escape(row["notBuilt"]["log"], quote=True)}">build.log</a>')
    return " ".join(shown) or "–"


def head(columns):
    outages = sum(column.key.startswith("outage-") for column in columns)
    first, second = ['<th rowspan="2" class="row">driver and function</th>', '<th rowspan="2">drills</th>'], []
    for column in columns:
        if not column.key.startswith("outage-"):
            first.append(f'<th rowspan="2">{escape(column.title)}</th>')
            continue
        if not second:
            first.append(f'<th colspan="{outages}">lost in an outage</th>')
        second.append(f"<th>{escape(column.short)}</th>")
    return f"<tr>{''.join(first)}</tr>\n<tr>{''.join(second)}</tr>"


def body(survey, columns):
    for row in survey["rows"]:
        found = cells.cells(survey, row)
        driver, _, function = cells.label(row).partition(" · ")
        code = "" if driver == row["entry"] else f"<code>{escape(row['entry'])}</code>"
        name = f'<th class="row">{escape(driver)}<span class="soft">{escape(function)}</span>{code}</th>'
        yield f"<tr>{name}<td class=drills>{times(row)}</td>{''.join(td(row, column, found[column.key]) for column in columns)}</tr>"


def reasons(survey):
    for row in survey["rows"]:
        found = cells.notes(row)
        if found:
            terms = "".join(f"<dt>{escape(title)}</dt><dd>{escape(text)}</dd>" for title, text in found)
            yield f"<h3>{escape(cells.label(row))}</h3>\n<dl>{terms}</dl>"


def text(survey):
    columns = cells.columns(survey)
    why = "\n".join(reasons(survey))
    parts = {
        "@CAPTION@": escape(cells.caption(survey)),
        "@HEAD@": head(columns),
        "@BODY@": "\n".join(body(survey, columns)),
        "@REASONS@": f"<h2>Why</h2>\n{why}" if why else "",
    }
    page = TEMPLATE.read_text()
    for mark, part in parts.items():
        page = page.replace(mark, part)
    return page
