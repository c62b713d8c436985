"""What must always hold, whatever the plan and the reports."""

from __future__ import annotations

from datetime import date, timedelta

from histories import DAYS, HISTORIES, PLANS, reported
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_town import judged, plan_of, row

from tasks.progress.reasons import Verdict


def fiscal_year(day: date) -> int:
    return day.year if day.month >= 4 else day.year - 1


@settings(max_examples=400, deadline=None)
@given(PLANS, HISTORIES, DAYS, st.integers(1, 500))
def test_the_same_reports_on_a_later_day_are_never_a_better_verdict(phases, history, day, later):
    rows = [row(received, **fields) for received, fields in history if received <= day.isoformat()]
    after = day + timedelta(days=later)
    first = judged(plan_of(*phases), rows, day.isoformat()).verdict
    second = judged(plan_of(*phases), rows, after.isoformat()).verdict
    if fiscal_year(after) == fiscal_year(day):
        assert second.rank <= first.rank
    elif first.rank <= Verdict.CONTRADICTORY.rank:
        # A new fiscal year never clears a delay; what was only a warning in a year may be moot in the next.
        assert second.rank <= first.rank


@settings(max_examples=400, deadline=None)
@given(PLANS, reported(), DAYS, st.floats(0, 0.99), st.floats(0, 0.99))
def test_more_progress_is_never_a_worse_verdict(phases, report, day, one, other):
    received, fields = report
    assume(received <= day.isoformat())
    less, more = sorted((one, other))
    verdicts = [
        judged(plan_of(*phases), [row(received, **{**fields, "progress": p})], day.isoformat()).verdict
        for p in (less, more)
    ]
    assert verdicts[1].rank >= verdicts[0].rank


@settings(max_examples=200, deadline=None)
@given(PLANS, st.lists(reported(), min_size=2, max_size=4), DAYS, st.randoms(use_true_random=False))
def test_neither_the_order_of_files_nor_splitting_them_changes_a_finding(phases, history, day, random):
    rows = [
        row(received, file=f"{n}.xlsx", number=n, **fields) for n, (received, fields) in enumerate(history, 1)
    ]
    shuffled = random.sample(rows, len(rows))
    first, second = (judged(plan_of(*phases), order, day.isoformat()) for order in (rows, shuffled))
    assert first == second
