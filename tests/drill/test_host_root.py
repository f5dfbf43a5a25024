"""What a function sees of the machine, and where it may write: as on Lambda, its package and 512 MB of /tmp."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from lambda_host import HOST, LambdaHost, can_mount, function, visible, without_namespaces, write_bootstrap

pytestmark = pytest.mark.host

AS_ROOT = os.geteuid() == 0
NO_SUCH_FILE = "No such file or directory"
READ_ONLY = "Read-only file system"


needs_root = pytest.mark.skipif(not AS_ROOT or not can_mount(), reason="needs root with CAP_SYS_ADMIN")


@pytest.fixture
def looking(tmp_path):
    return function("looks_around.py", tmp_path)


@needs_root
def test_writes_to_tmp_alone(looking):
    writable = ["/tmp/mine"]
    refused = ["/mine", "/etc/mine", "/usr/mine", "/var/mine", "/var/task/mine", "/dev/mine", "/run/mine", "/home/mine"]
    missing = ["/dev/shm/mine", "/home/nobody-is-here/mine", "/var/tmp/mine"]
    with LambdaHost(looking) as host:
        seen = host.invoke({"write": writable + refused + missing}).json["writes"]
    expected = dict.fromkeys(writable, "written") | dict.fromkeys(refused, READ_ONLY)
    assert seen == expected | dict.fromkeys(missing, NO_SUCH_FILE)
    assert not Path("/tmp/mine").exists() and not (looking / "mine").exists()


@needs_root
def test_tmp_is_the_environments_own(looking):
    """As on Lambda, kept between invocations and when the process restarts, and gone with the environment."""
    with LambdaHost(looking) as host, LambdaHost(looking) as other:
        assert host.invoke({"write": ["/tmp/kept"]}).json["writes"] == {"/tmp/kept": "written"}
        assert host.invoke().json["tmp"] == ["kept"]
        assert host.invoke({"exit": True}).error == "Runtime.ExitError"
        again = host.invoke({"write": ["/tmp/kept"]}).json
        assert again["tmp"] == ["kept"] and again["writes"] == {"/tmp/kept": "written"}
        assert other.invoke().json["tmp"] == []
    with LambdaHost(looking) as host:
        assert host.invoke().json["tmp"] == []


@needs_root
def test_tmp_holds_512_megabytes(looking):
    with LambdaHost(looking, memory_mb=256) as host:
        assert host.invoke({"fill": 600}).json["fits"] in range(500, 513)


@needs_root
def test_another_user_who_sees_nobody_else(looking, tmp_path):
    """Nor anything of the machine but its programs."""
    secret = tmp_path / "secret"
    secret.write_text("of the developer")
    hidden = [str(secret), str(Path.home() / ".profile"), "/.dockerenv", "/etc/shadow"]
    with LambdaHost(looking) as host, LambdaHost(looking) as other:
        seen = host.invoke({"read": hidden}).json
        assert seen["name"] == "sbx_user1051"
        assert seen["user"] not in (0, seen["owner"], other.invoke().json["user"])
        assert seen["processes"] == [seen["self"]]
        assert "written to stdout" in host.log
    assert not any(seen["reads"].values()), seen["reads"]
    assert {"usr", "etc", "var", "tmp", "proc", "dev"} <= set(seen["root"])
    assert not {".dockerenv", ".machine", "old_root"} & set(seen["root"])
    assert seen["task"] == ["bootstrap"]


@needs_root
def test_files_of_their_owner_alone_cannot_be_read(looking):
    """Lambda runs the function as a user other than the owner of its files. The mode of the folder itself means nothing,
    because a zip has no entry for it."""
    (looking / "module.py").write_text("x")
    (looking / "module.py").chmod(0o600)
    (looking / "data").write_text("x")
    looking.chmod(0o700)
    with LambdaHost(looking) as host:
        paths = {"read": ["/var/task/module.py", "/var/task/data"], "write": ["/var/task/mine"]}
        seen = host.invoke(paths).json
    assert seen["reads"] == {"/var/task/module.py": False, "/var/task/data": True}
    assert seen["writes"] == {"/var/task/mine": READ_ONLY}
    assert stat.S_IMODE(looking.stat().st_mode) == 0o700


@needs_root
def test_mount_shows_a_folder(looking, tmp_path):
    shown = tmp_path / "shown"
    shown.mkdir()
    (shown / "data").write_text("x")
    with LambdaHost(looking, "--mount", shown) as host:
        seen = host.invoke({"read": [str(shown / "data")], "write": [str(shown / "mine")]}).json
    assert seen["reads"] == {str(shown / "data"): True} and seen["writes"] == {str(shown / "mine"): READ_ONLY}


@needs_root
def test_interpreter_that_is_not_there(tmp_path):
    """Fails as on Lambda; the host says why."""
    shell = tmp_path / "shell"
    shell.symlink_to("/bin/sh")
    root = tmp_path / "function"
    root.mkdir()
    with LambdaHost(write_bootstrap(root, f"#!{shell}\nexit 1\n")) as host:
        answer = host.invoke()
        assert answer.error == "Runtime.InvalidEntrypoint"
        assert f"Its interpreter {shell} is on this machine but not in the package" in answer.json["errorMessage"]


class Unprivileged(LambdaHost):
    """The host, run by a user other than root."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        os.chmod(self.folder.name, 0o755)
        self.temporary.chmod(0o777)
        self.log_file.touch()
        self.log_file.chmod(0o666)
        self.command = ["setpriv", "--reuid=12345", "--regid=12345", "--clear-groups", *self.command]


def everybody_may_read(path):
    """Whether another user can reach it."""
    return all(parent.stat().st_mode & 0o5 == 0o5 for parent in [path, *path.parents])


@pytest.mark.plain("a sanitizer's options are of root")
@pytest.mark.skipif(not AS_ROOT, reason="the other tests already run like this")
@pytest.mark.skipif(
    subprocess.run(
        ["setpriv", "--reuid=12345", "unshare", "--user", "--mount", "true"], capture_output=True
    ).returncode,
    reason="on this kernel only root may make namespaces",
)
def test_without_root(tmp_path_factory):
    """It still gets a file system of its own; the host says what differs."""
    missing = [str(path) for path in map(Path, (*visible(), str(HOST.parent))) if not everybody_may_read(path)]
    if missing:
        pytest.skip(f"another user cannot read {', '.join(missing)}")
    folder = tmp_path_factory.mktemp("shared")
    looking = function("looks_around.py", folder)
    for path in (looking, *looking.parents):
        if str(path).startswith("/tmp/"):
            path.chmod(path.stat().st_mode | 0o55)
    with Unprivileged(looking) as host:
        assert "runs as your own user" in host.stderr
        seen = host.invoke({"write": ["/tmp/mine", "/var/task/mine", "/etc/mine", "/dev/shm/mine"]}).json
        assert list(seen["writes"].values()) == ["written", READ_ONLY, READ_ONLY, NO_SUCH_FILE]
        assert seen["name"] == "sbx_user1051" and seen["processes"] == [seen["self"]]
        assert host.invoke({"exit": True}).error == "Runtime.ExitError"
        assert host.invoke().json["tmp"] == ["mine"]


def test_without_any_namespace(told, tmp_path):
    """The host says that the machine's own file system is open to the function, and why."""
    with LambdaHost(told, run_by=without_namespaces()) as host:
        assert "it can write where Lambda is read-only" in host.stderr
        assert host.invoke("environment").json["folder"] == str(tmp_path / "told")
