"""The forecast of the end: what it rests on, what always holds, and where its numbers come from."""

from __future__ import annotations

from datetime import date, timedelta
from math import log
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.forecast import ForecastRules
from plan_data.source import load_yaml
from tasks.progress.forecast import Basis, forecast
from tasks.progress.ladder import Step

CONFIG = Path(__file__).resolve().parents[2] / "config" / "togitsu" / "forecast.yaml"
RULES = load_yaml(CONFIG, ForecastRules)

# 導入 of R8, 364 days; 10/31 is a Saturday and 1/31 a Sunday. 40 % have passed on day 145.6, 2026-08-25.
START, DUE = date(2026, 4, 1), date(2027, 3, 31)
LADDER = [
    Step("仕様確定", date(2026, 6, 30), 0.20),
    Step("調達公告", date(2026, 8, 31), 0.35),
    Step("契約", date(2026, 10, 30), 0.50),
    Step("構築・試験", date(2027, 1, 29), 0.80),
    Step("本稼働", DUE, 1.0),
]


def at(text: str) -> date:
    return date.fromisoformat(text)


def outlook(history, as_of, rules=RULES, ladder=LADDER, start=START):
    return forecast(ladder, start, [(at(day), earned) for day, earned in history], at(as_of), rules)


# the reports (day, EV); the day; then the basis and the days past due of p50 and p80 (negative: before)
OUTLOOKS = [
    # Nobody said anything: the plan, and a tenth of it (36.4 days).
    ("no report", [], "2026-05-01", Basis.PRIOR, 0, 37),
    # One report on the ladder, day 152: the remaining 212 days, and a tenth of all 364.
    ("one report, on the ladder", [("2026-08-31", 0.35)], "2026-09-01", Basis.PRIOR, 0, 37),
    # One report with day 90 earned on day 152: 62 days behind and 274 left.
    ("one report, a step behind", [("2026-08-31", 0.20)], "2026-09-01", Basis.PRIOR, 62, 99),
    # Two reports, but the second one on day 145: less than 40 % have passed; 5.4 days behind, 224.4 left.
    ("a day too early for its own pace", [("2026-06-30", 0.20), ("2026-08-24", 0.32)], "2026-08-24", Basis.PRIOR, 6, 42),
    # A day later: 6.4 behind, and the 224.4 left at (146 + 364) / (139.6 + 364) = 1.0127 times, 2.9 more.
    ("the first day for its own pace", [("2026-06-30", 0.20), ("2026-08-25", 0.32)], "2026-08-25", Basis.HISTORY, 10, 46),
    # Two reports on the ladder: its pace is the plan's.
    ("on the ladder", [("2026-06-30", 0.20), ("2026-08-31", 0.35)], "2026-09-01", Basis.HISTORY, 0, 37),
    # Day 152 earned on day 233: 81 behind, and the 212 left at (233 + 364) / (152 + 364) = 1.157 times, 33.3 more.
    ("slow", [("2026-06-30", 0.20), ("2026-11-20", 0.35)], "2026-11-24", Basis.HISTORY, 115, 151),
    # Day 303 earned on day 233: 70 ahead, and the 61 left at (233 + 364) / (303 + 364) = 0.895 times.
    ("fast", [("2026-06-30", 0.20), ("2026-11-20", 0.80)], "2026-11-24", Basis.HISTORY, -76, -40),
    # Nothing earned by half-time, twice said: 182 behind, and 364 at (182 + 364) / 364 = 1.5 times.
    ("nothing earned", [("2026-06-30", 0.0), ("2026-09-30", 0.0)], "2026-09-30", Basis.HISTORY, 364, 401),
    # Two reports of one day are one, and the lesser counts.
    ("two values on one day", [("2026-08-31", 0.35), ("2026-08-31", 0.20)], "2026-09-01", Basis.PRIOR, 62, 99),
    # What came after the day is not known yet.
    ("a report from the future", [("2026-08-31", 0.35), ("2026-10-30", 0.35)], "2026-10-29", Basis.PRIOR, 0, 37),
    # All done but not yet said to be in service: any day now; a tenth of the plan later than day 294 for sure.
    ("complete but open", [("2026-06-30", 0.20), ("2027-01-20", 1.0)], "2027-01-25", Basis.HISTORY, -65, -33),
    # The forecast has passed without an end: today, and not yesterday.
    ("past its own forecast", [("2026-06-30", 0.20), ("2027-03-26", 0.99)], "2027-06-30", Basis.HISTORY, 91, 91),
    # A report from the year before speaks as of the start.
    ("before the start", [("2026-03-20", 0.0)], "2026-03-25", Basis.PRIOR, 0, 37),
]  # fmt: skip


@pytest.mark.parametrize(
    ("history", "as_of", "basis", "p50", "p80"), [o[1:] for o in OUTLOOKS], ids=[o[0] for o in OUTLOOKS]
)
def test_it_forecasts(history, as_of, basis, p50, p80):
    found = outlook(history, as_of)
    assert (found.basis, (found.p50 - DUE).days, (found.p80 - DUE).days) == (basis, p50, p80)


def test_it_gives_the_indicators_of_the_last_report():
    now = outlook([("2026-06-30", 0.20), ("2026-10-30", 0.35)], "2026-11-24").indicators
    assert now is not None
    assert (now.es, now.at, now.pd) == pytest.approx((152, 212, 364))
    assert outlook([], "2026-11-24").indicators is None


