"""Fixtures of the provider check's tests. Run one by hand:  pytest tests/provider_check/test_check.py -k crashes"""

import pytest

# Or their assertions would say nothing.
pytest.register_assert_rewrite("harness", "runtime_api_server", "checker")

from ctest_plugin import pytest_addoption, pytest_collection_finish, pytest_runtest_setup, pytest_sessionfinish  # noqa: E402, F401
