"""回収: the step that takes in what lies in the inbox."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime
from pathlib import Path

from config.site import Site
from plan_data.mendable import MendableError
from tasks.intake.archive import BEING_WRITTEN, archive, is_changing
from tasks.intake.errors import FileNotTaken
from tasks.intake.folder import scan
from tasks.intake.records import Candidate, Collected, Skipped, Submission
from tasks.step import step
from tasks.store.engine import open_store
from tasks.store.looks import Look, looks_put, submissions_newest
from tasks.store.repositories import submission_add

#: The coarsest clock of a file system (FAT) ticks every two seconds: a file that is younger can change
#: without looking changed, so the next look reads it again.
_SETTLED_SECONDS = 3

#: A file changed no longer ago than this may still be written, by a program that pauses between its writes:
#: it is looked at again this long after the first look. Who sends a file an hour before is not kept waiting.
_YOUNG_SECONDS, _LOOK_AGAIN_SECONDS = 1.0, 0.3

#: Files that are looked at twice in less time than it takes to start a process.
_SMALL = 500

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
    with its newest known submission, if there is one. One that looks, by size and times, as when it was
    last read is not opened. Raises IntakeError where the inbox cannot be
    read; an empty inbox is no error.
    """
    candidates, skipped = scan(inbox)
    # Before the files are opened: what changes from here on has a later time.
    seen_at = datetime.now(UTC)
    store = open_store(site.database_url)
    with store.begin() as connection:
        known = submissions_newest(connection, site.town, as_of)
    present: list[Submission] = []
    new: list[Submission] = []
    looked: list[Look] = []
    young: list[tuple[Candidate, Submission, Submission | None]] = []
    archive_root, settled = site.archive, seen_at.timestamp() - _SETTLED_SECONDS
    for candidate in candidates:
        newest = known.get(candidate.file)
        before = newest.submission if newest else None
        if newest and newest.look == candidate.look and os.access(newest.submission.place, os.R_OK):
            present.append(newest.submission)
            continue
        try:
            taken = archive(candidate, archive_root, site.town, as_of, before)
        except FileNotTaken as refusal:
            skipped.append(Skipped(candidate.file, refusal.code, refusal.message))
            present.extend([before] if before else [])
            continue
        present.append(taken)
        if taken is not before:
            new.append(taken)
        if candidate.modified < settled:
            looked.append(Look(candidate.file, candidate.look, taken.sha256))
        elif candidate.modified > seen_at.timestamp() - _YOUNG_SECONDS:
            young.append((candidate, taken, before))
    for candidate, taken, before in _still_changing(young, seen_at):
        skipped.append(Skipped(candidate.file, "being_written", BEING_WRITTEN))
        present[present.index(taken) : present.index(taken) + 1] = [before] if before else []
        new = [one for one in new if one is not taken]
    if new or looked:
        with store.begin() as connection:
            for submission in new:
                submission_add(connection, submission, seen_at)
            looks_put(connection, site.town, looked)
    seen = {submission.file for submission in present} | {item.file for item in skipped}
    return Collected(
        tuple(present),
        tuple(submission.file for submission in new),
        tuple(sorted(skipped, key=lambda item: item.file)),
        tuple(sorted(set(known) - seen)),
    )


def _still_changing(
    young: list[tuple[Candidate, Submission, Submission | None]], seen_at: datetime
) -> list[tuple[Candidate, Submission, Submission | None]]:
    """Return the young files that have changed since they were first seen; wait a moment where there are any."""
    if young:
        time.sleep(max(0.0, _LOOK_AGAIN_SECONDS - (datetime.now(UTC) - seen_at).total_seconds()))
    return [one for one in young if is_changing(one[0])]


def has_unseen(site: Site, inbox: Path, as_of: date) -> bool:
    """Say whether a small inbox holds a file that does not look as it did; a hint only, and False where that cannot be told.

    In a large one the few hundred milliseconds that the hint can save are not worth a second look. Where
    nothing was ever received, there will be something: the database need not be made first to say so.
    """
    if site.received_nothing:
        return True
    try:
        with open_store(site.database_url).begin() as connection:
            known = submissions_newest(connection, site.town, as_of)
        if len(known) > _SMALL:
            return False
        return any(one.file not in known or known[one.file].look != one.look for one in scan(inbox)[0])
    except MendableError:
        return False
