"""An outage command: ends a server at once, starts it again in a session of its own, and waits until it listens.

restart_server.py LOG NUMBER PORT COMMAND...: LOG is the function's, file NUMBER has the server's process in it.
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
    """Until an invocation has just ended, so that no write is under way: a server that dies in one may have done it, and
    know no more that it did when the driver sends it again. In vain where the function is suspended anyway."""
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
    # The tests find by TMPDIR what a drill has left.
    environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    server = subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    Path(number).write_text(str(server.pid))
    await_server(int(port), True)


main(*sys.argv[1:])
