#!/usr/bin/env python3
"""Makes a deployment package for AWS Lambda of a built harness: a zip file that needs nothing from the system it runs on.

    bootstrap               the harness itself
    lib/private/            every shared library of it and of its providers, including the C library and its dynamic linker
    lib/faas-harness/*.so   the providers

The same input gives the same bytes. Needs only Python 3.9, because it also runs in AWS's build images.
"""

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import elf

ROOT = "/var/task"  # where Lambda unpacks a package
PRIVATE = "lib/private"  # not in Lambda's LD_LIBRARY_PATH, as lib is: other programs there have their own libc
LIBRARIES = f"{ROOT}/{PRIVATE}"
LOADERS = {"x86_64": "ld-linux-x86-64.so.2", "arm64": "ld-linux-aarch64.so.1"}
# glibc's pthread_exit and pthread_cancel load the unwinder by name, so no file lists it as needed.
UNWINDER, UNWINDING = "libgcc_s.so.1", (b"\0pthread_exit\0", b"\0pthread_cancel\0")

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ZIPPED_LIMIT = 50 << 20
UNZIPPED_LIMIT = 250 << 20

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip file can store
PROGRAM_MODE, DATA_MODE = 0o100755, 0o100644
DATA_NAMES = ("Dockerfile", ".json", ".yaml", ".yml", ".crt", ".conf", ".env")
OTHERS_MAY_NOT_WRITE = 0o022


class Refused(Exception):
    pass


def collect(program, providers, search, machine):
    """{name in the package: bytes}, each checked."""
    files = {"bootstrap": load(program, machine)}
    for provider in providers:
        files[f"lib/faas-harness/{provider.name}"] = load(provider, machine)
    check_program(program, elf.read(files["bootstrap"]), machine)
    for name, data in files.items():
        check_paths(name, elf.read(data))
    add_closure(files, search, machine)
    return files


def load(path, machine):
    data = path.read_bytes()
    try:
        found = elf.read(data).machine
    except elf.NotElf as error:
        raise Refused(f"{path}: not a program or library: {error}") from None
    if found != machine:
        raise Refused(f"{path} is for {found}, not for {machine}")
    return elf.without_runpath(data)


def check_program(path, program, machine):
    expected = f"{LIBRARIES}/{LOADERS[machine]}"
    if program.interpreter != expected:
        raise Refused(f"{path}: expected the dynamic linker {expected}, found {program.interpreter}")


def check_paths(name, file):
    # DT_RUNPATH would come after Lambda's LD_LIBRARY_PATH, and not apply to the libraries' own libraries.
    if file.needed and file.rpath != LIBRARIES:
        raise Refused(f"{name}: expected DT_RPATH {LIBRARIES}, found {file.rpath}: link it with --disable-new-dtags")


def add_closure(files, search, machine, folder=PRIVATE):
    """Copies every library that one of the files needs, directly or indirectly, from the search folders into folder."""
    wanted = []
    for by, data in files.items():
        wanted += [(name, by) for name in elf.read(data).needed]
    if wanted:
        wanted.append((LOADERS[machine], next(iter(files))))
    while wanted:
        name, by = wanted.pop()
        if f"{folder}/{name}" in files:
            continue
        path = find(name, search, machine)
        if path is None:
            raise Refused(f"{name}, which {by} needs: not found for {machine} in {' or '.join(map(str, search))}")
        files[f"{folder}/{name}"] = data = load(path, machine)
        wanted += [(other, name) for other in elf.read(data).needed]
        if name != "libc.so.6" and any(symbol in data for symbol in UNWINDING):
            wanted.append((UNWINDER, name))


def find(name, search, machine):
    for folder in search:
        path = folder / name
        if path.is_file() and machine_of(path) == machine:
            return path
    return None


def machine_of(path):
    try:
        return elf.read(path.read_bytes()).machine
    except elf.NotElf:
        return None


