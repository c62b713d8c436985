"""One suite, two databases: the parameters of a fixture that opens a store."""

from __future__ import annotations

from pathlib import Path

from postgres import new_database

DATABASES = ("sqlite", "postgresql")


def empty_database(kind: str, folder: Path) -> str:
    """Return the URL of a database that has nothing in it yet."""
    return f"sqlite:///{(folder / 'shinchoku.db').as_posix()}" if kind == "sqlite" else new_database()
