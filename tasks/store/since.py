"""What has come to a town's store since: the questions by which what is remembered is believed, or not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, Table, func, select

from tasks.store.tables import all_read, readings, submissions

_TOWN_LOCK = 7_305_882


def later_submission(
    town: str | BindParameter[str], last_id: ColumnElement[int] | int
) -> ColumnElement[bool]:
    """Return the condition that the town has a submission with a higher id."""
    # Not by the index of the town, which would lead through all that it ever sent.
    of_town = func.coalesce(submissions.c.town, "") == town
    return select(submissions.c.id).where(submissions.c.id > last_id, of_town).exists()


def later_reading(town: BindParameter[str], last_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition that the town has a reading with a higher id."""
    of_town = select(submissions.c.town).where(submissions.c.id == readings.c.submission_id)
    return select(readings.c.id).where(readings.c.id > last_id, of_town.scalar_subquery() == town).exists()


def still_read(town: BindParameter[str]) -> Select[Any]:
    """Return the query for the readers' keys by which all of a town is read, by day; without a row where that is not known."""
    return select(all_read.c.reader_keys).where(
        all_read.c.town == town,
        ~later_submission(town, all_read.c.last_submission),
        ~later_reading(town, all_read.c.last_reading),
    )


def newest_id(connection: Connection, table: Table) -> int:
    """Return the highest id of a table, of whatever town; 0 where it is empty."""
    return connection.scalar(select(func.max(table.c.id))) or 0


def lock_town(connection: Connection, town: str) -> None:
    """See that no submission of the town is added until the transaction ends, and that its ids grow with time.

    On SQLite this is so, as one transaction waits for the other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_TOWN_LOCK, func.hashtext(town))))
