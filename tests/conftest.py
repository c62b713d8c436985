"""What every test gets: no stray environment, and no skipped test in CI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# On a busy machine any example may take long; how long says nothing about what it tests.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

for name in [n for n in os.environ if n.startswith("SHINCHOKU_") and not n.startswith("SHINCHOKU_TEST_")]:
    del os.environ[name]
# A flow that finds no server must fail at once, not start one in the background.
os.environ["PREFECT_SERVER_EPHEMERAL_ENABLED"] = "false"


def _can_be_alone() -> bool:
    """Say whether the system lets us make a network namespace (Linux; not in every container)."""
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    alone = [
        "unshare",
        "--map-root-user",
        "--net",
        sys.executable,
        str(Path(__file__).parent / "support/alone.py"),
    ]
    return subprocess.run([*alone, "--try"], check=False, capture_output=True).returncode == 0


#: What this machine has nothing for; ``make test`` says so in its first lines, and CI installs it.
collect_ignore = [
    *([] if shutil.which("chromium") else ["flows/test_cockpit_browser.py"]),
    *([] if _can_be_alone() else ["flows/test_cockpit_alone.py"]),
]


def pytest_report_header() -> list[str]:
    """Say which tests this machine cannot run."""
    return [
        f"この機械では行わない試験（Chromium 又は ip・unshare がないため）：{name}" for name in collect_ignore
    ]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """In CI a skipped test is a failed one."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and os.environ.get("SHINCHOKU_TEST_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
