#!/usr/bin/env python3
"""Makes a program's man page by help2man, and keeps the lines of examples apart, which help2man would join.

man_program.py PAGE HELP2MAN VERSION INCLUDE PROGRAM
"""

import re
import subprocess
import sys

EXAMPLE = re.compile(r"^(\.IP\n)((?:[^.].*\n)+)", re.M)


def main():
    page, help2man, version, include, program = sys.argv[1:]
    options = ["--locale=C.UTF-8", "--no-info", "--manual=faas-harness", f"--source=faas-harness {version}"]
    options += [f"--version-string={version}", f"--include={include}"]
    made = subprocess.run([help2man, *options, program], stdout=subprocess.PIPE, check=True).stdout.decode()
    with open(page, "w", encoding="utf-8") as file:
        file.write(EXAMPLE.sub(r"\1.nf\n\2.fi\n", made))


if __name__ == "__main__":
    main()
