"""The rows of the outbox.

A message is claimed by a conditional UPDATE that sets ``due_at`` to the end of the sender's lease:
whoever finds the row changed has lost the race. A row still ``sending`` when its lease is over
belonged to a sender that died, so nobody knows whether it went out; its next claim is a resend.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, case, func, insert, select, true, update

from tasks.alerts.records import Claimed, Message, MessageState
from tasks.store.engine import Store
from tasks.store.tables import messages

_OPEN = (MessageState.WAITING.value, MessageState.SENDING.value)


def messages_add(
    connection: Connection, new: Sequence[Message], due_at: datetime, recorded_at: datetime
) -> None:
    """Put messages into the outbox, to be sent from ``due_at`` on. A key that is there already is an error."""
    if new:
        connection.execute(
            insert(messages),
            [
                {
                    "key": message.key,
                    "run_id": message.run_id,
                    "town": message.town,
                    "channel": message.channel,
                    "recipient": message.recipient,
                    "document": message,
                    "state": MessageState.WAITING.value,
                    "due_at": due_at,
                    "attempts": 0,
                    "resend": False,
                    "recorded_at": recorded_at,
                }
                for message in new
            ],
        )


def messages_of_run(connection: Connection, run_id: int) -> list[Message]:
    """Return the messages a run put into the outbox."""
    query = select(messages.c.document).where(messages.c.run_id == run_id).order_by(messages.c.id)
    return [Message.model_validate(document) for document in connection.scalars(query)]


class Outbox:
    """The outbox of one town; each call is a transaction of its own, so that none lasts over a send."""

    def __init__(self, store: Store, town: str) -> None:
        self._store = store
        self._town = town

    def due(self, now: datetime) -> list[tuple[int, str]]:
        """Return id and channel of every message that may be claimed now, oldest first."""
        query = (
            select(messages.c.id, messages.c.channel)
            .where(messages.c.town == self._town, messages.c.state.in_(_OPEN), messages.c.due_at <= now)
            .order_by(messages.c.id)
        )
        with self._store.begin() as connection:
            return [(row.id, row.channel) for row in connection.execute(query)]

    def claim(self, message_id: int, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a due message for the time of ``lease``; None when somebody else was faster."""
        claim = uuid4().hex
        was_sending = messages.c.state == MessageState.SENDING.value
        take = (
            update(messages)
            .where(messages.c.id == message_id, messages.c.state.in_(_OPEN), messages.c.due_at <= now)
            .values(
                state=MessageState.SENDING.value,
                claim=claim,
                attempts=messages.c.attempts + 1,
                resend=case((was_sending, true()), else_=messages.c.resend),
                due_at=now + lease,
            )
        )
        with self._store.begin() as connection:
            if connection.execute(take).rowcount != 1:
                return None
            row = connection.execute(select(messages).where(messages.c.id == message_id)).one()
            return Claimed(row.id, claim, row.attempts, row.resend, Message.model_validate(row.document))

    def sent(self, claimed: Claimed, at: datetime) -> bool:
        """Note the acknowledgement; False when the lease was over and another sender has taken the row."""
        return self._mark(claimed, state=MessageState.SENT.value, error=None, finished_at=at)

    def retry(self, claimed: Claimed, error: str, due_at: datetime, *, unknown: bool) -> bool:
        """Put a message back until ``due_at``; with ``unknown`` it may have gone out, and is a resend then."""
        resend = claimed.resend or unknown
        return self._mark(
            claimed, state=MessageState.WAITING.value, error=error, due_at=due_at, resend=resend
        )

    def dead(self, claimed: Claimed, error: str, at: datetime) -> bool:
        """Give a message up: trying again cannot help."""
        return self._mark(claimed, state=MessageState.DEAD.value, error=error, finished_at=at)

    def open(self) -> int:
        """Return how many messages are neither sent nor given up."""
        query = select(func.count()).where(messages.c.town == self._town, messages.c.state.in_(_OPEN))
        with self._store.begin() as connection:
            return connection.scalar(query) or 0

    def _mark(self, claimed: Claimed, **values: object) -> bool:
        mark = update(messages).where(messages.c.id == claimed.id, messages.c.claim == claimed.claim)
        with self._store.begin() as connection:
            return connection.execute(mark.values(claim=None, **values)).rowcount == 1
