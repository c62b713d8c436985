"""開庁日: weekdays that are no holiday, not 12/29–1/3, and not closed by the town itself.

Sources: 国民の祝日に関する法律 (by way of jpholiday, which is imported with the first question), the
usual 条例 on a town's 休日 (Saturdays, Sundays, holidays, 12/29–1/3), and the town's ``closed_days.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

_SATURDAY = 5
_DAY = timedelta(days=1)


@cache
def _is_national_holiday(day: date) -> bool:
    # A whole year costs jpholiday 46 ms and one day 0.1 ms; a judgement asks for some dozens of days.
    import jpholiday

    return bool(jpholiday.is_holiday(day))


def _is_year_end(day: date) -> bool:
    return (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)


@dataclass(frozen=True)
class BusinessCalendar:
    """The business days of one town. ``closed`` and ``added_holidays`` are days closed besides the law's."""

    closed: frozenset[date] = field(default_factory=frozenset)
    added_holidays: frozenset[date] = field(default_factory=frozenset)

    def is_business_day(self, day: date) -> bool:
        """Whether the town hall is open on ``day``."""
        if day.weekday() >= _SATURDAY or _is_year_end(day):
            return False
        return not (day in self.closed or day in self.added_holidays or _is_national_holiday(day))

    def previous_business_day(self, day: date) -> date:
        """Return ``day`` if it is a business day, else the nearest one before."""
        while not self.is_business_day(day):
            day -= _DAY
        return day

    def next_business_day(self, day: date) -> date:
        """Return ``day`` if it is a business day, else the nearest one after."""
        while not self.is_business_day(day):
            day += _DAY
        return day

    def add_business_days(self, day: date, count: int) -> date:
        """Return the ``count``-th business day after ``day`` (before it, for a negative count).

        ``day`` itself is not counted; with 0 it is returned as it is.
        """
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_business_day(day):
                day += step
        return day

    def business_days_between(self, start: date, end: date) -> int:
        """Return how many business days lie after ``start`` up to and including ``end``; below 0 if it is before."""
        if end < start:
            return -self.business_days_between(end, start)
        return sum(self.is_business_day(start + _DAY * i) for i in range(1, (end - start).days + 1))
