"""The torture in short: kill -9 at every named step and at some instants, senders frozen beyond their lease, races.

``make torture`` is the long one, with the order of syncs and sends as the kernel saw it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from databases import DATABASES
from sqlalchemy import text

TORTURE = Path(__file__).parents[1] / "torture" / "torture.py"
SHORT = ("--kills", "5", "--rows", "100", "--no-strace")


@pytest.mark.parametrize("database", DATABASES)
def test_it_loses_nothing_and_marks_every_double_whenever_it_is_killed(database):
    done = subprocess.run(
        [sys.executable, str(TORTURE), *SHORT, "--database", database],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(done.stdout)
    assert found["bad"] == []
    # It did happen: every step killed the process, and some of what had gone out went out again.
    assert found[f"{database} steps"]["steps"] == 22 and found[f"{database} steps"]["wire_doubles"] > 0
    assert found[f"{database} freezes"]["freezes"] == 12 and found[f"{database} freezes"]["wire_doubles"] > 0
    assert found[f"{database} kills"]["kills"] == 5
    assert found[f"{database} race"]["messages"] == 100


def test_it_has_every_commit_on_the_disk_before_it_goes_on(store):
    """SQLite: one fdatasync a commit of the log (``make torture`` sees it done); PostgreSQL: flushed likewise."""
    with store.begin() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
            assert connection.execute(text("PRAGMA synchronous")).scalar() == 2  # FULL
        else:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
