"""回収: the step that takes in what lies in the inbox."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from config.site import Site
from tasks.intake.archive import archive
from tasks.intake.errors import FileNotTaken
from tasks.intake.folder import scan
from tasks.intake.records import Collected, Skipped, Submission
from tasks.step import step
from tasks.store.engine import open_store
from tasks.store.repositories import submission_add, submissions_known

__all__ = ["Collected", "collect"]


@step(
    name="回収",
    description="受付フォルダのファイルを保管庫に写し、新しいものと変わったものを記録します。",
    run_name="回収 {as_of}",
    retries=2,
)
def collect(site: Site, inbox: Path, as_of: date) -> Collected:
    """Archive what the inbox holds and record what is new or changed as received on ``as_of``.

    A file that cannot be taken in now (being written, say) is skipped with its reason, and stands
    with its newest known submission, if there is one. Raises IntakeError where the inbox cannot be
    read; an empty inbox is no error.
    """
    candidates, skipped = scan(inbox)
    store = open_store(site.database_url)
    with store.begin() as connection:
        # Oldest first: the last of each name is its newest.
        known = {
            submission.file: submission for _, submission in submissions_known(connection, site.town, as_of)
        }
    present: list[Submission] = []
    new: list[Submission] = []
    for candidate in candidates:
        before = known.get(candidate.file)
        try:
            taken = archive(candidate, site.archive, site.town, as_of)
        except FileNotTaken as refusal:
            skipped.append(Skipped(candidate.file, refusal.code, refusal.message))
            present.extend([before] if before else [])
            continue
        if before and before.sha256 == taken.sha256:
            present.append(before)
        else:
            present.append(taken)
            new.append(taken)
    seen_at = datetime.now(UTC)
    with store.begin() as connection:
        for submission in new:
            submission_add(connection, submission, seen_at)
    return Collected(
        tuple(present),
        tuple(submission.file for submission in new),
        tuple(sorted(skipped, key=lambda item: item.file)),
    )
