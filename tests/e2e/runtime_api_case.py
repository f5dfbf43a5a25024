"""What the tests of the provider aws_lambda share: the function, helpers and checks."""

import dataclasses
import subprocess

import wire_faults
from harness import ENCODED_PASSWORD, PATIENCE, Harness

ECHO = ["--scenario", "echo"]
MEBIBYTE = 1 << 20
LIMIT = 6 * MEBIBYTE + 100
ID = b"Lambda-Runtime-Aws-Request-Id"
DEADLINE = b"Lambda-Runtime-Deadline-Ms"


class Function(Harness):
    """faas-harness as Lambda starts it: without arguments, with nothing on stdin."""

    def __init__(self, api, *args, env=None, **options):
        variables = {"AWS_LAMBDA_RUNTIME_API": api.address} | (env or {})
        super().__init__(*args, env=variables, stdin=subprocess.DEVNULL, **options)

    def finish(self, timeout=PATIENCE):
        result = super().finish(timeout=timeout)
        assert result.stdout == "", f"unexpected output on stdout: {result.stdout[:500]!r}"
        return result

    def stop(self, timeout=PATIENCE):
        """By SIGTERM, as Lambda does if an extension is registered."""
        self.process.terminate()
        return self.finish(timeout)


def works(api, event=b'{"still": "there"}'):
    assert api.invoke(event).response().body == event


def stops(function, exit_code=0):
    result = function.stop()
    assert result.exit_code == exit_code, result
    return result


def once(invocation):
    """No invocation was answered twice."""
    assert len(invocation.posts) == 1, [post.body[:100] for post in invocation.posts]


def held(until, fault=wire_faults.Fault()):
    """A fault of the database that ends once `until` returns. Nothing else is answered meanwhile."""

    def edit(document):
        until()
        return fault.edit(document) if fault.edit else document

    return dataclasses.replace(fault, edit=edit)


def junk_deadline(value=b"soon"):
    return {"headers": [(DEADLINE, value)], "without": [DEADLINE.decode()]}


def lines_of(result):
    """Lines of stderr without those that old drivers print before their log is redirected."""
    return [line for line in result.stderr.split("\n") if line and " mongoc: " not in line]


def expect_init_error(api, function, error_type, *words):
    error = api.init_error()
    result = function.finish()
    assert result.exit_code == 2
    assert error.type == error_type and error.path == "/2018-06-01/runtime/init/error"
    assert set(error.json) == {"errorMessage", "errorType", "stackTrace"}
    for word in words:
        assert word in error.message and word in result.stderr
    assert ENCODED_PASSWORD not in error.body.decode() and "s3cr3t" not in error.body.decode()
    assert [request.kind for request in api.requests] == ["init"]
    return result
