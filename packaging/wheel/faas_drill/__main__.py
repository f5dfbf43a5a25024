"""Starts this package's programs with their own dynamic linker and libraries, whatever C library the system has. python
-m faas_drill is faas-drill."""

import os
import signal
import sys
import sysconfig

HERE = os.path.dirname(os.path.abspath(__file__))
LIBRARIES = os.path.join(HERE, "lib")


def loader():
    (name,) = [name for name in os.listdir(LIBRARIES) if name.startswith("ld-linux-")]
    return os.path.join(LIBRARIES, name)


def shown_as(name):
    """The path of the script that was started, with links followed: faas-drill looks beside it for the embedded server."""
    script = os.path.realpath(sys.argv[0])
    if os.path.basename(script) == name:
        return script
    return os.path.join(sysconfig.get_path("scripts"), name)


def start(name):
    # Python ignores both, and a program would inherit that.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    linker = loader()
    options = ["--inhibit-cache", "--library-path", LIBRARIES, "--argv0", shown_as(name)]
    os.execv(linker, [linker, *options, os.path.join(HERE, "programs", name), *sys.argv[1:]])


def faas_drill():
    start("faas-drill")


def faas_front():
    start("faas-front")


def faas_lambda_host():
    start("faas-lambda-host")


if __name__ == "__main__":
    faas_drill()
