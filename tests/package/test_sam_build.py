"""packaging/sam_build.sh, which `sam build` runs, on systems other than this one: with a stand-in for ./dev and all it calls."""

import os
import shutil
import subprocess
import sys
import time

import harness
import pytest
from lambda_root import OWN

OTHER = {"x86_64": "arm64", "arm64": "x86_64"}[OWN]

# All that such a system itself has.
TOOLS = "awk bash date dirname env find getconf make mktemp od rm sh stat tr".split()
NOTE = """#!/bin/sh
echo "${0##*/} $*" >>"$CALLS"
"""
STAND_INS = {
    "dev": 'echo "FAAS_SKIP_PACKAGES=${FAAS_SKIP_PACKAGES:-}" >>"$CALLS"\n',
    "dnf": 'case "$*" in *cjson-devel*) exit "$NO_CJSON" ;; esac\n',
    "pkg-config": "exit 1\n",
    "cmake": "",
}

# Writes its record, or not, and runs make, as SAM does.
SAM = """
import pathlib, subprocess, sys
record, text, *make = sys.argv[1:]
if text:
    pathlib.Path(record).write_text(text)
sys.exit(subprocess.run(make).returncode)
"""


def record(architecture):
    return f'[function_build_definitions.x]\narchitecture = "{architecture}"\nfunctions = ["MongoDBFunction"]\n'


class System:
    def __init__(self, folder, *names):
        self.folder = folder
        self.calls_file = folder / "calls"
        self.build = folder / "out"
        self.repository = folder / "repository"
        (self.build / "x" / "MongoDBFunction").mkdir(parents=True)
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        for part in ("packaging", "mongodb"):
            shutil.copytree(harness.SOURCE_DIR / part, self.repository / part)
        self._stand_in(self.repository / "dev")
        for name in names:
            self._stand_in(self.bin / name)

    def _stand_in(self, path):
        path.write_text(NOTE + STAND_INS[path.name])
        path.chmod(0o755)

    def sam_build(self, record_text="", **variables):
        target = ["make", "--makefile", "mongodb/Makefile", "build-MongoDBFunction"]
        target.append(f"ARTIFACTS_DIR={self.build / 'x' / 'MongoDBFunction'}")
        own = {"PATH": str(self.bin), "CALLS": str(self.calls_file), "NO_CJSON": "1"}
        return subprocess.run(
            [sys.executable, "-c", SAM, self.build / "build.toml", record_text, *target],
            cwd=self.repository,
            env=own | variables,
            capture_output=True,
            text=True,
            timeout=harness.PATIENCE,
        )

    def calls(self, program):
        lines = self.calls_file.read_text().splitlines() if self.calls_file.exists() else []
        return [line.partition(" ")[2] for line in lines if line.split()[0] == program]

    def packages(self):
        """The options of each ./dev package, and its settings on installing packages."""
        return self.calls("dev"), "FAAS_SKIP_PACKAGES=1" in self.calls_file.read_text().splitlines()


@pytest.fixture
def amazon_linux(tmp_path):
    return System(tmp_path, "dnf", "pkg-config", "cmake")


@pytest.fixture
def debian(tmp_path):
    system = System(tmp_path)
    (system.bin / "apt-get").symlink_to("/bin/false")
    return system


CHECKOUT = {"FAAS_DRIVER": "source:mongo-c-driver"}


def built(system, result):
    """With the checkout's driver, and nothing more to install."""
    assert result.returncode == 0, result.stderr
    (options,), skips = system.packages()
    assert options == f"package --driver source:mongo-c-driver -o {system.build}/x/MongoDBFunction/"
    assert skips


def refused(system, result, *words):
    """At once, before minutes of installing."""
    assert result.returncode != 0
    assert system.calls("dnf") == system.calls("dev") == []
    for word in words:
        assert word in result.stderr, result.stderr


@pytest.mark.parametrize("driver", [{}, {"FAAS_DRIVER": "debian:forky"}, {"FAAS_DRIVER": "system"}])
def test_amazon_linux_has_no_driver_of_its_own(amazon_linux, driver):
    refused(amazon_linux, amazon_linux.sam_build(**driver), "expected FAAS_DRIVER=source:DIR")


def test_amazon_linux_has_no_lean_package(amazon_linux):
    refused(amazon_linux, amazon_linux.sam_build(**CHECKOUT, FAAS_LEAN="1"), "FAAS_LEAN")


def test_amazon_linux_with_a_package_of_cjson(amazon_linux):
    built(amazon_linux, amazon_linux.sam_build(**CHECKOUT, NO_CJSON="0"))
    first, second = amazon_linux.calls("dnf")
    assert {"-y", "gcc", "cmake", "ninja-build", "openssl-devel", "libcurl-devel"} <= set(first.split())
    assert "cjson-devel" in second.split() and amazon_linux.calls("cmake") == []


def test_amazon_linux_with_cjson_installed(amazon_linux):
    (amazon_linux.bin / "pkg-config").write_text("#!/bin/sh\n")
    built(amazon_linux, amazon_linux.sam_build(**CHECKOUT))
    assert len(amazon_linux.calls("dnf")) == 1


def test_amazon_linux_with_a_checkout_of_cjson(amazon_linux):
    checkout = amazon_linux.repository / "cJSON"
    checkout.mkdir()
    (checkout / "CMakeLists.txt").touch()
    built(amazon_linux, amazon_linux.sam_build(**CHECKOUT))
    assert [call.split()[0] for call in amazon_linux.calls("cmake")] == ["-S", "--build", "--install"]
    assert "/cJSON " in amazon_linux.calls("cmake")[0]


def test_amazon_linux_without_cjson(amazon_linux):
    result = amazon_linux.sam_build(**CHECKOUT)
    assert result.returncode != 0 and "there is no checkout of it at cJSON/" in result.stderr
    assert amazon_linux.calls("dev") == []


def test_architecture_that_is_not_the_templates(debian):
    refused(
        debian,
        debian.sam_build(record(OTHER), FAAS_ARCH=OWN),
        f"FAAS_ARCH is {OWN}, but the template's Architecture is {OTHER}",
    )


@pytest.mark.parametrize("architecture", [OWN, OTHER])
def test_architecture_of_the_template(debian, architecture):
    assert debian.sam_build(record(architecture)).returncode == 0
    (options,), _ = debian.packages()
    assert options.startswith(f"package --arch {architecture} ")


@pytest.mark.parametrize("age", [1, 90])
def test_record_of_an_earlier_build(debian, age):
    """Left by a build of all functions; sam build MongoDBFunction writes none."""
    left = debian.build / "build.toml"
    left.write_text(record(OTHER))
    os.utime(left, times=(time.time() - age, time.time() - age))
    assert debian.sam_build(FAAS_ARCH=OWN).returncode == 0
    (options,), _ = debian.packages()
    assert options.startswith(f"package --arch {OWN} ")


def test_no_record(debian):
    assert debian.sam_build().returncode == 0
    assert debian.packages() == ([f"package -o {debian.build}/x/MongoDBFunction/"], False)
