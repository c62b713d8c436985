"""What is known of a town's files in one row, in place of a row a file."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision: str | None = "0006"


def upgrade() -> None:
    """Add the table, empty: the next run opens every file once more."""
    op.drop_table("looks")
    op.create_table(
        "known_files",
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("form", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Date(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("hashes", sa.Text(), nullable=False),
        sa.Column("sizes", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("places", sa.Text(), nullable=False),
        sa.Column("looks", sa.LargeBinary(), nullable=False),
        sa.Column("folders", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("town", name="pk_known_files"),
    )
    op.create_table(
        "all_read",
        sa.Column("town", sa.Text(), nullable=False),
        sa.Column("last_submission", sa.Integer(), nullable=False),
        sa.Column("last_reading", sa.Integer(), nullable=False),
        sa.Column("reader_keys", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("town", name="pk_all_read"),
    )
