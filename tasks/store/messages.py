"""The rows of the outbox.

A message is claimed by a conditional UPDATE that sets ``due_at`` to the end of the sender's lease:
whoever finds the row changed has lost the race. A row still ``sending`` when its lease is over
belonged to a sender that died, so nobody knows whether it went out; its next claim is a resend.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Select, Update, bindparam, case, func, insert, select, true, update

from tasks.alerts.records import Claimed, Message, MessageKind, MessageState
from tasks.store.engine import Store
from tasks.store.tables import messages

#: So many due messages are looked up at once.
PAGE = 100
_OPEN = (MessageState.WAITING.value, MessageState.SENDING.value)


def messages_add(
    connection: Connection,
    new: Sequence[Message],
    due_at: datetime | Callable[[Message], datetime],
    recorded_at: datetime,
) -> None:
    """Put messages into the outbox, to be sent from ``due_at`` on: one moment, or each message's own.

    A key that is there already is an error (IntegrityError): nothing is told twice.
    """
    rows = [_row(m, due_at(m) if callable(due_at) else due_at, recorded_at) for m in new]
    if rows:
        connection.execute(insert(messages), rows)


def _row(message: Message, due_at: datetime, recorded_at: datetime) -> dict[str, object]:
    return {
        "key": message.key,
        "run_id": message.run_id or None,
        "town": message.town,
        "channel": message.channel,
        "recipient": message.recipient,
        "document": message,
        "state": MessageState.WAITING.value,
        "due_at": due_at,
        "attempts": 0,
        "resend": False,
        "recorded_at": recorded_at,
        # A message held back over the holidays is not old on the first morning after them.
        "queued_at": max(due_at, recorded_at),
    }


def messages_of_run(connection: Connection, run_id: int) -> list[Message]:
    """Return the messages a run itself put into the outbox."""
    query = select(messages.c.document).where(messages.c.run_id == run_id).order_by(messages.c.id)
    found = (Message.model_validate(document) for document in connection.scalars(query))
    return [message for message in found if message.kind is MessageKind.DIGEST]


def message_add_once(connection: Connection, message: Message, now: datetime) -> bool:
    """Put one message into the outbox, due at once; False, and nothing done, where its key is there already."""
    if _known(connection, message.key):
        return False
    messages_add(connection, [message], due_at=now, recorded_at=now)
    return True


class Outbox:
    """The outbox of one town; each call is a transaction of its own, so that none lasts over a send."""

    def __init__(self, store: Store, town: str) -> None:
        self._store = store
        self._town = town

    def due(self, now: datetime, after: int = 0) -> list[tuple[int, str]]:
        """Return id and channel of messages that may be claimed now, oldest first: the first PAGE after an id."""
        query = (
            select(messages.c.id, messages.c.channel)
            .where(
                messages.c.id > after,
                messages.c.town == self._town,
                messages.c.state.in_(_OPEN),
                messages.c.due_at <= now,
            )
            .order_by(messages.c.id)
            .limit(PAGE)
        )
        with self._store.begin() as connection:
            return [(row.id, row.channel) for row in connection.execute(query)]

    def claim(self, message_id: int, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a due message for the time of ``lease``; None when somebody else was faster."""
        claim = uuid4().hex
        taken = {"wanted": message_id, "moment": now, "claimed": claim, "lease_end": now + lease}
        with self._store.begin() as connection:
            if connection.execute(_take(), taken).rowcount != 1:
                return None
            row = connection.execute(_one(), {"wanted": message_id}).one()
            since = row.queued_at or row.recorded_at
            message = Message.model_validate(row.document)
            return Claimed(row.id, claim, row.attempts, row.resend, since, message)

    def sent(self, claimed: Claimed, at: datetime, *, accepted: bool = False) -> bool:
        """Note the acknowledgement; False when the lease was over and another sender has taken the row."""
        state = MessageState.ACCEPTED if accepted else MessageState.SENT
        return self._mark(claimed, state=state.value, error=None, finished_at=at)

    def retry(self, claimed: Claimed, error: str, due_at: datetime, *, unknown: bool) -> bool:
        """Put a message back until ``due_at``; with ``unknown`` it may have gone out, and is a resend then."""
        resend = claimed.resend or unknown
        return self._mark(
            claimed, state=MessageState.WAITING.value, error=error, due_at=due_at, resend=resend
        )

    def dead(self, claimed: Claimed, error: str, at: datetime, instead: Message | None = None) -> bool:
        """Give a message up, and put ``instead`` into the outbox: both, or neither.

        A message has one such substitute at most, however often it is given up.
        """
        with self._store.begin() as connection:
            done = _marked(connection, claimed, state=MessageState.DEAD.value, error=error, finished_at=at)
            if done and instead is not None:
                message_add_once(connection, instead, at)
            return done

    def postpone(self, channel: str, until: datetime) -> None:
        """Leave a channel alone until a moment: nothing that waits for it is due before."""
        hold = update(messages).where(
            messages.c.town == self._town,
            messages.c.channel == channel,
            messages.c.state == MessageState.WAITING.value,
            messages.c.due_at < until,
        )
        with self._store.begin() as connection:
            connection.execute(hold.values(due_at=until))

    def open(self) -> int:
        """Return how many messages are neither sent nor given up."""
        return self._count(*_OPEN)

    def dead_letters(self) -> int:
        """Return how many messages were given up and wait for a person to see to them."""
        return self._count(MessageState.DEAD.value)

    def _count(self, *states: str) -> int:
        query = select(func.count()).where(messages.c.town == self._town, messages.c.state.in_(states))
        with self._store.begin() as connection:
            return connection.scalar(query) or 0

    def _mark(self, claimed: Claimed, **values: object) -> bool:
        with self._store.begin() as connection:
            return _marked(connection, claimed, **values)


def _marked(connection: Connection, claimed: Claimed, **values: object) -> bool:
    parameters = {"wanted": claimed.id, "claimed": claimed.claim, "claim": None, **values}
    return connection.execute(_mark(), parameters).rowcount == 1


# What is asked for each message is put together once: that takes longer than to ask it.
@cache
def _take() -> Update:
    was_sending = messages.c.state == MessageState.SENDING.value
    return (
        update(messages)
        .where(
            messages.c.id == bindparam("wanted"),
            messages.c.state.in_(_OPEN),
            messages.c.due_at <= bindparam("moment"),
        )
        .values(
            state=MessageState.SENDING.value,
            claim=bindparam("claimed"),
            attempts=messages.c.attempts + 1,
            resend=case((was_sending, true()), else_=messages.c.resend),
            due_at=bindparam("lease_end"),
        )
    )


@cache
def _one() -> Select[Any]:
    return select(messages).where(messages.c.id == bindparam("wanted"))


@cache
def _mark() -> Update:
    return update(messages).where(
        messages.c.id == bindparam("wanted"), messages.c.claim == bindparam("claimed")
    )


def _known(connection: Connection, key: str) -> bool:
    return connection.scalar(select(messages.c.id).where(messages.c.key == key)) is not None
