"""Earned schedule against published figures, its edge cases, and what always holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.progress.earned_schedule import (
    Curve,
    Indicators,
    curve_of_days,
    curve_of_periods,
    earned_schedule,
    finish_on,
    indicators,
)
from tasks.progress.ladder import Step, planned_value

# --- published worked examples: figures only, as printed --------------------------------------------
#
# A: PCL-AI Body of Knowledge, domain 6 "Earned value", worked example 6.4.3b and question 6.4-D (no author
#    or year is printed). Only the two points around EV are printed; the points before are filled evenly.
# B: PM PrepCast forum, PMP sample question on SPI(t), explanation (about 2019): 5 months, half done after 3.
# C: A. Arikan, pmcontrols, validation cases of earned schedule (2026), derived there by hand:
#    the even plan of 10 x 10,000 and the two uneven ones.
# D: R. Van De Velde, How to Use Earned Schedule on Agile Projects (EVM World 2014): 6 sprints of $10K,
#    $45K earned. The printed inputs; the printed result could not be read, 4.5 is the formula's.
# E: Advantager (project software, 2017), its own worked case: 12 periods, the seventh just over.
EVEN = [10_000 * n for n in range(1, 11)]

# planned value by period, EV, AT, then as printed: ES, SV(t), SPI(t), PD / SPI(t) (None: not printed)
PUBLISHED = [
    ("A 6.4.3b", [90_000, 180_000, 270_000, 360_000, 520_000], 480_000, 5, "4.75", "-0.25", "0.95", None),
    ("A 6.4-D", [80_000, 160_000, 240_000, 300_000, 350_000, 400_000, 480_000], 440_000, 8, "6.5", "-1.5", None, None),
    ("B", [20, 40, 60, 80, 100], 50, 3, "2.5", "-0.5", "0.83", None),
    ("C even, between two periods", EVEN, 34_000, 4, "3.4", None, None, None),
    ("C even, behind", EVEN, 30_000, 4, "3", "-1", "0.75", "13.333"),
    ("C even, ahead", EVEN, 50_000, 4, "5", "1", "1.25", "8"),
    ("C even, a fifth behind", EVEN, 40_000, 5, "4", "-1", "0.8", "12.5"),
    ("C even, on plan", EVEN, 40_000, 4, "4", "0", "1", "10"),
    ("C even, complete", EVEN, 100_000, 10, "10", "0", "1", "10"),
    ("C uneven", [20, 50, 90, 140, 200], 70, 3, "2.5", None, None, None),
    ("C uneven, steeper", [30, 70, 120, 180, 250], 100, 3, "2.6", None, None, None),
    ("D", [10, 20, 30, 40, 50, 60], 45, 5, "4.5", None, None, None),
    ("E, a whole S-curve", [100, 350, 650, 1050, 1500, 2000, 2500, 2950, 3350, 3650, 3900, 4000], 2260, 7, "6.52", "-0.48", "0.93", "12.9"),
]  # fmt: skip


def printed(value: float | None, as_printed: str) -> str:
    """The value to as many digits as are printed."""
    assert value is not None
    digits = len(as_printed.partition(".")[2])
    return f"{round(value, digits) + 0:.{digits}f}"


@pytest.mark.parametrize(
    ("planned", "earned", "at", "es", "sv", "spi", "duration"), [p[1:] for p in PUBLISHED], ids=[p[0] for p in PUBLISHED]
)  # fmt: skip
def test_it_gives_the_published_figures(planned, earned, at, es, sv, spi, duration):
    now = indicators(curve_of_periods(planned), earned, at)
    for value, as_printed in ((now.es, es), (now.sv, sv), (now.spi, spi), (now.duration, duration)):
        if as_printed is not None:
            assert printed(value, as_printed) == as_printed


# Examples that print ES itself, not the table under it.
# F: HKSM Now, glossary, "Earned Schedule (ES)": weeks. G: PM Milestone, Earned Schedule Calculator.
# H: public course notes "Time-Based SPI" (no author named): ES 2.667 after 4 of 10 periods; they print 14.99
#    by way of the rounded 0.667, unrounded it is 15.00; and 11.33 where the rest goes as planned.
@pytest.mark.parametrize(
    ("es", "at", "pd", "sv", "spi"),
    [
        pytest.param(18, 20, 40, "-2", "0.90", id="F, 18 of 20 weeks"),
        pytest.param(21, 24, 40, "-3", None, id="F, 21 of 24 weeks"),
        pytest.param(18, 20, 40, None, "0.90", id="G"),
        pytest.param(2.667, 4, 10, None, "0.667", id="H"),
    ],
)
def test_it_gives_the_published_indicators(es, at, pd, sv, spi):
    now = Indicators(es, at, pd)
    assert sv is None or printed(now.sv, sv) == sv
    assert spi is None or printed(now.spi, spi) == spi


def test_it_gives_the_published_durations():
    now = Indicators(2.667, 4, 10)
    assert now.duration == pytest.approx(14.99, abs=0.01)
    assert printed(10 / 0.667, "14.99") == "14.99"
    assert printed(now.duration_at(1), "11.33") == "11.33"


# --- edge cases: the plan earns 20 by 1, rests until 3, earns 60 by 4, leaps to 80 there, 100 by 5 ----
UNEVEN = Curve((0, 1, 3, 4, 4, 5, 7), (0, 20, 20, 60, 80, 100, 100))

# EV, ES; the boundary triples below, at and above
EDGES = [
    ("less than nothing", -1, 0),
    ("nothing", 0, 0),
    ("a little", 1, 0.05),
    ("just below a pause", 19, 0.95),
    ("a pause reached is earned whole", 20, 3),
    ("just above a pause", 21, 3.025),
    ("just below a leap", 59, 3.975),
    ("a leap reached", 60, 4),
    ("within a leap", 70, 4),
    ("the top of a leap", 80, 4),
    ("just above a leap", 81, 4.05),
    ("all but one", 99, 4.95),
    ("all, at the first time it is planned", 100, 5),
    ("more than all", 101, 5),
]


@pytest.mark.parametrize(("earned", "es"), [e[1:] for e in EDGES], ids=[e[0] for e in EDGES])
def test_it_earns_time_at_the_edges_of_a_plan(earned, es):
    assert UNEVEN.duration == 5
    assert earned_schedule(UNEVEN, earned) == pytest.approx(es)


# EV, AT; then SPI(t), TSPI, duration of the even plan of 10 periods
MOMENTS = [
    ("before the start, AT counts as 0", 0, -3, None, 1.0, None),
    ("at the start", 0, 0, None, 1.0, None),
    ("something earned before the start", 20_000, -3, None, 0.8, None),
    ("nothing earned", 0, 5, 0.0, 2.0, None),
    ("one period before PD", 80_000, 9, 8 / 9, 2.0, 11.25),
    ("at PD, unfinished", 80_000, 10, 0.8, None, 12.5),
    ("past PD, unfinished", 80_000, 11, 8 / 11, None, 13.75),
    ("complete early", 100_000, 8, 1.25, 0.0, 8.0),
    ("complete at PD", 100_000, 10, 1.0, 0.0, 10.0),
    ("complete late", 100_000, 12, 10 / 12, 0.0, 12.0),
]


@pytest.mark.parametrize(
    ("earned", "at", "spi", "tspi", "duration"), [m[1:] for m in MOMENTS], ids=[m[0] for m in MOMENTS]
)
def test_it_says_where_an_indicator_is_undefined(earned, at, spi, tspi, duration):
    now = indicators(curve_of_periods(EVEN), earned, at)
    for value, expected in ((now.spi, spi), (now.tspi, tspi), (now.duration, duration)):
        assert value == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("times", "values"),
    [
        pytest.param((), (), id="nothing"),
        pytest.param((0, 1), (0,), id="a time without a value"),
        pytest.param((1, 2), (0, 1), id="begins late"),
        pytest.param((0, 1), (0.1, 1), id="begins with something"),
        pytest.param((0, 2, 1), (0, 0.5, 1), id="time falls"),
        pytest.param((0, 1, 2), (0, 1, 0.5), id="value falls"),
        pytest.param((0, 1), (0, 0), id="plans nothing"),
        pytest.param((0, 1), (0, float("inf")), id="plans without end"),
    ],
)
def test_it_refuses_what_is_no_cumulative_curve(times, values):
    with pytest.raises(ValueError, match="curve"):
        Curve(times, values)


# --- dated ladders ----------------------------------------------------------------------------------
# 導入 of R8 on business days: 仕様確定, 調達公告, 契約 (10/31 is a Saturday), 構築・試験 (1/31 a Sunday), 本稼働
START = date(2026, 4, 1)
LADDER = [
    (date(2026, 6, 30), 0.20),
    (date(2026, 8, 31), 0.35),
    (date(2026, 10, 30), 0.50),
    (date(2027, 1, 29), 0.80),
    (date(2027, 3, 31), 1.0),
]


# day of the report, EV; then ES as the day on which the ladder plans it, and the finish at that pace
@pytest.mark.parametrize(
    ("day", "earned", "planned_for", "ends_on"),
    [
        # 90 days planned, 90 passed: the rest in time, too
        pytest.param("2026-06-30", 0.20, "2026-06-30", "2027-03-31", id="on the ladder"),
        # 152 of 212 days: 364 x 212 / 152 = 507.7, so day 508
        pytest.param("2026-10-30", 0.35, "2026-08-31", "2027-08-22", id="one step behind"),
        # 212 of 152 days: 364 x 152 / 212 = 260.98, so day 261
        pytest.param("2026-08-31", 0.50, "2026-10-30", "2026-12-18", id="one step ahead"),
        # 45 of 90 days: twice the time
        pytest.param("2026-06-30", 0.10, "2026-05-16", "2028-03-29", id="half a step behind"),
    ],
)
def test_it_reads_days_off_a_dated_ladder(day, earned, planned_for, ends_on):
    now = indicators(curve_of_days(START, LADDER), earned, (date.fromisoformat(day) - START).days)
    assert finish_on(START, now.es) == date.fromisoformat(planned_for)
    assert now.duration is not None
    assert finish_on(START, now.duration) == date.fromisoformat(ends_on)


def test_it_takes_steps_before_the_start_as_due_on_it():
    curve = curve_of_days(START, [(START - timedelta(days=9), 0.4), (START + timedelta(days=10), 1.0)])
    assert earned_schedule(curve, 0.4) == 0
    assert earned_schedule(curve, 0.7) == pytest.approx(5)


@pytest.mark.parametrize(
    ("days", "day"),
    [
        pytest.param(0, "2026-04-01", id="the start"),
        pytest.param(29.999_999_9, "2026-05-01", id="30 days but for rounding"),
        pytest.param(30, "2026-05-01", id="30 days"),
        pytest.param(30.000_000_1, "2026-05-01", id="30 days and a rounding"),
        pytest.param(30.1, "2026-05-02", id="part of a day"),
        pytest.param(1e12, "9999-12-31", id="beyond the calendar"),
        pytest.param(float("inf"), "9999-12-31", id="never"),
    ],
)
def test_it_ends_on_a_whole_day(days, day):
    assert finish_on(START, days) == date.fromisoformat(day)


# --- what always holds ------------------------------------------------------------------------------
@st.composite
def ladders(draw):
    """A strictly ascending ladder from START whose last weight is 1."""
    offsets = sorted(draw(st.sets(st.integers(1, 800), min_size=1, max_size=8)))
    inner = draw(st.sets(st.integers(1, 99), min_size=len(offsets) - 1, max_size=len(offsets) - 1))
    weights = [w / 100 for w in sorted(inner)] + [1.0]
    return [(START + timedelta(days=d), w) for d, w in zip(offsets, weights, strict=True)]


SHARES = st.just(0.0) | st.floats(1e-6, 1)


@given(ladders(), st.integers(0, 800))
def test_what_is_planned_for_a_day_has_earned_that_day(ladder, offset):
    steps = [Step("節目", day, weight) for day, weight in ladder]
    curve = curve_of_days(START, ladder)
    planned = planned_value(steps, START, START + timedelta(days=offset))
    assert earned_schedule(curve, planned) == pytest.approx(min(offset, curve.duration), abs=1e-6)


@given(ladders(), SHARES, SHARES)
def test_more_value_never_earns_less_time(ladder, one, other):
    curve = curve_of_days(START, ladder)
    assert earned_schedule(curve, min(one, other)) <= earned_schedule(curve, max(one, other))


@given(ladders(), SHARES, st.integers(1, 1000))
def test_the_indicators_agree_with_each_other(ladder, earned, at):
    now = indicators(curve_of_days(START, ladder), earned, at)
    assert 0 <= now.es <= now.pd
    assert now.spi is not None
    assert now.spi == pytest.approx(1 + now.sv / now.at)
    if now.duration is not None:
        assert now.duration * now.spi == pytest.approx(now.pd)
        assert now.duration == pytest.approx(now.duration_at(1 / now.spi))
    if now.tspi is not None and 0 < now.es < now.pd:
        # Ahead so far means that the rest may be slower than planned, and the reverse.
        assert (now.tspi <= 1 + 1e-9) if now.sv >= 0 else now.tspi > 1
