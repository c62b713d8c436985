"""Run by Alembic: upgrades over the connection that ``tasks.store.upgrade`` hands it."""

from __future__ import annotations

from alembic import context

from tasks.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite undoes schema changes too, once transactions are begun explicitly, as ours are.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
