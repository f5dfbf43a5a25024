#!/usr/bin/env python3
"""The bill of materials of a package for Lambda or a wheel: a CycloneDX document of its files and of what is linked
into them, and licences.

The files come from Debian's packages, according to the sysroot's list (faas-packages); what the compiler adds comes
from this machine's packages. A file that belongs to no package is an error: nothing is left out silently. The same
input gives the same bytes.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import uuid
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

SCHEMA = SchemaVersion.V1_6
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "pkg:generic/faas-harness")
COMMON_LICENCES = Path("/usr/share/common-licenses")
# "Archive member included to satisfy reference by file (symbol)" is a line of its own for each: /path/libx.a(member.o)
TAKEN = re.compile(r"^(\S+\.a)\(\S+\)$|^(\S+\.a)\(\S+\)\s", re.M)


class Refused(Exception):
    pass


@dataclass
class Package:
    name: str
    version: str
    arch: str
    source: str
    source_version: str
    suite: str
    copyright: Path
    files: dict = field(default_factory=dict)  # sha256 by name, of a shared library in the package
    linked: set = field(default_factory=set)  # names of static libraries linked into its programs

    @property
    def purl(self):
        qualifiers = {"arch": self.arch}
        if self.suite:
            qualifiers["distro"] = self.suite
        if self.arch != "source":
            qualifiers["upstream"] = f"{self.source}@{self.source_version}"
        return PackageURL("deb", "debian", self.name, self.version, qualifiers)


class Debian:
    """Which package a file comes from: the sysroot's, a source package built here, or the machine's."""

    def __init__(self, sysroot, suite, built):
        self.sysroot = sysroot.resolve()
        self.suite = suite
        self.built = built
        self.packages = {}
        self.owners = {}
        listed = sysroot / "faas-packages"
        if not listed.exists():
            raise Refused(f"{listed} is missing: remove the sysroot's folder, and the next build recreates it")
        for line in listed.read_text().splitlines():
            *package, path = line.split("\t")
            self.owners[merged(path)] = tuple(package)

    def package(self, path):
        for stem, (suite, folder) in self.built.items():
            if path.name.startswith(stem):
                return self._built(suite, folder)
        if self.inside(path):
            owner = self.owners.get(merged(f"{path.resolve().relative_to(self.sysroot)}"))
            if owner is None:
                raise Refused(f"{path}: not in any of the sysroot's packages")
            return self._keep(Package(*owner, self.suite, self.sysroot / "usr/share/doc" / owner[0] / "copyright"))
        return self._of_machine(path)

    def inside(self, path):
        return path.resolve().is_relative_to(self.sysroot)

    def _keep(self, package):
        return self.packages.setdefault((package.name, package.version, package.arch), package)

    def _built(self, suite, folder):
        match = re.match(r"(\S+) \(([^)]+)\)", (folder / "debian/changelog").read_text(errors="replace"))
        name, version = match.groups()
        return self._keep(Package(name, version, "source", name, version, suite, folder / "debian/copyright"))

    def _of_machine(self, path):
        name = output("dpkg-query", "-S", path.resolve()).split(": ")[0].split(",")[0]
        form = "${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}"
        owner = output("dpkg-query", "-W", "-f", form, name).split("\t")
        return self._keep(Package(*owner, "", Path("/usr/share/doc") / owner[0] / "copyright"))


def output(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise Refused(f"{' '.join(map(str, command))}: {result.stderr.strip()}")
    return result.stdout


def merged(path):
    """Debian's / is merged into /usr."""
    path = path.removeprefix(".").removeprefix("/")
    return path if path.startswith("usr/") else f"usr/{path}"


def digest(data):
    return hashlib.sha256(data).hexdigest()


def gather(options, debian):
    """Adds the packages; returns the project's own files, sha256 by name."""
    own = {}
    with zipfile.ZipFile(options.package) as archive:
        for name in archive.namelist():
            if name.startswith(f"{options.libraries}/"):
                path = options.sysroot / "usr/lib" / options.triplet / Path(name).name
                debian.package(path).files[name] = digest(archive.read(name))
            elif not (options.inside and ".dist-info/" in name):
                own[name] = digest(archive.read(name))
    for match in TAKEN.finditer(options.map.read_text(errors="replace")):
        path = options.tree / (match[1] or match[2])
        if not path.resolve().is_relative_to(options.tree.resolve()):
            debian.package(path).linked.add(path.name)
    return own


