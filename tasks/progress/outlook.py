"""What is to be expected of the commitments of a case: schedule, forecast, trend and early warning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from plan_data.phases import fiscal_year_label, fiscal_year_start
from tasks.progress.case import Case
from tasks.progress.commitments import Promise
from tasks.progress.earned_schedule import Curve, curve_of_days
from tasks.progress.forecast import Forecaster
from tasks.progress.forecast import Outlook as Expectation
from tasks.progress.ladder import Step, earned_history, planned_value
from tasks.progress.outcomes import Outcome, State
from tasks.progress.records import (
    EarlyWarning,
    Forecast,
    Outlook,
    Schedule,
    Signal,
    TrendFound,
    TrendPoint,
)
from tasks.progress.report import Report
from tasks.progress.signals import Statement, Track
from tasks.progress.trend import trend
from tasks.progress.warning import scored
from tasks.sheets.records import FieldName, SelfRating

#: How bad a self-rating is, 0 to 1.
_RATINGS = {
    SelfRating.ON_TRACK: 0.0,
    SelfRating.DONE: 0.0,
    SelfRating.SLIGHTLY_LATE: 0.5,
    SelfRating.LATE: 1.0,
}
#: By department: how many of its ended commitments were late, and all of them.
Late = Mapping[str, tuple[int, int]]
_TEXTS = (FieldName.NOTE, FieldName.ISSUE, FieldName.REMEDY)


@dataclass(frozen=True)
class Prospect:
    """One open commitment with a plan of its own: what the reports so far let expect of it."""

    case: Case
    outcome: Outcome
    steps: tuple[Step, ...]
    starts_on: date
    department_late: tuple[int, int] | None = None

    @cached_property
    def curve(self) -> Curve:
        """The planned value over the days since the start."""
        return curve_of_days(self.starts_on, ((step.due_on, step.weight) for step in self.steps))

    @cached_property
    def history(self) -> tuple[tuple[date, float], ...]:
        """(day of report, earned value) of every report that says how far it is."""
        return tuple(earned_history(self.outcome.promise, self.case.reports, self.steps))

    @cached_property
    def reports(self) -> tuple[Report, ...]:
        """The reports since the commitment began, which alone speak of it for sure."""
        return tuple(r for r in self.case.reports if r.received_on >= self.outcome.promise.starts_on)

    @cached_property
    def forecaster(self) -> Forecaster:
        """What makes a forecast as of any day."""
        return Forecaster(self.curve, self.starts_on, self.case.forecast_rules)

    @cached_property
    def expectation(self) -> Expectation:
        """The forecast as of the case's day."""
        return self.forecaster.on(self.history, self.case.as_of)

    @cached_property
    def points(self) -> tuple[TrendPoint, ...]:
        """Every report's expected end: the department's own date, else the forecast of that day."""
        own = {r.received_on: day for r in self.reports if (day := r.day(FieldName.DUE_ON)) is not None}
        found = [TrendPoint(reported_on=on, ends_on=end, basis="own") for on, end in own.items()]
        for reported_on in dict.fromkeys(day for day, _ in self.history):
            if reported_on not in own:
                then = self.forecaster.on(self.history, reported_on)
                found.append(TrendPoint(reported_on=reported_on, ends_on=then.p50, basis=then.basis.value))
        return tuple(sorted(found, key=lambda p: p.reported_on))

    @cached_property
    def comparable(self) -> tuple[TrendPoint, ...]:
        """The points of one basis: own dates where there are two, else forecasts from the pace."""
        own = tuple(p for p in self.points if p.basis == "own")
        return own if len(own) > 1 else tuple(p for p in self.points if p.basis == "history")

    @cached_property
    def trend(self) -> TrendFound | None:
        """How the expected end has moved; None for fewer than two points."""
        found = trend(((p.reported_on, p.ends_on) for p in self.comparable), self.case.forecast_rules.trend)
        if found is None:
            return None
        return TrendFound(
            drift=found.drift.value,
            days_per_month=round(found.days_per_month, 1),
            total_days=found.total,
            reports=found.reports,
        )

    @cached_property
    def schedule(self) -> Schedule | None:
        """Earned schedule at the last report; None where none says how far it is."""
        now = self.expectation.indicators
        if now is None:
            return None
        return Schedule(
            reported_on=self.history[-1][0],
            planned=round(planned_value(self.steps, self.starts_on, self.case.as_of), 4),
            earned=round(self.history[-1][1], 4),
            es=round(now.es, 2),
            at=now.at,
            pd=now.pd,
            spi_t=None if now.spi is None else round(now.spi, 4),
            tspi=None if now.tspi is None else round(now.tspi, 4),
        )

    @cached_property
    def track(self) -> Track:
        """What the early warning looks at."""
        return Track(
            as_of=self.case.as_of,
            statements=tuple(_statement(r) for r in self.reports),
            starts_on=self.starts_on,
            due_on=self.outcome.promise.due_on,
            planned=planned_value(self.steps, self.starts_on, self.case.as_of),
            earned=self.history[-1][1] if self.history else None,
            indicators=self.expectation.indicators,
            department_late=self.department_late,
        )

    @cached_property
    def warning(self) -> EarlyWarning | None:
        """The early warning; None once it is past due, when there is nothing to warn of."""
        if self.outcome.days_late(self.case.as_of):
            return None
        score = scored(self.track, self.case.forecast_rules.warning)
        return EarlyWarning(
            score=round(score.score, 1),
            probability=round(score.probability, 3),
            signals=tuple(
                Signal(name=name.value, value=round(value, 3), points=round(points, 1))
                for name, value, points in score.signals
            ),
        )


