"""What the tests of the intake share."""

from __future__ import annotations

import pytest

from tasks.intake import steps


@pytest.fixture
def opened(monkeypatch):
    """The files that were opened."""
    files = []
    take = steps.archive

    def counting(candidate, *args):
        files.append(candidate.file)
        return take(candidate, *args)

    monkeypatch.setattr(steps, "archive", counting)
    return files
