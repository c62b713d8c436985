"""What the tests of the intake share."""

from __future__ import annotations

import pytest

from tasks.intake import steps


@pytest.fixture
def opened(monkeypatch):
    """The files that were opened."""
    files = []
    take, holds = steps.archive, steps.holds

    def counting(candidate, *args):
        files.append(candidate.file)
        return take(candidate, *args)

    def held(candidate, sha256):
        # What does not hold the bytes of before is opened again, and counted then.
        is_held = holds(candidate, sha256)
        files.extend([candidate.file] * is_held)
        return is_held

    monkeypatch.setattr(steps, "archive", counting)
    monkeypatch.setattr(steps, "holds", held)
    return files
