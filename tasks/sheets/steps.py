"""読取り: the step that reads one received file, unless this reader has read it before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from config.site import Site
from config.town import TownConfig
from tasks.intake.records import Submission
from tasks.sheets.context import ReadingContext, reading_context
from tasks.sheets.losses import PASSING
from tasks.sheets.pool import ContextSource, Job, ReadingPool
from tasks.sheets.reading import read_file
from tasks.sheets.records import FileReading
from tasks.step import step
from tasks.store.engine import open_store
from tasks.store.repositories import reading_get, reading_put, submission_add

#: Says nothing of the file: it is not stored, and tried again the next time.
_NOT_OF_THE_FILE = PASSING | {"unreadable"}
#: A run reads many files with the same words: compiled once for a loaded configuration and plan revision.
_contexts: WeakKeyDictionary[TownConfig, dict[str, ReadingContext]] = WeakKeyDictionary()


@step(
    name="読取り",
    description="ファイルから進捗の表を探し、行ごとに事業と照合します。読めない行は、理由とともに記録します。",
    run_name="読取り {submission.file}",
    retries=2,
)
def read_submission(site: Site, submission: Submission) -> FileReading:
    """Return the reading of a submission: the stored one if this reader made it with these words, else a new one.

    The plan is the one in force on the day the file was received. What is in the file raises
    nothing; a fault of the store does (StoreError).
    """
    context = _context(site, submission)
    store = open_store(site.database_url)
    with store.begin() as connection:
        submission_id = submission_add(connection, submission, datetime.now(UTC))
        known = reading_get(connection, submission_id, context.key)
    if known is not None:
        return known
    reading = read_file(submission.path, submission.file, submission.sha256, submission.received_on, context)
    # A copy that cannot be opened says nothing of the file: it is tried again the next time.
    if reading.error is None or reading.error.code != "unreadable":
        with store.begin() as connection:
            reading_put(connection, submission_id, context.key, reading)
    return reading


@step(
    name="読取り",
    description="ファイルから進捗の表を探し、行ごとに事業と照合します。読めない行は、理由とともに記録します。",
    run_name="読取り {submissions[0].file}",
    retries=2,
)
def read_submissions(
    site: Site, submissions: Sequence[Submission], pool: ReadingPool
) -> tuple[FileReading, ...]:
    """Return the readings of submissions in their order, as ``read_submission`` does, but read by ``pool``.

    What is in a file costs at most the process that opened it; StoreError and ReadingPoolError are
    raised.
    """
    store = open_store(site.database_url)
    now = datetime.now(UTC)
    ids: list[int] = []
    readings: list[FileReading | None] = []
    with store.begin() as connection:
        for submission in submissions:
            ids.append(submission_add(connection, submission, now))
            readings.append(reading_get(connection, ids[-1], _context(site, submission).key))
    missing = [i for i, reading in enumerate(readings) if reading is None]
    read = list(pool.read_many(_jobs(site, [submissions[i] for i in missing])))
    if missing:
        with store.begin() as connection:
            for i, reading in zip(missing, read, strict=True):
                readings[i] = reading
                if reading.error is None or reading.error.code not in _NOT_OF_THE_FILE:
                    reading_put(connection, ids[i], _context(site, submissions[i]).key, reading)
    return tuple(reading for reading in readings if reading)


def _jobs(site: Site, submissions: Sequence[Submission]) -> list[Job]:
    sources: dict[str, ContextSource] = {}
    jobs = []
    for submission in submissions:
        key = _context(site, submission).key
        if key not in sources:
            plan = site.plan_book.in_force(submission.received_on)
            sources[key] = ContextSource.of(plan, site.config, key)
        jobs.append(
            Job(submission.path, submission.file, submission.sha256, submission.received_on, sources[key])
        )
    return jobs


def _context(site: Site, submission: Submission) -> ReadingContext:
    plan = site.plan_book.in_force(submission.received_on)
    contexts = _contexts.setdefault(site.config, {})
    if plan.revision not in contexts:
        contexts[plan.revision] = reading_context(plan, site.config)
    return contexts[plan.revision]
