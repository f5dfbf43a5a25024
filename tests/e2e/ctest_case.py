"""One pytest case as a ctest entry: `ctest_case.py NODE` has ctest_cases.py run it, and exits as pytest would.

A pytest process takes half a second of processor time before its first case, and there are thousands of entries. For
the same reason this file imports little: the module socket, around _socket, takes as long as the interpreter. Outside
ctest, or if no server comes up, this process becomes that pytest.
"""

import _socket as socket
import marshal
import os
import sys
import time

ARGUMENTS = ["-q", "--ctest-skip", "--disable-plugin-autoload"]
START_TIMEOUT = 60  # seconds


def main(node):
    arguments = [*ARGUMENTS, node]
    connection = connect(os.getppid())
    if connection is None:
        os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])
    request = marshal.dumps((arguments, os.getcwd(), dict(os.environ)))
    descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2))
    connection.sendmsg([len(request).to_bytes(8, "little")], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
    connection.sendall(request)
    answer = connection.recv(4, socket.MSG_WAITALL)
    if not answer:
        sys.exit(f"ctest_case.py: the server of the cases ended, see {log()}")
    status = int.from_bytes(answer, "little", signed=True)
    if status < 0:  # ctest distinguishes a crash from a failure
        os.kill(os.getpid(), -status)
    sys.exit(status)


def connect(ctest):
    """Connects to the server of this ctest, which the first caller starts; None if this is not ctest's child, or if it
    fails."""
    with open(f"/proc/{ctest}/comm") as file:
        if file.read().strip() != "ctest":
            return None
    deadline = time.monotonic() + START_TIMEOUT
    server = None
    while time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(address(ctest))
            return connection if is_mine(connection) else None
        except ConnectionRefusedError:
            connection.close()
        # A server that finds the address taken ends at once.
        server = server or start(ctest)
        time.sleep(0.01)
    return None


def start(ctest):
    import subprocess

    with open(log(), "ab") as file:
        return subprocess.Popen(
            [sys.executable, os.path.join(os.path.dirname(__file__), "ctest_cases.py"), str(ctest)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )


def log():
    return os.path.join(os.environ["FAAS_BUILD_DIR"], "ctest_cases.log")


def address(ctest):
    """An abstract socket, which disappears with the server however it ends."""
    return f"\0faas-ctest-cases-{ctest}"


def is_mine(connection):
    """Any user may bind an abstract address."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(credentials[4:8], sys.byteorder) == os.getuid()


if __name__ == "__main__":
    main(sys.argv[1])
