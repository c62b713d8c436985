"""One suite, two databases: the parameters of a fixture that opens a store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from postgres import new_database

from tasks.store.engine import connected

DATABASES = ("sqlite", "postgresql")


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[str]:
    """Give the URL of a database that has nothing in it yet; hang up on it in the end."""
    url = f"sqlite:///{(folder / 'shinchoku.db').as_posix()}" if kind == "sqlite" else new_database()
    yield url
    connected(url).engine.dispose()
