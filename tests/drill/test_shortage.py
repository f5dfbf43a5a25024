"""What the drill itself lacks ends it with status 2 and the limit to raise, and is no function's failure."""

import os
import pathlib
import resource
import subprocess
import tempfile

import pytest
from faas_drill import DRILL, drill, environment, script_function, temporary

pytestmark = [pytest.mark.phases, pytest.mark.timeout(120)]

NOBODY = 65534
# Answers everything, and knows no database.
ANSWERS = """
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while head=$(curl -sS -o /dev/null -D - $api/next); do
   id=$(printf %s "$head" | tr -d '\\r' | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')
   curl -sS -d '{}' $api/$id/response > /dev/null
done
"""


def limited(folder, mongodb, limit, number, *arguments, user=None):
    """Its status and what it complained of."""

    def set_limit():
        resource.setrlimit(limit, (number, number))
        if user is not None:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)

    run = subprocess.run(
        [DRILL, "--output", folder / "out", "--server", mongodb.address, *arguments, script_function(folder, ANSWERS)],
        check=False,
        preexec_fn=set_limit,
        capture_output=True,
        text=True,
        timeout=100,
        env=environment(TMPDIR=str(temporary(folder))),
    )
    return run.returncode, run.stderr.splitlines()[-1]


@pytest.mark.plain("200 processes of a drill that is slowed down")
def test_two_hundred_at_once(tmp_path, mongodb):
    """More descriptors than a function may have, and each of the functions starts."""
    held = drill(
        tmp_path,
        *("--server", mongodb.address, "--phases", "cold", "--instances", "200", "--timeout", "60"),
        script_function(tmp_path, ANSWERS),
    )
    assert held.phase("burst")["verdict"] == "pass", held.log
    assert len(held.invocations) == 201
    assert held.failed == ["database_used"]


def test_descriptors_are_counted_before(tmp_path, mongodb):
    status, said = limited(tmp_path, mongodb, resource.RLIMIT_NOFILE, 256, "--phases", "cold", "--instances", "200")
    assert status == 2
    assert "200 functions at once need" in said and "ulimit -n" in said and "256" in said


@pytest.fixture
def anybodys_folder():
    """Not pytest's tmp_path: each pytest that starts closes the folders above it to others than root."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        path.chmod(0o777)
        temporary(path).chmod(0o777)
        yield path


def test_processes_run_out(anybodys_folder, mongodb):
    # No limit of processes is root's.
    user = NOBODY if os.geteuid() == 0 else None
    status, said = limited(
        *(anybodys_folder, mongodb, resource.RLIMIT_NPROC, 40, "--phases", "cold", "--instances", "100"), user=user
    )
    assert status == 2
    assert "ulimit -u, now 40" in said
