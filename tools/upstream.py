"""Lays the harness out in a mongo-c-driver checkout: upstream.py REPOSITORY CHECKOUT

Writes src/faas-harness and what belongs to it in CHECKOUT. The checkout's own tools format it later. Exits with 1, and
names the missing line, if a file of the checkout is not as expected.
"""

import re
import shutil
import sys
from pathlib import Path

HARNESS = Path("src/faas-harness")
TEMPLATES = Path("packaging/upstream")

# What is copied: folders, without subfolders.
FOLDERS = [
    "include/faas_harness",
    "common",
    "core",
    "providers/common",
    "providers/local",
    "providers/openwhisk",
    "providers/aws_lambda",
    "providers/http",
    "tests/support",
    "tests/unit",
    "tests/unit/local",
    "tests/unit/aws_lambda",
]
FILES = ["cmake/FaasTests.cmake", "cmake/FaasTestsDiscover.cmake"]

# From packaging/upstream, with the place in the checkout.
OWN = {
    "CMakeLists.txt": HARNESS / "CMakeLists.txt",
    "tests.cmake": HARNESS / "tests/CMakeLists.txt",
    "run-scenario.sh": HARNESS / "tests/run-scenario.sh",
    "README.md": HARNESS / "README.md",
    "faas_harness.py": Path(".evergreen/config_generator/components/faas_harness.py"),
    "install-faas-harness-dependencies.sh": Path(".evergreen/scripts/install-faas-harness-dependencies.sh"),
    "run-faas-harness-tests.sh": Path(".evergreen/scripts/run-faas-harness-tests.sh"),
}

LICENCE = """\
/*
 * Copyright 2009-present MongoDB, Inc.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *   http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

"""

# Lines added to files of the checkout: (file, the line before them, the lines). No line: at the end of the file.
ADDED = [
    (
        "CMakeLists.txt",
        r"mongo_bool_setting\(ENABLE_EXAMPLES .*\)",
        """\
mongo_bool_setting(
   ENABLE_FAAS_HARNESS "Build faas-harness, which tests the driver in a FaaS environment (Linux only)"
   DEFAULT VALUE OFF
   VALIDATE CODE [[
      if(ENABLE_FAAS_HARNESS AND NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
         message(FATAL_ERROR "ENABLE_FAAS_HARNESS=ON is only supported on Linux (Got “${CMAKE_SYSTEM_NAME}”)")
      endif()
   ]]
)
""",
    ),
    (
        "src/CMakeLists.txt",
        None,
        """\

if (ENABLE_FAAS_HARNESS)
   add_subdirectory (faas-harness)
endif ()
""",
    ),
    ("tools/format.py", r"    'src/common',", "    'src/faas-harness',\n"),
    (
        "AGENTS.md",
        r"- `test-awsauth`: .*",
        "- `faas-harness`: Runs the scenario of the FaaS Automated Testing specification (Linux only). Requires"
        " `-D ENABLE_FAAS_HARNESS=ON`; see `src/faas-harness/README.md`.\n",
    ),
]


def without_install(text):
    """A CMake file without its calls of install: the harness is not part of the driver's packages."""
    return re.sub(r"^ *install\((?:[^()\"]|\"[^\"]*\")*\)\n", "", text, flags=re.M)


def place(source, target, version):
    """Copies one file, in the checkout's form."""
    target.parent.mkdir(parents=True, exist_ok=True)
    text = source.read_text(encoding="utf-8")
    if source.suffix in (".c", ".h"):
        text = LICENCE + text
    elif source.name == "CMakeLists.txt":
        text = without_install(text).replace("@VERSION@", version)
    target.write_text(text, encoding="utf-8")
    shutil.copymode(source, target)


def add(checkout, name, after, lines):
    """Adds lines to a file of the checkout, once; returns False if the line before them is missing."""
    path = checkout / name
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if lines in text:
        return True
    if after is None:
        found = text
    else:
        match = re.search(f"^{after}\n", text, flags=re.M)
        found = text[: match.end()] if match else ""
    if not found:
        print(f"{path}: no line like {after!r}, after which the harness is added", file=sys.stderr)
        return False
    path.write_text(found + lines + text[len(found) :], encoding="utf-8")
    return True


def sources(repository):
    """Every file that is copied, relative to the repository."""
    for folder in FOLDERS:
        for path in sorted((repository / folder).iterdir()):
            if path.suffix in (".c", ".h", ".in") or path.name == "CMakeLists.txt":
                yield path.relative_to(repository)
    yield from map(Path, FILES)


def main(repository, checkout):
    version = re.search(r"^project\(faas_harness VERSION (\S+)", (repository / "CMakeLists.txt").read_text(), re.M)[1]
    shutil.rmtree(checkout / HARNESS, ignore_errors=True)
    for path in sources(repository):
        place(repository / path, checkout / HARNESS / path, version)
    for name, target in OWN.items():
        place(repository / TEMPLATES / name, checkout / target, version)
    return 0 if all([add(checkout, *what) for what in ADDED]) else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
