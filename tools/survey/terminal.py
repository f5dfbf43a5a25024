"""The survey as a table of at most 120 columns, with what does not fit below it."""

import textwrap

import cells

WIDTH = 120
LABEL_MIN = 20


def table(survey):
    columns = [column for column in cells.columns(survey) if not column.wide]
    lines = [[column.short for column in columns]]
    for row in survey["rows"]:
        found = cells.cells(survey, row)
        lines.append([cells.fit(found[column.key].text, 15) for column in columns])
    widths = [max(map(len, texts)) for texts in zip(*lines)]
    room = max(LABEL_MIN, WIDTH - sum(2 + width for width in widths))
    labels = ["", *(cells.short_label(row, room) for row in survey["rows"])]
    first = max(map(len, labels))
    outages = [column.key.startswith("outage-") for column in columns]
    if any(outages):
        yield " " * (first + sum(2 + width for width in widths[: outages.index(True)]) + 2) + "failed in an outage"
    for label, texts in zip(labels, lines):
        yield "  ".join([label.ljust(first), *(text.rjust(width) for text, width in zip(texts, widths))])


def told(title, text):
    return textwrap.wrap(
        f"{title}: {text}", WIDTH - 4, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
    )


def below(survey, row):
    found = cells.cells(survey, row)
    yield cells.label(row)
    if row["held"]:
        if found["handshake"] is not cells.NONE:
            yield from told("handshake lacks", found["handshake"].text)
        if found["dropped"] is not cells.NONE:
            yield from told("recovers from dropped connections with", found["dropped"].text)
        for name in cells.names(survey):
            if found[f"by-name-{name}"] is not cells.NONE:
                yield from told(name, found[f"by-name-{name}"].text)
    for title, text in cells.notes(row):
        yield from told(title, text)


def text(survey):
    lines = [*textwrap.wrap(cells.caption(survey), WIDTH), "", *table(survey), ""]
    for row in survey["rows"]:
        lines += below(survey, row)
    return "\n".join(lines) + "\n"
