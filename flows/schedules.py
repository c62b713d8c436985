"""Schedule entries as moments, and compiled for the two that keep them: APScheduler and Prefect.

An entry means days: ``falls_on`` says which, by the town's calendar, and everything else follows from
it. APScheduler gets a trigger that asks it day by day. Prefect knows no business days, so it gets them
written out: the weekdays an entry usually falls on as an RRULE, with the days it does not as EXDATE and
the days it does instead as RDATE. Prefect takes MAX_RRULE_LENGTH characters; what is written out ends
after YEARS years, or earlier where that many do not fit, and is written anew at every start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any

from apscheduler.triggers.base import BaseTrigger

from config.business_days import BusinessCalendar
from config.schedules import (
    WEEKDAYS,
    BusinessDaysBeforeQuarterEnd,
    DayRule,
    EveryBusinessDay,
    NthBusinessDayOfMonth,
    Schedule,
    Weekly,
)
from flows.clock import TOKYO
from tasks.wareki import wareki

if TYPE_CHECKING:
    from prefect.client.schemas.actions import DeploymentScheduleCreate

YEARS = 10
#: Prefect's own limit; a day takes 16 characters, so that even 400 exceptions fit.
MAX_RRULE_LENGTH = 6500

_DAY = timedelta(days=1)
_LONG_YEAR = timedelta(days=366)
_RRULE_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")


def falls_on(rule: DayRule, day: date, calendar: BusinessCalendar) -> bool:
    """Say whether an entry with this rule runs on ``day``; it always is a business day.

    Days before the end of a quarter are counted from its last business day, which is the last one
    itself with 0. A month or quarter that has no such day is left out.
    """
    if not calendar.is_business_day(day):
        return False
    match rule:
        case EveryBusinessDay():
            return True
        case NthBusinessDayOfMonth(n=n):
            return calendar.business_days_between(day.replace(day=1) - _DAY, day) == n
        case BusinessDaysBeforeQuarterEnd(n=n):
            return calendar.business_days_between(day, _quarter_end(day)) == n
        case Weekly(weekday=weekday):
            return any(d.weekday() == WEEKDAYS.index(weekday) for d in _stands_for(rule, day, calendar))


def _quarter_end(day: date) -> date:
    """Return the last day of the quarter of ``day``: 31 March, 30 June, 30 September or 31 December."""
    month = (day.month + 2) // 3 * 3
    return date(day.year, month, 30 if month in (6, 9) else 31)


def _stands_for(rule: Weekly, day: date, calendar: BusinessCalendar) -> Iterator[date]:
    """Yield the business day ``day`` and the closed days beside it whose runs move to it."""
    yield day
    if rule.if_closed == "skip":
        return
    step = -_DAY if rule.if_closed == "next_business_day" else _DAY
    while not calendar.is_business_day(day := day + step):
        yield day


def occurrences(schedule: Schedule, calendar: BusinessCalendar, start: datetime) -> Iterator[datetime]:
    """Yield the moments of an entry at or after ``start`` (aware), in Asia/Tokyo, without end."""
    start = start.astimezone(TOKYO)
    at = time.fromisoformat(schedule.time)
    for days in count():
        day = start.date() + _DAY * days
        moment = datetime.combine(day, at, TOKYO)
        if moment >= start and falls_on(schedule.day, day, calendar):
            yield moment


@dataclass(frozen=True)
class BusinessDayTrigger(BaseTrigger):  # type: ignore[misc] # APScheduler is not typed
    """The occurrences of an entry for APScheduler; plain data, so that a job store can keep it."""

    schedule: Schedule
    calendar: BusinessCalendar

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the first moment after the previous one, at or after ``now`` where there is none."""
        start = now if previous_fire_time is None else previous_fire_time + timedelta(microseconds=1)
        return next(occurrences(self.schedule, self.calendar, start))


@dataclass(frozen=True)
class WrittenOut:
    """An entry as Prefect takes it: a set of RRULE, RDATE and EXDATE, complete up to ``until``."""

    rrule: str
    until: date


