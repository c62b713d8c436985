"""What becomes of a message whose send failed: tried again, and when, or given up, and why. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from config.delivery import Delivery
from plan_data.record import record
from tasks.alerts.transports.base import Fault, TransportError

#: A number from 0 to 1 that spreads the retries of many messages: given a message's key and the attempt.
Spread = Callable[[str, int], float]


class Outcome(StrEnum):
    """Why a message is tried again or given up."""

    AGAIN = "again"
    REFUSED = "refused"
    TOO_OFTEN = "too_often"
    TOO_OLD = "too_old"


@record
class Next:
    """What comes after a failure. ``due_at`` is when the message may be tried again, None if never."""

    outcome: Outcome
    due_at: datetime | None


def spread_by_key(key: str, attempt: int) -> float:
    """Return a number from 0 to 1 that is always the same for a message and attempt, and else scattered.

    No random source: what a run will do can be told beforehand, and repeated.
    """
    digest = hashlib.sha256(f"{key} {attempt}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def backoff(rules: Delivery, attempts: int, key: str, spread: Spread = spread_by_key) -> timedelta:
    """Return how long to wait after this many failures (1 is the first), scattered by ``rules.jitter``."""
    minutes = rules.backoff_minutes[min(max(attempts, 1), len(rules.backoff_minutes)) - 1]
    return timedelta(minutes=minutes) * (1 + rules.jitter * (2 * spread(key, attempts) - 1))


def asked_to_wait(rules: Delivery, error: TransportError, now: datetime) -> timedelta | None:
    """Return how long the other side wants to be left alone (Retry-After), within the town's limit."""
    if error.retry_after is None:
        return None
    wait = error.retry_after if isinstance(error.retry_after, timedelta) else error.retry_after - now
    return min(max(wait, timedelta(0)), timedelta(minutes=rules.retry_after_max_minutes))


def after_failure(
    rules: Delivery,
    error: TransportError,
    *,
    key: str,
    attempts: int,
    queued_at: datetime,
    now: datetime,
    falls_back: bool,
    spread: Spread = spread_by_key,
) -> Next:
    """Return what comes after the ``attempts``-th failure of a message that waits since ``queued_at``.

    A refusal ends it at once. An unreachable channel is not the message's fault: only time ends that,
    sooner where another channel stands ready. It is asked after a failure only, so that a clock that
    jumps ahead cannot end what was never tried.
    """
    if error.fault is Fault.PERMANENT:
        return Next(Outcome.REFUSED, None)
    hours = min(rules.max_hours, rules.max_hours_before_fallback) if falls_back else rules.max_hours
    if now - queued_at >= timedelta(hours=hours):
        return Next(Outcome.TOO_OLD, None)
    if attempts >= rules.max_attempts and error.fault is not Fault.UNREACHABLE:
        return Next(Outcome.TOO_OFTEN, None)
    wait = max(asked_to_wait(rules, error, now) or timedelta(0), backoff(rules, attempts, key, spread))
    return Next(Outcome.AGAIN, now + wait)
