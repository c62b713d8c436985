"""How the files of the inbox looked from outside when they were last read: who looks the same is not opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, and_, bindparam, delete, insert, select

from tasks.intake.records import Submission
from tasks.store.tables import looks, submissions


class Look(NamedTuple):
    """How a file looked (``Candidate.look``) and the hash of what was in it then."""

    file: str
    look: str
    sha256: str


class Known(NamedTuple):
    """The newest submission of a file, and how the file looked with these bytes, None where that is not known."""

    file: str
    sha256: str
    size: int
    received_on: date
    path: str
    town: str
    look: str | None

    def submission(self) -> Submission:
        """Return it as a record."""
        return Submission(self.town, self.file, self.sha256, self.size, self.received_on, self.path)


def submissions_newest(connection: Connection, town: str, as_of: date) -> dict[str, Known]:
    """Return, by file, the newest submission received by ``as_of``."""
    same = and_(
        looks.c.town == submissions.c.town,
        looks.c.file == submissions.c.file,
        looks.c.sha256 == submissions.c.sha256,
    )
    query = (
        select(*(submissions.c[name] for name in Known._fields[:-1]), looks.c.look)
        .select_from(submissions.outerjoin(looks, same))
        .where(submissions.c.town == town, submissions.c.received_on <= as_of)
        .order_by(submissions.c.received_on, submissions.c.serial, submissions.c.id)
    )
    # Oldest first: the last of each name is its newest.
    return {row[0]: Known._make(row) for row in connection.execute(query).all()}


def looks_put(connection: Connection, town: str, looked: Sequence[Look]) -> None:
    """Store how files look, in place of how they looked before."""
    if not looked:
        return
    gone = delete(looks).where(looks.c.town == town, looks.c.file == bindparam("name"))
    connection.execute(gone, [{"name": one.file} for one in looked])
    connection.execute(insert(looks), [{"town": town, **one._asdict()} for one in looked])
