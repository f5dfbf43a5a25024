"""The survey as Markdown, to be pasted into a page: docs/survey.md has it between two marks."""

import cells


def escape(text):
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("*", "\\*")


def told(cell):
    text = escape(cell.text)
    return f"**{text}**" if cell.tone == "bad" else text


def text(survey):
    columns = cells.columns(survey)
    head = ["driver and function", "entry", *(column.title for column in columns)]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in survey["rows"]:
        found = cells.cells(survey, row)
        line = [escape(cells.label(row)), f"`{row['entry']}`", *(told(found[column.key]) for column in columns)]
        lines.append("| " + " | ".join(line) + " |")
    lines += ["", cells.caption(survey).replace("*", "\\*")]
    noted = [(row, note) for row in survey["rows"] for note in cells.notes(row)]
    if noted:
        lines += ["", "Why, as the first such drill reports it:", ""]
        lines += [f"- {escape(cells.label(row))}, {title}: {escape(words)}" for row, (title, words) in noted]
    return "\n".join(lines) + "\n"
