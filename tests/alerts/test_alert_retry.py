"""After a failure: tried again, and when; given up, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.delivery import Delivery
from tasks.alerts.retry import Outcome, after_failure, backoff, spread_by_key
from tasks.alerts.transports.base import Fault, TransportError

NINE = datetime(2026, 11, 24, tzinfo=UTC)
RULES = Delivery(backoff_minutes=(1, 5, 60), jitter=0.0, max_attempts=4, max_hours=48, max_hours_before_fallback=24)  # fmt: skip
FOUR_HOURS = timedelta(hours=4)
#: The wait after a first failure.
MINUTE = timedelta(minutes=1)

# fault              attempts  hours waited  asked to wait        falls back   outcome             due after
CASES = [
    (Fault.TRANSIENT,    1,        0,       None,                   False,  Outcome.AGAIN,     MINUTE),
    (Fault.TRANSIENT,    2,        0,       None,                   False,  Outcome.AGAIN,     timedelta(minutes=5)),
    (Fault.TRANSIENT,    3,        0,       None,                   False,  Outcome.AGAIN,     timedelta(hours=1)),
    (Fault.TRANSIENT,    4,        0,       None,                   False,  Outcome.TOO_OFTEN, None),
    (Fault.UNKNOWN,      4,        0,       None,                   False,  Outcome.TOO_OFTEN, None),
    # A channel that is down is not the message's fault: only time ends that.
    (Fault.UNREACHABLE, 99,        0,       None,                   False,  Outcome.AGAIN,     timedelta(hours=1)),
    (Fault.UNREACHABLE,  9,       47,       None,                   False,  Outcome.AGAIN,     timedelta(hours=1)),
    (Fault.UNREACHABLE,  9,       48,       None,                   False,  Outcome.TOO_OLD,   None),
    (Fault.UNREACHABLE,  9,       23,       None,                   True,   Outcome.AGAIN,     timedelta(hours=1)),
    (Fault.UNREACHABLE,  9,       24,       None,                   True,   Outcome.TOO_OLD,   None),
    (Fault.PERMANENT,    1,        0,       None,                   False,  Outcome.REFUSED,   None),
    (Fault.PERMANENT,    1,        0,       MINUTE,                 True,   Outcome.REFUSED,   None),
    # Retry-After: never sooner, within the town's limit, and never sooner than the own wait.
    (Fault.TRANSIENT,    1,        0,       timedelta(minutes=30),  False,  Outcome.AGAIN,     timedelta(minutes=30)),
    (Fault.TRANSIENT,    1,        0,       timedelta(seconds=1),   False,  Outcome.AGAIN,     MINUTE),
    (Fault.TRANSIENT,    1,        0,       timedelta(days=99),     False,  Outcome.AGAIN,     FOUR_HOURS),
    (Fault.TRANSIENT,    1,        0,       NINE + FOUR_HOURS,      False,  Outcome.AGAIN,     FOUR_HOURS),
    (Fault.TRANSIENT,    1,        0,       NINE - FOUR_HOURS,      False,  Outcome.AGAIN,     MINUTE),
    # The clock went back after the message was queued.
    (Fault.TRANSIENT,    1,     -999,       None,                   False,  Outcome.AGAIN,     MINUTE),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "attempts", "hours", "asked", "falls_back", "outcome", "wait"), CASES)
def test_it_says_what_comes_after_a_failure(fault, attempts, hours, asked, falls_back, outcome, wait):
    then = after_failure(
        RULES,
        TransportError("送れません。", fault, asked),
        key="k",
        attempts=attempts,
        queued_at=NINE - timedelta(hours=hours),
        now=NINE,
        falls_back=falls_back,
    )
    assert then.outcome is outcome
    assert then.due_at == (None if wait is None else NINE + wait)


@given(key=st.text(), attempts=st.integers(1, 500), jitter=st.floats(0, 0.5))
def test_it_scatters_within_its_limits_and_the_same_each_time(key, attempts, jitter):
    rules = Delivery(backoff_minutes=(10,), jitter=jitter)
    wait = backoff(rules, attempts, key)
    assert wait == backoff(rules, attempts, key)
    assert timedelta(minutes=10) * (1 - jitter) <= wait <= timedelta(minutes=10) * (1 + jitter)


def test_it_scatters_the_retries_of_many_messages():
    found = [spread_by_key(f"key {n}", 1) for n in range(1000)]
    assert len(set(found)) == 1000 and all(0 <= x < 1 for x in found)
    assert all(60 < sum(i / 10 <= x < (i + 1) / 10 for x in found) < 140 for i in range(10))


def test_it_outlasts_an_outage_of_three_days_with_the_rules_as_they_come():
    """72 h during which nothing is taken, tried every time it is due: the message is still there."""
    rules, now, attempts = Delivery(), NINE, 0
    while now < NINE + timedelta(hours=72):
        attempts += 1
        then = after_failure(
            rules, TransportError("…", Fault.UNKNOWN), key="k", attempts=attempts, queued_at=NINE, now=now,
            falls_back=False,
        )  # fmt: skip
        assert then.outcome is Outcome.AGAIN and then.due_at > now
        now = then.due_at
    assert 15 < attempts < rules.max_attempts
