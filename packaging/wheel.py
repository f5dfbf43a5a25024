#!/usr/bin/env python3
"""Makes the Python wheel faas-drill from built programs, which are self-contained, for any Linux of their architecture.

    faas_drill/             what starts the programs
    faas_drill/programs/    faas-drill, faas-front and faas-lambda-host
    faas_drill/lib/         every shared library of theirs, the C library and its dynamic linker too
    *.data/data/            man pages, for the environment's share/man
    *.dist-info/            metadata, licences, and, where given, the list of all that is inside

The same input gives the same bytes. Standard library only.
"""

import base64
import hashlib
import re
import sys
from pathlib import Path

import bundle
import elf

SOURCES = Path(__file__).resolve().parent.parent
PROGRAMS = ("faas-drill", "faas-front", "faas-lambda-host")
PACKAGE = "faas_drill"
LIBRARIES = f"{PACKAGE}/lib"

# By Lambda's names: pip's. The programs bring their C library; these are the systems of the embedded server's wheels.
TAGS = {
    "x86_64": ("manylinux2014_x86_64", "musllinux_1_2_x86_64"),
    "arm64": ("manylinux2014_aarch64", "musllinux_1_2_aarch64"),
}
# Where the ABI puts it, so that it does not depend on the build machine. lib/'s linker starts the programs.
LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "arm64": "/lib/ld-linux-aarch64.so.1"}
# The embedded server has wheels for these only; building it needs a C++ compiler.
SERVER_PYTHONS = 'python_version >= "3.10" and python_version < "3.14"'

METADATA = """\
Metadata-Version: 2.4
Name: faas-drill
Version: {version}
Summary: Runs a function as AWS Lambda would, through freezes and outages, and judges its MongoDB driver
License-Expression: Apache-2.0 AND LicenseRef-Libraries
License-File: LICENSE
{license_files}Keywords: mongodb,driver,lambda,faas,serverless,test
Classifier: Environment :: Console
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: C
Classifier: Topic :: Software Development :: Testing
Requires-Python: >=3.9
Requires-Dist: {server}; {pythons}
Provides-Extra: python
Requires-Dist: awslambdaric; extra == "python"
Description-Content-Type: text/markdown

{readme}"""


def version():
    found = re.search(r"^project\(faas_harness VERSION (\S+)", (SOURCES / "CMakeLists.txt").read_text(), re.M)
    return found[1]


def server():
    """The version that the project's own tests use."""
    path = SOURCES / "tools" / "requirements.in"
    found = re.search(r"^(secantusdb==\S+)", path.read_text(), re.M)
    if found is None:
        raise bundle.Refused(f"{path}: no line secantusdb==VERSION, the embedded server")
    return found[1]


def collect(tree, search, machine):
    """{name in the wheel: bytes}: programs, their libraries, and what starts them."""
    files = {}
    for name in PROGRAMS:
        data = bundle.load(tree / "bin" / name, machine)
        check_program(name, elf.read(data), machine)
        files[f"{PACKAGE}/programs/{name}"] = data
    bundle.add_closure(files, search, machine, LIBRARIES)
    for path in sorted((SOURCES / "packaging" / "wheel" / PACKAGE).glob("*.py")):
        files[f"{PACKAGE}/{path.name}"] = path.read_bytes()
    return files


def check_program(name, program, machine):
    if program.interpreter != LOADERS[machine]:
        raise bundle.Refused(f"{name}: expected the dynamic linker {LOADERS[machine]}, found {program.interpreter}")
    if program.rpath is not None:
        raise bundle.Refused(f"{name}: expected no DT_RPATH, found {program.rpath}")


def metadata(options):
    """{name in dist-info: bytes}, without RECORD."""
    readme = (SOURCES / "packaging" / "wheel" / "README.md").read_text()
    license_files = "License-File: LIBRARIES.txt\n" if options.licences else ""
    text = METADATA.format(
        version=version(), server=server(), pythons=SERVER_PYTHONS, license_files=license_files, readme=readme
    )
    tags = "".join(f"Tag: py3-none-{tag}\n" for tag in TAGS[options.machine])
    files = {
        "METADATA": text.encode(),
        "WHEEL": f"Wheel-Version: 1.0\nGenerator: faas-harness\nRoot-Is-Purelib: false\n{tags}".encode(),
        "entry_points.txt": ("[console_scripts]\n" + "".join(map(entry_point, PROGRAMS))).encode(),
        "licenses/LICENSE": (SOURCES / "LICENSE").read_bytes(),
    }
    if options.licences:
        files["licenses/LIBRARIES.txt"] = options.licences.read_bytes()
    if options.sbom:
        files["sboms/faas-drill.cdx.json"] = options.sbom.read_bytes()
    return files


def entry_point(program):
    return f"{program} = {PACKAGE}.__main__:{program.replace('-', '_')}\n"


def wheel_name(machine):
    return f"{PACKAGE}-{version()}-py3-none-{'.'.join(TAGS[machine])}.whl"


def record(files, path):
    """Every file with its hash, except RECORD itself."""
    lines = []
    for name, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(data)}\n")
    return ("".join(lines) + f"{path},,\n").encode()


def write(files, output):
    """The metadata comes last, as a wheel should have it."""
    with bundle.renamed(output) as new:
        bundle.zip_files(files.items(), mode, new)


def mode(_, data):
    return bundle.PROGRAM_MODE if data[:4] == b"\x7fELF" else bundle.DATA_MODE


def main(arguments):
    parser = bundle.packager(__doc__)
    parser.add_argument("--tree", type=Path, required=True, help="a build tree with the programs in bin/")
    parser.add_argument("--pages", type=Path, required=True, help="a folder of man pages")
    parser.add_argument("--licences", type=Path, help="of the libraries, a text")
    parser.add_argument("--sbom", type=Path, help="what is inside, a CycloneDX document")
    parser.add_argument("-o", "--output", type=Path, required=True, help="the folder to put the wheel into")
    options = parser.parse_args(arguments)

    info = f"{PACKAGE}-{version()}.dist-info"
    output = options.output / wheel_name(options.machine)
    try:
        files = dict(sorted(collect(options.tree, options.search, options.machine).items()))
        for path in sorted(options.pages.glob("*.1")):
            files[f"{PACKAGE}-{version()}.data/data/share/man/man1/{path.name}"] = path.read_bytes()
        files |= {f"{info}/{name}": data for name, data in sorted(metadata(options).items())}
        files[f"{info}/RECORD"] = record(files, f"{info}/RECORD")
        write(files, output)
    except (bundle.Refused, OSError) as error:
        sys.exit(f"wheel: {error}")
    print(output)


if __name__ == "__main__":
    main(sys.argv[1:])
