"""One case: everything that bears on one 事業 on one day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from config.business_days import BusinessCalendar
from config.forecast import ForecastRules
from config.rules import Rules
from plan_data.action_plan import ActionPlanBook, ProjectActions
from plan_data.model import Achievement, Project
from plan_data.phases import Phase, fiscal_year_label, fiscal_year_of
from plan_data.record import record
from tasks.progress.commitments import Promise
from tasks.progress.ladder import Step, ladder_of
from tasks.progress.one_off import one_off
from tasks.progress.outcomes import Outcome, State
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Evidence, PlanEvidence, Reason
from tasks.progress.report import Report
from tasks.progress.standing import continued, operation


@dataclass(frozen=True)
class Case:
    """One 事業, or one department's share of a 各所管課 one, as of a day.

    ``promises`` in the order of the years, ``reports`` oldest first and none after ``as_of``,
    ``facts`` the plan's own dated achievements of the 事業, ``cycle_from`` the first day of the
    reporting cycle in force.
    """

    project: Project
    promises: tuple[Promise, ...]
    reports: tuple[Report, ...]
    facts: tuple[Achievement, ...]
    as_of: date
    rules: Rules
    calendar: BusinessCalendar
    cycle_from: date
    action_plans: ActionPlanBook
    forecast_rules: ForecastRules
    department: str | None = None

    @cached_property
    def outcomes(self) -> tuple[Outcome, ...]:
        """How each commitment that has begun stands."""
        return tuple(
            self._outcome_of(promise) for promise in self.promises if promise.starts_on <= self.as_of
        )

    def _outcome_of(self, promise: Promise) -> Outcome:
        if promise.phase is Phase.OPERATE:
            return operation(promise, self.promises, self.reports, self.facts)
        if promise.phase is Phase.CONTINUE:
            actions = self._actions(promise)
            own = actions.held_target if actions else None
            return continued(promise, self.reports, own or self.rules.held_target)
        return one_off(promise, self.promises, self.reports, self.facts)

    def _actions(self, promise: Promise) -> ProjectActions | None:
        label = fiscal_year_label(promise.years[-1])
        return self.action_plans.in_force(self.project.id, label, self.as_of)

    def ladder(self, promise: Promise) -> tuple[Step, ...]:
        """Return the ladder of a commitment: by its action plan, else the town's default."""
        actions = self._actions(promise)
        return ladder_of(promise, self.rules, self.calendar, actions.steps if actions else ())

    @cached_property
    def current(self) -> Outcome | None:
        """How this fiscal year's commitment stands; None where the plan has none."""
        year = fiscal_year_of(self.as_of)
        return next((o for o in self.outcomes if year in o.promise.years), None)

    @cached_property
    def open(self) -> tuple[Outcome, ...]:
        """The begun commitments of which somebody said that they are not met."""
        return tuple(o for o in self.outcomes if o.state is State.OPEN)

    @property
    def latest(self) -> Report | None:
        """The last report, whoever sent it."""
        return self.reports[-1] if self.reports else None

    @cached_property
    def latest_by_department(self) -> tuple[Report, ...]:
        """The last report of each department."""
        return tuple({r.department: r for r in self.reports}.values())


@record
class Ground:
    """A reason together with the commitment it speaks of."""

    reason: Reason
    promise: Promise | None = None


def ground(
    case: Case,
    code: ReasonCode,
    text: str,
    verdict: Verdict | None,
    *,
    days: int | None = None,
    promise: Promise | None = None,
    evidence: Sequence[Evidence] = (),
) -> Ground:
    """Build a reason; the plan cell of its commitment always comes first in the evidence."""
    plan = (PlanEvidence(ref=promise.ref),) if promise else ()
    reason = Reason(
        code=code,
        text=text,
        days=days,
        verdict=verdict,
        department=case.department,
        commitment=promise.key if promise else None,
        evidence=(*plan, *evidence),
    )
    return Ground(reason, promise)
