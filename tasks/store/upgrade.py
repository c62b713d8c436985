"""Bringing a schema up to date with Alembic; imported only when it is not."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def alembic_config() -> Config:
    """Return Alembic's configuration, which needs no file of its own."""
    config = Config()
    # Alembic's settings use % as a sign of their own.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Upgrade to ``revision`` within the connection's own transaction: all of it, or nothing."""
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
