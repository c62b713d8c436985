"""Making a new database: at once as the code has it, without the history of how it came to be so.

A test holds the result equal to what all the steps of ``migrations`` lead to. To walk through them, and
to load Alembic for it, is a tenth of a first run.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, MetaData, PrimaryKeyConstraint, String, Table, insert

from tasks.store.tables import HEAD, VERSION_TABLE, metadata

#: As Alembic itself makes it.
_VERSION = Table(
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)


def make(connection: Connection) -> None:
    """Make all tables in an empty database; a table that is there already is an error of the database."""
    metadata.create_all(connection, checkfirst=False)
    _VERSION.create(connection, checkfirst=False)
    connection.execute(insert(_VERSION).values(version_num=HEAD))
