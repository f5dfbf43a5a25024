"""When the drill runs short of a resource, it ends with status 2 and names the limit to raise; the function has not failed."""

import contextlib
import os
import pathlib
import re
import shlex
import subprocess
import tempfile

import pytest
from faas_drill import DRILL, environment, script, script_function, temporary

pytestmark = pytest.mark.phases

NOBODY = 65534
# Answers everything, without a database.
ANSWERS = """
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while head=$(curl -sS -o /dev/null -D - $api/next); do
   id=$(printf %s "$head" | tr -d '\\r' | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
   curl -sS -d '{}' $api/$id/response > /dev/null
done
"""


def said_by(words, folder, *arguments, **options):
    """The message of a drill run with this prefix; it must have ended with status 2."""
    run = subprocess.run(
        [*words, DRILL, "--server", "127.0.0.1:1", "--phases", "cold", *arguments, script_function(folder, ANSWERS)],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
        env=environment(folder),
        **options,
    )
    assert run.returncode == 2, run.stderr
    return run.stderr.splitlines()[-1]


@pytest.mark.plain("100 processes of a drill that is slowed down")
def test_a_hundred_at_once(hold):
    """More descriptors than the usual limit of 1,024, and all functions start."""
    held = hold("cold", script(ANSWERS), instances=100, timeout=120, patience=280)
    assert held.phase("burst")["verdict"] == "pass", held.log
    assert len(held.invocations) == 101
    assert held.failed == ["database_used"]


def test_descriptors_are_counted_before(tmp_path):
    said = said_by(["prlimit", "--nofile=256"], tmp_path, "--output", tmp_path / "out", "--instances", "200")
    assert "200 functions at once need" in said and "ulimit -n" in said and "256" in said


@pytest.fixture
def anybodys_folder():
    """Not pytest's tmp_path, because each pytest that starts closes its parent folders to users other than root."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        path.chmod(0o777)
        temporary(path).chmod(0o777)
        yield path


def test_processes_are_counted_before(anybodys_folder):
    # Limits of processes do not apply to root.
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    words = ["--output", anybodys_folder / "out", "--instances", "100"]
    said = said_by(["prlimit", "--nproc=40"], anybodys_folder, *words, **user)
    assert "100 functions at once need 400 processes and threads" in said
    assert "more can be started (the user's limit, ulimit -u, now 40): raise that limit, or lower --instances" in said


def in_namespace(kind, script):
    """A command prefix that runs a program in its own namespace, after the shell script has prepared it."""
    unshare = ["unshare", kind] if os.geteuid() == 0 else ["unshare", "--map-root-user", kind]
    words = [*unshare, "sh", "-ec", f'{script}; exec "$@"', "sh"]
    tried = subprocess.run([*words, "true"], check=False, capture_output=True, text=True)
    if tried.returncode != 0:
        pytest.skip(f"cannot prepare a namespace here: {tried.stderr.strip()}")
    return words


def test_ports_are_counted_before(tmp_path):
    words = in_namespace("--net", "echo 32768 32867 > /proc/sys/net/ipv4/ip_local_port_range")
    said = said_by(words, tmp_path, "--output", tmp_path / "out", "--instances", "100")
    assert "100 functions at once need 200 local ports, but there are 100: " in said
    assert "widen sysctl net.ipv4.ip_local_port_range, or lower --instances" in said


@pytest.mark.parametrize(
    ("name", "advice"), [("out", "choose another folder with --output"), ("tmp", "set TMPDIR to another folder")]
)
def test_disk_is_looked_at_before(tmp_path, name, advice):
    full = tmp_path / name
    full.mkdir(exist_ok=True)
    words = in_namespace("--mount", f"mount -t tmpfs -o size=4m none {shlex.quote(str(full))}")
    said = said_by(words, tmp_path, "--output", tmp_path / "out")
    assert f"{full} has 4 MB free, but the drill needs " in said or f"{full} has 3 MB free" in said
    assert said.endswith(f"free some, or {advice}")


def limit_memory(group, megabytes):
    group.mkdir()
    name = "memory.limit_in_bytes" if "/memory/" in str(group) else "memory.max"
    try:
        (group / name).write_text(str(megabytes * 1024 * 1024))
    except OSError:
        group.rmdir()
        raise


@contextlib.contextmanager
def memory_group(megabytes):
    """A control group with that much memory: below this process's own, or at the top."""
    roots = {"memory": "/sys/fs/cgroup/memory", "": "/sys/fs/cgroup"}
    lines = [line.split(":", 2) for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()]
    refusals = ["no controller of memory"]
    for parent in [roots[names] + at for _, names, own in lines if names in roots for at in (own, "/")]:
        group = pathlib.Path(parent) / f"faas-drill-{os.getpid()}"
        try:
            limit_memory(group, megabytes)
        except OSError as error:
            refusals.append(str(error))
            continue
        try:
            yield group
        finally:
            group.rmdir()
        return
    pytest.skip(f"cannot make a control group here: {refusals[-1]}")


def test_memory_is_counted_before(tmp_path):
    with memory_group(96) as group:
        words = ["sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh"]
        said = said_by(words, tmp_path, "--output", tmp_path / "out", "--instances", "200")
    assert "200 functions at once need 200 MB of memory, but " in said
    assert "(the control group's limit, memory.max): free some, or lower --instances" in said


# Each waits for the others.
NEVER_ANSWERS = """
curl -sS -o /dev/null http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next
for i in $(seq $(($(nproc) * 3))); do (while :; do :; done) & done
wait
"""


@pytest.mark.skipif(not pathlib.Path("/proc/pressure/cpu").exists(), reason="this kernel does not count CPU pressure")
def test_short_of_cpu(hold):
    """It may be the reason for a time-out."""
    reason = hold("cold", script(NEVER_ANSWERS), timeout=2).phase("cold")["reason"]
    assert re.search(r"This machine was short of CPU: for \d+ % of that time processes waited for one", reason), reason
