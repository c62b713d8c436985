"""The outbox in a person's hands: what lies in it, try again, drop. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select, update

from plan_data.record import record
from tasks.alerts.records import Message, MessageState
from tasks.store.tables import messages


@record
class Row:
    """A message of the outbox as it stands."""

    id: int
    message: Message
    state: MessageState
    attempts: int
    resend: bool
    due_at: datetime
    error: str | None
    finished_at: datetime | None
    recorded_at: datetime
    note: str | None


def rows(
    connection: Connection, town: str, states: Iterable[MessageState] = tuple(MessageState)
) -> list[Row]:
    """Return the messages of a town in these states, oldest first."""
    query = (
        select(messages)
        .where(messages.c.town == town, messages.c.state.in_([state.value for state in states]))
        .order_by(messages.c.id)
    )
    return [
        Row(
            row.id,
            Message.model_validate(row.document),
            MessageState(row.state),
            row.attempts,
            row.resend,
            row.due_at,
            row.error,
            row.finished_at,
            row.recorded_at,
            row.note,
        )
        for row in connection.execute(query)
    ]


def tally(connection: Connection, town: str) -> dict[MessageState, int]:
    """Return how many messages of a town are in each state."""
    query = select(messages.c.state, func.count()).where(messages.c.town == town).group_by(messages.c.state)
    found = {MessageState(state): count for state, count in connection.execute(query)}
    return {state: found.get(state, 0) for state in MessageState}


def sent_since(connection: Connection, town: str, moment: datetime) -> int:
    """Return how many messages of a town went out since a moment."""
    gone = [MessageState.SENT.value, MessageState.ACCEPTED.value]
    query = select(func.count()).where(
        messages.c.town == town, messages.c.state.in_(gone), messages.c.finished_at >= moment
    )
    return connection.scalar(query) or 0


def try_again(connection: Connection, town: str, ids: Sequence[int], now: datetime, note: str) -> list[int]:
    """Have messages tried anew from ``now`` on, attempts and age counted afresh; return those it did.

    Left alone is what has gone out, and what a sender has in hand.
    """
    again = {
        "state": MessageState.WAITING.value,
        "due_at": now,
        "queued_at": now,
        "attempts": 0,
        "claim": None,
        "finished_at": None,
    }
    fit = messages.c.state.in_([MessageState.WAITING, MessageState.DEAD, MessageState.DROPPED])
    return _change(connection, town, ids, fit, again, now, note)


def drop(connection: Connection, town: str, ids: Sequence[int], now: datetime, note: str) -> list[int]:
    """Give messages up by a person's decision, with the reason in ``note``; return those it did."""
    dropped = {"state": MessageState.DROPPED.value, "claim": None, "finished_at": now}
    fit = messages.c.state.in_([MessageState.WAITING, MessageState.DEAD])
    return _change(connection, town, ids, fit, dropped, now, note)


def _change(
    connection: Connection,
    town: str,
    ids: Sequence[int],
    fit: ColumnElement[bool],
    values: Mapping[str, object],
    now: datetime,
    note: str,
) -> list[int]:
    """Change each row that is ``fit``; what was noted of it before stays above the new line."""
    line = f"{now:%Y-%m-%d %H:%M} {note}"
    noted = func.coalesce(messages.c.note + "\n", "") + line
    return [
        wanted
        for wanted in ids
        if connection.execute(
            update(messages)
            .where(messages.c.id == wanted, messages.c.town == town, fit)
            .values(**values, note=noted)
        ).rowcount
        == 1
    ]
