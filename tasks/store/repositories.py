"""What the stations ask of the store. Each function takes a connection of ``Store.begin()``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, insert, select

from plan_data.record import record
from tasks.alerts.records import AlertEvent
from tasks.intake.records import Submission
from tasks.progress.records import Finding, Judgement
from tasks.sheets.records import FileReading
from tasks.store.rows import inserted_id
from tasks.store.tables import alert_events, findings, readings, runs, submissions


@record
class Run:
    """One run of the watch: as of which day it judged, when it began and when it was recorded (UTC)."""

    id: int
    town: str
    as_of: date
    fiscal_year: str
    plan_revision: str
    engine: str
    started_at: datetime
    recorded_at: datetime


#: What identifies a submission of a town: its file, sha256 and received_on.
SubmissionKey = tuple[str, str, date]
#: Values in one statement; SQLite takes 32,766.
_MOST_IDS = 10_000


class NewestReading(NamedTuple):
    """A submission's id with its newest reading: id, and the key of the reader that made it; None without one."""

    submission_id: int
    id: int | None
    reader_key: str | None


def submission_add(connection: Connection, submission: Submission, seen_at: datetime) -> int:
    """Store a submission and return its id; what is already the file's version of that day is not stored again.

    The version of a day is the newest received on or before it. So the same bytes seen again are
    the same submission, while bytes that come back after others (A, B, A) are a new one.
    """
    wanted = {"of_town": submission.town, "of_file": submission.file, "by": submission.received_on}
    newest = connection.execute(_newest_version(), wanted).first()
    if newest is not None and newest.sha256 == submission.sha256:
        return int(newest.id)
    same_day = newest is not None and newest.received_on == submission.received_on
    values = {
        "town": submission.town,
        "file": submission.file,
        "sha256": submission.sha256,
        "size": submission.size,
        "received_on": submission.received_on,
        "serial": newest.serial + 1 if newest is not None and same_day else 1,
        "path": submission.place,
        "recorded_at": seen_at,
    }
    return inserted_id(connection.execute(insert(submissions), values))


@cache
def _newest_version() -> Select[Any]:
    """Return the question for the newest version of a file: put together once, since every new file asks it."""
    own = and_(submissions.c.town == bindparam("of_town"), submissions.c.file == bindparam("of_file"))
    return (
        select(submissions.c.id, submissions.c.sha256, submissions.c.received_on, submissions.c.serial)
        .where(own, submissions.c.received_on <= bindparam("by"))
        .order_by(submissions.c.received_on.desc(), submissions.c.serial.desc())
        .limit(1)
    )


def submissions_known(connection: Connection, town: str, as_of: date) -> list[tuple[int, Submission]]:
    """Return id and submission of everything received by ``as_of``, oldest first."""
    query = _in_order(select(submissions).where(_received(town, as_of)))
    return [(row.id, _submission(row)) for row in connection.execute(query)]


def files_received_since(connection: Connection, town: str, moment: datetime | None) -> set[str]:
    """Return the names of the files that were recorded after ``moment``, all for None."""
    query = select(submissions.c.file).where(submissions.c.town == town).distinct()
    if moment is not None:
        query = query.where(submissions.c.recorded_at > moment)
    return set(connection.scalars(query))


def readings_newest(connection: Connection, town: str, as_of: date) -> dict[SubmissionKey, NewestReading]:
    """Return the newest reading of each submission received by ``as_of``, by what identifies it."""
    read = (
        select(readings.c.submission_id, readings.c.id, readings.c.reader_key)
        .join(submissions, readings.c.submission_id == submissions.c.id)
        .where(_received(town, as_of))
        .order_by(readings.c.submission_id, readings.c.id)
    )
    # Oldest first: the last of each is its newest.
    newest = {submission: (id_, key) for submission, id_, key in connection.execute(read).all()}
    columns = (submissions.c.file, submissions.c.sha256, submissions.c.received_on, submissions.c.id)
    sent = _in_order(select(*columns).where(_received(town, as_of)))
    # Of the same bytes twice on one day (A, B, A) the last is meant.
    return {
        (file, sha256, day): NewestReading(id_, *newest.get(id_, (None, None)))
        for file, sha256, day, id_ in connection.execute(sent).all()
    }


def readings_get(connection: Connection, ids: Sequence[int]) -> dict[int, FileReading]:
    """Return readings by their ids."""
    found: dict[int, FileReading] = {}
    for i in range(0, len(ids), _MOST_IDS):
        query = select(readings.c.id, readings.c.document).where(readings.c.id.in_(ids[i : i + _MOST_IDS]))
        found |= {id_: FileReading.model_validate(document) for id_, document in connection.execute(query)}
    return found


def readings_put(connection: Connection, kept: Sequence[tuple[int, str, FileReading]]) -> None:
    """Add readings, each with its submission's id and its reader's key; those before them stay, as what was known then."""
    if kept:
        now = datetime.now(UTC)
        rows = [
            {"submission_id": id_, "reader_key": key, "document": reading, "recorded_at": now}
            for id_, key, reading in kept
        ]
        connection.execute(insert(readings), rows)


