"""The town's business days, against dates known from the law and the calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.business_days import BusinessCalendar

CALENDAR = BusinessCalendar()
DAYS = st.dates(date(2025, 4, 1), date(2030, 3, 31))


@pytest.mark.parametrize(
    ("day", "is_open"),
    [
        pytest.param("2026-11-20", True, id="Friday before a long weekend"),
        pytest.param("2026-11-21", False, id="Saturday"),
        pytest.param("2026-11-22", False, id="Sunday"),
        pytest.param("2026-11-23", False, id="勤労感謝の日 on a Monday"),
        pytest.param("2026-11-24", True, id="Tuesday after it"),
        pytest.param("2026-09-21", False, id="敬老の日"),
        pytest.param("2026-09-22", False, id="国民の休日 between two holidays"),
        pytest.param("2026-09-23", False, id="秋分の日"),
        pytest.param("2026-09-24", True, id="day after it"),
        pytest.param("2026-05-06", False, id="振替休日 of 憲法記念日, which fell on a Sunday"),
        pytest.param("2026-05-07", True, id="day after it"),
        pytest.param("2026-12-28", True, id="last day before the year's end"),
        pytest.param("2026-12-29", False, id="first day of the year's end, a Tuesday"),
        pytest.param("2027-01-01", False, id="元日"),
        pytest.param("2028-01-03", False, id="last day of the new year's holidays, a Monday"),
        pytest.param("2028-01-04", True, id="first business day of a year"),
        pytest.param("2026-03-31", True, id="end of a fiscal year on a Tuesday"),
    ],
)
def test_it_knows_when_the_town_hall_is_open(day: str, is_open: bool) -> None:
    assert CALENDAR.is_business_day(date.fromisoformat(day)) is is_open


@pytest.mark.parametrize("kind", ["closed", "added_holidays"])
def test_it_closes_on_the_days_a_town_names(kind: str) -> None:
    friday = date(2026, 8, 14)
    calendar = replace(CALENDAR, **{kind: frozenset({friday})})
    assert CALENDAR.is_business_day(friday)
    assert not calendar.is_business_day(friday)
    assert calendar.previous_business_day(friday) == date(2026, 8, 13)
    assert calendar.next_business_day(friday) == date(2026, 8, 17)


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        pytest.param("2026-11-20", "2026-11-20", "2026-11-20", id="a business day is itself both"),
        pytest.param("2026-11-21", "2026-11-20", "2026-11-24", id="Saturday before a Monday holiday"),
        pytest.param("2026-11-23", "2026-11-20", "2026-11-24", id="the Monday holiday"),
        pytest.param("2027-01-01", "2026-12-28", "2027-01-04", id="the turn of the year"),
        pytest.param("2028-03-31", "2028-03-31", "2028-03-31", id="end of R9"),
        pytest.param("2029-03-31", "2029-03-30", "2029-04-02", id="fiscal year's end on a Saturday"),
    ],
)
def test_it_moves_to_the_nearest_business_day(day: str, before: str, after: str) -> None:
    assert CALENDAR.previous_business_day(date.fromisoformat(day)) == date.fromisoformat(before)
    assert CALENDAR.next_business_day(date.fromisoformat(day)) == date.fromisoformat(after)


@pytest.mark.parametrize(
    ("day", "count", "then"),
    [
        pytest.param("2026-11-20", 0, "2026-11-20", id="none"),
        pytest.param("2026-11-21", 0, "2026-11-21", id="none from a Saturday stays a Saturday"),
        pytest.param("2026-11-20", 1, "2026-11-24", id="one over a long weekend"),
        pytest.param("2026-11-21", 1, "2026-11-24", id="one from a Saturday"),
        pytest.param("2026-11-24", -1, "2026-11-20", id="one back"),
        pytest.param("2026-12-28", 1, "2027-01-04", id="one over the turn of the year"),
        pytest.param("2026-10-01", 9, "2026-10-15", id="nine from 1 October, over スポーツの日"),
    ],
)
def test_it_counts_business_days_on(day: str, count: int, then: str) -> None:
    assert CALENDAR.add_business_days(date.fromisoformat(day), count) == date.fromisoformat(then)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        pytest.param("2026-11-24", "2026-11-24", 0, id="same day"),
        pytest.param("2026-11-20", "2026-11-23", 0, id="over a weekend and a holiday"),
        pytest.param("2026-11-20", "2026-11-24", 1, id="to the next business day"),
        pytest.param("2026-11-24", "2026-11-20", -1, id="backwards"),
        pytest.param("2026-10-01", "2026-10-31", 20, id="October from its second day"),
    ],
)
def test_it_counts_business_days_between(start: str, end: str, days: int) -> None:
    assert CALENDAR.business_days_between(date.fromisoformat(start), date.fromisoformat(end)) == days


@given(day=DAYS, count=st.integers(-40, 40))
def test_it_adds_and_counts_alike(day: date, count: int) -> None:
    start = CALENDAR.next_business_day(day)
    then = CALENDAR.add_business_days(start, count)
    assert CALENDAR.is_business_day(then)
    assert CALENDAR.business_days_between(start, then) == count


@given(day=DAYS)
def test_it_never_moves_past_a_business_day(day: date) -> None:
    before, after = CALENDAR.previous_business_day(day), CALENDAR.next_business_day(day)
    assert before <= day <= after
    between = [before + timedelta(i) for i in range(1, (after - before).days)]
    assert not any(CALENDAR.is_business_day(d) for d in between)
