"""The cases under AWS's Runtime Interface Emulator again, with what `sam build` left, in an otherwise empty system."""

import emulator
import pytest
from test_rie import (  # noqa: F401
    test_cold_and_warm,
    test_deadline,
    test_failing_assertion,
    test_http_front,
    test_init_error,
    test_large_events,
)

pytestmark = [pytest.mark.fixtures("package_sam")]


@pytest.fixture(autouse=True)
def in_the_empty_root(sam_root, monkeypatch):
    if emulator.find() is None:
        pytest.skip("build/sam-venv is missing; tests/package/make.sh sam makes it")
    monkeypatch.setattr(emulator.Emulator, "root", sam_root)
