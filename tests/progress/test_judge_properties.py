"""What must always hold, whatever the plan and the reports."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_town import judged, plan_of, row

from tasks.progress.reasons import Verdict

PHASES = ["事業検討", "導入", "運用", "継続", "移行完了", "改定", "強化", "運用停止", "—"]
REPORTED = [*PHASES[:-1], "未着手", "中止", "完了"]
DAYS = st.dates(date(2025, 4, 1), date(2028, 3, 1))


@st.composite
def reported(draw):
    """One report: the day it came and what it said."""
    day = draw(DAYS)
    near = st.dates(day - timedelta(days=300), day + timedelta(days=300)).map(date.isoformat)
    optional = {
        "phase": st.sampled_from(REPORTED),
        "progress": st.sampled_from([0.0, 0.1, 0.35, 0.5, 0.8, 0.95]),
        "started_on": near,
        "due_on": near,
        "finished_on": near,
        "held_count": st.integers(0, 3),
        "self_rating": st.sampled_from(["順調", "やや遅れ", "遅れ", "完了"]),
        "budget": st.sampled_from(["未要求", "要求済", "議決"]),
    }
    chosen = draw(st.sets(st.sampled_from(sorted(optional)), min_size=1))
    return day.isoformat(), {name: draw(optional[name]) for name in sorted(chosen)}


PLANS = st.tuples(*[st.sampled_from(PHASES)] * 3)
HISTORIES = st.lists(reported(), max_size=3, unique_by=lambda r: r[0])


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


@settings(max_examples=100, deadline=None)
@given(PLANS, PLANS, HISTORIES, DAYS)
def test_a_revision_never_lowers_the_days_late_against_the_first_plan(first, revised, history, day):
    rows = [row(received, **fields) for received, fields in history]
    old = plan_of(*first, revision="R7.4")
    new = plan_of(*revised, revision="R8.3")
    alone = judged(old, rows, day.isoformat())
    both = judged((old, new), rows, day.isoformat())
    same = alone.commitment and both.commitment and alone.commitment.phase == both.commitment.phase
    if same and alone.commitment.fiscal_years == both.commitment.fiscal_years:
        assert (both.baseline.days_late or 0) >= (alone.baseline.days_late or 0)
