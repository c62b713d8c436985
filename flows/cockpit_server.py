"""Prefect's server with one thing set right for SQLite (``python -m flows.cockpit_server server start``).

Prefect begins most of its writing transactions DEFERRED: it reads, and takes the write lock only when it
writes. Where somebody else has committed in between, SQLite refuses at once ("database is locked"), however
long the busy timeout is, and the server answers 503. Its own client asks again; a browser does not, so that
a person's Submit or Resume was refused while anything ran, and registering the deployments beside the
waking services of a restarted server failed for minutes. Begun IMMEDIATE, as Prefect itself does where it
sets a run's state, a transaction waits for its turn instead, for some milliseconds.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from prefect.cli import app
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import MODELS_DEPENDENCIES
from prefect.server.utilities.database import get_dialect
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction


class WaitingSqlite(AioSqliteConfiguration):
    """SQLite whose writers wait for each other."""

    @asynccontextmanager
    async def begin_transaction(
        self, session: AsyncSession, with_for_update: bool = False
    ) -> AsyncGenerator[AsyncSessionTransaction, None]:
        """Begin with the write lock; only sessions that write begin a transaction in Prefect."""
        async with super().begin_transaction(session, with_for_update=True) as transaction:
            yield transaction


def let_writers_wait() -> None:
    """Give Prefect's server this database in place of its own, where it is SQLite."""
    url = PREFECT_API_DATABASE_CONNECTION_URL.value()
    if get_dialect(url).name == "sqlite":
        MODELS_DEPENDENCIES["database_config"] = WaitingSqlite(connection_url=url)


if __name__ == "__main__":
    let_writers_wait()
    app()