def written_out(schedule: Schedule, calendar: BusinessCalendar, start: date) -> WrittenOut:
    """Write out an entry from ``start`` on, for as many of YEARS years as Prefect takes.

    One year always fits: it has at most 262 weekdays.
    """
    for years in range(YEARS, 1, -1):
        made = _written_until(schedule, calendar, start, start + _LONG_YEAR * years)
        if len(made.rrule) <= MAX_RRULE_LENGTH:
            return made
    return _written_until(schedule, calendar, start, start + _LONG_YEAR)


def _written_until(schedule: Schedule, calendar: BusinessCalendar, start: date, until: date) -> WrittenOut:
    usual = _usual_weekdays(schedule.day)
    added, left_out = _exceptions(schedule.day, calendar, start, until)
    hour = f"T{schedule.time.replace(':', '')}00"
    lines = [f"DTSTART:{start:%Y%m%d}{hour}"]
    if usual:
        names = ",".join(_RRULE_WEEKDAYS[weekday] for weekday in usual)
        lines.append(f"RRULE:FREQ=WEEKLY;UNTIL={until:%Y%m%d}{hour};BYDAY={names}")
    for key, listed in (("RDATE", added), ("EXDATE", left_out)):
        if listed:
            lines.append(f"{key}:" + ",".join(f"{day:%Y%m%d}{hour}" for day in listed))
    return WrittenOut("\n".join(lines), until)


@cache
def _exceptions(
    rule: DayRule, calendar: BusinessCalendar, start: date, until: date
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the days a rule runs on besides its usual weekdays, and those of them it does not run on.

    Kept: an entry with ten times a day has the same days ten times.
    """
    usual = _usual_weekdays(rule)
    days = [start + _DAY * i for i in range((until - start).days + 1)]
    runs = {day for day in days if falls_on(rule, day, calendar)}
    usually = {day for day in days if day.weekday() in usual}
    return tuple(sorted(runs - usually)), tuple(sorted(usually - runs))


def _usual_weekdays(rule: DayRule) -> Sequence[int]:
    """Return the weekdays (0 is Monday) from which writing out an entry takes the fewest exceptions."""
    match rule:
        case EveryBusinessDay():
            return range(5)
        case Weekly(weekday=weekday):
            return (WEEKDAYS.index(weekday),)
        case _:
            return ()


def prefect_schedules(
    schedules: Iterable[Schedule],
    calendar: BusinessCalendar,
    start: date,
    parameters: dict[str, Any] | None = None,
) -> list[DeploymentScheduleCreate]:
    """Return the entries as schedules of a Prefect deployment, from ``start`` on, with these parameters.

    Prefect's pages call a schedule by its slug, so that says the rule, and the entry's id.
    """
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.schedules import RRuleSchedule

    return [
        DeploymentScheduleCreate(
            schedule=RRuleSchedule(rrule=written_out(entry, calendar, start).rrule, timezone=TOKYO.key),
            active=True,  # said, so that one that was switched off by hand is on again at the next start
            slug=f"{entry.label}（{entry.id}）",
            parameters=parameters or {},
        )
        for entry in schedules
    ]


def description(schedules: Sequence[Schedule], calendar: BusinessCalendar, start: date) -> str:
    """Return what the page of a deployment says of its schedules, as Markdown."""
    if not schedules:
        return "自動で動く予定はありません。"
    lines = [f"- {entry.label}" for entry in schedules]
    until = min(written_out(entry, calendar, start).until for entry in schedules)
    return "\n".join(
        [
            "自動で動く予定（日本時間。変えるときは schedules.yaml を直し、コックピットを起動し直します）：",
            "",
            *lines,
            "",
            "営業日は、土曜日・日曜日・祝日・12月29日～1月3日と町の閉庁日を除いた日です。"
            f"予定は{wareki(until)}まで登録してあり、コックピットを起動するたびに先へ延びます。",
        ]
    )
