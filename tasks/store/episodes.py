"""The rows of episodes, and of what changed in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select, text, update

from tasks.alerts.records import AlertEvent, Episode, EpisodeChange, EpisodeState
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
    return _episodes(connection, select(episodes).where(episodes.c.town == town, episodes.c.is_open))


def episodes_since(connection: Connection, town: str, closed_from: date) -> list[Episode]:
    """Return the open episodes of a town, and those closed on ``closed_from`` or later."""
    lately = or_(episodes.c.is_open, episodes.c.closed_on >= closed_from)
    return _episodes(connection, select(episodes).where(episodes.c.town == town, lately))


def _episodes(connection: Connection, query: Select[Any]) -> list[Episode]:
    ordered = query.order_by(episodes.c.project_id, episodes.c.commitment, episodes.c.id)
    return [
        Episode(
            id=row.id,
            project_id=row.project_id,
            commitment=row.commitment,
            verdict=row.verdict,
            reasons=tuple(row.reasons),
            opened_on=row.opened_on,
            changed_on=row.changed_on,
            closed_on=row.closed_on,
            state=_state(row.state),
        )
        for row in connection.execute(ordered)
    ]


def _state(document: dict[str, Any]) -> EpisodeState:
    # What was told before it was kept for each recipient is not known.
    return (
        EpisodeState(legacy=True, told=None)
        if document == {"legacy": True}
        else EpisodeState.model_validate(document)
    )


def episode_apply(connection: Connection, town: str, run_id: int, as_of: date, change: EpisodeChange) -> int:
    """Open, re-open, change or close one episode and return its id."""
    if change.episode_id is None:
        if change.verdict is None:
            raise ValueError("an episode cannot be opened without a verdict")
        values = {
            "town": town,
            "project_id": change.project_id,
            "commitment": change.commitment,
            "verdict": change.verdict.value,
            "reasons": list(change.reasons),
            "state": change.state,
            "opened_on": as_of,
            "changed_on": as_of,
            "is_open": True,
            "run_id": run_id,
        }
        return inserted_id(connection.execute(insert(episodes).values(values)))
    mark = update(episodes).where(episodes.c.id == change.episode_id)
    connection.execute(mark.values(_changed(change, as_of)))
    return change.episode_id


def _changed(change: EpisodeChange, as_of: date) -> dict[str, Any]:
    values: dict[str, Any] = {"state": change.state}
    if change.changed:
        values["changed_on"] = as_of
    if change.verdict is None:
        return {**values, "is_open": None, **({"closed_on": as_of} if change.changed else {})}
    return {
        **values,
        "commitment": change.commitment,
        "verdict": change.verdict.value,
        "reasons": list(change.reasons),
        "closed_on": None,
        "is_open": True,
    }


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
