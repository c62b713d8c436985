"""Forecasts and action plans in the judgement: what a finding shows, what may move its verdict, what never may."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_town import codes, judged, plan_of, row, togitsu

from plan_data.action_plan import ActionPlan

PLAN = plan_of("事業検討", "導入", "—")
RULES = togitsu()[2]
MOVING = RULES.model_copy(update={"verdict": RULES.verdict.model_copy(update={"moves_verdict": True})})


def reports(*rows):
    return [row(received, phase="導入", progress=progress) for received, progress in rows]


# R8, due 2027-03-31 (a Wednesday). The rows (day, progress), the day; the forecast at 50 % and 80 %
@pytest.mark.parametrize(
    ("rows", "as_of", "p50", "p80"),
    [
        pytest.param([("2026-08-31", 0.35)], "2026-09-01", "2027-03-31", "2027-05-07", id="on the ladder"),
        pytest.param([("2026-06-30", 0.2), ("2026-11-20", 0.35)], "2026-11-24", "2027-07-24", "2027-08-29", id="slow"),
        pytest.param([("2026-06-30", 0.2), ("2027-04-20", 0.9)], "2027-05-10", "2027-05-23", "2027-06-29", id="past due"),
    ],
)  # fmt: skip
def test_it_shows_when_an_open_commitment_will_probably_end(rows, as_of, p50, p80):
    forecast = judged(PLAN, reports(*rows), as_of).forecast
    assert (str(forecast.p50), str(forecast.p80)) == (p50, p80)


@pytest.mark.parametrize(
    ("phases", "fields"),
    [
        pytest.param(("—", "導入", "—"), dict(phase="導入", finished_on="2026-11-02"), id="met"),
        pytest.param(("運用", "運用", "運用"), dict(phase="運用"), id="kept"),
    ],
)
def test_it_forecasts_nothing_where_nothing_is_open_or_laid_out(phases, fields):
    forecast = judged(plan_of(*phases), [row("2026-11-10", **fields)], "2026-11-24").forecast
    assert (forecast.p50, forecast.p80) == (None, None)


# Behind by a little less, just as much, and more than makes the forecast count; on the day of the last report.
# 80 % at least 67 days past due is 注意; 50 % at least 90 days past due is 重大な遅延.
VERDICTS = [
    ("80 %, 66 days", 0.444_5, "on_track", None),
    ("80 %, 67 days", 0.443_2, "at_risk", 67),
    ("50 %, 89 days; the overdue milestone decides", 0.344, "delayed", 125),
    ("50 %, 90 days", 0.343, "critical", 90),
]


@pytest.mark.parametrize(
    ("earned", "verdict", "days"), [v[1:] for v in VERDICTS], ids=[v[0] for v in VERDICTS]
)
def test_it_moves_the_verdict_once_the_town_lets_it(earned, verdict, days):
    rows = reports(("2026-06-30", 0.2), ("2026-10-30", earned))
    finding = judged(PLAN, rows, "2026-10-30", forecast=MOVING)
    assert finding.verdict.value == verdict
    told = [r.days for r in finding.reasons if r.code.value == "forecast_past_due"]
    assert told == ([] if days is None else [days])


def test_it_is_told_as_reference_until_then():
    rows = reports(("2026-06-30", 0.2), ("2026-10-30", 0.443))
    finding = judged(PLAN, rows, "2026-10-30")
    assert finding.verdict.value == "on_track"
    (reason,) = [r for r in finding.reasons if r.code.value == "forecast_past_due"]
    assert reason.verdict is None
    assert reason.text.startswith("参考：")


def actions(**fields):
    project = {"project_id": "DX-01", **fields}
    return [
        ActionPlan.model_validate({"fiscal_year": "R8", "decided_on": "2026-05-20", "projects": [project]})
    ]


STEPS = [
    {"name": "試行", "by": "2026-05-31", "weight": 0.1},
    {"name": "開始", "by": "2027-02-28", "weight": 1.0},
]


# The own ladder: 試行 by 5/31 (a Sunday, so Friday the 29th), 開始 by 2/28 (a Sunday, so Friday the 26th).
@pytest.mark.parametrize(
    ("as_of", "with_plan", "verdict"),
    [
        pytest.param("2026-05-29", True, "on_track", id="the day of the own step"),
        pytest.param("2026-05-30", True, "at_risk", id="the day after the own step"),
        pytest.param("2026-05-30", False, "on_track", id="by the default ladder"),
    ],
)
def test_it_judges_by_the_action_plan(as_of, with_plan, verdict):
    rows = reports(("2026-05-01", 0.05))
    finding = judged(PLAN, rows, as_of, action_plans=actions(steps=STEPS) if with_plan else ())
    assert finding.verdict.value == verdict


def test_it_judges_a_day_before_the_decision_by_the_default():
    rows = reports(("2026-05-01", 0.05))
    before, after = (
        judged(PLAN, rows, day, action_plans=actions(steps=STEPS)) for day in ("2026-05-19", "2026-05-20")
    )
    assert (before.expected.progress, after.expected.progress) == (
        round(0.2 * 48 / 90, 4),
        round(0.1 * 49 / 58, 4),
    )


@pytest.mark.parametrize(("held", "code"), [(3, "under_way"), (4, "kept"), (5, "kept")])
def test_it_takes_the_number_of_times_from_the_action_plan(held, code):
    plan = plan_of("継続", "継続", "継続")
    rows = [row("2026-11-10", phase="継続", held_count=held)]
    assert codes(judged(plan, rows, "2026-11-24", action_plans=actions(held_target=4)))[0] == code


# --- what always holds, with forecasts that count -----------------------------------------------------
DAYS = st.dates(date(2026, 4, 1), date(2027, 12, 31))
HISTORY = st.lists(st.tuples(DAYS, st.floats(0, 0.99)), max_size=4, unique_by=lambda r: r[0])


@settings(max_examples=300, deadline=None)
@given(HISTORY, DAYS, st.integers(1, 300))
def test_the_same_reports_on_a_later_day_are_never_a_better_verdict(history, day, later):
    rows = reports(*((d.isoformat(), p) for d, p in history if d <= day))
    first, second = (
        judged(PLAN, rows, d.isoformat(), forecast=MOVING).verdict for d in (day, day + timedelta(days=later))
    )
    assert second.rank <= first.rank


@settings(max_examples=300, deadline=None)
@given(HISTORY.filter(bool), st.data(), st.floats(0, 0.99), DAYS)
def test_more_progress_is_never_a_worse_verdict(history, data, more, day):
    index = data.draw(st.integers(0, len(history) - 1))
    raised = list(history)
    raised[index] = (history[index][0], max(more, history[index][1]))
    first, second = (
        judged(
            PLAN, reports(*((d.isoformat(), p) for d, p in h if d <= day)), day.isoformat(), forecast=MOVING
        )
        for h in (history, raised)
    )
    assert second.verdict.rank >= first.verdict.rank
