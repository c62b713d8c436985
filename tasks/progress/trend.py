"""Milestone trend: how the date a 事業 expects to end has moved from report to report.

Pure. Each point is the day of a report and the end it named (the department's own planned date) or
from which one was forecast. On the classic chart of milestone trend analysis a level line keeps its
date, a rising one loses it day by day, and a jump loses it at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from itertools import combinations, pairwise
from statistics import median

from config.forecast import TrendRules
from plan_data.record import record

#: The mean month of the Gregorian calendar, in days.
DAYS_PER_MONTH = 365.2425 / 12


class Drift(StrEnum):
    """The shape of the line; an end that is drawn nearer counts as flat."""

    FLAT = "flat"
    RISING = "rising"
    JUMPING = "jumping"


@record
class Trend:
    """How the expected end moved over ``reports`` days of report; positive days are later.

    ``days_per_month`` is the typical slope (the median over every pair of reports, which one odd
    report does not bend: Theil 1950, Sen 1968), ``largest_move`` the most that one report moved the
    end later (0 where none did), ``total`` the last end less the first.
    """

    drift: Drift
    days_per_month: float
    largest_move: int
    total: int
    reports: int


def trend(history: Iterable[tuple[date, date]], rules: TrendRules) -> Trend | None:
    """Return the trend of (reported on, expected end), in any order; None for fewer than two days.

    Of several ends named on one day the latest counts.
    """
    latest: dict[date, date] = {}
    for reported_on, ends_on in history:
        latest[reported_on] = max(ends_on, latest.get(reported_on, ends_on))
    points = sorted(latest.items())
    if len(points) < 2:
        return None
    slope = median(
        (end - end0).days / (day - day0).days for (day0, end0), (day, end) in combinations(points, 2)
    )
    ends = [end for _, end in points]
    per_month = slope * DAYS_PER_MONTH
    return Trend(
        drift=_drift(ends, per_month, rules),
        days_per_month=per_month,
        largest_move=max(0, *((end - before).days for before, end in pairwise(ends))),
        total=(ends[-1] - ends[0]).days,
        reports=len(points),
    )


def _drift(ends: Sequence[date], per_month: float, rules: TrendRules) -> Drift:
    last = ends[-1]
    # A jump that was taken back since is none any more.
    jumps = (min(end, last) - before for before, end in pairwise(ends))
    if any(jump.days >= rules.jump_days for jump in jumps):
        return Drift.JUMPING
    enough = len(ends) >= rules.min_reports
    return Drift.RISING if enough and per_month >= rules.rising_days_per_month else Drift.FLAT
