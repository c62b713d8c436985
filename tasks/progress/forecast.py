"""When an open commitment will probably end: at even odds (p50) and with 80 % certainty (p80).

Pure. The time that the last report earned is read off the ladder (earned schedule, ES); what is
left of the planned duration PD then takes ``ratio`` times as long as planned, from that report on.
Comparable work ran late by the prior's shares u50 and u80 of its planned time.

* With enough history the ratio starts from the pace so far, AT / ES, shrunk towards the prior:
  (AT + k PD (1 + u50)) / (ES + k PD), the pace pooled over the AT days of the 事業 and k more planned
  durations that ran late by u50. So one odd report swings it little, and nothing is divided by an ES of 0.
* With less history it starts from 1 + u50.
* p50 takes that. p80 lies later by the share u80 - u50 of the *planned* duration, not of what is left: what
  holds work up near its end is as long as before (measured on simulated departments, see forecast.yaml).

History is enough by the number of days reported and by the time passed, never by the progress
itself; hence more progress never gives a later day. A later ``as_of`` with the same reports never
gives an earlier one, and p80 >= p50 >= ``as_of``. All three are tested as properties.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from config.forecast import ForecastRules, HistoryRules
from plan_data.record import record
from tasks.progress.earned_schedule import Curve, Indicators, curve_of_days, finish_on, indicators
from tasks.progress.ladder import Step


class Basis(StrEnum):
    """What a forecast rests on."""

    HISTORY = "history"
    PRIOR = "prior"


@record
class Outlook:
    """The two days, what they rest on, and the time indicators at the last report (in days).

    ``indicators`` are None where nothing was reported.
    """

    p50: date
    p80: date
    basis: Basis
    indicators: Indicators | None


@record
class Forecaster:
    """Forecasts of one commitment: its planned value in days since ``starts_on``, by the town's rules."""

    curve: Curve
    starts_on: date
    rules: ForecastRules

    def on(self, history: Iterable[tuple[date, float]], as_of: date) -> Outlook:
        """Return the outlook as of a day.

        ``history`` is (day of report, earned value 0 to 1) in any order; what came after ``as_of`` is
        not known yet. Of several values of one day the least counts. A report from before the start
        speaks as of the start.
        """
        points = _known(history, as_of)
        at, now = 0.0, None
        if points:
            reported_on, earned = points[-1]
            at = float(max((reported_on - self.starts_on).days, 0))
            now = indicators(self.curve, earned, at)
        state = now or Indicators(0.0, at, self.curve.duration)
        rules = self.rules
        basis = Basis.HISTORY if _enough(len(points), state, rules.history) else Basis.PRIOR

        pace = _pooled(state, rules) if basis is Basis.HISTORY else 1 + rules.prior.p50
        even = state.duration_at(pace)
        margin = (rules.prior.p80 - rules.prior.p50) * state.pd
        p50, p80 = (max(as_of, finish_on(self.starts_on, duration)) for duration in (even, even + margin))
        return Outlook(p50, p80, basis, now)


def forecast(
    ladder: Sequence[Step],
    starts_on: date,
    history: Iterable[tuple[date, float]],
    as_of: date,
    rules: ForecastRules,
) -> Outlook:
    """Return the outlook of an open commitment with a ladder (at least one step); see Forecaster.on.

    Raises ValueError where the ladder is no cumulative curve.
    """
    curve = curve_of_days(starts_on, ((step.due_on, step.weight) for step in ladder))
    return Forecaster(curve, starts_on, rules).on(history, as_of)


def _known(history: Iterable[tuple[date, float]], as_of: date) -> list[tuple[date, float]]:
    least: dict[date, float] = {}
    for day, earned in history:
        if day <= as_of:
            least[day] = min(earned, least.get(day, earned))
    return sorted(least.items())


def _enough(reports: int, state: Indicators, rules: HistoryRules) -> bool:
    return reports >= rules.min_reports and 0 < state.pd * rules.min_elapsed <= state.at


def _pooled(state: Indicators, rules: ForecastRules) -> float:
    experience = rules.history.prior_weight * state.pd
    return (state.at + experience * (1 + rules.prior.p50)) / (state.es + experience)
