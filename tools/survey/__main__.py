"""Makes one table from the drills of ./dev survey, even an incomplete one: python tools/survey FOLDER.

Writes FOLDER/survey.json, survey.md and survey.html, and prints the table. docs/survey.md says how to read it. Exits
with 1 if a row could not be built or a drill did not run.
"""

import json
import sys
from pathlib import Path

import facts
import markdown
import page
import reading
import terminal


def main(folder):
    if not (folder / "plan.json").exists():
        sys.exit(f"survey: {folder} has no plan.json, so ./dev survey did not make it")
    survey = facts.of_survey(reading.read_survey(folder))
    (folder / "survey.json").write_text(json.dumps(survey, indent=1, ensure_ascii=False) + "\n")
    (folder / "survey.md").write_text(markdown.text(survey))
    (folder / "survey.html").write_text(page.text(survey))
    print(terminal.text(survey), end="")
    return 0 if survey["complete"] else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
