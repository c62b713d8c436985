"""From plan cells to commitments: what is promised, from when, until when.

Source: the plan's chapter 5 tables, and the rules in ``docs/ja/判定理由.md``. Consecutive years
with the same one-off phase are one commitment, due at the end of the last of them.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from config.business_days import BusinessCalendar
from plan_data.model import Plan, Project
from plan_data.phases import (
    STANDING_PHASES,
    Phase,
    fiscal_year_end,
    fiscal_year_of_label,
    fiscal_year_start,
)
from plan_data.record import record

#: After one of these in the fiscal year before, a service is expected to be running on 1 April.
_IN_SERVICE_BEFORE = frozenset({Phase.INTRODUCE, Phase.OPERATE, Phase.MIGRATE, Phase.STRENGTHEN})


@record
class Promise:
    """One commitment of one 事業: ``phase`` over fiscal ``years`` (calendar years of their Aprils).

    ``due_on`` is the last day on which it is in time; due dates on a 閉庁日 lie on the business
    day before. ``first_operation`` marks a 運用 that no earlier year of the plan has. ``number`` counts
    the 事業's commitments of one phase, so that ``key`` (such as ``導入1``) survives a change of years.
    """

    project_id: str
    phase: Phase
    years: tuple[int, ...]
    due_on: date
    ref: str
    first_operation: bool = False
    number: int = 1

    @property
    def key(self) -> str:
        """The commitment's name within its 事業, the same in every revision that keeps the order."""
        return f"{self.phase.value}{self.number}"

    @property
    def starts_on(self) -> date:
        """The first day of its first fiscal year."""
        return fiscal_year_start(self.years[0])

    @property
    def standing(self) -> bool:
        """Kept or not kept, rather than met once."""
        return self.phase in STANDING_PHASES


def promises_of(plan: Plan, project: Project, calendar: BusinessCalendar) -> tuple[Promise, ...]:
    """Return the commitments of one 事業 in the order of the years; ``—`` commits to nothing."""
    cells = [(fiscal_year_of_label(label), label) for label in plan.fiscal_years]
    runs: list[list[tuple[int, str]]] = []
    for year, label in cells:
        phase = project.phases[label].phase
        previous = runs[-1][-1] if runs else None
        joins = (
            previous is not None
            and previous[0] == year - 1
            and project.phases[previous[1]].phase is phase
            and phase not in STANDING_PHASES
        )
        if joins:
            runs[-1].append((year, label))
        else:
            runs.append([(year, label)])
    numbers: Counter[Phase] = Counter()
    promises = []
    for run in runs:
        phase = project.phases[run[0][1]].phase
        if phase is not Phase.NONE:
            numbers[phase] += 1
            promises.append(_promise(plan, project, run, calendar, numbers[phase]))
    return tuple(promises)


def _promise(
    plan: Plan, project: Project, run: list[tuple[int, str]], calendar: BusinessCalendar, number: int
) -> Promise:
    years = tuple(year for year, _ in run)
    phase = project.phases[run[0][1]].phase
    earlier = [
        project.phases[label].phase for label in plan.fiscal_years if fiscal_year_of_label(label) < years[0]
    ]
    return Promise(
        project_id=project.id,
        phase=phase,
        years=years,
        due_on=calendar.previous_business_day(_nominal_due(phase, years, earlier)),
        ref=plan_ref(plan, project, [label for _, label in run]),
        first_operation=phase is Phase.OPERATE
        and not {Phase.OPERATE, Phase.STRENGTHEN, Phase.CONTINUE}.intersection(earlier),
        number=number,
    )


def _nominal_due(phase: Phase, years: tuple[int, ...], earlier: list[Phase]) -> date:
    before = earlier[-1] if earlier else None
    at_start = {
        Phase.OPERATE: before is None or before in _IN_SERVICE_BEFORE,
        Phase.STOP: before is Phase.OPERATE,
    }
    if at_start.get(phase, False):
        return fiscal_year_start(years[0])
    return fiscal_year_end(years[-1])


def plan_ref(plan: Plan, project: Project, labels: list[str]) -> str:
    """Return where the plan says it, for people: edition, 事業, fiscal years, phase and note mark."""
    cell = project.phases[labels[-1]]
    years = "・".join(f"{label}年度" for label in labels)
    return f"計画（{plan.revision}）{project.id} {project.name} {years}「{cell.phase}{cell.note or ''}」"