def reading_put(connection: Connection, submission_id: int, reader_key: str, reading: FileReading) -> None:
    """Add one reading."""
    readings_put(connection, [(submission_id, reader_key, reading)])


def readings_known(connection: Connection, town: str, as_of: date) -> list[FileReading]:
    """Return the newest reading of every submission received by ``as_of``, oldest received first."""
    newest = select(func.max(readings.c.id)).group_by(readings.c.submission_id)
    query = _in_order(
        select(readings.c.document)
        .join(submissions, readings.c.submission_id == submissions.c.id)
        .where(_received(town, as_of), readings.c.id.in_(newest))
    )
    return [FileReading.model_validate(document) for document in connection.scalars(query)]


def run_add(
    connection: Connection, judgement: Judgement, engine: str, started_at: datetime, recorded_at: datetime
) -> int:
    """Store the run that came to ``judgement`` and return its id."""
    values = {
        "town": judgement.town,
        "as_of": judgement.as_of,
        "fiscal_year": judgement.fiscal_year,
        "plan_revision": judgement.plan_revision,
        "engine": engine,
        "started_at": started_at,
        "recorded_at": recorded_at,
    }
    return inserted_id(connection.execute(insert(runs).values(values)))


def run_find(connection: Connection, judgement: Judgement, engine: str, started_at: datetime) -> int | None:
    """Return the id of the run that began at that moment, None if it was not recorded."""
    return connection.scalar(
        select(runs.c.id).where(
            runs.c.town == judgement.town,
            runs.c.as_of == judgement.as_of,
            runs.c.engine == engine,
            runs.c.started_at == started_at,
        )
    )


def run_get(connection: Connection, run_id: int) -> Run:
    """Return a run; raise LookupError where there is none of this id."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).first()
    if row is None:
        raise LookupError(f"no run {run_id}")
    return Run(**row._mapping)


def latest_run(connection: Connection, town: str) -> Run | None:
    """Return the last recorded run of the latest day any run of the town judged, None before the first."""
    row = connection.execute(
        select(runs).where(runs.c.town == town).order_by(runs.c.as_of.desc(), runs.c.id.desc()).limit(1)
    ).first()
    return Run(**row._mapping) if row is not None else None


def runs_since(connection: Connection, town: str, moment: datetime) -> list[datetime]:
    """Return when each run of a town since a moment was recorded, the earliest first."""
    query = select(runs.c.recorded_at).where(runs.c.town == town, runs.c.recorded_at >= moment)
    return list(connection.scalars(query.order_by(runs.c.recorded_at)))


def previous_run(connection: Connection, town: str, run_id: int) -> int | None:
    """Return the run to compare a run with: of those before it, the last one of the latest earlier day.

    Runs recorded later are left out, so that the answer stays the same for ever.
    """
    this = run_get(connection, run_id)
    return connection.scalar(
        select(runs.c.id)
        .where(runs.c.town == town, runs.c.as_of < this.as_of, runs.c.id < run_id)
        .order_by(runs.c.as_of.desc(), runs.c.id.desc())
        .limit(1)
    )


def findings_put(connection: Connection, run_id: int, judgement: Judgement) -> None:
    """Store the findings of a run, in the order of the plan."""
    if judgement.findings:
        connection.execute(
            insert(findings),
            [
                {
                    "run_id": run_id,
                    "project_id": finding.project_id,
                    "position": position,
                    "verdict": finding.verdict.value,
                    "document": finding,
                }
                for position, finding in enumerate(judgement.findings)
            ],
        )


def judgement_get(connection: Connection, run_id: int) -> Judgement:
    """Return the judgement of a run as it was; raise LookupError where there is no such run."""
    run = run_get(connection, run_id)
    query = select(findings.c.document).where(findings.c.run_id == run_id).order_by(findings.c.position)
    return Judgement(
        town=run.town,
        as_of=run.as_of,
        fiscal_year=run.fiscal_year,
        plan_revision=run.plan_revision,
        findings=tuple(Finding.model_validate(document) for document in connection.scalars(query)),
    )


def events_of_run(connection: Connection, run_id: int) -> list[AlertEvent]:
    """Return what changed in a run, in the order in which it was planned."""
    query = select(alert_events.c.document).where(alert_events.c.run_id == run_id).order_by(alert_events.c.id)
    return [AlertEvent.model_validate(document) for document in connection.scalars(query)]


def _received(town: str, as_of: date) -> ColumnElement[bool]:
    return and_(submissions.c.town == town, submissions.c.received_on <= as_of)


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(submissions.c.received_on, submissions.c.serial, submissions.c.id)


def _submission(row: Row[Any]) -> Submission:
    return Submission(row.town, row.file, row.sha256, row.size, row.received_on, row.path)
