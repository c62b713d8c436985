"""回収: the step that takes in what lies in the inbox."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from operator import attrgetter
from pathlib import Path

from config.site import Site
from plan_data.mendable import MendableError
from tasks.intake.archive import BEING_WRITTEN, archive, holds, is_changing, missing_copies, with_folders
from tasks.intake.errors import FileNotTaken
from tasks.intake.folder import scan
from tasks.intake.looks import Looks
from tasks.intake.records import Candidate, Collected, Look, Skipped, Submission, hashes_of
from tasks.step import step
from tasks.store.engine import transaction
from tasks.store.known_files import KnownFiles, is_current, known_files_get, known_files_put
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
    with transaction(site.database_url) as connection:
        known = known_files_get(connection, site.town, as_of)
    # Before anything is looked at: what changes from here on has a later time.
    seen_at = datetime.now(UTC)
    missing, folders = missing_copies(
        known.submissions, known.folders, seen_at.timestamp() - _SETTLED_SECONDS
    )
    lost = {one.file for one in known.submissions if one.place in missing} if missing else set()
    taken = _Taken(seen_at)
    looks = known.looks.without(lost)
    found = scan(inbox, looks, _comparison(known.submissions, lost, taken))
    scanned = time.monotonic()
    before = {one.file: one for one in known.submissions} if found.candidates else {}
    _take_in(site, found.candidates, before, taken, as_of)
    for file in _still_changing(taken.young, scanned):
        del taken.new[file]
        taken.skip(file, "being_written", BEING_WRITTEN, before.get(file))
    _remember(site, known, folders, taken)
    skipped = sorted([*found.skipped, *taken.skipped], key=attrgetter("file"))
    present: Sequence[Submission] = known.submissions
    gone: tuple[str, ...] = ()
    stands = {*taken.stands, *found.unchanged}
    if len(stands) + looks.count(found.folders) < len(present):
        stands.update(looks.files(found.folders))
        present = tuple(one for one in known.submissions if one.file in stands)
        seen = {*stands, *taken.new, *(item.file for item in skipped)}
        gone = tuple(one.file for one in known.submissions if one.file not in seen)
    if taken.new:
        present = tuple(sorted([*present, *taken.new.values()], key=attrgetter("file")))
    return Collected(present, tuple(sorted(taken.new)), tuple(skipped), gone)


@dataclass(slots=True)
class _Taken:
    """What comes of a look: opened files whose newest known submission stands, new submissions, how all these looked.

    ``seen_at`` is when it began.
    """

    seen_at: datetime
    stands: list[str] = field(default_factory=list)
    new: dict[str, Submission] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    looks: dict[str, Look] = field(default_factory=dict)
    #: New ones that may still be written.
    young: list[Candidate] = field(default_factory=list)

    def skip(self, file: str, code: str, message: str, known: Submission | None) -> None:
        """Leave a file alone; what was known of it stands."""
        self.skipped.append(Skipped(file, code, message))
        if known is not None:
            self.stands.append(file)


def _comparison(
    submissions: Sequence[Submission], lost: Container[str], taken: _Taken
) -> Callable[[Candidate], bool]:
    """Return what says of a file whether it holds the bytes of its newest submission, and notes it; never of the ``lost``, which have no copy."""
    hashes = cache(lambda: hashes_of(submissions))
    settled = (taken.seen_at.timestamp() - _SETTLED_SECONDS) * 1e9

    def is_as_known(candidate: Candidate) -> bool:
        file, _, seen = candidate
        sha256 = hashes().get(file)
        if sha256 is None or file in lost or not holds(candidate, sha256):
            return False
        taken.stands.append(file)
        # Known bytes are taken for such whatever happens to the file meanwhile; what is remembered of it is not.
        if seen[1] < settled and not is_changing(candidate):
            taken.looks[file] = seen
        return True

    return is_as_known


def _take_in(
    site: Site, changed: Iterable[Candidate], before: Mapping[str, Submission], taken: _Taken, as_of: date
) -> None:
    """Open files and archive what is new in them; ``before`` are their newest submissions."""
    moment = taken.seen_at.timestamp()
    for candidate in changed:
        file, modified = candidate.file, candidate.modified
        known = before.get(file)
        try:
            submission = archive(candidate, site.archive, site.town, as_of, known)
        except FileNotTaken as refusal:
            taken.skip(file, refusal.code, refusal.message, known)
            continue
        if submission is known:
            taken.stands.append(file)
        else:
            taken.new[file] = submission
            if modified > moment - _YOUNG_SECONDS:
                taken.young.append(candidate)
        if modified < moment - _SETTLED_SECONDS:
            taken.looks[file] = candidate.look


def _still_changing(young: Sequence[Candidate], scanned: float) -> list[str]:
    """Return the young files that have changed since the scan was over; wait a moment where there are any.

    ``scanned`` is when it was, by ``time.monotonic``.
    """
    if young:
        time.sleep(max(0.0, _LOOK_AGAIN_SECONDS - (time.monotonic() - scanned)))
    return [one.file for one in young if is_changing(one)]


def _remember(site: Site, known: KnownFiles, folders: Mapping[str, Look], taken: _Taken) -> None:
    """Record what is new, and how the files and the folders of the archive look now."""
    new = taken.new
    if not new and not taken.looks and known.is_stored and folders == known.folders:
        return
    # How a file looked with other bytes says nothing of these.
    looks = {file: seen for file, seen in known.looks.by_file().items() if file not in new} | taken.looks
    files = {one.file: one for one in known.submissions} | new
    with transaction(site.database_url) as connection:
        is_all = known.is_newest and is_current(connection, site.town, known)
        for submission in new.values():
            submission_add(connection, submission, taken.seen_at)
        if is_all:
            newest = tuple(files[file] for file in sorted(files))
            known_files_put(
                connection,
                site.town,
                KnownFiles(newest, Looks.of(looks), with_folders(folders, new.values())),
            )


def has_unseen(site: Site, inbox: Path, as_of: date) -> bool:
    """Say whether a small inbox holds a file that does not look as it did; a hint only, and False where that cannot be told.

    In a large one the few hundred milliseconds that the hint can save are not worth a second look. Where
    nothing was ever received, there will be something: the database need not be made first to say so.
    """
    if site.received_nothing:
        return True
    try:
        with transaction(site.database_url) as connection:
            known = known_files_get(connection, site.town, as_of)
        return len(known.submissions) <= _SMALL and bool(scan(inbox, known.looks).candidates)
    except MendableError:
        return False
