"""読取り: the steps that read what was received, each file once by a reader, in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from config.site import Site
from config.town import TownConfig
from tasks.intake.records import Submission, days_of, read_by
from tasks.sheets.losses import PASSING
from tasks.sheets.pool import ContextSource, Job, ReadingPool
from tasks.sheets.reader_key import reader_key
from tasks.sheets.records import FileReading
from tasks.step import step
from tasks.store.engine import transaction
from tasks.store.repositories import readings_get, readings_newest, readings_put
from tasks.store.unread import submissions_unread

#: Says nothing of the file: it is not stored, and tried again the next time.
_NOT_OF_THE_FILE = PASSING | {"unreadable"}
#: Readings that are stored in one transaction: few enough that little is read again after a crash.
_STORED_TOGETHER = 500
#: By loaded configuration and plan revision: worked out once for all files of a run.
_keys: WeakKeyDictionary[TownConfig, dict[str, str]] = WeakKeyDictionary()
_sources: WeakKeyDictionary[TownConfig, dict[str, ContextSource]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Received:
    """A submission that this reader has not read yet, with its id in the store."""

    submission: Submission
    id: int


def reading_pool(site: Site) -> ReadingPool:
    """Return the processes that read the town's files, within its limits; to be used as a context."""
    return ReadingPool(site.config.rules.reader)


@step(
    name="読取りの準備",
    description="受け付けた表のうち、まだ読んでいないものと、読み方が変わったものを調べます。",
    retries=2,
)
def look_up(site: Site, submissions: Sequence[Submission]) -> tuple[Received, ...]:
    """Return, in their order, the submissions of which no reading by this reader, with these words, is stored.

    The plan is the one in force on the day a file was received.
    """
    if not submissions:
        return ()
    keys = {day: _key(site, day) for day in days_of(submissions)}
    if keys.items() <= read_by(submissions).items():
        return ()
    with transaction(site.database_url) as connection:
        unread = submissions_unread(connection, site.town, max(keys), keys)
    if not unread:
        return ()
    ids = ((s, unread.get((s.file, s.sha256, s.received_on))) for s in submissions)
    return tuple(Received(s, id_) for s, id_ in ids if id_ is not None)


def _read_many(calls: Sequence[tuple[Any, ...]]) -> Iterator[FileReading]:
    """Read as ``read_received`` does, several files at once; many readings are stored in one transaction."""
    if not calls:
        return
    site, _, pool = calls[0]
    readings = pool.read_many([_job(site, one.submission) for _, one, _ in calls])
    read: list[tuple[Received, FileReading]] = []
    for _, one, _ in calls:
        read.append((one, next(readings)))
        yield read[-1][1]
        if len(read) == _STORED_TOGETHER:
            _keep(site, read)
            read = []
    _keep(site, read)


@step(
    name="読取り",
    description="ファイルから進捗の表を探し、行ごとに事業と照合します。読めない行は、理由とともに記録します。",
    run_name="読取り {received.submission.file}",
    retries=2,
    many=_read_many,
)
def read_received(site: Site, received: Received, pool: ReadingPool) -> FileReading:
    """Read a submission in a process of ``pool``, store the reading and return it.

    What is in the file costs at most the process that opened it; StoreError and ReadingPoolError are
    raised.
    """
    reading = pool.read(_job(site, received.submission))
    _keep(site, [(received, reading)])
    return reading


def readings_of(
    site: Site, submissions: Sequence[Submission], read: Sequence[FileReading]
) -> tuple[FileReading, ...]:
    """Return the readings of submissions in their order: of those just ``read``, else the stored ones."""
    at_hand = {(r.file, r.sha256, r.received_on): r for r in read}
    keys = [(s.file, s.sha256, s.received_on) for s in submissions]
    missing = [key for key in keys if key not in at_hand]
    if missing:
        with transaction(site.database_url) as connection:
            newest = readings_newest(connection, site.town, max(day for _, _, day in missing))
            ids = {key: newest[key].id for key in missing}
            stored = readings_get(connection, [id_ for id_ in ids.values() if id_ is not None])
        at_hand |= {key: stored[id_] for key, id_ in ids.items() if id_ is not None}
    return tuple(at_hand[key] for key in keys if key in at_hand)


def _keep(site: Site, read: Sequence[tuple[Received, FileReading]]) -> None:
    kept = [
        (one.id, _key(site, one.submission.received_on), reading)
        for one, reading in read
        if reading.error is None or reading.error.code not in _NOT_OF_THE_FILE
    ]
    if kept:
        with transaction(site.database_url) as connection:
            readings_put(connection, kept)


def _job(site: Site, submission: Submission) -> Job:
    plan = site.plan_book.in_force(submission.received_on)
    sources = _sources.setdefault(site.config, {})
    if plan.revision not in sources:
        sources[plan.revision] = ContextSource.of(plan, site.config, _key(site, submission.received_on))
    return Job(
        submission.path,
        submission.file,
        submission.sha256,
        submission.received_on,
        sources[plan.revision],
    )


def _key(site: Site, received_on: date) -> str:
    plan = site.plan_book.in_force(received_on)
    keys = _keys.setdefault(site.config, {})
    if plan.revision not in keys:
        keys[plan.revision] = reader_key(plan, site.config)
    return keys[plan.revision]
