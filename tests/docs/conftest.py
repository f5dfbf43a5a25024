"""Fixtures of the tests of the pages. To run one by hand: pytest tests/docs/test_links.py -k README"""

pytest_plugins = ["ctest_plugin", "servers"]
