"""Writers to the cockpit's SQLite wait for each other: a person's click is not refused because a run is at work."""

from __future__ import annotations

import asyncio

import pytest
import sqlalchemy as sa
from prefect.cli.server import start as prefects_own
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.settings import PREFECT_SERVER_API_PORT, PREFECT_SERVER_LOGGING_LEVEL, temporary_settings
from processes import free_port
from sqlalchemy.exc import OperationalError

from flows import cockpit_server
from flows.cockpit_server import WaitingSqlite


async def _two_writers(database) -> int:
    """One reads, the other writes and is done, then the first one writes; return what both came to."""
    engine = await database.engine()
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE clicks (number INTEGER)"))
        await connection.execute(sa.text("INSERT INTO clicks VALUES (0)"))
    has_read = asyncio.Event()

    async def first():
        session = await database.session(engine)
        async with session, database.begin_transaction(session):
            await session.execute(sa.text("SELECT number FROM clicks"))
            has_read.set()
            await asyncio.sleep(0.3)
            await session.execute(sa.text("UPDATE clicks SET number = number + 1"))

    async def second():
        await has_read.wait()
        session = await database.session(engine)
        async with session, database.begin_transaction(session):
            await session.execute(sa.text("UPDATE clicks SET number = number + 1"))

    try:
        await asyncio.gather(first(), second())
        async with engine.connect() as connection:
            return int((await connection.execute(sa.text("SELECT number FROM clicks"))).scalar_one())
    finally:
        await engine.dispose()


def test_it_lets_a_writer_wait_that_has_read_before_another_wrote(tmp_path):
    database = WaitingSqlite(connection_url=f"sqlite+aiosqlite:///{tmp_path / 'prefect.db'}")
    assert asyncio.run(_two_writers(database)) == 2


def test_it_is_needed_as_long_as_prefect_refuses_that_writer(tmp_path):
    database = AioSqliteConfiguration(connection_url=f"sqlite+aiosqlite:///{tmp_path / 'prefect.db'}")
    with pytest.raises(OperationalError, match="database is locked"):
        asyncio.run(_two_writers(database))


def test_it_serves_as_the_command_of_prefect_does(monkeypatch):
    def called(start):
        """What a start hands to uvicorn, and asks of the application."""
        given = {}
        for place in ("prefect.server.api.server.create_app", "flows.cockpit_server.create_app"):
            monkeypatch.setattr(place, lambda **asked: asked)
        monkeypatch.setattr("uvicorn.run", lambda **told: given.update(told))
        start()
        return {name: value for name, value in given.items() if name != "app_dir"}

    settings = {PREFECT_SERVER_API_PORT: free_port(), PREFECT_SERVER_LOGGING_LEVEL: "WARNING"}
    with temporary_settings(settings):
        ours = called(cockpit_server.serve)
        assert ours == called(prefects_own)
    assert ours["port"] == settings[PREFECT_SERVER_API_PORT] and ours["log_level"] == "warning"
