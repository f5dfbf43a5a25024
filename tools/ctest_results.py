"""Reads ctest's JUnit files.

ctest_results.py counts FILE       prints "N passed, N failed[, N skipped]"; exits with 1 when no test ran
ctest_results.py failures FILE...  prints every failed test again, with the end of its output
"""

import pathlib
import sys
import xml.etree.ElementTree as ElementTree

OUTPUT_LINES = 60


def counts(path):
    suite = ElementTree.parse(path).getroot()
    number = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped", "disabled")}
    failed = number["failures"] + number["errors"]
    skipped = number["skipped"] + number["disabled"]
    passed = number["tests"] - failed - skipped
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return passed + failed == 0


def failures(paths):
    for path in paths:
        tree = pathlib.Path(path).stem.removeprefix("test-")
        suite = ElementTree.parse(path).getroot()
        for case in suite.iter("testcase"):
            if case.get("status") == "fail" or case.find("failure") is not None or case.find("error") is not None:
                print(f"\n✗ {tree}: {case.get('name')} ({float(case.get('time', 0)):.1f} s)")
                print("\n".join((case.findtext("system-out") or "").rstrip().splitlines()[-OUTPUT_LINES:]))
    return 0


if __name__ == "__main__":
    sys.exit(counts(sys.argv[2]) if sys.argv[1] == "counts" else failures(sys.argv[2:]))