def licence_names(package):
    """Licences from a copyright file in Debian's machine-readable form (DEP 5); nothing for other forms."""
    text = package.copyright.read_text(errors="replace") if package.copyright.exists() else ""
    if not text.startswith("Format:"):
        return []
    return sorted({name.strip() for name in re.findall(r"^License: *(\S.*)$", text, re.M)})


def file_component(owner, name, sha256):
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=sha256)]
    return Component(type=ComponentType.FILE, name=name, bom_ref=f"{owner}#{name}", hashes=hashes)


def component(package):
    purl = package.purl
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        purl=purl,
        bom_ref=purl.to_string(),
        licenses=[DisjunctiveLicense(name=name) for name in licence_names(package)],
        components=[file_component(purl.to_string(), name, sha256) for name, sha256 in package.files.items()],
        properties=[Property(name="faas-harness:linked", value=name) for name in sorted(package.linked)],
    )


def document(options, own, packages):
    name = options.package.stem
    root_ref = f"pkg:generic/{options.name}@{options.version}?arch={options.arch}&file={options.package.name}"
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=digest(options.package.read_bytes()))]
    root = Component(
        type=ComponentType.APPLICATION,
        name=options.name,
        version=options.version,
        bom_ref=root_ref,
        purl=PackageURL.from_string(root_ref),
        licenses=[DisjunctiveLicense(id="Apache-2.0")],
        hashes=[] if options.inside else hashes,
        components=[file_component(root_ref, file, sha256) for file, sha256 in own.items()],
        properties=[Property(name="faas-harness:commit", value=options.commit)],
    )
    parts = [component(package) for package in packages]
    bom = Bom(components=parts, serial_number=uuid.uuid5(NAMESPACE, f"{name} {options.commit}"))
    bom.metadata.component = root
    bom.metadata.timestamp = datetime.fromisoformat(options.time)
    bom.register_dependency(root, parts)
    text = make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=2)
    problem = JsonStrictValidator(SCHEMA).validate_str(text)
    if problem is not None:
        raise Refused(f"not a valid CycloneDX document: {problem}")
    return text + "\n"


def licences(packages):
    """Each package's copyright file, then the licences that these only refer to, as Debian has them."""
    parts, named = [], set()
    for package in packages:
        if not package.copyright.exists():
            raise Refused(f"no licence of {package.name}: {package.copyright} does not exist")
        text = package.copyright.read_text(errors="replace")
        parts.append(f"{'=' * 80}\n{package.name} {package.version}\n{'=' * 80}\n\n{text}")
        named |= set(re.findall(rf"{COMMON_LICENCES}/([A-Za-z]+(?:-[0-9.]*[0-9])?)", text))
    for name in sorted(named):
        path = COMMON_LICENCES / name
        if path.exists():
            parts.append(f"{'=' * 80}\n{path}\n{'=' * 80}\n\n{path.read_text(errors='replace')}")
    return "\n".join(parts)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    for name in ("package", "map", "tree", "sysroot", "sbom", "licences"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("triplet", "suite", "arch", "version", "commit", "time"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--name", default="faas-harness")
    parser.add_argument("--libraries", default="lib/private", help="the package's folder of third-party files")
    parser.add_argument(
        "--inside",
        action="store_true",
        help="the SBOM is stored in the wheel: omit the hashes of the wheel and of the metadata that lists the SBOM",
    )
    parser.add_argument(
        "--built", action="append", default=[], metavar="STEM=SUITE:FOLDER", help="built here from that source package"
    )
    return parser.parse_args()


def main():
    options = arguments()
    built = {}
    for text in options.built:
        stem, suite, folder = re.fullmatch(r"(.+?)=(.+?):(.+)", text).groups()
        built[stem] = suite, Path(folder)
    debian = Debian(options.sysroot, options.suite, built)
    own = gather(options, debian)
    packages = [debian.packages[key] for key in sorted(debian.packages)]
    options.sbom.write_text(document(options, own, packages))
    options.licences.write_text(licences(packages))
    print(f"{options.package.name}: {len(packages)} packages")


if __name__ == "__main__":
    try:
        main()
    except (Refused, OSError) as error:
        sys.exit(f"release: {error}")
