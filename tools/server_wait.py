"""Waits until a MongoDB server answers hello: server_wait.py PORT PID. Ends at once when the process PID does.

With --free-port prints a port that nothing listens on. Uses the standard library only, for speed.
"""

import os
import socket
import struct
import sys
import time

TIMEOUT_S = 30


def hello(port):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        body = b"\x10hello\0" + struct.pack("<i", 1) + b"\x02$db\0" + struct.pack("<i", 6) + b"admin\0" + b"\0"
        message = struct.pack("<iB", 0, 0) + struct.pack("<i", len(body) + 4) + body
        connection.sendall(struct.pack("<iiii", 16 + len(message), 1, 0, 2013) + message)
        return b"isWritablePrimary\0\1" in connection.recv(65536)


def main():
    if sys.argv[1:] == ["--free-port"]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            print(probe.getsockname()[1])
        return 0
    port, pid = int(sys.argv[1]), int(sys.argv[2])
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end:
        try:
            if hello(port):
                return 0
        except OSError:
            pass  # not listening yet
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return 1
        except OSError:
            return 1
        time.sleep(0.01)
    print(f"no answer on port {port} within {TIMEOUT_S} s", file=sys.stderr)
    return 1


sys.exit(main())
