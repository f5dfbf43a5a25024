"""Prints "N passed, N failed[, N skipped]" for the JUnit file that ctest wrote; fails when no test ran."""

import sys
import xml.etree.ElementTree as ElementTree

suite = ElementTree.parse(sys.argv[1]).getroot()
number = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped", "disabled")}
failed = number["failures"] + number["errors"]
skipped = number["skipped"] + number["disabled"]
passed = number["tests"] - failed - skipped
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(passed + failed == 0)
