"""Downloads and builds the runtimes that the harness is compared with, each by its own package client, in a folder of build/.

Versions are pinned here, in peers/rust/Cargo.toml and in peers/go/go.mod. Nothing of theirs is in this repository; the echo
functions in peers/ are ours. A peer that can't be built is left out of the table, with a message.
"""

import shutil
import subprocess
import tarfile
from pathlib import Path

from figures import BenchError

HERE = Path(__file__).resolve().parent
# The npm package contains aws-lambda-cpp's sources.
CPP_CARRIER = "aws-lambda-ric"
CPP_CARRIER_VERSION = "4.0.2"
RUST_VERSION = "1.5.0"
GO_VERSION = "1.55.1"
LIMIT_S = 900


class NotBuilt(BenchError):
    pass


def run(log, command, **options):
    if shutil.which(command[0]) is None:
        raise NotBuilt(f"there is no {command[0]}")
    with open(log, "ab") as file:
        file.write(f"$ {' '.join(map(str, command))}\n".encode())
        file.flush()
        result = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, timeout=LIMIT_S, check=False, **options
        )
    if result.returncode != 0:
        raise NotBuilt(f"{command[0]} ended with status {result.returncode}, see {log}")


def c_program(folder, name, sources=HERE):
    """Static, so that loading libraries is not measured, and because api also runs in an empty root."""
    program = folder / name
    command = ["cc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-O2", "-static"]
    run(folder / f"{name}.log", [*command, "-o", program, sources / f"{name}.c"])
    return program


def own_copy(name, folder):
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    shutil.copytree(HERE / "peers" / name, target, dirs_exist_ok=True)
    return target


def aws_lambda_cpp(folder):
    folder = own_copy("cpp", folder)
    log = folder / "log"
    package = folder / f"{CPP_CARRIER}-{CPP_CARRIER_VERSION}.tgz"
    if not package.exists():
        run(log, ["npm", "pack", "--silent", f"{CPP_CARRIER}@{CPP_CARRIER_VERSION}"], cwd=folder)
    source = folder / "source"
    if not source.exists():
        with tarfile.open(package) as carrier:
            carrier.extract("package/deps/aws-lambda-cpp.tar.xz", folder, filter="data")
        with tarfile.open(folder / "package/deps/aws-lambda-cpp.tar.xz") as archive:
            archive.extractall(folder / "unpacking", filter="data")
        (folder / "unpacking").rename(source)
    # Its build also installs, so it needs a folder for that.
    options = ["-DCMAKE_BUILD_TYPE=Release", "-DENABLE_TESTS=OFF", f"-DCMAKE_INSTALL_PREFIX={folder / 'installed'}"]
    run(log, ["cmake", "-S", source, "-B", folder / "build", *options])
    run(log, ["cmake", "--build", folder / "build"])
    library = folder / "build/libaws-lambda-runtime.a"
    include = source / "include"
    run(
        log, ["c++", "-std=c++17", "-O2", f"-I{include}", "-o", folder / "echo", folder / "echo.cpp", library, "-lcurl"]
    )
    return folder / "echo"


def rust_lambda_runtime(folder):
    folder = own_copy("rust", folder)
    run(folder / "log", ["cargo", "build", "--release", "--quiet"], cwd=folder)
    return folder / "target/release/echo"


def aws_lambda_go(folder):
    folder = own_copy("go", folder)
    run(folder / "log", ["go", "build", "-ldflags=-s -w", "-o", "echo", "."], cwd=folder)
    return folder / "echo"


PEERS = {
    f"aws-lambda-cpp (of {CPP_CARRIER} {CPP_CARRIER_VERSION})": aws_lambda_cpp,
    f"Rust lambda_runtime {RUST_VERSION}": rust_lambda_runtime,
    f"Go aws-lambda-go {GO_VERSION}": aws_lambda_go,
}


def build(folder):
    """Returns the programs by name, and the reasons why others are missing."""
    programs, missing = {}, {}
    for name, make in PEERS.items():
        print(f"building {name} …", flush=True)
        try:
            programs[name] = make(folder)
        except (NotBuilt, OSError, KeyError, tarfile.TarError, subprocess.SubprocessError) as error:
            missing[name] = str(error)
    return programs, missing
