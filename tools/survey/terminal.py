"""The survey as a table of 120 columns at most, with what does not fit into it below."""

import textwrap

import cells

WIDTH = 120
LABEL_MIN = 20


def fit(text, width):
    return text if len(text) <= width else text[: width - 1] + "…"


def table(survey):
    columns = [column for column in cells.columns(survey) if not column.wide]
    lines = [["", *(column.short for column in columns)]]
    for row in survey["rows"]:
        found = cells.cells(survey, row)
        lines.append([cells.label(row), *(fit(found[column.key].text, 15) for column in columns)])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    widths[0] = min(widths[0], max(LABEL_MIN, WIDTH - sum(2 + width for width in widths[1:])))
    titled = sum(column.key.startswith("outage-") for column in columns)
    before = next((i for i, column in enumerate(columns) if column.key.startswith("outage-")), 0)
    if titled:
        yield (" " * (sum(widths[: before + 1]) + 2 * (before + 1)) + "lost in an outage").rstrip()
    for line in lines:
        yield "  ".join(
            [fit(line[0], widths[0]).ljust(widths[0])]
            + [text.rjust(width) for text, width in zip(line[1:], widths[1:])]
        )


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
            yield from told("a dropped connection is saved by", found["dropped"].text)
    for title, text in cells.notes(row):
        yield from told(title, text)


def text(survey):
    lines = [*textwrap.wrap(cells.caption(survey), WIDTH), "", *table(survey), ""]
    for row in survey["rows"]:
        lines += below(survey, row)
    return "\n".join(lines) + "\n"
