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

    submission: Submission
    look: str | None


def submissions_newest(connection: Connection, town: str, as_of: date) -> dict[str, Known]:
    """Return, by file, the newest submission received by ``as_of``."""
    same = and_(
        looks.c.town == submissions.c.town,
        looks.c.file == submissions.c.file,
        looks.c.sha256 == submissions.c.sha256,
    )
    names = ("town", "file", "sha256", "size", "received_on", "path")
    query = (
        select(*(submissions.c[name] for name in names), looks.c.look)
        .select_from(submissions.outerjoin(looks, same))
        .where(submissions.c.town == town, submissions.c.received_on <= as_of)
        .order_by(submissions.c.received_on, submissions.c.serial, submissions.c.id)
    )
    # Oldest first: the last of each name is its newest.
    return {row[1]: Known(Submission(*row[:-1]), row[-1]) for row in connection.execute(query).all()}


def looks_put(connection: Connection, town: str, looked: Sequence[Look]) -> None:
    """Store how files look, in place of how they looked before."""
    if not looked:
        return
    gone = delete(looks).where(looks.c.town == town, looks.c.file == bindparam("name"))
    connection.execute(gone, [{"name": one.file} for one in looked])
    connection.execute(insert(looks), [{"town": town, **one._asdict()} for one in looked])
