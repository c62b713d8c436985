"""The files of a town as they are known, in one row: the newest submission of each, and how it lay in the inbox then.

A look at thousands of unchanged files must not cost a query and a record each. The row repeats what the
submissions and the folders themselves say, so it may be lost at any time: it is believed only where no
submission has come since, and without it every file is opened once more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from itertools import repeat
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    insert,
    select,
)

from tasks.intake.looks import LOOK_BYTES, PART, Looks, pack_all, unpack_all
from tasks.intake.records import Look, Submission, Submissions
from tasks.store.since import later_submission, lock_town, newest_id, still_read
from tasks.store.tables import known_files, submissions

#: What the columns mean; a row of another form is not read.
FORM = 3
#: How long a hash and a day are, with what parts them.
_HASH, _DAY = len("0" * 64 + PART), len("2026-11-24" + PART)


@dataclass(frozen=True, slots=True)
class KnownFiles:
    """What is known of a town's files on a day.

    ``submissions`` are the newest of each file, in the order of the names. ``looks`` are how the files
    looked with these bytes. ``folders`` are those of the archive that hold the copies, each with its look while all
    of them were there, empty where that is not known. ``last_id`` is that of the last submission when
    this was looked up; ``is_newest`` says whether the town has none that came after the day.
    """

    submissions: Sequence[Submission] = ()
    looks: Looks = field(default_factory=Looks)
    folders: Mapping[str, Look] = field(default_factory=dict)
    last_id: int = 0
    is_newest: bool = True
    is_stored: bool = False


def known_files_get(connection: Connection, town: str, as_of: date) -> KnownFiles:
    """Return what is known of the files received by ``as_of``: as it is stored, else worked out anew."""
    row = connection.execute(_as_stored(), {"of_town": town}).first()
    stored = _stored(row) if row is not None else None
    if row is not None and stored is not None and not row.is_old and row.latest <= as_of:
        return stored
    return _worked_out(connection, town, as_of, stored or KnownFiles())


@cache
def _as_stored() -> Select[Any]:
    # Made once: to make and compile it takes longer than the answer.
    town: BindParameter[str] = bindparam("of_town")
    is_old = later_submission(town, known_files.c.last_id).label("is_old")
    # What follows will ask it. To be asked later and alone would cost several times as much.
    read_by = still_read(town).scalar_subquery().label("read_by")
    return select(known_files, is_old, read_by).where(known_files.c.town == town, known_files.c.form == FORM)


def is_current(connection: Connection, town: str, known: KnownFiles) -> bool:
    """Say whether no submission of the town came since; until the transaction ends none will come."""
    lock_town(connection, town)
    return not connection.scalar(select(later_submission(town, known.last_id)))


def known_files_put(connection: Connection, town: str, known: KnownFiles) -> None:
    """Store what is known, in place of what was: only where it ``is_newest`` and ``is_current`` with what is in it."""
    connection.execute(delete(known_files).where(known_files.c.town == town))
    if not known.submissions:
        return
    known_looks, by_file = known.looks.by_file(), {one.file: one for one in known.submissions}
    looks = Looks.of({file: known_looks.get(file, ()) for file in by_file})
    # In the order of the looks, which is that of the folders.
    one_by_one = [by_file[file] for file in looks.files()]
    files, packed = looks.written()
    values = {
        "town": town,
        "form": FORM,
        "last_id": newest_id(connection, submissions),
        "latest": max(one.received_on for one in one_by_one),
        "files": files,
        "hashes": PART.join(one.sha256 for one in one_by_one),
        "sizes": PART.join(str(one.size) for one in one_by_one),
        "days": PART.join(one.received_on.isoformat() for one in one_by_one),
        "places": PART.join(one.place for one in one_by_one),
        "looks": packed,
        "folders": PART.join((pack_all(known.folders.values()).hex(), *known.folders)),
    }
    connection.execute(insert(known_files).values(values))


def _stored(row: Row[Any]) -> KnownFiles | None:
    """Return what a row says, None where it is damaged."""
    try:
        looks = Looks.read(row.files, row.looks)
        count = len(row.looks) // LOOK_BYTES
        days = {text: date.fromisoformat(text) for text in set(row.days.split(PART))}
        digits = row.sizes.replace(PART, "")
        # Of columns whose parts are equally long, how many there are is told sooner.
        hashes, dates = (len(row.hashes) + 1) / _HASH, (len(row.days) + 1) / _DAY
        counts = {hashes, dates, len(row.sizes) - len(digits) + 1, row.places.count(PART) + 1}
        if counts != {count} or not digits.isdecimal():
            return None
        return KnownFiles(
            Submissions(
                count,
                frozenset(days.values()),
                partial(_hashes, row, looks),
                partial(_made, row, looks, days),
                {days[text]: key for text, key in (row.read_by or {}).items() if text in days},
            ),
            looks,
            _folders(row.folders),
            row.last_id,
            is_stored=True,
        )
    except (ValueError, TypeError, AttributeError):
        return None


def _folders(text: str) -> dict[str, Look]:
    looks, *places = text.split(PART)
    unpacked = unpack_all(bytes.fromhex(looks))
    return {place: seen if seen[0] >= 0 else () for place, seen in zip(places, unpacked, strict=True)}


def _hashes(row: Row[Any], looks: Looks) -> dict[str, str]:
    return dict(zip(looks.files(), row.hashes.split(PART), strict=True))


def _made(row: Row[Any], looks: Looks, days: Mapping[str, date]) -> tuple[Submission, ...]:
    files = looks.files()
    columns = zip(
        repeat(row.town, len(files)),
        files,
        row.hashes.split(PART),
        map(int, row.sizes.split(PART)),
        map(days.__getitem__, row.days.split(PART)),
        row.places.split(PART),
        strict=True,
    )
    return tuple(sorted(map(Submission._make, columns), key=attrgetter("file")))


def _worked_out(connection: Connection, town: str, as_of: date, stored: KnownFiles) -> KnownFiles:
    """Return what the submissions say; of ``stored`` the looks still hold, for the same bytes."""
    lock_town(connection, town)
    last_id = newest_id(connection, submissions)
    columns = [submissions.c[name] for name in Submission._fields if name != "place"]
    query = (
        select(*columns, submissions.c.path)
        .where(submissions.c.town == town)
        .order_by(submissions.c.received_on, submissions.c.serial, submissions.c.id)
    )
    received = [Submission._make(row) for row in connection.execute(query).all()]
    # Oldest first: the last of each name is its newest.
    newest = {one.file: one for one in received if one.received_on <= as_of}
    looks = stored.looks.by_file()
    same = (one.file for one in stored.submissions if _same_bytes(one, newest.get(one.file)))
    return KnownFiles(
        tuple(newest[file] for file in sorted(newest)),
        Looks.of({file: looks[file] for file in same}),
        {},
        last_id,
        is_newest=not received or received[-1].received_on <= as_of,
    )


def _same_bytes(one: Submission, other: Submission | None) -> bool:
    return other is not None and one.sha256 == other.sha256
