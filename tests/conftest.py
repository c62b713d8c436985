"""What every test gets: no stray environment, and no skipped test in CI."""

from __future__ import annotations

import os

import pytest

for name in [n for n in os.environ if n.startswith("SHINCHOKU_") and not n.startswith("SHINCHOKU_TEST_")]:
    del os.environ[name]
# A flow that finds no server must fail at once, not start one in the background.
os.environ["PREFECT_SERVER_EPHEMERAL_ENABLED"] = "false"


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI a skipped test is a failed one."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("SHINCHOKU_TEST_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
