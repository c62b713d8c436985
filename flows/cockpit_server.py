"""Prefect's server with one thing set right for SQLite (``python -m flows.cockpit_server``).

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

import uvicorn
from prefect.server.api.server import create_app
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import MODELS_DEPENDENCIES
from prefect.server.utilities.database import get_dialect
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, get_current_settings
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


def serve() -> None:
    """Serve Prefect's API, UI and services until stopped, by the settings, as ``prefect server start`` does.

    Past its command line, which takes a tenth of the start to load and to find the command.
    """
    server = get_current_settings().server
    uvicorn.run(
        app=create_app(final=True, webserver_only=False),
        host=server.api.host,
        port=server.api.port,
        timeout_keep_alive=server.api.keepalive_timeout,
        ws_ping_interval=server.api.websocket_ping_interval,
        ws_ping_timeout=server.api.websocket_ping_timeout,
        log_level=server.logging_level.lower(),
    )


if __name__ == "__main__":
    let_writers_wait()
    serve()
