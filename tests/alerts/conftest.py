"""The tests of the outbox run on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from databases import DATABASES, empty_database

from tasks.store.engine import open_store


@pytest.fixture(params=DATABASES)
def store(request, tmp_path):
    """An open store."""
    with empty_database(request.param, tmp_path) as url:
        yield open_store(url)
