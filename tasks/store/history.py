"""What the store knew at a moment: of two times, when a file came and when the store learnt it.

A run with ``--as-of`` in the past, or a file that is read anew by a better reader, tells the store today
what holds for another day; both times are kept, so that a past judgement can be made again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from plan_data.record import record
from tasks.sheets.records import FileReading
from tasks.store.repositories import Run
from tasks.store.tables import findings, readings, runs, submissions


@record
class Learnt:
    """A reading, the day its file came (``received_on``), and when the store learnt it (UTC)."""

    submission_id: int
    received_on: date
    learnt_at: datetime
    reading: FileReading


def learnt(connection: Connection, town: str, until: date) -> list[Learnt]:
    """Return every reading of every submission received by ``until``, in the order in which they count."""
    query = (
        select(
            submissions.c.id,
            submissions.c.received_on,
            submissions.c.recorded_at,
            readings.c.recorded_at.label("read_at"),
            readings.c.document,
        )
        .join(submissions, readings.c.submission_id == submissions.c.id)
        .where(submissions.c.town == town, submissions.c.received_on <= until)
        .order_by(submissions.c.received_on, submissions.c.serial, submissions.c.id, readings.c.id)
    )
    return [
        Learnt(
            row.id,
            row.received_on,
            max(row.recorded_at, row.read_at),
            FileReading.model_validate(row.document),
        )
        for row in connection.execute(query)
    ]


def known(everything: Iterable[Learnt], as_of: date, known_at: datetime | None) -> list[FileReading]:
    """Return the newest reading of every submission received by ``as_of`` and learnt by ``known_at``.

    ``known_at`` None is now: all that was ever learnt. The order of ``learnt`` is kept.
    """
    newest: dict[int, FileReading] = {}
    for one in everything:
        if one.received_on <= as_of and (known_at is None or one.learnt_at <= known_at):
            newest[one.submission_id] = one.reading
    return list(newest.values())


def last_runs(connection: Connection, town: str, first: date, last: date) -> dict[date, Run]:
    """Return the run that was recorded last of each day that runs judged, from ``first`` to ``last``."""
    query = (
        select(runs)
        .where(runs.c.town == town, runs.c.as_of >= first, runs.c.as_of <= last)
        .order_by(runs.c.id)
    )
    return {row.as_of: Run(**row._mapping) for row in connection.execute(query)}


def findings_told(
    connection: Connection, town: str, days: Iterable[date]
) -> Iterator[tuple[date, dict[str, Any]]]:
    """Yield day and plain document of every finding of the last run of each of these days."""
    wanted = set(days)
    if not wanted:
        return
    last = last_runs(connection, town, min(wanted), max(wanted))
    ids = {run.id: day for day, run in last.items() if day in wanted}
    query = select(findings.c.run_id, findings.c.document).where(findings.c.run_id.in_(ids))
    for run_id, document in connection.execute(query):
        yield ids[run_id], document
