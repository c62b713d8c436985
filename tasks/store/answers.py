"""The rows of answers to alerts, and of escalations that wait for a decision."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection, insert, select, update

from tasks.alerts.answers import Answer, AnswerEnd, AnswerKind, Held, HeldState
from tasks.store.rows import inserted_id
from tasks.store.tables import answers, held_escalations


def answer_add(
    connection: Connection,
    town: str,
    episode_id: int,
    kind: AnswerKind,
    owner: str,
    reason: str,
    expires_on: date,
    at: datetime,
    day: date,
) -> Answer:
    """Store an answer; the one that held before ends as replaced."""
    answer_end(connection, episode_id, day, AnswerEnd.REPLACED)
    values = {
        "episode_id": episode_id,
        "kind": kind.value,
        "owner": owner,
        "reason": reason,
        "expires_on": expires_on,
        "answered_at": at,
    }
    added = connection.execute(insert(answers).values(town=town, holds=True, **values))
    return Answer.model_validate({"id": inserted_id(added), **values})


def answer_end(connection: Connection, episode_id: int, day: date, end: AnswerEnd) -> None:
    """Note that an episode's answer, if there is one, holds no longer."""
    connection.execute(
        update(answers)
        .where(answers.c.episode_id == episode_id, answers.c.holds)
        .values(holds=None, ended_on=day, ended=end.value)
    )


def answers_that_hold(connection: Connection, town: str) -> dict[int, Answer]:
    """Return the answers that hold, by the id of their episode; one that expired holds until it is ended."""
    rows = connection.execute(select(answers).where(answers.c.town == town, answers.c.holds))
    return {
        row.episode_id: Answer(
            id=row.id,
            episode_id=row.episode_id,
            kind=row.kind,
            owner=row.owner,
            reason=row.reason,
            expires_on=row.expires_on,
            answered_at=row.answered_at,
        )
        for row in rows
    }


def hold_add(
    connection: Connection, town: str, run_id: int, episode_id: int, audience: str, days: int, until: date
) -> int:
    """Store an escalation that waits and return its id."""
    values = {
        "town": town,
        "run_id": run_id,
        "episode_id": episode_id,
        "audience": audience,
        "days": days,
        "hold_until": until,
        "state": HeldState.HELD.value,
    }
    return inserted_id(connection.execute(insert(held_escalations).values(values)))


def holds_open(connection: Connection, town: str) -> list[Held]:
    """Return the escalations that wait, oldest first."""
    waiting = held_escalations.c.state == HeldState.HELD.value
    query = select(held_escalations).where(held_escalations.c.town == town, waiting)
    return [
        Held(
            id=row.id,
            episode_id=row.episode_id,
            audience=row.audience,
            days=row.days,
            hold_until=row.hold_until,
        )
        for row in connection.execute(query.order_by(held_escalations.c.id))
    ]


def hold_decide(
    connection: Connection,
    ids: Collection[int],
    state: HeldState,
    at: datetime,
    by: str | None = None,
    note: str | None = None,
) -> int:
    """Decide on escalations that wait; return how many still did. ``by`` None: nobody decided in time."""
    mark = (
        update(held_escalations)
        .where(held_escalations.c.id.in_(ids), held_escalations.c.state == HeldState.HELD.value)
        .values(state=state.value, decided_by=by, note=note, decided_at=at)
    )
    return connection.execute(mark).rowcount
