"""Messages that no run speaks in: word of the service itself, which there must be before the first run too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Let ``run_id`` be empty; SQLite, which changes no column, gets the table written anew."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("messages", "run_id", existing_type=sa.Integer(), nullable=True)
        return
    op.create_table(
        "messages_new",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", _INSTANT, nullable=False),
        sa.Column("claim", sa.Text()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("resend", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text()),
        sa.Column("finished_at", _INSTANT),
        sa.Column("recorded_at", _INSTANT, nullable=False),
        sa.Column("queued_at", _INSTANT),
        sa.Column("note", sa.Text()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_messages_run_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("key", name="uq_messages_key"),
    )
    kept = (
        "id, key, run_id, town, channel, recipient, document, state, due_at, claim, attempts, resend, error,"
        " finished_at, recorded_at, queued_at, note"
    )
    op.execute(f"INSERT INTO messages_new ({kept}) SELECT {kept} FROM messages")  # noqa: S608
    op.drop_table("messages")
    op.rename_table("messages_new", "messages")
    op.create_index("ix_messages_state_due_at", "messages", ["state", "due_at"])
