"""Checks that run.py measures and prints everything; see form.py.

With --peers it includes the other runtimes, if ./dev bench --lambda has built them before. Without, the raw sockets'
program takes the place of both packages, which take minutes to build.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
import peers  # noqa: E402
from form import measured  # noqa: E402
from run import HARNESS, LEAN, RAW  # noqa: E402

SKIPPED = 77
RATIOS = 5  # round trip, turn, CPU twice, start
BUILT = ("cpp/echo", "rust/target/release/echo", "go/echo")
TOOLS = ("npm", "cmake", "c++", "cargo", "go")


def stand_in(work):
    package = work / "package.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.write(peers.c_program(work, "raw"), "bootstrap")
    return package


def goals_of(names, counted):
    """Round trip and turn compared with raw sockets and peers, CPU, starts, system calls, memory."""
    ours = [name for name in (HARNESS, LEAN) if name in names]
    others = [name for name in names if name in peers.PEERS]
    cpp_or_go = [name for name in others if not name.startswith("Rust")]
    has_cpp = any(name.startswith("aws-lambda-cpp") for name in others)
    found = len(ours) * ((1 + len(cpp_or_go)) + (1 + len(others)) + 1)
    # The lean package's start and memory, and the start of both packages with the driver.
    return found + has_cpp + counted + 4 * (LEAN in ours)


def check(report, goals, wanted):
    lines = report["lines"]
    names = [name for name in (RAW, HARNESS, LEAN, *peers.PEERS) if name not in report["left_out"]]
    assert set(wanted) <= set(names), report["left_out"]
    strace = shutil.which("strace") is not None
    # A machine may have strace but forbid it.
    counted = strace and not any(line["name"] == HARNESS and line["text"].startswith("not counted") for line in lines)
    assert len(goals) == goals_of(names, counted), goals
    # Each program's figures and resident memory, the bare driver program, and system calls.
    each = len(names) * (RATIOS + 1) + 1 + (len(names) if strace else 1)
    assert len(lines) - len(goals) == each, [line["name"] for line in lines]
    assert all(line["value"] is not None for line in goals), goals


def skip_without_peers(work):
    tools = [tool for tool in TOOLS if shutil.which(tool) is None]
    missing = [path for path in BUILT if not (work / path).exists()]
    if tools:
        print(f"skipped: to build the other runtimes there is no {', '.join(tools)}")
        sys.exit(SKIPPED)
    if missing:
        print(f"skipped: no {', '.join(missing)} in {work.name}, where ./dev bench --lambda builds them")
        sys.exit(SKIPPED)


def has_own_root():
    """Whether a package's root can be entered, which not every user or container may do."""
    command = ["unshare", "-rm", "sh", "-c", "mount --rbind /proc /proc && exec chroot / true"]
    return subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("harness", "bare"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--peers", metavar="FOLDER", type=Path, help="where they were built")
    options = parser.parse_args()
    if options.peers:
        skip_without_peers(options.peers)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        command = ["--harness", options.harness, "--bare", options.bare]
        if options.peers:
            command += ["--work", options.peers]
            wanted = [HARNESS, *peers.PEERS]
        else:
            command += ["--work", work, "--without-peers", "--lean", stand_in(work), "--package", stand_in(work)]
            wanted = [HARNESS, LEAN] if has_own_root() else [HARNESS]
        check(*measured(Path(__file__).with_name("run.py"), *command), wanted)


main()
