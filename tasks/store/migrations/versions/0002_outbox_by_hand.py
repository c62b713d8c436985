"""The outbox in people's hands: since when a message waits anew, and what was said of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision: str | None = "0001"


def upgrade() -> None:
    """Add the two columns; what is there already waits since it was recorded."""
    op.add_column("messages", sa.Column("queued_at", sa.DateTime(timezone=True)))
    op.add_column("messages", sa.Column("note", sa.Text()))
