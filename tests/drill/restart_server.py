"""An outage command: kills a server, starts it again in its own session, and waits until it listens.

restart_server.py LOG NUMBER PORT COMMAND...: LOG is the function's log, NUMBER a file with the server's process number.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_S = 2


def invocations(log):
    return log.read_text(errors="replace").count("REPORT RequestId: ")


def await_rest(log):
    """Waits until an invocation has just ended, so that no write is in progress: a server killed during a write may
    have applied it, but not know that when the driver retries. Gives up if the function is suspended anyway."""
    before, until = invocations(log), time.monotonic() + PATIENCE_S
    while invocations(log) == before and time.monotonic() < until:
        time.sleep(0.005)


def listens(port):
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def await_server(port, there):
    while listens(port) != there:
        time.sleep(0.01)


def main(log, number, port, *command):
    await_rest(Path(log))
    os.kill(int(Path(number).read_text()), signal.SIGKILL)
    await_server(int(port), False)
    # Tests find what a drill has left by its TMPDIR.
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    server = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    Path(number).write_text(str(server.pid))
    await_server(int(port), True)


main(*sys.argv[1:])
