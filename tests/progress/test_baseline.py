"""Held against the plan in force and against every revision before it."""

from __future__ import annotations

import pytest
from histories import DAYS, HISTORIES, PLANS
from hypothesis import given, settings
from hypothesis import strategies as st
from small_town import codes, judged, plan_of, row

LATE_INTRODUCTION = ("2026-10-20", dict(phase="導入", progress=0.6))


def two(first, revised):
    return plan_of(*first, revision="R7.4"), plan_of(*revised, revision="R8.3", revised_on="2026-03-01")


@pytest.mark.parametrize(
    ("first", "revised", "day", "report", "expected"),
    [
        # first plan, revised plan, day, report: (days late by the first, re-planned, laundered)
        pytest.param(("導入", "運用", "運用"), ("導入", "導入", "運用"), "2026-10-31", LATE_INTRODUCTION, (214, 1, 214), id="one more year"),
        pytest.param(("導入", "運用", "運用"), ("導入", "導入", "運用"), "2026-02-27", ("2026-02-20", dict(phase="導入", progress=0.9)), (0, 0, 0), id="the revision counts from the day it is in force"),
        pytest.param(("導入", "運用", "運用"), ("導入", "運用", "運用"), "2026-10-31", LATE_INTRODUCTION, (214, 0, 0), id="unchanged, late by both"),
        pytest.param(("導入", "運用", "運用"), ("—", "導入", "運用"), "2026-10-31", ("2026-10-20", dict(phase="運用", finished_on="2026-10-01")), (184, 1, 184), id="met, but late by the first"),
        pytest.param(("継続", "継続", "継続"), ("—", "継続", "継続"), "2026-10-31", ("2026-10-20", dict(phase="継続", held_count=1)), (0, 0, 0), id="a year of an activity is held against its own year"),
        pytest.param(("—", "事業検討", "—"), ("事業検討", "導入", "運用"), "2026-10-31", LATE_INTRODUCTION, (0, 0, 0), id="made by the second revision"),
    ],
)  # fmt: skip
def test_it_is_held_against_the_first_revision_that_made_it(first, revised, day, report, expected):
    baseline = judged(two(first, revised), [row(report[0], **report[1])], day).baseline
    assert (baseline.days_late, baseline.replanned, baseline.laundered_days) == expected


def test_it_says_what_the_revision_hides_and_where_it_stands():
    finding = judged(
        two(("導入", "運用", "運用"), ("導入", "導入", "運用")),
        [row(LATE_INTRODUCTION[0], **LATE_INTRODUCTION[1])],
        "2026-10-31",
    )
    reason = next(r for r in finding.reasons if r.code == "replanned")
    assert reason.text == (
        "参考：前の計画（R7.4）では、「導入」の期限（令和8年3月31日）を214日過ぎています。"
        "今の計画（R8.3、見直し1回）では期限内です。"
    )  # fmt: skip
    assert reason.verdict is None and reason.days == 214
    assert [e.ref.split()[0] for e in reason.evidence] == ["計画（R7.4）DX-01", "計画（R8.3）DX-01"]


def test_what_a_revision_removed_is_still_told():
    finding = judged(
        two(("導入", "—", "—"), ("—", "事業検討", "—")),
        [row("2026-02-20", phase="導入", progress=0.6)],
        "2026-10-31",
    )
    assert finding.baseline.worst_days_late == finding.baseline.laundered_days == 214
    assert "replanned" in codes(finding)


def test_a_service_first_reported_today_was_not_late_all_the_time():
    finding = judged(plan_of("運用", "運用", "運用"), [row("2026-11-10", phase="運用")], "2026-11-24")
    assert finding.baseline.days_late == 0


@settings(max_examples=150, deadline=None)
@given(PLANS, st.lists(PLANS, min_size=1, max_size=2), HISTORIES, DAYS)
def test_a_revision_never_lowers_the_days_late_against_the_plans_before_it(first, revised, history, day):
    rows = [row(received, **fields) for received, fields in history]
    plans = [
        plan_of(*p, revision=r) for p, r in zip((first, *revised), ("R7.4", "R8.3", "R9.3"), strict=False)
    ]
    days = [
        judged(plans[:n], rows, day.isoformat()).baseline.worst_days_late for n in range(1, len(plans) + 1)
    ]
    assert days == sorted(days)
    last = judged(plans, rows, day.isoformat())
    assert ("replanned" in codes(last)) is bool(last.baseline.laundered_days)
