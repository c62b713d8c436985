"""An entry's days, and that APScheduler and Prefect keep the same ones over ten years."""

from __future__ import annotations

import asyncio
import pickle
import shutil
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.server.schemas.schedules import RRuleSchedule as ServerSchedule

from config.business_days import BusinessCalendar
from config.schedules import WEEKDAYS, Schedule
from config.town import load_town
from flows.clock import TOKYO
from flows.schedules import (
    MAX_RRULE_LENGTH,
    YEARS,
    BusinessDayTrigger,
    description,
    occurrences,
    prefect_schedules,
    written_out,
)

START, END = date(2026, 4, 1), date(2036, 3, 31)
DAY = timedelta(days=1)


def entry(time: str = "08:30", **day) -> Schedule:
    return Schedule.model_validate({"id": "x", "flow": "watch", "day": day, "time": time})


def weekly(weekday: str, if_closed: str = "next_business_day", time: str = "08:30") -> Schedule:
    return entry(time, kind="weekly", weekday=weekday, if_closed=if_closed)


def every_business_day(time: str = "08:30") -> Schedule:
    return entry(time, kind="every_business_day")


def nth_of_month(n: int, time: str = "08:30") -> Schedule:
    return entry(time, kind="nth_business_day_of_month", n=n)


def before_quarter_end(n: int, time: str = "08:30") -> Schedule:
    return entry(time, kind="business_days_before_quarter_end", n=n)


RULES = [
    pytest.param(every_business_day(), id="every business day"),
    pytest.param(every_business_day("00:00"), id="every business day, at midnight"),
    pytest.param(every_business_day("23:59"), id="every business day, before midnight"),
    *(pytest.param(nth_of_month(n), id=f"business day {n} of the month") for n in (1, 2, 15)),
    *(
        pytest.param(before_quarter_end(n), id=f"{n} business days before the quarter's end")
        for n in (0, 1, 5, 30)
    ),
    *(
        pytest.param(weekly(weekday, if_closed), id=f"weekly {weekday} {if_closed}")
        for weekday in WEEKDAYS
        for if_closed in ("next_business_day", "previous_business_day", "skip")
    ),
]


@pytest.fixture(scope="module")
def calendars(tmp_path_factory):
    """Calendars by name, two of them from a town's own closed_days.yaml."""
    root = tmp_path_factory.mktemp("config")

    def town(name: str, closed: list[str], added: list[str]) -> BusinessCalendar:
        shutil.copytree(load_town("togitsu").folder, root / name)
        lines = [f"closed: [{', '.join(f'{{ day: {day}, name: 閉庁日 }}' for day in closed)}]"]
        lines += [f"added_holidays: [{', '.join(f'{{ day: {day}, name: 新しい祝日 }}' for day in added)}]"]
        (root / name / "closed_days.yaml").write_text("\n".join(lines), encoding="utf-8")
        return load_town(name, root).calendar

    years = range(2026, 2036)
    return {
        "the law alone": load_town("togitsu").calendar,
        # A holiday in June, which has none, for ten years; and Mondays, where the weekly ones are.
        "a new law": town("newlaw", [], [*(f"{y}-06-15" for y in years), "2026-06-01", "2026-12-28"]),
        # A whole week in August, so that two Mondays meet on one day; the ends of months.
        "the town's own": town(
            "closing",
            [*(f"2026-08-{day}" for day in range(10, 18)), *(f"{y}-03-31" for y in years), "2027-01-04"],
            [],
        ),
    }


CALENDARS = ["the law alone", "a new law", "the town's own"]


def moments(days, at: str) -> list[datetime]:
    return [datetime.combine(day, time.fromisoformat(at), TOKYO) for day in days]


