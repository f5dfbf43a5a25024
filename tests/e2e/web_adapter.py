"""AWS's Lambda Web Adapter, which runs a web server on Lambda: it asks the Runtime API for events and posts them to the server.

Built from its crate by cargo: the file that FAAS_LWA names, or else the one in build/lwa.
"""

import contextlib
import os
import shlex
import subprocess
from pathlib import Path

import emulator
from harness import BUILD_DIR, PROGRAM, SOURCE_DIR
from secantus import free_port


def built(name):
    """The adapter that ./dev test has built in build/, or None."""
    return next((path for path in (SOURCE_DIR / "build" / name, BUILD_DIR / name) if path.exists()), None)


ADAPTER = Path(os.environ["FAAS_LWA"]) if os.environ.get("FAAS_LWA") else built("lwa/bin/lambda-adapter")
NOT_BUILT = "./dev test without arguments builds lambda_web_adapter where cargo is 1.84 or later; FAAS_LWA names one"


def can_mount():
    with contextlib.suppress(FileNotFoundError):
        return subprocess.run([*emulator.namespaces(), "true"], capture_output=True).returncode == 0
    return False


def missing():
    """Why the adapter cannot run under the emulator here; None if it can."""
    if emulator.find() is None:
        return emulator.NOT_FOUND
    if ADAPTER is None:
        return NOT_BUILT
    return None if can_mount() else "no mount namespaces for this user (unshare --mount)"


class WebAdapter(emulator.Emulator):
    """A function of two processes: the adapter, an extension in /opt/extensions, and the harness as its web server."""

    def __init__(self, env=None, **options):
        super().__init__({"AWS_LWA_PORT": str(free_port())} | (env or {}), **options)

    def _prefix(self, folder):
        lay = 'mount -t tmpfs tmpfs /opt && mkdir /opt/extensions && cp "$0" /opt/extensions && exec "$@"'
        return [*emulator.namespaces(), "sh", "-c", lay, ADAPTER]

    def _compose(self):
        root = super()._compose()
        Path(root, "bootstrap").write_text(f"#!/bin/sh\nexec {shlex.quote(str(PROGRAM))} --provider http\n")
        return root
