"""読取り: the step that reads one received file, unless this reader has read it before."""

from __future__ import annotations

from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from config.site import Site
from config.town import TownConfig
from tasks.intake.records import Submission
from tasks.sheets.context import ReadingContext, reading_context
from tasks.sheets.reading import read_file
from tasks.sheets.records import FileReading
from tasks.step import step
from tasks.store.engine import open_store
from tasks.store.repositories import reading_get, reading_put, submission_add

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


def _context(site: Site, submission: Submission) -> ReadingContext:
    plan = site.plan_book.in_force(submission.received_on)
    contexts = _contexts.setdefault(site.config, {})
    if plan.revision not in contexts:
        contexts[plan.revision] = reading_context(plan, site.config)
    return contexts[plan.revision]
