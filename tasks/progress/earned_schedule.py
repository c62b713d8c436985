"""Earned schedule: how much of the planned *time* has been earned, and what follows for the end.

Pure. Time is counted from the start (0) in any one unit: days for a dated ladder, whole periods
for a monthly or weekly table. Value is cumulative, in any one unit (1.0, hours, money).

The formulas, as printed by Lipke (Schedule is Different, 2003) and by Lipke and Henderson (Earned
Schedule, EVA-11 training, 2006, slides 16 and 24):

* ES = C + (EV - PV_C) / (PV_C+1 - PV_C), where C is the last point with PV_C <= EV
* SV(t) = ES - AT, SPI(t) = ES / AT, AT the time since the start
* TSPI = (PD - ES) / (PD - AT), PD the planned duration
* IEAC(t) = PD / SPI(t), or AT + (PD - ES) / PF for another pace of the rest

What the papers leave open is defined here:

* EV 0 (or less) has earned no time, even where the plan begins with a pause: ES = 0.
* EV at the total (or above) has earned the whole plan: ES = PD, however long the curve goes on flat.
* A pause (flat segment) reached exactly is earned whole: ES is its end, Lipke's last C.
* A leap (two points at one time) is earned at that time, whatever part of it was earned.
* Before the start AT is 0; then SPI(t) is undefined, as is the duration while ES is 0.
* From PD on no pace reaches PD any more: TSPI is undefined, but 0 once all is earned.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from plan_data.record import record

#: Far above the rounding of floats, far below a minute: what lies this little behind a day is that day.
_DAY_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Curve:
    """Cumulative planned value: ``values[i]`` is planned for ``times[i]``, linear in between.

    Raises ValueError unless it begins at time 0 with value 0, never falls, and plans something.
    """

    times: tuple[float, ...]
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what is no cumulative curve."""
        if len(self.times) != len(self.values):
            raise ValueError("a curve has as many times as values")
        if (self.times[:1], self.values[:1]) != ((0,), (0,)):
            raise ValueError("a curve begins at time 0 with value 0")
        if any(b < a for row in (self.times, self.values) for a, b in pairwise(row)):
            raise ValueError("neither times nor values of a curve fall")
        if not 0 < self.total < math.inf:
            raise ValueError("a curve plans something finite")

    @property
    def total(self) -> float:
        """The value planned in all (BAC)."""
        return self.values[-1]

    @property
    def duration(self) -> float:
        """The planned duration (PD): the first time at which all is planned."""
        return self.times[bisect_left(self.values, self.total)]


def curve_of_periods(cumulative: Sequence[float]) -> Curve:
    """Return the curve whose n-th value is planned for the end of period n."""
    return Curve((0.0, *map(float, range(1, len(cumulative) + 1))), (0.0, *cumulative))


def curve_of_days(starts_on: date, steps: Iterable[tuple[date, float]]) -> Curve:
    """Return the curve, in days since ``starts_on``, of dated cumulative weights.

    What was due before the start counts as due on it.
    """
    dated = list(steps)
    times = (0.0, *(float(max((day - starts_on).days, 0)) for day, _ in dated))
    return Curve(times, (0.0, *(weight for _, weight in dated)))


def earned_schedule(curve: Curve, earned: float) -> float:
    """Return ES: the time by which the plan would have had ``earned``, between 0 and PD."""
    if earned <= 0:
        return 0.0
    if earned >= curve.total:
        return curve.duration
    after = bisect_right(curve.values, earned)
    (t0, t1), (v0, v1) = curve.times[after - 1 : after + 1], curve.values[after - 1 : after + 1]
    return t0 + (t1 - t0) * (earned - v0) / (v1 - v0)


@record
class Indicators:
    """The time indicators at one moment: ``es`` earned of ``at`` passed and ``pd`` planned, in one unit."""

    es: float
    at: float
    pd: float

    @property
    def sv(self) -> float:
        """SV(t): time ahead of the plan, negative when behind."""
        return self.es - self.at

    @property
    def spi(self) -> float | None:
        """SPI(t): planned time earned per time passed; None before the start."""
        return self.es / self.at if self.at > 0 else None

    @property
    def tspi(self) -> float | None:
        """The SPI(t) that the rest needs to end in time; 0 once all is earned, None from PD on."""
        if self.es >= self.pd:
            return 0.0
        return (self.pd - self.es) / (self.pd - self.at) if self.at < self.pd else None

    @property
    def duration(self) -> float | None:
        """The whole duration if it goes on as so far, PD / SPI(t); None before anything is earned.

        Once all is earned this is AT, if that is when the last of it was earned.
        """
        return self.pd * self.at / self.es if self.at > 0 and self.es > 0 else None

    def duration_at(self, ratio: float) -> float:
        """The whole duration if the rest takes ``ratio`` times as long as planned (1 / PF)."""
        return self.at + (self.pd - self.es) * ratio


def indicators(curve: Curve, earned: float, at: float) -> Indicators:
    """Return the indicators of ``earned`` value at time ``at``, which counts as 0 before the start."""
    return Indicators(earned_schedule(curve, earned), max(at, 0.0), curve.duration)


def finish_on(starts_on: date, days: float) -> date:
    """Return the day that lies ``days`` after the start; a part of a day counts whole."""
    whole = math.ceil(min(days, float((date.max - starts_on).days)) - _DAY_EPSILON)
    return starts_on + timedelta(days=whole)
