"""The judgement's own score: what counts as a prediction, when it has come true, and what is not told for want of cases."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from small_town import judged, plan_of, row

from tasks.progress.reasons import ReasonCode
from tasks.progress.records import Judgement
from tasks.progress.score import FEW, RULES, VERDICT_RULE, Prediction, predictions_of, score
from tasks.reports.score_words import RULE_LABELS, counted, never_spoke, remark, spoken

DUE = date(2027, 3, 31)
AS_OF = date(2027, 10, 1)


def said(number: int, made_on: date, state="open", **changes) -> Prediction:
    return Prediction(f"DX-{number:02}", "導入1", DUE, made_on, state, **changes)


def of(found, rule):
    return next(r for r in found.rules if r.rule == rule)


def history(number: int, warned_days_before: int | None, met_after: int | None):
    """A commitment: said on track, warned so many days before its due date, met so many days after it (None: never)."""
    rows = [said(number, date(2026, 5, 1))]
    if warned_days_before is not None:
        rows.append(
            said(number, DUE - timedelta(days=warned_days_before), rules=("early_warning", VERDICT_RULE))
        )
    if met_after is not None:
        met_on = DUE + timedelta(days=met_after)
        rows.append(said(number, max(met_on, DUE) + timedelta(days=9), "met", met_on=met_on))
    return rows


def test_it_counts_hits_false_alarms_misses_and_days_of_lead():
    rows = [
        *history(1, 100, 30),
        *history(2, 60, None),  # never met: late since its due date passed
        *history(3, 90, 0),  # met on the very day: in time
        *history(4, None, 1),
        *history(5, None, -20),
        *history(6, 80, 5),
        *history(7, 40, 5),
        *history(8, 20, 5),
    ]
    found = score(rows, AS_OF)
    assert (found.commitments, found.known, found.late, found.since) == (8, 8, 6, date(2026, 5, 1))
    rule = of(found, "early_warning")
    assert (rule.hits, rule.false_alarms, rule.misses) == (5, 1, 1)
    assert (rule.precision, rule.recall, rule.lead_days) == (round(5 / 6, 3), round(5 / 6, 3), 60)


def test_the_truth_arrives_the_day_after_the_due_date():
    rows = history(1, 100, None)
    assert score(rows, DUE).known == 0
    assert score(rows, DUE + timedelta(days=1)).late == 1


def test_it_knows_nothing_of_what_was_said_later():
    rows = history(1, 100, 30)
    assert score(rows, date(2026, 6, 1)).known == 0
    assert of(score(rows, DUE + timedelta(days=5)), "early_warning").hits == 1


def test_it_gives_no_rate_for_few_cases():
    rows = [row_ for number in range(FEW - 1) for row_ in history(number, 100, 30)]
    found = score(rows, AS_OF)
    rule = of(found, "early_warning")
    assert rule.hits == FEW - 1
    assert (rule.precision, rule.recall, rule.lead_days, found.brier) == (None, None, None, None)
    assert "件数が少ない" in counted(found)
    assert counted(score([], AS_OF)) == "予測の記録はまだありません。"


def test_a_warning_after_the_due_date_predicts_nothing():
    late = said(1, DUE + timedelta(days=1), rules=("early_warning",))
    found = score([said(1, date(2026, 5, 1)), late], AS_OF)
    assert (of(found, "early_warning").hits, of(found, "early_warning").misses) == (0, 1)


def test_it_holds_forecasts_and_probabilities_against_the_end():
    rows = []
    for number in range(10):
        end = DUE + timedelta(days=10 * number)
        rows.append(
            said(
                number,
                date(2026, 11, 1),
                p50=DUE + timedelta(days=44),
                p80=DUE + timedelta(days=75),
                probability=0.9,
            )
        )
        rows.append(said(number, end + timedelta(days=1), "met", met_on=end))
    found = score(rows, AS_OF)
    assert (found.p50.held, found.p80.held, found.p80.cases) == (0.5, 0.8, 10)
    assert found.p50_error_days == 25
    # nine of ten late, each said to be so with 0.9: (9 x 0.01 + 0.81) / 10
    assert found.brier == pytest.approx(0.09)
    assert [(p.said, p.held, p.cases) for p in found.probabilities] == [(0.9, 0.9, 10)]


def test_an_open_end_holds_no_forecast_that_has_passed():
    rows = [said(n, date(2026, 11, 1), p80=date(2027, 6, 1)) for n in range(FEW)]
    assert score(rows, date(2027, 6, 1)).p80.cases == 0
    assert score(rows, date(2027, 6, 2)).p80.held == 0.0


def test_it_takes_predictions_from_a_judgement():
    rows = [
        row("2026-07-20", phase="導入", progress=0.2),
        row("2026-10-20", phase="導入", progress=0.2, self_rating="遅れ", due_on="2027-04-30"),
    ]
    finding = judged(plan_of("事業検討", "導入", "—"), rows, "2026-12-20")
    judgement = Judgement(
        town="togitsu", as_of=date(2026, 12, 20), fiscal_year="R8", plan_revision="R8.3", findings=(finding,)
    )
    (study, introduction) = predictions_of(judgement)
    assert (study.state, study.rules) == ("met", ())
    assert introduction.commitment == "導入1"
    assert {"own_date_past_due", "early_warning", "milestone_overdue", VERDICT_RULE} <= set(
        introduction.rules
    )
    assert introduction.p50 < introduction.p80 and 0 < introduction.probability < 1


def test_every_rule_has_its_words_and_one_that_is_no_better_than_chance_is_told():
    assert set(RULE_LABELS) == {VERDICT_RULE, *(code.value for code in RULES)}
    assert all(ReasonCode(code) for code in RULES)
    rows = [r for n in range(5) for r in history(n, 100, -5)] + [
        r for n in range(5, 10) for r in history(n, None, 5)
    ]
    found = score(rows, AS_OF)
    assert "外すことを検討" in remark(of(found, "early_warning"), found)
    assert [r.rule for r in spoken(found)] == [VERDICT_RULE, "early_warning"]
    assert "外すこと" not in remark(of(found, VERDICT_RULE), found)
    assert RULE_LABELS["milestone_overdue"] in never_spoke(found)
    assert RULE_LABELS["early_warning"] not in never_spoke(found)
