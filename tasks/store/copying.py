"""A copy of the records, to try something on that is not to be remembered."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import insert, select

from tasks.store.engine import Store, open_store
from tasks.store.tables import metadata

#: Rows carried over at a time.
_CHUNK = 1000


def copy_store(source: Store, target: Path) -> Store:
    """Copy every record of ``source`` into a new SQLite file at ``target``, which must not exist yet."""
    url = f"sqlite:///{target.absolute().as_posix()}"
    if source.engine.dialect.name == "sqlite":
        with (
            closing(sqlite3.connect(source.place)) as records,
            closing(sqlite3.connect(target)) as copy,
        ):
            records.backup(copy)
        return open_store(url)
    copied = open_store(url)
    with source.begin() as records_, copied.begin() as copy_:
        for table in metadata.sorted_tables:
            rows = records_.execution_options(yield_per=_CHUNK).execute(select(table)).mappings()
            for chunk in rows.partitions(_CHUNK):
                copy_.execute(insert(table), [dict(row) for row in chunk])
    return copied