@pytest.mark.parametrize("history", [[], [("2026-06-30", 0.2)], [("2026-06-30", 0.2), ("2026-09-30", 0.3)]])
def test_it_forecasts_a_ladder_that_lies_before_its_start(history):
    found = outlook(history, "2026-10-01", ladder=[Step("改定", date(2026, 3, 31), 1.0)])
    assert (found.p50, found.p80, found.basis) == (at("2026-10-01"), at("2026-10-01"), Basis.PRIOR)


def test_it_refuses_to_forecast_without_a_ladder():
    with pytest.raises(ValueError, match="curve"):
        outlook([], "2026-10-01", ladder=[])


# --- what always holds ------------------------------------------------------------------------------
@st.composite
def ladders(draw):
    offsets = sorted(draw(st.sets(st.integers(1, 700), min_size=1, max_size=6)))
    inner = draw(st.sets(st.integers(1, 99), min_size=len(offsets) - 1, max_size=len(offsets) - 1))
    weights = [w / 100 for w in sorted(inner)] + [1.0]
    return [Step("節目", START + timedelta(days=d), w) for d, w in zip(offsets, weights, strict=True)]


@st.composite
def rule_sets(draw):
    p50, more = draw(st.floats(0, 1)), draw(st.floats(0, 1))
    return ForecastRules.model_validate(
        {
            **RULES.model_dump(),
            "prior": {"p50": p50, "p80": p50 + more, "source": "試験"},
            "history": {
                "min_reports": draw(st.integers(2, 4)),
                "min_elapsed": draw(st.floats(0, 1)),
                "prior_weight": draw(st.floats(0.01, 5)),
            },
        }
    )


SHARES = st.floats(0, 1)
DAYS = st.dates(date(2026, 1, 1), date(2029, 3, 31))
HISTORY = st.lists(st.tuples(DAYS, SHARES), max_size=6)


@given(ladders(), HISTORY, DAYS, rule_sets())
def test_it_never_lies_in_the_past_and_more_certain_is_never_earlier(ladder, history, as_of, rules):
    found = forecast(ladder, START, history, as_of, rules)
    assert as_of <= found.p50 <= found.p80


@given(ladders(), HISTORY.filter(bool), st.data(), SHARES, DAYS, rule_sets())
def test_more_progress_never_makes_it_later(ladder, history, data, more, as_of, rules):
    index = data.draw(st.integers(0, len(history) - 1))
    day, earned = history[index]
    raised = [*history[:index], (day, max(earned, more)), *history[index + 1 :]]
    before, after = (forecast(ladder, START, h, as_of, rules) for h in (history, raised))
    assert after.p50 <= before.p50
    assert after.p80 <= before.p80
    assert after.basis is before.basis


@given(ladders(), HISTORY, DAYS, st.integers(0, 900), rule_sets())
def test_the_same_reports_on_a_later_day_never_make_it_earlier(ladder, history, as_of, days, rules):
    known = [(day, earned) for day, earned in history if day <= as_of]
    later = as_of + timedelta(days=days)
    before, after = (forecast(ladder, START, known, day, rules) for day in (as_of, later))
    assert after.p50 >= before.p50
    assert after.p80 >= before.p80
    assert after.basis is before.basis


@given(ladders(), HISTORY, DAYS, rule_sets(), st.randoms(use_true_random=False))
def test_it_does_not_depend_on_the_order_of_the_reports(ladder, history, as_of, rules, random):
    shuffled = random.sample(history, len(history))
    assert forecast(ladder, START, shuffled, as_of, rules) == forecast(ladder, START, history, as_of, rules)


@given(ladders(), st.lists(SHARES, min_size=1, max_size=5), DAYS, st.floats(0, 1))
def test_a_higher_prior_never_makes_it_earlier(ladder, values, as_of, uplift):
    history = [(START + timedelta(days=60 * i), earned) for i, earned in enumerate(values)]
    raised = RULES.model_copy(
        update={"prior": RULES.prior.model_copy(update={"p50": uplift, "p80": max(uplift, RULES.prior.p80)})}
    )
    assert (
        forecast(ladder, START, history, as_of, raised).p50
        >= forecast(ladder, START, history, as_of, RULES).p50
    )


# --- the town's numbers -------------------------------------------------------------------------------
def test_its_prior_is_what_the_cited_surveys_give():
    # 日経コンピュータ 2018: 513 of 1,745 were later than planned. So more than half are on time.
    late = 513 / 1745
    assert round(late, 3) == 0.294
    assert late < 0.5
    assert RULES.prior.p50 == 0.0
    # 日経コンピュータ 2008: of the late, 86.2 % (all sizes: 73.9 %) by less than half the planned time.
    # With an exponential tail, 20 % of all are later than planned by:
    small, all_sizes = (0.5 * log(late / 0.20) / -log(1 - share) for share in (0.862, 0.739))
    assert (round(small, 3), round(all_sizes, 3)) == (0.097, 0.143)
    assert RULES.prior.p80 == round(small, 1)


def test_it_does_not_move_a_verdict_before_it_was_validated():
    assert RULES.verdict.moves_verdict is False