def prospects(case: Case, late: Late) -> dict[Promise, Prospect]:
    """Return the prospect of every open commitment of a case that has time to be planned over.

    Where its phase has no ladder and it has no action plan, its work is planned evenly from its first
    day to its due date; what is due on its first day has no prospect.
    """
    found = {}
    for outcome in case.open:
        promise, steps = outcome.promise, case.ladder(outcome.promise)
        starts_on = fiscal_year_start(promise.years[-1]) if steps else promise.starts_on
        if not steps and promise.due_on > promise.starts_on:
            steps = (Step(promise.phase.value, promise.due_on, 1.0),)
        if steps:
            found[promise] = Prospect(case, outcome, steps, starts_on, _of_departments(case, late))
    return found


def forecast_of(outcome: Outcome | None, found: Mapping[Promise, Prospect]) -> Forecast:
    """Return the forecast of a finding: that of the commitment that decides it."""
    prospect = found.get(outcome.promise) if outcome else None
    return _forecast(prospect) if prospect else Forecast()


def outlooks(case: Case, found: Mapping[Promise, Prospect]) -> tuple[Outlook, ...]:
    """Return how every begun commitment of the case stands, in the order of the plan."""
    return tuple(_outlook(case, outcome, found.get(outcome.promise)) for outcome in case.outcomes)


def _forecast(found: Prospect) -> Forecast:
    return Forecast(p50=found.expectation.p50, p80=found.expectation.p80)


def _outlook(case: Case, outcome: Outcome, found: Prospect | None) -> Outlook:
    promise = outcome.promise
    return Outlook(
        key=promise.key,
        phase=promise.phase.value,
        fiscal_years=tuple(fiscal_year_label(year) for year in promise.years),
        due_on=promise.due_on,
        state=outcome.state.value,
        met_on=outcome.met_on,
        days_late=outcome.days_late(case.as_of),
        forecast=_forecast(found) if found else Forecast(),
        basis=found.expectation.basis.value if found else None,
        schedule=found.schedule if found else None,
        points=found.points if found else (),
        trend=found.trend if found else None,
        warning=found.warning if found else None,
    )


def departments_late(cases: Sequence[Case], as_of: date) -> Late:
    """Return, for each department, how many of its ended or overdue one-off commitments were late, and all of them.

    A commitment that never was spoken of says nothing of its end.
    """
    counts: dict[str, tuple[int, int]] = {}
    for case in cases:
        for outcome in case.outcomes:
            overdue = outcome.days_late(as_of) > 0
            if outcome.promise.standing or not (overdue or outcome.state is State.MET):
                continue
            late = overdue or (outcome.met_on is not None and outcome.met_on > outcome.promise.due_on)
            for name in case.project.departments:
                before = counts.get(name, (0, 0))
                counts[name] = before[0] + late, before[1] + 1
    return counts


def _of_departments(case: Case, counts: Late) -> tuple[int, int] | None:
    """Return the counts of a case's departments together; None where none of theirs has ended."""
    own = [counts[name] for name in case.project.departments if name in counts]
    return (sum(late for late, _ in own), sum(ended for _, ended in own)) if own else None


def _statement(report: Report) -> Statement:
    rating = report.value(FieldName.SELF_RATING)
    return Statement(
        said_on=report.received_on,
        ends_on=report.day(FieldName.DUE_ON),
        rating=None if rating is None else _RATINGS[SelfRating(str(rating))],
        progress=report.progress,
        text="".join(str(report.value(name) or "") for name in _TEXTS),
    )