def check_limits(zipped, unzipped, zipped_limit=ZIPPED_LIMIT, unzipped_limit=UNZIPPED_LIMIT):
    for what, size, limit in (("zipped", zipped, zipped_limit), ("unzipped", unzipped, unzipped_limit)):
        if size > limit:
            raise Refused(
                f"AWS Lambda takes packages of up to {limit >> 20} MB {what}, and this one has {size / (1 << 20):.1f} MB; "
                "--lean makes a smaller one, and so does a driver built without debug information"
            )


@contextlib.contextmanager
def renamed(output):
    """Another name to write a file under, so that it is complete or missing."""
    output.parent.mkdir(parents=True, exist_ok=True)
    new = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        yield new
        new.rename(output)
    finally:
        new.unlink(missing_ok=True)


def zip_files(files, mode_of, path):
    """files: (name, bytes) in the order that they get; mode_of: the mode of such a file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, EPOCH)
            info.create_system = 3  # Unix, otherwise the mode has no meaning
            info.external_attr = mode_of(name, data) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data, compresslevel=9)


def write_zip(files, output, check=check_limits):
    """check gets its sizes, zipped and unzipped."""
    with renamed(output) as new:
        zip_files(sorted(files.items()), mode, new)
        squeeze(new)
        check(new.stat().st_size, sum(map(len, files.values())))


def mode(name, _=None):
    return DATA_MODE if name.endswith(DATA_NAMES) else PROGRAM_MODE


def squeeze(path):
    """7-Zip's deflate is 4 % smaller than zlib's. ./dev package installs advzip if it can."""
    advzip = shutil.which("advzip")
    if advzip is None:
        return
    run = subprocess.run([advzip, "--recompress", "--shrink-normal", "--quiet", path], capture_output=True, text=True)
    if run.returncode != 0:
        raise Refused(f"advzip could not compress {path}: {(run.stderr or run.stdout).strip()[:300]}")


def write_folder(files, folder, check=check_limits, owned=("bootstrap", "lib")):
    """The same, unpacked, as SAM wants it. Replaces the files of an earlier package, which are all in the owned folders.

    Lambda runs a function as a user other than the packager, so the folders must not inherit umask 077.
    """
    check(0, sum(map(len, files.values())))
    before = os.umask(OTHERS_MAY_NOT_WRITE)
    try:
        for name in owned:
            if (folder / name).is_dir():
                shutil.rmtree(folder / name)
        write_files(files, folder)
    finally:
        os.umask(before)


def write_files(files, folder):
    for name, data in sorted(files.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)  # it may be a running program
        path.write_bytes(data)
        path.chmod(mode(name) & 0o777)


def packager(doc):
    """A parser of what every packager takes."""
    parser = argparse.ArgumentParser(description=doc.split("\n")[0])
    parser.add_argument("--machine", choices=sorted(LOADERS), required=True)
    parser.add_argument(
        "--search", type=Path, action="append", required=True, help="a folder of libraries; may be repeated"
    )
    return parser


def report(options, files, libraries, platform=""):
    """Says what was made."""
    size = "" if options.output.endswith("/") else f"{os.path.getsize(options.output) / 1e6:.1f} MB zipped, "
    size += f"{sum(map(len, files.values())) / 1e6:.1f} MB unzipped"
    print(f"{options.output}: {size}, {libraries} libraries, {options.machine}{platform}")


def main(arguments):
    parser = packager(__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--tree", type=Path, help="a build tree with bin/ and lib/faas-harness/")
    what.add_argument("--program", type=Path, help="another function's program, which has no providers")
    parser.add_argument("-o", "--output", required=True, help="FILE.zip, or FOLDER/ to leave it unpacked")
    options = parser.parse_args(arguments)

    program, providers = options.program, []
    try:
        if options.tree:
            program = options.tree / "bin" / "faas-harness"
            providers = sorted((options.tree / "lib" / "faas-harness").glob("*.so"))
            if not providers:
                raise Refused(f"no providers in {options.tree}/lib/faas-harness")
        files = collect(program, providers, options.search, options.machine)
        if options.output.endswith("/"):
            write_folder(files, Path(options.output))
        else:
            write_zip(files, Path(options.output))
    except (Refused, OSError) as error:
        sys.exit(f"package: {error}")
    report(options, files, len(files) - 1 - len(providers))


if __name__ == "__main__":
    main(sys.argv[1:])
