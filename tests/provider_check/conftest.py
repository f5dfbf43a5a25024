"""Fixtures of the provider check's tests. To run one by hand: pytest tests/provider_check/test_check.py -k crashes"""

import pytest

# pytest must rewrite their assertions, or a failure shows no values.
pytest.register_assert_rewrite("harness", "runtime_api_server", "checker")

from ctest_plugin import pytest_addoption, pytest_collection_finish, pytest_runtest_setup, pytest_sessionfinish  # noqa: E402, F401
