#!/usr/bin/env python3
"""Packages a built harness for a platform other than AWS Lambda: a zip file, or a folder with an image's Dockerfile.

    HOME/bin/faas-harness        the harness
    HOME/bin/ld-linux-*          its dynamic linker; one started by it finds its providers from here, as from bin/ of an installation
    HOME/lib/private/            every shared library of the harness and its provider, the C library too
    HOME/lib/faas-harness/*.so   the provider for that platform

HOME is faas-harness/ in a zip file, which runs from any folder, and /opt/faas-harness in an image. The platform's other
files are templates in platforms/NAME/, where a word between at signs stands for a value. The same input gives the same
bytes.
"""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import bundle
import elf

TEMPLATES = Path(__file__).resolve().parent / "platforms"
IN_ZIP, IN_IMAGE = "faas-harness", "opt/faas-harness"
PRIVATE = "$ORIGIN/../lib/private"
ROOTS = "etc/ssl/certs/ca-certificates.crt"
# Without /etc/nsswitch.conf the C library asks a name server for localhost before it reads /etc/hosts.
NAMES = b"hosts: files dns\n"

TIMEOUT_S = 60
# A little less, so that the harness answers, and says what happened.
HARNESS_TIMEOUT_MS = TIMEOUT_S * 1000 - 5000
OPEN_INVOCATIONS = 4  # http's default for max_open_invocations
OPENWHISK_LIMIT = 48 << 20  # of an action's code: exec-size-limit in its application.conf


@dataclass
class Platform:
    provider: str = "http"
    is_image: bool = True
    templates: tuple = ()  # folders of TEMPLATES
    image: str = ""  # the image's folder within the output, with a slash


PLATFORMS = {
    "azure": Platform(is_image=False, templates=("azure",)),
    "cloud-run": Platform(templates=("image", "cloud-run")),
    "knative": Platform(templates=("image", "knative")),
    "openfaas": Platform(templates=("openfaas",), image="faas-harness/"),
    "fn": Platform(templates=("image", "fn")),
    "openwhisk": Platform(provider="openwhisk", is_image=False, templates=("openwhisk",)),
}


def collect(options):
    """{name in the output: bytes}"""
    platform, machine = PLATFORMS[options.platform], options.machine
    files = harness(options.tree, platform.provider, options.search, machine, home_of(platform))
    if platform.is_image:
        files[f"{platform.image}root/{ROOTS}"] = read_roots(options.roots)
        files[f"{platform.image}root/etc/nsswitch.conf"] = NAMES
    if options.platform == "openwhisk":
        files["exec"] = bundle.load(options.exec, machine)
    values = {
        "PLATFORM": options.platform,
        "MACHINE": machine,
        "HOME": IN_IMAGE if platform.is_image else IN_ZIP,
        "LOADER": bundle.LOADERS[machine],
        "ROOTS": ROOTS,
        "IMAGE": options.image,
        "TIMEOUT_S": TIMEOUT_S,
        "CLOCK_TIMEOUT": f"00:{TIMEOUT_S // 60:02}:{TIMEOUT_S % 60:02}",
        "HARNESS_TIMEOUT_MS": HARNESS_TIMEOUT_MS,
        "OPEN_INVOCATIONS": OPEN_INVOCATIONS,
    }
    for folder in platform.templates:
        for path in sorted(path for path in (TEMPLATES / folder).rglob("*") if path.is_file()):
            files[str(path.relative_to(TEMPLATES / folder))] = fill(path.read_text(), values)
    return files


def home_of(platform):
    return f"{platform.image}root/{IN_IMAGE}" if platform.is_image else IN_ZIP


def harness(tree, provider, search, machine, home):
    """The part that is the same for all platforms, in the folder home."""
    loader = bundle.LOADERS[machine]
    program, module = f"{home}/bin/faas-harness", f"{home}/lib/faas-harness/{provider}.so"
    files = {
        program: bundle.load(tree / "bin" / "faas-harness", machine),
        module: bundle.load(tree / "lib" / "faas-harness" / f"{provider}.so", machine),
    }
    check_program(tree / "bin" / "faas-harness", elf.read(files[program]), machine)
    bundle.add_closure(files, search, machine, f"{home}/lib/private")
    files[f"{home}/bin/{loader}"] = files.pop(f"{home}/lib/private/{loader}")
    return files


def check_program(path, program, machine):
    expected = f"/{IN_IMAGE}/bin/{bundle.LOADERS[machine]}"
    if program.interpreter != expected:
        raise bundle.Refused(
            f"{path} requests the dynamic linker {program.interpreter}; link it with -Wl,--dynamic-linker={expected}"
        )
    # A program's DT_RPATH, unlike DT_RUNPATH, applies to its libraries' libraries and to what it loads with dlopen.
    if program.rpath != PRIVATE:
        raise bundle.Refused(f"{path} has the DT_RPATH {program.rpath}; link it with {PRIVATE}")


def read_roots(path):
    data = path.read_bytes()
    if b"-----BEGIN CERTIFICATE-----" not in data:
        raise bundle.Refused(f"{path} has no certificates; name a PEM file of trusted roots with --roots")
    return data


def fill(text, values):
    return re.sub("@([A-Z_]+)@", lambda found: str(values[found[1]]), text).encode()


def check_openwhisk_limit(zipped, _):
    if zipped > OPENWHISK_LIMIT:
        raise bundle.Refused(
            f"OpenWhisk takes actions of up to {OPENWHISK_LIMIT >> 20} MB, and this one has {zipped / (1 << 20):.1f} MB; "
            "--lean makes a smaller one, and so does a driver built without debug information"
        )


def no_limit(*_):
    pass


def write(options, files):
    platform = PLATFORMS[options.platform]
    if not options.output.endswith("/"):
        bundle.write_zip(files, Path(options.output), check_openwhisk_limit if "exec" in files else no_limit)
        return
    owned = [f"{home_of(platform)}/{name}" for name in ("bin", "lib")]
    bundle.write_folder(files, Path(options.output), no_limit, owned)
    if platform.is_image:
        # of-watchdog keeps a file here, and may run as any user.
        scratch = Path(options.output) / platform.image / "root" / "tmp"
        scratch.mkdir(exist_ok=True)
        scratch.chmod(0o1777)


def main(arguments):
    parser = bundle.packager(__doc__)
    parser.add_argument("--platform", choices=sorted(PLATFORMS), required=True)
    parser.add_argument("--tree", type=Path, required=True, help="a build tree with bin/ and lib/faas-harness/")
    parser.add_argument("--exec", type=Path, help="for openwhisk: what packaging/exec.c was compiled to")
    parser.add_argument(
        "--roots", type=Path, default=Path("/") / ROOTS, help="for an image: a PEM file of trusted roots"
    )
    parser.add_argument("--image", default="faas-harness", help="for an image: its name, with the registry's")
    parser.add_argument("-o", "--output", required=True, help="FILE.zip, or FOLDER/")
    options = parser.parse_args(arguments)
    if options.platform == "openwhisk" and options.exec is None:
        parser.error("--platform openwhisk needs --exec")
    if PLATFORMS[options.platform].is_image and not options.output.endswith("/"):
        parser.error(f"--platform {options.platform} makes a folder; -o needs a slash at the end")

    try:
        files = collect(options)
        write(options, files)
    except (bundle.Refused, OSError) as error:
        sys.exit(f"package: {error}")
    libraries = sum("/lib/private/" in name for name in files) + 1
    bundle.report(options, files, libraries, f", for {options.platform}")


if __name__ == "__main__":
    main(sys.argv[1:])
