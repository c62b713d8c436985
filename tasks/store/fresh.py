"""Making a new database: at once as the code has it, without the history of how it came to be so.

A test holds the result equal to what all the steps of ``migrations`` lead to. To walk through them, and
to load Alembic for it, is a tenth of a first run.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    ExecutableDDLElement,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    create_mock_engine,
    insert,
)

from tasks.store.tables import HEAD, VERSION_TABLE, metadata

#: As Alembic itself makes it.
_VERSION = Table(
    VERSION_TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)
#: The statements that make all tables in SQLite, as SQLAlchemy words them: to word them takes longer than to make
#: the tables. Written by ``make schemas``; a test holds it equal to the tables.
SQLITE = Path(__file__).with_name("sqlite.sql")
_END = ";\n"


def make(connection: Connection) -> None:
    """Make all tables in an empty database; a table that is there already is an error of the database."""
    if connection.dialect.name == "sqlite":
        for statement in SQLITE.read_text(encoding="utf-8").removesuffix(_END).split(_END):
            connection.exec_driver_sql(statement)
    else:
        metadata.create_all(connection, checkfirst=False)
        _VERSION.create(connection, checkfirst=False)
    connection.execute(insert(_VERSION).values(version_num=HEAD))


def worded() -> str:
    """Return the statements for SQLite as SQLAlchemy words them now."""
    text = ""

    def word(ddl: ExecutableDDLElement, *_: object) -> None:
        nonlocal text
        lines = str(ddl.compile(dialect=engine.dialect)).strip().splitlines()
        text += "\n".join(line.rstrip() for line in lines) + _END

    engine = create_mock_engine("sqlite://", word)
    metadata.create_all(engine, checkfirst=False)
    _VERSION.create(engine, checkfirst=False)
    return text


if __name__ == "__main__":
    SQLITE.write_text(worded(), encoding="utf-8")
