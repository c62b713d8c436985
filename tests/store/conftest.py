"""Every test of the store that takes ``url`` or ``store`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from databases import DATABASES, empty_database

from tasks.store.engine import open_store


@pytest.fixture(params=DATABASES)
def url(request, tmp_path):
    """A database that has nothing in it yet."""
    with empty_database(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def store(url):
    """An open store."""
    return open_store(url)
