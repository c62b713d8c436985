"""Sending what lies in the outbox: claim, send, and only after the acknowledgement mark as sent.

The order is what keeps a message from being lost: marked before the send, a crash between the two
would lose it; sent before the mark, a crash makes it go out twice, with the same key and so marked.
The store is reached through ``Rows`` alone, and no transaction is open while a message is on its way.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from tasks.alerts.records import Claimed, Delivery
from tasks.alerts.transports.base import Fault, Outgoing, Transport, TransportError

#: Added to the longest time a send can take; a lease shorter than a send makes two senders of one.
LEASE_MARGIN = timedelta(seconds=60)
#: How long to wait after the first, second, … failure; the last holds for all that follow.
BACKOFF = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 240))
#: After these the channel's other messages would only wait in vain, each for its whole timeout.
_STOPS_CHANNEL = frozenset({Fault.UNREACHABLE, Fault.UNKNOWN})


class Rows(Protocol):
    """The rows of the outbox, each call in a transaction of its own."""

    def due(self, now: datetime) -> list[tuple[int, str]]:
        """Return id and channel of what may be claimed, oldest first."""

    def claim(self, message_id: int, now: datetime, lease: timedelta) -> Claimed | None:
        """Take a message for the time of a lease; None when another sender has it."""

    def sent(self, claimed: Claimed, at: datetime) -> bool:
        """Mark as sent; False when the lease was over and another sender has it."""

    def retry(self, claimed: Claimed, error: str, due_at: datetime, *, unknown: bool) -> bool:
        """Put back until ``due_at``."""

    def dead(self, claimed: Claimed, error: str, at: datetime) -> bool:
        """Give up."""

    def open(self) -> int:
        """Return how many are neither sent nor given up."""


class Dispatcher:
    """Sends what is due, once. ``connect`` returns the transport of a channel; ``clock`` the present."""

    def __init__(
        self, rows: Rows, connect: Callable[[str], Transport], clock: Callable[[], datetime]
    ) -> None:
        self._rows = rows
        self._connect = connect
        self._clock = clock
        self._transports: dict[str, Transport] = {}
        self._stopped: set[str] = set()
        self._problems: dict[str, None] = {}
        self._counts = {"sent": 0, "retried": 0, "failed": 0}

    def run(self) -> Delivery:
        """Try every message that is due, oldest first, and return what it came to."""
        for message_id, channel in self._rows.due(self._clock()):
            transport = self._transport(channel)
            if transport is None:
                continue
            lease = timedelta(seconds=transport.seconds) + LEASE_MARGIN
            claimed = self._rows.claim(message_id, self._clock(), lease)
            if claimed is not None:
                self._send(claimed, transport)
        return Delivery(**self._counts, waiting=self._rows.open(), problems=tuple(self._problems))

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
            transport.send(Outgoing(claimed.message, claimed.resend))
        except TransportError as error:
            self._failed(claimed, str(error), error.fault)
        except Exception as error:
            # One message must never keep the others from going out.
            # Its text could hold anything, a secret too; where it was raised nobody knows what went out.
            self._failed(
                claimed, f"通知の送信中に内部の誤りがありました（{type(error).__name__}）。", Fault.UNKNOWN
            )
        else:
            self._rows.sent(claimed, self._clock())
            self._counts["sent"] += 1

    def _failed(self, claimed: Claimed, error: str, fault: Fault) -> None:
        if fault is Fault.PERMANENT:
            self._rows.dead(claimed, error, self._clock())
            self._counts["failed"] += 1
            self._problems[error] = None
            return
        due_at = self._clock() + backoff(claimed.attempts)
        self._rows.retry(claimed, error, due_at, unknown=fault is Fault.UNKNOWN)
        self._counts["retried"] += 1
        self._problems[error] = None
        if fault in _STOPS_CHANNEL:
            self._stop(claimed.message.channel, error)

    def _stop(self, channel: str, error: str) -> None:
        self._stopped.add(channel)
        self._problems[error] = None


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after this many failures (1 is the first)."""
    return BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]
