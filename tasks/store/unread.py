"""Which submissions the present reader has not read yet, and until when it is known that there are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    func,
    insert,
    select,
)

from tasks.store.repositories import SubmissionKey
from tasks.store.since import lock_town, newest_id, still_read
from tasks.store.tables import all_read, readings, submissions


def submissions_unread(
    connection: Connection, town: str, as_of: date, keys: Mapping[date, str]
) -> dict[SubmissionKey, int]:
    """Return the ids of submissions received by ``as_of`` whose newest reading is not by the reader of their day.

    ``keys`` are the readers' by day of receipt; other days are left out. That there are none is
    remembered, and holds as long as nothing of the town is received or read.
    """
    if _is_all_read(connection, town, keys):
        return {}
    lock_town(connection, town)
    unread = _unread(connection, town, as_of, keys)
    if not unread:
        _put_all_read(connection, town, {day: key for day, key in keys.items() if day <= as_of})
    return unread


def _unread(
    connection: Connection, town: str, as_of: date, keys: Mapping[date, str]
) -> dict[SubmissionKey, int]:
    newest = (
        select(readings.c.reader_key)
        .where(readings.c.submission_id == submissions.c.id)
        .order_by(readings.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (submissions.c.file, submissions.c.sha256, submissions.c.received_on, submissions.c.id)
    sent = (
        select(*columns, newest)
        .where(submissions.c.town == town, submissions.c.received_on <= as_of)
        .order_by(submissions.c.received_on, submissions.c.serial, submissions.c.id)
    )
    if len(set(keys.values())) == 1:
        sent = sent.where(func.coalesce(newest, "") != next(iter(keys.values())))
    # Of the same bytes twice on one day (A, B, A) the last is meant.
    return {
        (file, sha256, day): id_
        for file, sha256, day, id_, key in connection.execute(sent).all()
        if day in keys and key != keys[day]
    }


def _is_all_read(connection: Connection, town: str, keys: Mapping[date, str]) -> bool:
    known = connection.scalar(_still_read(), {"of_town": town})
    # More days than are asked about do no harm.
    return known is not None and _written(keys).items() <= known.items()


@cache
def _still_read() -> Select[Any]:
    # Made once, as in known_files.
    return still_read(bindparam("of_town"))


def _put_all_read(connection: Connection, town: str, keys: Mapping[date, str]) -> None:
    values = {
        "town": town,
        "last_submission": newest_id(connection, submissions),
        "last_reading": newest_id(connection, readings),
        "reader_keys": _written(keys),
    }
    connection.execute(delete(all_read).where(all_read.c.town == town))
    connection.execute(insert(all_read).values(values))


def _written(keys: Mapping[date, str]) -> dict[str, str]:
    return {day.isoformat(): key for day, key in keys.items()}
