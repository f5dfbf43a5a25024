#!/usr/bin/env python3
"""Runs help2man, which fills the lines of an example as if they were a sentence, and keeps them apart.

man_program.py PAGE HELP2MAN ARGUMENT...
"""

import re
import subprocess
import sys

EXAMPLE = re.compile(r"^(\.IP\n)((?:[^.].*\n)+)", re.M)


def main():
    page, *command = sys.argv[1:]
    made = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.decode()
    with open(page, "w", encoding="utf-8") as file:
        file.write(EXAMPLE.sub(r"\1.nf\n\2.fi\n", made))


if __name__ == "__main__":
    main()
