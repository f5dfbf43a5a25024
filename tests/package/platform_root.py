"""A system with nothing but what a platform's package brings: a chroot with /proc, /dev/null, /tmp and /etc/hosts, which every
container runtime supplies, and only the given variables.
"""

import json
import os
import shlex
import shutil

from harness import Harness
from http_client import Server
from lambda_root import Root, unshare

SETUP = """set -e
root=$1 && shift
mount --bind /dev/null "$root/dev/null"
mount -t proc proc "$root/proc"
env -i "$@"
exit
"""
# No exec: when unshare dies, the kernel kills this shell, and with it, the namespace's first process, all that it started. A process
# that has become another user would not be killed.


class PlatformRoot(Root):
    def command(self, words, env, cwd="/", user=None):
        """(program, arguments) that start this command inside."""
        enter = [shutil.which("unshare"), f"--root={self.folder}", f"--wd={cwd}"]
        if user and os.geteuid() == 0:
            enter += [f"--setgid={user}", f"--setuid={user}"]
        variables = [f"{name}={value}" for name, value in env.items()]
        before = [*unshare()[1:], "sh", "-c", SETUP, "sh", self.folder, *variables]
        return unshare()[0], [str(word) for word in (*before, *enter, *words)]

    def serve(self, words, env, **how):
        """The same, running, as the provider http; a Server of http_client."""
        program, arguments = self.command(words, env, **how)
        return Served(*arguments, program=program)


class Served(Server):
    def __init__(self, *arguments, program):
        Harness.__init__(self, *arguments, program=program)


class Dockerfile:
    """A Dockerfile as packages have it: last stage FROM scratch, with files from its own folder or from other stages
    only."""

    def __init__(self, path):
        self.folder = path.parent
        self.copied, self.env, self.user, self.entry_point = [], {}, None, []
        for line in path.read_text().splitlines():
            word, _, rest = line.partition(" ")
            if word == "FROM":
                self.base = rest
            elif word == "COPY" and not rest.startswith("--from="):
                self.copied.append(tuple(rest.split()))
            elif word == "ENV":
                name, _, value = rest.partition("=")
                self.env[name] = "".join(shlex.split(value))
            elif word == "USER":
                self.user = rest.split(":")[0]
            elif word == "ENTRYPOINT":
                self.entry_point = json.loads(rest)

    def fill(self, root):
        """Copies the image's content into a root."""
        assert self.base == "scratch"
        for source, target in self.copied:
            shutil.copytree(self.folder / source, root.folder / target.strip("/"), dirs_exist_ok=True)
