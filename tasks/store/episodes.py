"""The rows of episodes, and of what changed in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection, insert, select, text, update

from tasks.alerts.records import AlertEvent, Episode, EpisodeChange
from tasks.store.rows import inserted_id
from tasks.store.tables import alert_events, episodes


def telling_lock(connection: Connection, town: str) -> None:
    """Let one run at a time decide what to tell of a town, until the transaction ends.

    On SQLite the transaction itself is the lock; on PostgreSQL two could both find nothing told.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:name))"), {"name": f"shinchoku {town}"}
        )


def open_episodes(connection: Connection, town: str) -> list[Episode]:
    """Return the episodes of a town that are not closed."""
    query = (
        select(episodes).where(episodes.c.town == town, episodes.c.is_open).order_by(episodes.c.project_id)
    )
    return [
        Episode(
            id=row.id,
            project_id=row.project_id,
            verdict=row.verdict,
            reasons=tuple(row.reasons),
            opened_on=row.opened_on,
            changed_on=row.changed_on,
        )
        for row in connection.execute(query)
    ]


def episode_apply(connection: Connection, town: str, run_id: int, as_of: date, change: EpisodeChange) -> int:
    """Open, change or close one episode and return its id."""
    if change.episode_id is None:
        if change.verdict is None:
            raise ValueError("an episode cannot be opened without a verdict")
        values = {
            "town": town,
            "project_id": change.project_id,
            "verdict": change.verdict.value,
            "reasons": list(change.reasons),
            "opened_on": as_of,
            "changed_on": as_of,
            "is_open": True,
            "run_id": run_id,
        }
        return inserted_id(connection.execute(insert(episodes).values(values)))
    changed = (
        {"closed_on": as_of, "is_open": None}
        if change.verdict is None
        else {"verdict": change.verdict.value, "reasons": list(change.reasons), "changed_on": as_of}
    )
    connection.execute(update(episodes).where(episodes.c.id == change.episode_id).values(changed))
    return change.episode_id


def events_add(connection: Connection, run_id: int, events: Sequence[tuple[int, AlertEvent]]) -> None:
    """Store what changed in a run, each with the id of its episode, in this order."""
    if events:
        connection.execute(
            insert(alert_events),
            [
                {
                    "run_id": run_id,
                    "episode_id": episode_id,
                    "project_id": event.project_id,
                    "kind": event.kind.value,
                    "document": event,
                }
                for episode_id, event in events
            ],
        )
