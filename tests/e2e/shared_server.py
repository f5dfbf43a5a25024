"""A server shared by many ctest entries: `shared_server.py start|stop FILE`. FILE then contains its URI.

start leaves a keeper behind that runs the server and ends with it: at stop, or when ctest has ended in any way.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def start(file):
    stop(file)
    with open(file.with_suffix(".log"), "wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, __file__, "keep", file, str(os.getppid())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    while not file.exists():
        if keeper.poll() is not None:
            sys.exit(f"The server did not start:\n{file.with_suffix('.log').read_text()}")
        time.sleep(0.02)


def keep(file, parent):
    from secantus import Secantus

    running = True

    def end(*_):
        nonlocal running
        running = False

    signal.signal(signal.SIGTERM, end)
    with Secantus() as server:
        new = file.with_suffix(".new")
        new.write_text(f"{server.uri}\n{os.getpid()}\n")
        new.rename(file)
        while running and alive(parent) and server.process.poll() is None:
            time.sleep(0.2)
    file.unlink(missing_ok=True)


def stop(file):
    """Ends the keeper that the file names, if that process still is one."""
    if not file.exists():
        return
    pid = int(file.read_text().split()[1])
    if alive(pid) and str(file).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
        os.kill(pid, signal.SIGTERM)
        while alive(pid) and file.exists():
            time.sleep(0.02)
    file.unlink(missing_ok=True)


def alive(pid):
    return Path(f"/proc/{pid}").exists()


if __name__ == "__main__":
    command, path = sys.argv[1], Path(sys.argv[2])
    if command == "keep":
        keep(path, int(sys.argv[3]))
    else:
        {"start": start, "stop": stop}[command](path)
