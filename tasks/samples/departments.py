"""Simulated towns over three fiscal years: their plans, what their departments report, and the truth.

Reports are observations as the reading station hands them on, so that the judgement itself is run on them.
Assumed, each with its reason: ratings are optimistic twice as often as pessimistic (Snow, Keil and Wallace
2007); a department that is behind tells part of it only (its optimism), falls silent three times as often
and copies its text more often; planned dates give way late and in steps; names change now and then, and
such a row finds no 事業 until the next report; some late commitments are moved by a revision of the plan.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from config.business_days import BusinessCalendar
from config.rules import Rules
from plan_data.loader import PlanBook
from plan_data.model import PhaseCell, Plan, Project
from plan_data.phases import Phase, fiscal_year_label, fiscal_year_of, fiscal_year_start
from tasks.progress.ladder import ladder_of, planned_value
from tasks.samples.behaviour import DepartmentTraits, Work, traits, works_of
from tasks.sheets.records import (
    BudgetStep,
    FieldName,
    FieldValue,
    FileReading,
    Observation,
    ReportedPhase,
    SelfRating,
)

#: Of the self-ratings: optimistic by one or two steps, pessimistic by one; the rest are true.
OPTIMISTIC, PESSIMISTIC = 0.34, 0.17
RENAMED, MOVED_BY_REVISION, LATE_FILING = 0.03, 0.3, 0.08
_RATINGS = (SelfRating.ON_TRACK, SelfRating.SLIGHTLY_LATE, SelfRating.LATE)
_CALM = (
    "予定どおり作業を進めている。関係課との打合せを行った。",
    "仕様の確認を終え、次の作業に入る準備をしている。",
    "関係課と調整の上、資料の作成を進めている。",
    "先行団体の事例を調べ、費用の見積りを取っている。",
)
_TROUBLED = (
    "業者との協議が難航し、作業が遅れている。",
    "人員不足のため、資料の作成に時間を要している。",
    "仕様の見直しが必要となり、日程を再調整している。",
)


@dataclass(frozen=True, slots=True)
class SimulatedTown:
    """One town: its plan with its revisions, all its reports, and the truth by (事業, commitment's key)."""

    name: str
    book: PlanBook
    readings: tuple[FileReading, ...]
    works: dict[tuple[str, str], Work]


def simulated_town(
    plan: Plan, rules: Rules, calendar: BusinessCalendar, seed: int, number: int
) -> SimulatedTown:
    """Return a town of a seed; its first plan has the cells of ``plan``, issued on the first day."""
    random = Random(f"departments/{seed}/{number}")  # noqa: S311 - a sample, not a secret
    first = plan.model_copy(update={"revision": "R7.4", "revised_on": None, "issued_on": plan.period_start})
    people = {name: traits(random, name) for name in sorted({_owner(p) for _, _, p in first.projects()})}
    works: dict[tuple[str, str], Work] = {}
    rows: dict[tuple[date, str], list[Observation]] = {}
    slipped: set[str] = set()
    for _, _, project in first.projects():
        owner = people[_owner(project)]
        own = works_of(random, first, project, calendar, owner)
        works.update({(project.id, work.promise.key): work for work in own})
        for received, row in _Reporter(random, rules, calendar, project, owner, own).reports():
            rows.setdefault((received, owner.name), []).append(row)
        if own and own[0].late and random.random() < MOVED_BY_REVISION:
            slipped.add(project.id)
    readings = tuple(
        FileReading(
            file=f"{department}_進捗報告.xlsx", format="xlsx", received_on=received, observations=tuple(its)
        )
        for (received, department), its in sorted(rows.items(), key=lambda item: item[0])
    )
    return SimulatedTown(
        f"模擬{number}", PlanBook(plan.town, _revisions(first, works, slipped)), readings, works
    )


def _owner(project: Project) -> str:
    return project.departments[0]


def _revisions(first: Plan, works: dict[tuple[str, str], Work], slipped: set[str]) -> tuple[Plan, ...]:
    """The first plan, and for each year's end the revision that gives what slipped another year."""
    plans = [first]
    for year in (2025, 2026):
        revised_on = date(year + 1, 3, 20)
        moved = {
            project_id
            for (project_id, _), work in works.items()
            if project_id in slipped and work.promise.years[-1] == year and work.ends_on > work.promise.due_on
        }
        if moved:
            plans.append(_moved(plans[-1], moved, year, revised_on))
    return tuple(plans)


def _moved(plan: Plan, projects: set[str], year: int, revised_on: date) -> Plan:
    label, following = fiscal_year_label(year), fiscal_year_label(year + 1)

    def cells(project: Project) -> Project:
        if project.id not in projects or project.phases[label].phase is Phase.NONE:
            return project
        phases = {**project.phases, following: PhaseCell(phase=project.phases[label].phase, note=None)}
        return project.model_copy(update={"phases": phases})

    return plan.model_copy(
        update={
            "revision": f"R{year - 2017}.3",
            "revised_on": revised_on,
            "policies": tuple(
                policy.model_copy(
                    update={
                        "measures": tuple(
                            measure.model_copy(update={"projects": tuple(cells(p) for p in measure.projects)})
                            for measure in policy.measures
                        )
                    }
                )
                for policy in plan.policies
            ),
        }
    )


class _Reporter:
    """What one department reports of one 事業, quarter after quarter."""

    def __init__(
        self,
        random: Random,
        rules: Rules,
        calendar: BusinessCalendar,
        project: Project,
        department: DepartmentTraits,
        works: tuple[Work, ...],
    ) -> None:
        self._random = random
        self._rules = rules
        self._calendar = calendar
        self._project = project
        self._department = department
        self._works = works
        self._text = ""
        self._told_end: dict[str, date] = {}
        self._row = 4 + random.randrange(20)

    def reports(self) -> Iterator[tuple[date, Observation]]:
        """Yield the day received and the row, of every quarter in which something is reported."""
        for quarter in range(14):
            first = date(2025 + (quarter * 3 + 3) // 12, (quarter * 3 + 3) % 12 + 1, 1)
            late = self._random.random() < LATE_FILING
            received = first + timedelta(
                days=self._random.randrange(20, 42) if late else self._random.randrange(2, 14)
            )
            work = self._current(received)
            trouble = work is not None and work.seen_late(received) and received < work.ends_on
            if self._random.random() < self._department.silence * (3 if trouble else 1):
                continue
            fields = self._work(work, received, trouble) if work else self._service(received)
            yield received, self._observation(fields)

    def _current(self, day: date) -> Work | None:
        """The work it speaks of: what is not done, or was done since the last quarter."""
        begun = [w for w in self._works if w.starts_on <= day]
        going_on = [w for w in begun if day < w.ends_on + timedelta(days=100)]
        return going_on[0] if going_on else None

    def _service(self, day: date) -> dict[FieldName, object]:
        planned = self._project.phases.get(fiscal_year_label(min(fiscal_year_of(day), 2027)))
        phase = planned.phase if planned else Phase.NONE
        if phase is Phase.CONTINUE:
            return {FieldName.PHASE: ReportedPhase.CONTINUE, FieldName.HELD_COUNT: 1}
        done = [w for w in self._works if w.ends_on <= day]
        if done and done[-1].promise.phase in (Phase.STUDY, Phase.REVISE, Phase.STOP):
            return {
                FieldName.PHASE: ReportedPhase(done[-1].promise.phase.value),
                FieldName.FINISHED_ON: done[-1].ends_on,
            }
        return {FieldName.PHASE: ReportedPhase.OPERATE, FieldName.SELF_RATING: SelfRating.ON_TRACK}

    def _work(self, work: Work, day: date, trouble: bool) -> dict[FieldName, object]:
        fields: dict[FieldName, object] = {FieldName.PHASE: ReportedPhase(work.promise.phase.value)}
        if day >= work.ends_on:
            return {**fields, FieldName.FINISHED_ON: work.ends_on, FieldName.SELF_RATING: SelfRating.DONE}
        fields[FieldName.PROGRESS] = self._progress(work, day)
        fields[FieldName.SELF_RATING] = self._rating(work, trouble)
        fields[FieldName.ISSUE] = self._words(trouble)
        if day.month in (10, 1):
            fields[FieldName.BUDGET] = BudgetStep.REQUESTED
        elif day.month == 4:
            fields[FieldName.BUDGET] = BudgetStep.ADOPTED
        if self._department.gives_dates:
            fields[FieldName.DUE_ON] = self._end(work, day)
        return fields

    def _progress(self, work: Work, day: date) -> float:
        passed = min((day - work.starts_on).days / work.planned_days, 1.0)
        true, planned = self._value(work, work.time_earned(day)), self._value(work, passed)
        told = true + max(planned - true, 0.0) * self._department.optimism + self._random.gauss(0, 0.03)
        return min(max(round(told * 20) / 20, 0.0), 0.95)

    def _value(self, work: Work, share_of_time: float) -> float:
        """What the ladder plans for a share of the planned time; without a ladder, that share."""
        steps = ladder_of(work.promise, self._rules, self._calendar)
        if not steps:
            return share_of_time
        begins = fiscal_year_start(work.promise.years[-1])
        return planned_value(steps, begins, begins + (steps[-1].due_on - begins) * share_of_time)

    def _rating(self, work: Work, trouble: bool) -> SelfRating:
        days = (work.ends_on - work.promise.due_on).days
        true = 0 if not trouble else 1 if days <= 60 else 2
        luck = self._random.random()
        step = -1 if luck < OPTIMISTIC else 1 if luck < OPTIMISTIC + PESSIMISTIC else 0
        return _RATINGS[min(max(true + step, 0), 2)]

    def _words(self, trouble: bool) -> str:
        copies = self._department.copying + (0.2 if trouble else 0.0)
        if not self._text or self._random.random() >= copies:
            tells = trouble and self._random.random() > self._department.optimism
            self._text = self._random.choice(_TROUBLED if tells else _CALM)
        return self._text

    def _end(self, work: Work, day: date) -> date:
        """The planned date gives way late and in steps: by a part of what is missing, when it is seen."""
        key = work.promise.key
        told = self._told_end.get(key) or work.promise.due_on - timedelta(
            days=self._random.choice((0, 0, 0, 17, 31))
        )
        missing = (work.ends_on - told).days
        if work.seen_late(day) and missing > 30 and self._random.random() < 0.5:
            told += timedelta(days=round(missing * (1 - self._department.optimism * self._random.random())))
        if told <= day:
            told = day + timedelta(days=self._random.choice((14, 30, 60)))
        self._told_end[key] = told
        return told

    def _observation(self, fields: dict[FieldName, object]) -> Observation:
        renamed = self._random.random() < RENAMED
        name = f"{self._project.name}の推進" if renamed else self._project.name
        values = {FieldName.PROJECT_NAME: name, **fields}
        return Observation.model_construct(
            sheet="報告",
            row=self._row,
            project_id=None if renamed else self._project.id,
            department=self._department.name,
            match=None,
            fields={
                field: FieldValue(value, str(value), f"{chr(65 + place)}{self._row}")  # type: ignore[arg-type]
                for place, (field, value) in enumerate(values.items())
            },
        )
