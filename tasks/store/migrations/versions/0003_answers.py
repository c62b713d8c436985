"""An episode a commitment, answers to alerts, escalations that wait for a decision.

The open episodes of before stay open: each is of its whole 事業 until the next run finds out which
commitment it is about.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision: str | None = "0002"

_INSTANT = sa.DateTime(timezone=True)
_UNIQUE = ["town", "project_id", "commitment", "is_open"]
_UNIQUE_NAME = "uq_episodes_town_project_id_commitment_is_open"


def upgrade() -> None:
    """Widen the episodes and add what people answer."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
    else:
        _alter()
    op.create_index("ix_alert_events_run_id", "alert_events", ["run_id"])
    op.execute(sa.update(sa.table("episodes", sa.column("state", sa.JSON))).values(state={"legacy": True}))
    _answers()
    _held()


def _alter() -> None:
    op.add_column("episodes", sa.Column("commitment", sa.Text(), nullable=False, server_default=""))
    op.add_column("episodes", sa.Column("state", sa.JSON(), nullable=False, server_default="{}"))
    op.drop_constraint("uq_episodes_town_project_id_is_open", "episodes")
    op.create_unique_constraint(_UNIQUE_NAME, "episodes", _UNIQUE)
    op.drop_constraint("uq_alert_events_run_id_project_id", "alert_events")


def _rebuild() -> None:
    """Write both tables anew: SQLite changes no constraint, and a table others refer to goes last."""
    op.create_table(
        "episodes_new",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False, server_default=""),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.Column("is_open", sa.Boolean()),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_episodes_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_episodes"),
        sa.UniqueConstraint(*_UNIQUE, name=_UNIQUE_NAME),
    )
    op.create_table(
        "alert_events_new",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("project_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes_new.id"], name="fk_alert_events_episode_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_alert_events_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_events"),
    )
    kept = "id, town, project_id, verdict, reasons, opened_on, changed_on, closed_on, is_open, run_id"
    op.execute(f"INSERT INTO episodes_new ({kept}) SELECT {kept} FROM episodes")  # noqa: S608
    kept = "id, run_id, episode_id, project_id, kind, document"
    op.execute(f"INSERT INTO alert_events_new ({kept}) SELECT {kept} FROM alert_events")  # noqa: S608
    op.drop_table("alert_events")
    op.drop_table("episodes")
    op.rename_table("episodes_new", "episodes")
    op.rename_table("alert_events_new", "alert_events")


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("answered_at", _INSTANT, nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("ended", sa.Text()),
        sa.Column("holds", sa.Boolean()),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_answers_episode_id"),
        sa.PrimaryKeyConstraint("id", name="pk_answers"),
        sa.UniqueConstraint("episode_id", "holds", name="uq_answers_episode_id_holds"),
    )


def _held() -> None:
    op.create_table(
        "held_escalations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("episode_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("hold_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("decided_at", _INSTANT),
        sa.ForeignKeyConstraint(["episode_id"], ["episodes.id"], name="fk_held_escalations_episode_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_held_escalations_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_held_escalations"),
    )
    op.create_index("ix_held_escalations_town_state", "held_escalations", ["town", "state"])
