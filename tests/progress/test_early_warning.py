"""Signals of a delay to come: what each measures, what the score makes of them, and that none moves a verdict."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_town import codes, judged, plan_of, row, togitsu

from config.early_warning import SignalName
from tasks.progress.earned_schedule import Indicators
from tasks.progress.signals import Statement, Track, measured
from tasks.progress.warning import SIGNAL_LABELS, combine, scored

RULES = togitsu()[2].warning
START, AS_OF, DUE = date(2026, 4, 1), date(2026, 11, 24), date(2027, 3, 31)
TEXT = "仕様の調整に時間を要しているため、業者と協議を続けている。"


def said(*values):
    """Statements from (month, fields)."""
    return tuple(Statement(date(2026, month, 20), **fields) for month, fields in values)


def end(day: str) -> dict[str, date]:
    return {"ends_on": date.fromisoformat(day)}


# name, what was said, other facts of the track, the value
SIGNALS = [
    ("behind_plan", (), dict(planned=0.5, earned=0.35), 15),
    ("behind_plan", (), dict(planned=0.5, earned=0.6), 0),
    ("slow_pace", (), dict(indicators=Indicators(75, 100, 364)), 0.25),
    ("slow_pace", (), dict(indicators=Indicators(125, 100, 364)), 0),
    ("steep_rest", (), dict(indicators=Indicators(100, 232, 364)), 1),
    ("steep_rest", (), dict(indicators=Indicators(364, 364, 364)), 0),
    ("steep_rest", (), dict(indicators=Indicators(363, 364, 364)), 99),
    ("drift", [(4, end("2027-03-31")), (10, end("2027-06-29"))], {}, 90),
    ("drift", [(4, end("2027-03-31")), (10, end("2027-01-31"))], {}, 0),
    ("replanned", [(4, end("2027-03-01")), (7, end("2027-03-15")), (10, end("2027-03-28"))], {}, 1),
    ("end_past_due", [(10, end("2027-04-30"))], dict(due_on=DUE), 30),
    ("end_past_due", [(10, end("2027-03-01"))], dict(due_on=DUE), 0),
    ("end_passed", [(10, end("2026-11-23"))], {}, 1),
    ("end_passed", [(10, end("2026-11-24"))], {}, 0),
    ("closeness", [], dict(due_on=AS_OF + timedelta(days=365)), 0.5),
    ("closeness", [], dict(due_on=AS_OF - timedelta(days=1)), 1),
    ("long_plan", [], dict(starts_on=date(2020, 4, 1), due_on=date(2030, 4, 1)), 9.9988),
    ("rating", [(7, dict(rating=1.0)), (10, dict(rating=0.5))], {}, 0.5),
    ("rating_worse", [(7, dict(rating=0.5)), (10, dict(rating=1.0))], {}, 0.5),
    ("rating_worse", [(7, dict(rating=1.0)), (10, dict(rating=0.5))], {}, 0),
    ("silence", [(4, {})], {}, 218 - 110),
    ("silence", [(10, {})], {}, 0),
    ("copied_text", [(4, dict(text=TEXT)), (7, dict(text=TEXT)), (10, dict(text="　" + TEXT))], {}, 2),
    ("copied_text", [(7, dict(text="順調")), (10, dict(text="順調"))], {}, 0),
    ("no_progress", [(7, dict(progress=0.4)), (10, dict(progress=0.4))], {}, 1),
    ("no_progress", [(7, dict(progress=0.4)), (10, dict(progress=0.41))], {}, 0),
    ("words", [(10, dict(text="契約が遅延し、予定日を延期"))], {}, 2),
    ("department", [], dict(department_late=(5, 5)), 0.353),
    ("department", [], dict(department_late=(0, 5)), 0),
]


@pytest.mark.parametrize(("name", "statements", "facts", "value"), SIGNALS)
def test_it_measures_each_signal(name, statements, facts, value):
    track = Track(AS_OF, said(*statements), **facts)
    assert measured(track, RULES)[SignalName(name)] == pytest.approx(value, abs=0.001)


def test_it_measures_and_names_every_signal():
    values = measured(Track(AS_OF, ()), RULES)
    assert set(values) == set(SIGNAL_LABELS) == set(SignalName)
    assert set(values.values()) == {0.0}


VALUES = st.fixed_dictionaries({name: st.floats(0, 100) for name in SignalName})


@given(VALUES, st.sampled_from(SignalName), st.floats(0, 100))
def test_a_stronger_signal_never_lowers_the_score(values, name, more):
    before, after = combine(values, RULES), combine({**values, name: values[name] + more}, RULES)
    assert after.score >= before.score and after.probability >= before.probability
    assert 0 <= before.probability <= 1
    assert before.score == pytest.approx(sum(points for _, _, points in before.signals))


def test_a_signal_that_is_switched_off_adds_nothing():
    off = {
        **RULES.signals,
        SignalName.RATING: RULES.signals[SignalName.RATING].model_copy(update={"on": False}),
    }
    track = Track(AS_OF, said((10, dict(rating=1.0))))
    assert scored(track, RULES).score > scored(track, RULES.model_copy(update={"signals": off})).score == 0


# --- in the judgement ---------------------------------------------------------------------------------
PLAN = plan_of("事業検討", "導入", "—")
SLIPPING = [
    row("2026-04-20", phase="導入", progress=0.05, due_on="2027-01-29"),
    row("2026-07-20", phase="導入", progress=0.22, due_on="2027-02-26"),
    row("2026-10-20", phase="導入", progress=0.46, due_on="2027-03-31"),
]


def test_it_tells_of_an_end_that_moves_with_every_report_and_moves_no_verdict():
    finding = judged(PLAN, SLIPPING, "2026-10-25")
    assert finding.verdict.value == "on_track"
    (reason,) = [r for r in finding.reasons if r.code.value == "end_rising"]
    assert (reason.verdict, reason.days) == (None, 61)
    assert reason.text.startswith("参考：担当課の完了予定日が、報告のたびに後ろへ")
    assert [e.raw for e in reason.evidence if e.kind == "cell"] == ["2027-03-31"]


def test_it_tells_of_an_end_that_jumps():
    rows = [SLIPPING[0], row("2026-10-20", phase="導入", progress=0.46, due_on="2027-03-31")]
    assert "end_jumping" in codes(judged(PLAN, rows, "2026-10-25"))


def test_it_keeps_the_expected_end_of_every_report():
    rows = [*SLIPPING[:2], row("2026-10-20", phase="導入", progress=0.46)]
    (_, outlook) = judged(PLAN, rows, "2026-10-25").outlooks
    assert [(str(p.reported_on), str(p.ends_on), p.basis) for p in outlook.points] == [
        ("2026-04-20", "2027-01-29", "own"),
        ("2026-07-20", "2027-02-26", "own"),
        ("2026-10-20", "2027-04-08", "history"),
    ]


def test_it_shows_the_earned_schedule_of_every_open_commitment():
    # Half of the steps' value on the day before 契約: 152 of 364 days are earned, 202 passed.
    (_, outlook) = judged(PLAN, [row("2026-10-20", phase="導入", progress=0.35)], "2026-10-25").outlooks
    schedule = outlook.schedule
    assert (schedule.es, schedule.at, schedule.pd) == (152, 202, 364)
    assert schedule.spi_t == pytest.approx(152 / 202, abs=1e-4)
    assert schedule.tspi == pytest.approx((364 - 152) / (364 - 202), abs=1e-4)
    assert outlook.warning.score > 0


def test_it_plans_evenly_where_a_phase_has_no_ladder():
    (outlook,) = judged(
        plan_of("—", "改定", "—"), [row("2026-10-01", phase="改定", progress=0.5)], "2026-10-02"
    ).outlooks
    assert (outlook.schedule.es, outlook.schedule.at, outlook.schedule.pd) == (182, 183, 364)


def test_it_warns_of_many_signals_at_once_and_of_nothing_past_due():
    rows = [
        row("2026-07-20", phase="導入", progress=0.2, self_rating="やや遅れ", note=TEXT),
        row("2026-10-20", phase="導入", progress=0.2, self_rating="遅れ", note=TEXT, due_on="2027-04-30"),
    ]
    finding = judged(PLAN, rows, "2026-12-20")
    (reason,) = [r for r in finding.reasons if r.code.value == "early_warning"]
    assert reason.verdict is None
    late = judged(PLAN, rows, "2027-04-20")
    assert "early_warning" not in codes(late)
    assert late.outlooks[-1].warning is None


def test_a_department_is_judged_by_its_earlier_commitments():
    kept = [row("2026-03-20", phase="事業検討", finished_on="2026-03-10")]
    late = [row("2026-07-10", phase="事業検討", finished_on="2026-06-30")]
    now = row("2026-10-20", phase="導入", progress=0.5)
    scores = [judged(PLAN, [*rows, now], "2026-10-25").outlooks[-1].warning.score for rows in (kept, late)]
    assert scores[0] < scores[1]
