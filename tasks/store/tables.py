"""The tables of the store, the same on SQLite and PostgreSQL.

Two times are kept apart: ``received_on`` and ``as_of`` say for which day something holds,
``recorded_at`` says when the store learnt it. Whole records lie in JSON columns, compactly written;
what is searched by has a column of its own beside them.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

#: The revision of the newest file in ``migrations/versions``; a test holds the two equal.
HEAD = "0007"
#: Where Alembic notes the revision of a database.
VERSION_TABLE = "alembic_version"


class Instant(TypeDecorator[datetime]):
    """A point in time with its zone: kept in UTC, given back in UTC. SQLite itself knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without zone: it would mean another moment on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _recorded_at() -> Column[datetime]:
    return Column("recorded_at", Instant, nullable=False)


def _run() -> Column[int]:
    return Column("run_id", Integer, ForeignKey("runs.id"), nullable=False)


#: A file as it was received. ``serial`` counts the versions that came under one name on one day.
submissions = Table(
    "submissions",
    metadata,
    _id(),
    Column("town", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("serial", Integer, nullable=False),
    Column("path", Text, nullable=False),
    _recorded_at(),
    UniqueConstraint("town", "file", "received_on", "serial"),
)

#: What is known of a town's files, in one row that may be lost: see ``store/known_files.py``.
known_files = Table(
    "known_files",
    metadata,
    Column("town", Text, primary_key=True),
    Column("form", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    Column("latest", Date, nullable=False),
    Column("files", Text, nullable=False),
    Column("hashes", Text, nullable=False),
    Column("sizes", Text, nullable=False),
    Column("days", Text, nullable=False),
    Column("places", Text, nullable=False),
    Column("looks", LargeBinary, nullable=False),
    Column("folders", Text, nullable=False),
)

#: That nothing of a town was unread by the readers of these days, by the last ids of then; may be lost too.
all_read = Table(
    "all_read",
    metadata,
    Column("town", Text, primary_key=True),
    Column("last_submission", Integer, nullable=False),
    Column("last_reading", Integer, nullable=False),
    Column("reader_keys", JSON, nullable=False),
)

#: What one version of the reader read from a submission.
readings = Table(
    "readings",
    metadata,
    _id(),
    Column("submission_id", Integer, ForeignKey("submissions.id"), nullable=False),
    Column("reader_key", Text, nullable=False),
    Column("document", JSON, nullable=False),
    _recorded_at(),
    Index("ix_readings_submission_id_reader_key", "submission_id", "reader_key"),
)

#: One run of the watch. The same run recorded twice (a repeated step) is one row.
runs = Table(
    "runs",
    metadata,
    _id(),
    Column("town", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("fiscal_year", Text, nullable=False),
    Column("plan_revision", Text, nullable=False),
    Column("engine", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    _recorded_at(),
    UniqueConstraint("town", "as_of", "started_at", "engine"),
)

#: The judgement of one 事業 in one run; ``position`` is its place in the plan.
findings = Table(
    "findings",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id"), primary_key=True, autoincrement=False),
    Column("project_id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("document", JSON, nullable=False),
)

#: The time during which a commitment of a 事業 (or, without one, the 事業 itself) called for an alert.
#: ``is_open`` is empty in a closed one, because empty values do not collide: of the open ones there is
#: one a commitment at most. ``state`` is what was told of it so far, and to whom.
episodes = Table(
    "episodes",
    metadata,
    _id(),
    Column("town", Text, nullable=False),
    Column("project_id", Text, nullable=False),
    Column("commitment", Text, nullable=False, server_default=""),
    Column("verdict", Text, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("state", JSON, nullable=False, server_default="{}"),
    Column("opened_on", Date, nullable=False),
    Column("changed_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("is_open", Boolean),
    _run(),
    UniqueConstraint("town", "project_id", "commitment", "is_open"),
)

#: What a person said to an alert: it is being dealt with (ack), or it may rest (snooze). One a episode
#: holds at most; ``ended`` says why it no longer does.
answers = Table(
    "answers",
    metadata,
    _id(),
    Column("town", Text, nullable=False),
    Column("episode_id", Integer, ForeignKey("episodes.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("answered_at", Instant, nullable=False),
    Column("ended_on", Date),
    Column("ended", Text),
    Column("holds", Boolean),
    UniqueConstraint("episode_id", "holds"),
)

#: An escalation that waits for the 事務局 until ``hold_until``, and what was decided.
held_escalations = Table(
    "held_escalations",
    metadata,
    _id(),
    Column("town", Text, nullable=False),
    Column("episode_id", Integer, ForeignKey("episodes.id"), nullable=False),
    _run(),
    Column("audience", Text, nullable=False),
    Column("days", Integer, nullable=False),
    Column("hold_until", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("decided_by", Text),
    Column("note", Text),
    Column("decided_at", Instant),
    Index("ix_held_escalations_town_state", "town", "state"),
)

#: What changed in an episode in one run, and whether anybody was told.
alert_events = Table(
    "alert_events",
    metadata,
    _id(),
    _run(),
    Column("episode_id", Integer, ForeignKey("episodes.id"), nullable=False),
    Column("project_id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("document", JSON, nullable=False),
    Index("ix_alert_events_run_id", "run_id"),
)

#: The outbox. ``due_at`` is when a row may be claimed: a retry's time, or the end of a sender's lease.
#: ``queued_at`` is since when it waits, where that is not ``recorded_at``: a person had it tried anew.
#: ``note`` is what people said of it; ``run_id`` is empty in word of the service itself.
messages = Table(
    "messages",
    metadata,
    _id(),
    Column("key", Text, nullable=False, unique=True),
    Column("run_id", Integer, ForeignKey("runs.id")),
    Column("town", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("document", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("claim", Text),
    Column("attempts", Integer, nullable=False),
    Column("resend", Boolean, nullable=False),
    Column("error", Text),
    Column("finished_at", Instant),
    _recorded_at(),
    Column("queued_at", Instant),
    Column("note", Text),
    Index("ix_messages_state_due_at", "state", "due_at"),
)

#: What was predicted of a commitment from ``made_on`` until the next row of it says something else.
predictions = Table(
    "predictions",
    metadata,
    _id(),
    Column("town", Text, nullable=False),
    _run(),
    Column("project_id", Text, nullable=False),
    Column("commitment", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("made_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("rules", JSON, nullable=False),
    Column("p50", Date),
    Column("p80", Date),
    Column("probability", Float),
    Column("met_on", Date),
    Index("ix_predictions_town", "town", "project_id", "commitment"),
)
