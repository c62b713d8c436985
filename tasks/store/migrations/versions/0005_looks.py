"""How the files of the inbox looked when they were last read, so that unchanged ones are not opened."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision: str | None = "0004"


def upgrade() -> None:
    """Add the table, empty: the next run opens every file once more."""
    op.create_table(
        "looks",
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("look", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("town", "file", name="pk_looks"),
    )
    # With the reader's key in the index no row, which holds a whole document, is touched to see who read it.
    op.drop_index("ix_readings_submission_id", "readings")
    op.create_index("ix_readings_submission_id_reader_key", "readings", ["submission_id", "reader_key"])
