"""An outbox with messages in it, a clock set by hand, and channels that do as they are told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

from findings import judged
from telling import message

from config.channels import Channels
from tasks.alerts.outbox import Dispatcher
from tasks.alerts.records import Delivery
from tasks.alerts.transports.base import Fault, Receipt, TransportError
from tasks.store.messages import Outbox, messages_add
from tasks.store.repositories import run_add

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOOK = {"kind": "webhook", "allowed_hosts": ["127.0.0.1:80"], "body": {}}


def rules(**delivery) -> Channels:
    """A town with a mail and a chat channel, and these rules of delivery."""
    return Channels.model_validate(
        {"channels": {"mail": {"kind": "smtp"}, "hook": HOOK}, "routes": [], "delivery": delivery}
    )


class Channel:
    """A transport that does as it is told: each send takes the next of ``outcomes``, then succeeds."""

    def __init__(self, *outcomes, seconds: float = 30.0, pause: float = 0.0, receipt=Receipt.DELIVERED):
        self.outcomes = list(outcomes)
        self.seconds = seconds
        self.pause = pause
        self.receipt = receipt
        self.sent: list[tuple[str, bool]] = []
        self.lock = threading.Lock()

    def send(self, outgoing):
        with self.lock:
            self.sent.append((outgoing.message.key, outgoing.resend))
            outcome = self.outcomes.pop(0) if self.outcomes else None
        if callable(outcome):
            outcome()
        elif isinstance(outcome, BaseException):
            raise outcome
        elif outcome is not None:
            raise TransportError(f"送れません（{outcome}）。", outcome)
        return self.receipt


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now=NINE):
        self.now = now

    def __call__(self):
        return self.now


class Post:
    """A store with messages in its outbox, and what dispatches them."""

    def __init__(self, store, *keys: str, channels=None, rules=rules()):  # noqa: B008 - frozen
        self.store, self.clock, self.rules = store, Clock(), rules
        self.slept: list[float] = []
        self.channels = channels or {"mail": Channel()}
        self.rows = Outbox(store, "togitsu")
        with store.begin() as connection:
            self.run_id = run_add(connection, judged("2026-11-24"), "plain", NINE, NINE)
            made = [message(key=key, run_id=self.run_id, channel=key.partition("/")[0]) for key in keys]
            messages_add(connection, made, due_at=NINE, recorded_at=NINE)

    def dispatch(self, at=timedelta(0)) -> Delivery:
        self.clock.now = NINE + at
        return Dispatcher(self.rows, self._connect, self.clock, self.rules, self._sleep).run()

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.now += timedelta(seconds=seconds)

    def _connect(self, channel):
        if channel not in self.channels:
            raise TransportError("経路がありません。", Fault.UNREACHABLE)
        return self.channels[channel]

    @property
    def mail(self) -> Channel:
        return self.channels["mail"]

    def states(self) -> list[str]:
        with self.store.begin() as connection:
            return list(connection.exec_driver_sql("SELECT state FROM messages ORDER BY id").scalars())


def counts(delivery: Delivery) -> tuple[int, int, int, int]:
    return delivery.sent, delivery.retried, delivery.failed, delivery.waiting
