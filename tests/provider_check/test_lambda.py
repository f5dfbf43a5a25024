"""aws_lambda follows every rule, with a Runtime API that always has another invocation."""

import pytest
from checker import check
from harness import INSTRUMENTED
from runtime_api_server import RuntimeApi

pytestmark = [pytest.mark.abi, pytest.mark.timeout(300)]


class BusyApi(RuntimeApi):
    def _take(self, connection):
        self.invoke(b'{"a": 1}')
        return super()._take(connection)

    def _check_post(self, request):
        # Without memory for more, the provider posts an empty object: the header has the type.
        if request.kind == "response" or request.body != b"{}":
            super()._check_post(request)


@pytest.fixture
def api():
    with BusyApi() as api:
        yield api


@pytest.mark.both
def test_aws_lambda(api):
    result = check("--env", f"AWS_LAMBDA_RUNTIME_API={api.address}", "aws_lambda", timeout=280).expect_kept()
    # It logs when out of memory, which does not happen under a sanitizer.
    skipped = {"options", "caller_gone", "errors"} | ({"log"} if INSTRUMENTED else set())
    assert result.skipped <= skipped | {"at_once"}
    assert api.seen("response") and api.seen("error") and api.seen("init")


@pytest.mark.managed
def test_aws_lambda_as_a_managed_instance(api):
    variables = ["--env", f"AWS_LAMBDA_RUNTIME_API={api.address}", "--env", "AWS_LAMBDA_MAX_CONCURRENCY=4"]
    assert "at_once" in check(*variables, "aws_lambda", timeout=280).expect_kept().rules["kept"]


def test_aws_lambda_without_its_api():
    check("--env", "AWS_LAMBDA_RUNTIME_API=", "aws_lambda").expect_unchecked("did not open")
