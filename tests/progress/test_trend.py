"""Time lines of the expected end, and the shape each has."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.forecast import ForecastRules
from plan_data.source import load_yaml
from tasks.progress.trend import Drift, trend

CONFIG = Path(__file__).resolve().parents[2] / "config" / "togitsu" / "forecast.yaml"
RULES = load_yaml(CONFIG, ForecastRules).trend

# Each line: (day of the report, the end it expected) ...; then the drift, days per month, the largest move
# later in one report, and the total move. The town's thresholds: 3 reports, 10 days a month, 60 days at once.
LINES = [
    # It says the same three quarters running.
    ("flat", [("2026-06-30", "2027-03-31"), ("2026-09-30", "2027-03-31"), ("2026-12-28", "2027-03-31")], Drift.FLAT, 0.0, 0, 0),
    # Every quarter a week later: 21 days in 9 months, a slip nobody need act on.
    ("a week a quarter", [("2026-06-30", "2027-03-10"), ("2026-09-30", "2027-03-17"), ("2026-12-31", "2027-03-24"), ("2027-03-31", "2027-03-31")], Drift.FLAT, 2.3, 7, 21),
    # Every quarter a month later: at this rate it never gets there in time.
    ("a month a quarter", [("2026-06-30", "2027-01-31"), ("2026-09-30", "2027-03-03"), ("2026-12-31", "2027-04-03")], Drift.RISING, 10.3, 31, 62),
    # The boundary: 30 and 31 days in 92 (a month is 30.44 days) lie on either side of 10 days a month.
    ("just below rising", [("2026-06-30", "2027-01-31"), ("2026-09-30", "2027-03-02"), ("2026-12-31", "2027-04-01")], Drift.FLAT, 9.9, 30, 60),
    # As steep, but only two reports: it may be a single correction.
    ("two reports do not rise", [("2026-06-30", "2027-01-31"), ("2026-09-30", "2027-03-03")], Drift.FLAT, 10.3, 31, 31),
    # Every month as long again: the end keeps its distance, about a month a month.
    ("the end runs ahead", [("2026-10-01", "2026-12-31"), ("2026-11-01", "2027-01-31"), ("2026-12-01", "2027-02-28"), ("2027-01-04", "2027-03-31")], Drift.RISING, 28.6, 31, 90),
    # 59, 60, 61 days at once.
    ("59 days at once", [("2026-06-30", "2027-01-31"), ("2026-09-30", "2027-03-31")], Drift.FLAT, 19.5, 59, 59),
    ("60 days at once", [("2026-06-30", "2027-01-31"), ("2026-09-30", "2027-04-01")], Drift.JUMPING, 19.9, 60, 60),
    ("61 days at once", [("2026-06-30", "2027-01-31"), ("2026-09-30", "2027-04-02")], Drift.JUMPING, 20.2, 61, 61),
    # Flat for long, then a jump: the typical slope stays low, the jump is told.
    ("flat, then a jump", [("2026-04-30", "2027-03-31"), ("2026-06-30", "2027-03-31"), ("2026-08-31", "2027-03-31"), ("2026-10-30", "2027-06-30")], Drift.JUMPING, 7.6, 91, 91),
    # An early jump that was kept since is still the shape of the line.
    ("a jump, then flat", [("2026-06-30", "2027-01-31"), ("2026-09-30", "2027-05-31"), ("2026-12-28", "2027-05-31"), ("2027-01-29", "2027-05-31")], Drift.JUMPING, 8.6, 120, 120),
    # A slip of the pen, put right in the next report.
    ("a jump taken back", [("2026-06-30", "2027-03-31"), ("2026-09-30", "2028-03-31"), ("2026-12-28", "2027-03-31")], Drift.FLAT, 0.0, 366, 0),
    # Drawn nearer step by step: nothing to warn of.
    ("pulled forward", [("2026-06-30", "2027-03-31"), ("2026-09-30", "2027-02-26"), ("2026-12-28", "2027-01-29")], Drift.FLAT, -10.3, 0, -61),
    # Two departments on one day: the later end counts.
    ("two ends on one day", [("2026-06-30", "2027-01-31"), ("2026-09-30", "2027-01-31"), ("2026-09-30", "2027-04-30")], Drift.JUMPING, 29.4, 89, 89),
]  # fmt: skip


def parsed(line):
    return [(date.fromisoformat(day), date.fromisoformat(end)) for day, end in line]


@pytest.mark.parametrize(
    ("line", "drift", "slope", "move", "total"), [case[1:] for case in LINES], ids=[case[0] for case in LINES]
)
def test_it_knows_the_shape_of_the_line(line, drift, slope, move, total):
    found = trend(parsed(line), RULES)
    assert found is not None
    assert (found.drift, found.largest_move, found.total) == (drift, move, total)
    assert round(found.days_per_month, 1) == slope


@pytest.mark.parametrize(
    "line",
    [
        pytest.param([], id="no report"),
        pytest.param([("2026-06-30", "2027-03-31")], id="one report"),
        pytest.param([("2026-06-30", "2027-03-31"), ("2026-06-30", "2027-06-30")], id="one day"),
    ],
)
def test_it_sees_no_trend_in_a_single_day(line):
    assert trend(parsed(line), RULES) is None


DAYS = st.dates(date(2026, 4, 1), date(2028, 3, 31))
HISTORY = st.lists(st.tuples(DAYS, DAYS), min_size=2, max_size=8, unique_by=lambda point: point[0])


@given(HISTORY, st.randoms(use_true_random=False))
def test_it_does_not_depend_on_the_order_of_the_reports(history, random):
    assert trend(random.sample(history, len(history)), RULES) == trend(history, RULES)


@given(HISTORY, st.integers(-400, 400))
def test_it_is_about_moves_not_about_the_date(history, days):
    moved = [(day, end + timedelta(days=days)) for day, end in history]
    assert trend(moved, RULES) == trend(history, RULES)


@given(HISTORY, st.integers(0, 400))
def test_a_last_report_with_a_later_end_never_looks_better(history, days):
    order = list(Drift)
    history = sorted(history)
    before, last = history[:-1], history[-1]
    one, other = (trend([*before, (last[0], last[1] + timedelta(days=n))], RULES) for n in (0, days))
    assert one is not None
    assert other is not None
    assert order.index(other.drift) >= order.index(one.drift)
    assert other.days_per_month >= one.days_per_month
