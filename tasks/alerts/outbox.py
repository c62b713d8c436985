"""Sending what lies in the outbox: claim, send, and only after the acknowledgement mark as sent.

The order is what keeps a message from being lost: marked before the send, a crash between the two
would lose it; sent before the mark, a crash makes it go out twice, with the same key and so marked.
The store is reached through ``Rows`` alone, and no transaction is open while a message is on its way.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from config.channels import Channels
from tasks.alerts.records import Claimed, Delivery, Message
from tasks.alerts.retry import Next, Spread, after_failure, asked_to_wait, spread_by_key
from tasks.alerts.transports.base import Fault, Outgoing, Receipt, Transport, TransportError

#: Added to the longest time a send can take; a lease shorter than a send makes two senders of one.
LEASE_MARGIN = timedelta(seconds=60)
#: After these the channel's other messages would only wait in vain, each for its whole timeout.
_STOPS_CHANNEL = frozenset({Fault.UNREACHABLE, Fault.UNKNOWN})


class Rows(Protocol):
    """The rows of the outbox, each call in a transaction of its own."""

    def due(self, now: datetime, after: int = 0) -> list[tuple[int, str]]:
        """Return id and channel of what may be claimed, oldest first: some of those with an id above ``after``."""

    def claim(self, message_id: int, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a message for the time of a lease; None when another sender has it."""

    def sent(self, claimed: Claimed, at: datetime, *, accepted: bool = False) -> bool:
        """Mark as sent, or ``accepted``; False when the lease was over and another sender has it."""

    def retry(self, claimed: Claimed, error: str, due_at: datetime, *, unknown: bool) -> bool:
        """Put back until ``due_at``."""

    def dead(self, claimed: Claimed, error: str, at: datetime, instead: Message | None = None) -> bool:
        """Give up, and put ``instead`` into the outbox, once."""

    def postpone(self, channel: str, until: datetime) -> None:
        """Let nothing of a channel be due before a moment."""

    def open(self) -> int:
        """Return how many are neither sent nor given up."""

    def dead_letters(self) -> int:
        """Return how many were given up by the rules, and not yet seen to by a person."""


class Dispatcher:
    """Sends what is due, once. ``connect`` returns the transport of a channel; ``clock`` the present.

    ``channels`` holds the rules of the town, ``sleep`` waits some seconds, ``spread`` scatters retries.
    """

    def __init__(
        self,
        rows: Rows,
        connect: Callable[[str], Transport],
        clock: Callable[[], datetime],
        channels: Channels,
        sleep: Callable[[float], None] = time.sleep,
        spread: Spread = spread_by_key,
    ) -> None:
        self._rows = rows
        self._connect = connect
        self._clock = clock
        self._channels = channels
        self._sleep = sleep
        self._spread = spread
        self._transports: dict[str, Transport] = {}
        self._not_before: dict[str, datetime] = {}
        self._lost = 0
        self._stopped: set[str] = set()
        self._problems: dict[str, None] = {}
        self._counts = {"sent": 0, "accepted": 0, "retried": 0, "failed": 0}

    def run(self) -> Delivery:
        """Try every message that is due, oldest first, and return what it came to.

        What takes the place of a message given up meanwhile is tried as well.
        """
        last, tried = 0, set[int]()
        while page := self._rows.due(self._clock(), last):
            left = [found for found in page if found[0] not in tried]
            if not left:
                last = page[-1][0]
            for message_id, channel in self._in_my_order(left):
                tried.add(message_id)
                if not self._try(message_id, channel):
                    self._lost += 1
                    break
        return Delivery(
            **self._counts,
            waiting=self._rows.open(),
            dead_letters=self._rows.dead_letters(),
            problems=tuple(self._problems),
        )

    def _in_my_order(self, found: list[tuple[int, str]]) -> list[tuple[int, str]]:
        """Return what is due, oldest first; beside another sender, from a place of one's own on.

        Two that go through the same list in step would want the same message each time.
        """
        me = f"{os.getpid()} {threading.get_ident()}"
        start = int(self._spread(me, self._lost) * len(found)) if self._lost else 0
        return found[start:] + found[:start]

    def _try(self, message_id: int, channel: str) -> bool:
        """Send one message if its channel can; return False when another sender was faster."""
        transport = self._transport(channel)
        if transport is None:
            return True
        self._keep_pace(channel, transport)
        lease = timedelta(seconds=transport.seconds) + LEASE_MARGIN
        claimed = self._rows.claim(message_id, self._clock(), lease)
        if claimed is None:
            return False
        self._send(claimed, transport)
        self._not_before[channel] = self._clock() + timedelta(seconds=transport.pause)
        return True

    def _keep_pace(self, channel: str, transport: Transport) -> None:
        """Wait as the other side wants it; before the claim, so that no lease runs out meanwhile."""
        wait = (self._not_before.get(channel, self._clock()) - self._clock()).total_seconds()
        if transport.pause and wait > 0:
            self._sleep(min(wait, transport.pause))

    def _transport(self, channel: str) -> Transport | None:
        if channel in self._stopped:
            return None
        if channel not in self._transports:
            try:
                self._transports[channel] = self._connect(channel)
            except TransportError as error:
                self._stop(channel, str(error))
                return None
        return self._transports[channel]

    def _send(self, claimed: Claimed, transport: Transport) -> None:
        try:
            receipt = transport.send(Outgoing(claimed.message, claimed.resend))
        except TransportError as error:
            self._failed(claimed, error)
        except Exception as error:
            # One message must never keep the others from going out.
            # Its text could hold anything, a secret too; where it was raised nobody knows what went out.
            said = f"通知の送信中に内部の誤りがありました（{type(error).__name__}）。"
            self._failed(claimed, TransportError(said, Fault.UNKNOWN))
        else:
            accepted = receipt is Receipt.ACCEPTED
            self._rows.sent(claimed, self._clock(), accepted=accepted)
            self._counts["sent"] += 1
            self._counts["accepted"] += accepted

    def _failed(self, claimed: Claimed, error: TransportError) -> None:
        now, message = self._clock(), claimed.message
        self._problems[str(error)] = None
        instead = self._channels.falls_back(message.channel)
        then = after_failure(
            self._channels.delivery,
            error,
            key=message.key,
            attempts=claimed.attempts,
            queued_at=claimed.queued_at,
            now=now,
            falls_back=instead is not None,
            spread=self._spread,
        )
        self._record(claimed, error, then, now, instead)
        wait = asked_to_wait(self._channels.delivery, error, now)
        if wait is not None:
            self._rows.postpone(message.channel, now + wait)
        if wait is not None or error.fault in _STOPS_CHANNEL:
            self._stop(message.channel, str(error))

    def _record(
        self, claimed: Claimed, error: TransportError, then: Next, now: datetime, instead: str | None
    ) -> None:
        if then.due_at is not None:
            unknown = error.fault is Fault.UNKNOWN
            self._rows.retry(claimed, str(error), then.due_at, unknown=unknown)
            self._counts["retried"] += 1
            return
        self._rows.dead(claimed, str(error), now, _substitute(claimed.message, instead))
        self._counts["failed"] += 1

    def _stop(self, channel: str, error: str) -> None:
        self._stopped.add(channel)
        self._problems[error] = None


def _substitute(message: Message, channel: str | None) -> Message | None:
    """Return what goes out by another channel in place of a message that was given up."""
    if channel is None:
        return None
    from tasks.alerts.fallback import fallback_of

    return fallback_of(message, channel)
