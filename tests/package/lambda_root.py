"""An almost empty system for a package to run in: a chroot with Lambda's paths and variables.

It contains /proc, /dev/null, /tmp, /etc/hosts, a CA file where Amazon Linux has it, and the package at /var/task. Lambda's
LD_LIBRARY_PATH leads to decoys: a library of every name in the package, each of which ends the process that loads it.
"""

import functools
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
ENVIRONMENT = {
    "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime",
    "LD_LIBRARY_PATH": "/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    "PATH": "/usr/local/bin:/usr/bin:/bin:/opt/bin",
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
    "_HANDLER": "mongodb",
    "AWS_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "mongodb",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
}
COMPILERS = {"x86_64": "x86_64-linux-gnu-gcc", "arm64": "aarch64-linux-gnu-gcc"}
EMULATORS = {"x86_64": "qemu-x86_64-static", "arm64": "qemu-aarch64-static"}
OWN = {"x86_64": "x86_64", "aarch64": "arm64"}.get(os.uname().machine)

SETUP = """set -e
root=$1 && shift
mount --bind /dev/null "$root/dev/null"
mount -t proc proc "$root/proc"
cd "$root"
exec chroot "$root" "$@"
"""


@functools.cache
def unshare():
    """The command that gives a mount namespace, or None if that is not permitted."""
    for options in ([], ["--map-root-user"]):
        command = ["unshare", *options, "--mount", "--pid", "--fork", "--kill-child"]
        with tempfile.TemporaryDirectory() as folder:
            probe = [*command, "mount", "-t", "proc", "proc", folder]
            if shutil.which("unshare") and subprocess.run(probe, capture_output=True).returncode == 0:
                return command
    return None


def missing(machine):
    """Why no package of that architecture can run here; None if it can."""
    if unshare() is None:
        return "no mount namespaces for this user (unshare --mount)"
    if machine != OWN and not shutil.which(EMULATORS[machine]):
        return f"{EMULATORS[machine]} is not installed"
    if not shutil.which(COMPILERS[machine]):
        return f"{COMPILERS[machine]} is not installed"
    return None


class Root:
    """A folder with what every system has, and these folders more."""

    def __init__(self, *folders):
        self.folder = Path(tempfile.mkdtemp(prefix="faas-root-"))
        for name in ("proc", "dev", "etc", "tmp", *folders):
            (self.folder / name).mkdir(parents=True)
        self.folder.chmod(0o755)  # for another user's process, which must be able to enter its /
        (self.folder / "tmp").chmod(0o1777)
        (self.folder / "dev" / "null").touch()
        (self.folder / "etc" / "hosts").write_text("127.0.0.1 localhost\n")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)


class LambdaRoot(Root):
    """package: a zip file, or a folder that holds it unpacked. ca: the PEM file of trusted roots."""

    def __init__(self, package, machine=OWN, ca=None):
        super().__init__("lib64", "usr/bin", "var/task", "etc/pki/tls/certs")
        self.machine = machine
        self.task = self.folder / "var" / "task"
        (self.folder / "etc/pki/tls/certs/ca-bundle.crt").write_bytes(Path(ca).read_bytes() if ca else b"")
        self._unpack(Path(package))
        self._add_decoys()
        if machine != OWN:
            shutil.copy(shutil.which(EMULATORS[machine]), self.folder / "usr" / "bin" / "emulator")

    def _unpack(self, package):
        if package.is_dir():
            shutil.copytree(package, self.task, dirs_exist_ok=True)
            return
        with zipfile.ZipFile(package) as archive:
            for info in archive.infolist():
                path = Path(archive.extract(info, self.task))
                path.chmod(info.external_attr >> 16 & 0o777)

    def _add_decoys(self):
        decoy = self.folder / "lib64" / "decoy.so"
        options = ["-shared", "-fPIC", "-nostdlib", "-Wl,-soname,decoy.so"]
        subprocess.run([COMPILERS[self.machine], *options, "-o", decoy, HERE / "decoy.c"], check=True)
        for library in self.libraries():
            shutil.copy(decoy, self.folder / "lib64" / library.name)

    def libraries(self):
        return sorted(path for path in (self.task / "lib" / "private").iterdir() if path.is_file())

    def command(self, *args, program="/var/task/bootstrap"):
        """What to start, as (program, arguments); also give it the variables of ENVIRONMENT."""
        emulator = [] if self.machine == OWN else ["/usr/bin/emulator"]
        words = [*unshare()[1:], "sh", "-c", SETUP, "sh", self.folder, *emulator, program, *args]
        return unshare()[0], list(map(str, words))

    @property
    def variables(self):
        return ENVIRONMENT | {"PATH": os.environ["PATH"]}

    def emulator_command(self, emulator, *args):
        """AWS's emulator inside, with the package's bootstrap to run."""
        inside = self.folder / "usr" / "bin" / emulator.name
        shutil.copy(emulator, inside)
        program, words = self.command(*args, "/var/task/bootstrap", program=f"/usr/bin/{emulator.name}")
        return [program, *words]

    def run(self, *args, env=None, timeout=250):
        program, words = self.command(*args)
        variables = ENVIRONMENT | (env or {})
        return subprocess.run(
            [shutil.which(program), *words],
            env=variables | {"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
