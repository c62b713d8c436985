"""Single signs, told as 参考: what each says, from when on, and that none moves a verdict."""

from __future__ import annotations

from datetime import date

import pytest
from histories import DAYS, HISTORIES, PLANS
from hypothesis import given, settings
from small_town import codes, judged, plan_of, row, togitsu

from tasks.progress.early_signs import loads_of

SIGNS = {"simultaneous_introduction", "late_filing", "copied_text", "unchanged_cells"}
PLAN = plan_of("—", "導入", "—")
ISSUE = dict(issue="業者との協議が続いていて、仕様が決まらない。", remedy="協議を急ぐ。")


def found(reports, day="2026-11-24", plan=PLAN):
    finding = judged(
        plan, [row(received, **{"phase": "導入", **fields}) for received, fields in reports], day
    )
    return [r for r in finding.reasons if r.code.value in SIGNS]


def signs(*args, **more):
    return [r.code.value for r in found(*args, **more)]


@pytest.mark.parametrize(
    ("received", "late"),
    [
        # The cycle begins on 1 October 2026; the 10th business day is 15 October (12 October is a holiday).
        pytest.param("2026-10-15", None, id="on the last day to answer"),
        pytest.param("2026-10-16", 1, id="the day after"),
        pytest.param("2026-11-20", 36, id="weeks later"),
    ],
)
def test_late_filing_counts_from_the_last_day_to_answer(received, late):
    reasons = found([("2026-07-10", dict(progress=0.3)), (received, dict(progress=0.6))])
    assert [r.days for r in reasons if r.code == "late_filing"] == ([late] if late else [])


def test_the_first_report_ever_is_not_late_filing():
    assert signs([("2026-11-20", dict(progress=0.6))]) == []


@pytest.mark.parametrize(
    ("before", "now", "copied"),
    [
        pytest.param(ISSUE, ISSUE, True, id="copied forward"),
        pytest.param(ISSUE, {**ISSUE, "issue": f"　{ISSUE['issue']}\n"}, True, id="but for blanks"),
        pytest.param(ISSUE, {**ISSUE, "remedy": "契約した。"}, False, id="the remedy is new"),
        pytest.param(dict(issue="特になし"), dict(issue="特になし"), False, id="too short to be copied"),
        pytest.param({}, {}, False, id="no text"),
    ],
)
def test_copied_text_is_the_text_of_the_cycle_before(before, now, copied):
    reports = [("2026-07-10", dict(progress=0.3, **before)), ("2026-10-10", dict(progress=0.6, **now))]
    assert ("copied_text" in signs(reports)) is copied


def test_the_same_text_within_one_cycle_is_no_copy():
    assert (
        signs([("2026-10-08", dict(progress=0.6, **ISSUE)), ("2026-10-10", dict(progress=0.6, **ISSUE))])
        == []
    )


@pytest.mark.parametrize(
    ("now", "unchanged"),
    [
        pytest.param(dict(progress=0.6), True, id="nothing changed"),
        pytest.param(dict(progress=0.6, reporter="別の者", reported_on="2026-10-09"), True, id="but for who and when"),
        pytest.param(dict(progress=0.7), False, id="progress"),
        pytest.param(dict(progress=0.6, note="契約した。"), False, id="a note more"),
    ],
)  # fmt: skip
def test_unchanged_cells_are_told_of_what_is_going_on(now, unchanged):
    reports = [("2026-07-10", dict(progress=0.6)), ("2026-10-10", now)]
    assert ("unchanged_cells" in signs(reports)) is unchanged
    kept = [(day, {**fields, "phase": "運用"}) for day, fields in reports]
    assert "unchanged_cells" not in signs(kept, plan=plan_of("運用", "運用", "運用"))


def town_of(*owners: tuple[str, ...], phases=("事業検討", "導入", "運用")):
    """A plan of several 事業 that all are introduced in R8, each with its 担当課."""
    plan = plan_of(*phases)
    policy = plan.policies[0]
    first = policy.measures[0].projects[0]
    projects = tuple(
        first.model_copy(update={"id": f"DX-{n:02d}", "name": f"事業{n}", "departments": names})
        for n, names in enumerate(owners, 1)
    )
    measure = policy.measures[0].model_copy(update={"projects": projects})
    return plan.model_copy(update={"policies": (policy.model_copy(update={"measures": (measure,)}),)})


def test_three_introductions_of_one_department_next_year_are_told_with_their_plan_cells():
    signs_of = togitsu()[0].early_signs
    plan = town_of(("税務課",), ("税務課", "会計課"), ("税務課",), ("会計課",))
    loads = loads_of(plan, date(2025, 11, 24), signs_of)
    assert {i: [load.department for load in found] for i, found in loads.items()} == {
        f"DX-0{n}": ["税務課"] for n in (1, 2, 3)
    }
    finding = judged(plan, [row("2025-11-10", phase="事業検討", progress=0.5)], "2025-11-24")
    (reason,) = [r for r in finding.reasons if r.code == "simultaneous_introduction"]
    assert reason.text == (
        "参考：来年度（R8年度）は、税務課が始める「導入」が3件重なります（DX-01、DX-02、DX-03）。"
    )
    assert [e.ref.split()[0] for e in reason.evidence] == [f"計画（R8.3）DX-0{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("owners", "phases", "year"),
    [
        pytest.param([("税務課",)] * 2, ("事業検討", "導入", "運用"), 2025, id="two are few"),
        pytest.param([("税務課",)] * 3, ("導入", "導入", "運用"), 2025, id="they go on, none begins"),
        pytest.param([("税務課",)] * 3, ("事業検討", "導入", "運用"), 2026, id="this year, not next"),
        pytest.param([("税務課",)] * 3, ("事業検討", "導入", "運用"), 2027, id="the plan ends"),
    ],
)
def test_it_is_silent_otherwise(owners, phases, year):
    signs_of = togitsu()[0].early_signs
    assert loads_of(town_of(*owners, phases=phases), date(year, 11, 24), signs_of) == {}


def test_a_sign_that_is_switched_off_is_not_told():
    rules = togitsu()[0]
    few = rules.early_signs.simultaneous_introduction.model_copy(update={"on": False})
    off = rules.early_signs.model_copy(update={"simultaneous_introduction": few})
    plan = town_of(*[("税務課",)] * 3)
    assert loads_of(plan, date(2025, 11, 24), off) == loads_of(plan, date(2025, 11, 24), None) == {}


@settings(max_examples=100, deadline=None)
@given(PLANS, HISTORIES, DAYS)
def test_no_sign_moves_a_verdict(phases, history, day):
    rows = [row(received, **fields) for received, fields in history]
    finding = judged(plan_of(*phases), rows, day.isoformat())
    assert all(r.verdict is None for r in finding.reasons if r.code.value in SIGNS)
    others = [r for r in finding.reasons if r.code.value not in SIGNS and r.verdict is not None]
    assert not others or min(r.verdict.rank for r in others) == finding.verdict.rank
    assert set(codes(finding)) - SIGNS