def by_definition(schedule: Schedule, calendar: BusinessCalendar) -> list[datetime]:
    """The same days found another way: by grouping the business days, or by moving the closed ones."""
    margin = 100 * DAY
    span = [START - margin + DAY * i for i in range((END - START + 2 * margin).days)]
    opened = [day for day in span if calendar.is_business_day(day)]
    rule = schedule.day
    if rule.kind == "every_business_day":
        days = set(opened)
    elif rule.kind == "weekly":
        move = {
            "next_business_day": calendar.next_business_day,
            "previous_business_day": calendar.previous_business_day,
            "skip": lambda day: day,
        }[rule.if_closed]
        days = {move(day) for day in span if day.weekday() == WEEKDAYS.index(rule.weekday)} & set(opened)
    elif rule.kind == "nth_business_day_of_month":
        days = grouped(opened, lambda day: (day.year, day.month), rule.n - 1)
    else:
        days = grouped(opened, lambda day: (day.year, (day.month - 1) // 3), -1 - rule.n)
    return moments(sorted(day for day in days if START <= day <= END), schedule.time)


def grouped(days, key, index: int) -> set[date]:
    groups = {}
    for day in days:
        groups.setdefault(key(day), []).append(day)
    return {group[index] for group in groups.values() if -len(group) <= index < len(group)}


def by_apscheduler(schedule: Schedule, calendar: BusinessCalendar, last: date = END) -> list[datetime]:
    """What the trigger gives, asked as APScheduler asks: each time with the moment before, in UTC."""
    trigger = BusinessDayTrigger(schedule, calendar)
    utc = datetime.combine(START, time(), TOKYO).astimezone(UTC)
    found, run = [], trigger.get_next_fire_time(None, utc)
    while run.date() <= last:
        found.append(run)
        run = trigger.get_next_fire_time(run.astimezone(UTC), utc)
    return found


def by_prefect(rrule: str, start: date = START, last: date = END) -> list[datetime]:
    """What the class of Prefect's own server gives; it looks at 1,000 moments at a time."""
    schedule = ServerSchedule(rrule=rrule, timezone="Asia/Tokyo")
    found, moment = [], datetime.combine(start, time(), TOKYO)
    end = datetime.combine(last, time.max, TOKYO)
    while part := asyncio.run(schedule.get_dates(n=1000, start=moment, end=end)):
        found += part
        moment = part[-1] + timedelta(seconds=1)
    return found


@pytest.mark.parametrize("calendar", CALENDARS)
@pytest.mark.parametrize("schedule", RULES)
def test_it_is_kept_alike_by_apscheduler_and_prefect_for_ten_years(schedule, calendar, calendars):
    made = written_out(schedule, calendars[calendar], START)
    expected = by_definition(schedule, calendars[calendar])
    assert by_apscheduler(schedule, calendars[calendar]) == expected
    assert by_prefect(made.rrule) == expected
    assert len(made.rrule) <= MAX_RRULE_LENGTH and made.until >= END
    assert {moment.utcoffset() for moment in expected} == {timedelta(hours=9)}


def test_it_holds_for_every_entry_of_togitsu():
    town = load_town("togitsu")
    entries = town.schedules.schedules
    assert entries
    for schedule, made in zip(entries, prefect_schedules(entries, town.calendar, START), strict=True):
        expected = by_definition(schedule, town.calendar)
        assert by_apscheduler(schedule, town.calendar) == by_prefect(made.schedule.rrule) == expected


# An entry, a moment, and the days it runs next.
BOUNDARIES = [
    # 2026-12-28 is a Monday, 2027-01-04 the next one.
    ("the turn of the year", every_business_day(), "2026-12-27", ["12-28", "01-04", "01-05"]),
    ("a Thursday on 12/31 waits for January", weekly("木"), "2026-12-25", ["01-04", "01-07"]),
    ("a Thursday on 12/31 is done on 12/28", weekly("木", "previous_business_day"), "2026-12-25", ["12-28", "01-07"]),
    ("a Thursday on 12/31 is left out", weekly("木", "skip"), "2026-12-25", ["01-07", "01-14"]),
    ("the first business day of January", nth_of_month(1), "2026-12-02", ["01-04", "02-01"]),
    # 2026-09-21 敬老の日, 22 国民の休日, 23 秋分の日.
    ("over 国民の休日", every_business_day(), "2026-09-18", ["09-18", "09-24"]),
    ("国民の休日 on a Tuesday", weekly("火"), "2026-09-16", ["09-24", "09-29"]),
    ("a Monday and its Thursday are one run", weekly("月"), "2026-09-16", ["09-24", "09-28"]),
    # 2026-05-03 is a Sunday, so that 05-06 is 振替休日.
    ("over 振替休日", every_business_day(), "2026-05-01", ["05-01", "05-07"]),
    ("振替休日 on a Wednesday, moved back", weekly("水", "previous_business_day"), "2026-04-30", ["05-01", "05-13"]),
    ("the first business day of May", nth_of_month(1), "2026-04-02", ["05-01", "06-01"]),
    ("the second one comes after the holidays", nth_of_month(2), "2026-05-01", ["05-07", "06-02"]),
    # 2027-03-31 is a Wednesday; 2026-12-31 is closed, so that quarter ends with 12-28.
    ("before a quarter's end", before_quarter_end(5), "2026-12-01", ["12-21", "03-24"]),
    ("on a quarter's last business day", before_quarter_end(0), "2026-12-01", ["12-28", "03-31"]),
    ("the business day before it", before_quarter_end(1), "2026-12-01", ["12-25", "03-30"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("schedule", "start", "days"), [b[1:] for b in BOUNDARIES], ids=[b[0] for b in BOUNDARIES]
)
def test_it_runs_on_the_right_days(schedule, start, days):
    found = occurrences(schedule, BusinessCalendar(), datetime.fromisoformat(start).replace(tzinfo=TOKYO))
    assert [f"{next(found):%m-%d}" for _ in days] == days


@pytest.mark.parametrize(
    ("start", "first"),
    [
        pytest.param("2026-11-24T08:29:59+09:00", "2026-11-24", id="a second before"),
        pytest.param("2026-11-24T08:30:00+09:00", "2026-11-24", id="at the moment"),
        pytest.param("2026-11-24T08:30:00.000001+09:00", "2026-11-25", id="just after"),
        pytest.param("2026-11-23T23:30:00+00:00", "2026-11-24", id="at the moment, in UTC of the day before"),
    ],
)
def test_it_counts_from_the_moment_on(start, first):
    moment = datetime.fromisoformat(start)
    assert next(occurrences(every_business_day(), BusinessCalendar(), moment)).date().isoformat() == first
    trigger = BusinessDayTrigger(every_business_day(), BusinessCalendar())
    assert trigger.get_next_fire_time(None, moment).date().isoformat() == first


@given(
    rule=st.sampled_from([parameter.values[0] for parameter in RULES]),
    closed=st.sets(st.dates(START, START + 400 * DAY), max_size=60),
    start=st.dates(START, START + 30 * DAY),
)
@settings(max_examples=60, deadline=None)
def test_it_is_kept_alike_whatever_a_town_closes(rule, closed, start):
    calendar = BusinessCalendar(frozenset(closed))
    last = start + 365 * DAY
    made = written_out(rule, calendar, start)
    begin = datetime.combine(start, time(), TOKYO)
    expected = list(takewhile(lambda m: m.date() <= last, occurrences(rule, calendar, begin)))
    assert by_prefect(made.rrule, start, last) == expected
    assert all(calendar.is_business_day(moment.date()) for moment in expected)
    assert expected == sorted(set(expected))


def closing_every(weekday: int, years: int) -> BusinessCalendar:
    days = (START + DAY * i for i in range(366 * years))
    return BusinessCalendar(frozenset(day for day in days if day.weekday() == weekday))


@pytest.mark.parametrize(
    ("calendar", "years"),
    [
        pytest.param(BusinessCalendar(), YEARS, id="the law alone"),
        pytest.param(closing_every(2, 4), YEARS, id="closed on Wednesdays for four years"),
        pytest.param(closing_every(2, 11), 5, id="closed on Wednesdays for ever"),
        pytest.param(
            BusinessCalendar(frozenset(START + DAY * i for i in range(366 * 11) if i % 29)),
            1,
            id="open on one day of 29",
        ),
    ],
)
def test_it_is_written_out_for_as_many_years_as_fit_and_anew_at_the_next_start(calendar, years):
    made = written_out(every_business_day(), calendar, START)
    assert made.until == START + timedelta(days=366 * years)
    assert len(made.rrule) <= MAX_RRULE_LENGTH
    found = by_prefect(made.rrule, last=made.until + 400 * DAY)
    assert found == by_apscheduler(every_business_day(), calendar, made.until)
    later = written_out(every_business_day(), calendar, START + 200 * DAY)
    assert later.until >= made.until + 200 * DAY
    assert by_prefect(later.rrule, START + 200 * DAY, made.until) == [
        moment for moment in found if moment.date() >= START + 200 * DAY
    ]


def test_it_survives_being_stored():
    trigger = BusinessDayTrigger(weekly("月"), BusinessCalendar(frozenset({date(2026, 8, 14)})))
    restored = pickle.loads(pickle.dumps(trigger))
    moment = datetime(2026, 8, 10, tzinfo=TOKYO)
    assert restored == trigger
    assert restored.get_next_fire_time(None, moment) == trigger.get_next_fire_time(None, moment)


def test_it_becomes_schedules_that_prefect_accepts_and_calls_by_their_rules():
    (created,) = prefect_schedules([every_business_day()], BusinessCalendar(), START)
    assert isinstance(created, DeploymentScheduleCreate)
    assert (created.slug, created.active, created.schedule.timezone) == (
        "毎営業日 8:30（x）",
        True,
        "Asia/Tokyo",
    )


def test_it_says_the_rules_in_words_and_how_far_they_are_written_out():
    text = description([every_business_day("08:00"), weekly("月")], BusinessCalendar(), START)
    assert "- 毎営業日 8:00\n- 毎週月曜日（閉庁日なら翌営業日） 8:30\n" in text
    assert "令和18年4月8日まで" in text
    assert description([], BusinessCalendar(), START) == "自動で動く予定はありません。"
