"""Held against the milestone ladder: planned value, earned value, overdue milestones.

Planned value (PV) is piecewise linear from 0 on 1 April of the commitment's last fiscal year,
through the ladder's cumulative weights, to 1 on its last step.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from config.business_days import BusinessCalendar
from config.rules import Rules
from plan_data.action_plan import ActionStep
from plan_data.phases import fiscal_year_start
from plan_data.record import record
from tasks.progress.commitments import Promise
from tasks.progress.report import Report
from tasks.sheets.records import ReportedPhase


@record
class Step:
    """One step of a ladder; ``weight`` is cumulative, 0 to 1."""

    name: str
    due_on: date
    weight: float


def day_in_fiscal_year(month_day: str, year: int) -> date:
    """Return the day ``MM-DD`` of the fiscal year that begins in April of ``year``."""
    month, day = (int(part) for part in month_day.split("-"))
    return date(year if month >= 4 else year + 1, month, day)


def ladder_of(
    promise: Promise, rules: Rules, calendar: BusinessCalendar, own: Sequence[ActionStep] = ()
) -> tuple[Step, ...]:
    """Return the ladder of a commitment: its ``own`` steps, else the default, empty where its phase has none.

    A commitment of several years has its ladder in the last of them.
    """
    if own:
        return tuple(Step(s.name, calendar.previous_business_day(s.by), s.weight) for s in own)
    return tuple(
        Step(
            step.name,
            calendar.previous_business_day(day_in_fiscal_year(step.by, promise.years[-1])),
            step.weight,
        )
        for phase, steps in rules.ladders.items()
        if phase == promise.phase.value
        for step in steps
    )


def planned_value(ladder: Sequence[Step], starts_on: date, day: date) -> float:
    """Return PV on ``day``, 0 to 1, by linear interpolation between the steps."""
    before_on, before = starts_on, 0.0
    for step in ladder:
        if day <= step.due_on:
            span = (step.due_on - before_on).days
            elapsed = max((day - before_on).days, 0)
            return before + (step.weight - before) * (elapsed / span if span else 1.0)
        before_on, before = step.due_on, step.weight
    return before


def planned_on(promise: Promise, ladder: Sequence[Step], day: date) -> float | None:
    """Return PV of a commitment on ``day``; None where it has no ladder."""
    return planned_value(ladder, fiscal_year_start(promise.years[-1]), day) if ladder else None


def earned_value(promise: Promise, reports: Sequence[Report], ladder: Sequence[Step]) -> float | None:
    """Return what was earned by the reports, 0 to 1; None where nothing says how much.

    A row still in a phase before the commitment's own has earned nothing of it.
    """
    speaking = [r for r in reports if _speaks(promise, r)]
    if not speaking:
        return None
    latest = speaking[-1]
    reached = [
        step.weight
        for report in speaking
        for milestone in report.milestones
        if milestone.done_on is not None and milestone.done_on <= report.received_on
        for step in ladder
        if same_name(step.name, milestone.name)
    ]
    if _before(promise, latest):
        return max(reached, default=0.0)
    with_progress = [r.progress for r in speaking if r.progress is not None and not _before(promise, r)]
    earned = ([with_progress[-1]] if with_progress else []) + reached
    return max(earned) if earned else None


def earned_history(
    promise: Promise, reports: Sequence[Report], ladder: Sequence[Step]
) -> Iterator[tuple[date, float]]:
    """Yield day and earned value of every report that itself says how far the commitment is."""
    for count, report in enumerate(reports, 1):
        says = report.progress is not None or report.milestones or _before(promise, report)
        if says and _speaks(promise, report):
            earned = earned_value(promise, reports[:count], ladder)
            if earned is not None:
                yield report.received_on, earned


def overdue_step(ladder: Sequence[Step], promise: Promise, earned: float, as_of: date) -> Step | None:
    """Return the first step that is past its day and not reached; the last step is the due date itself."""
    for step in ladder:
        if step.due_on < as_of and step.due_on < promise.due_on and earned + 1e-9 < step.weight:
            return step
    return None


def same_name(left: str, right: str) -> bool:
    """Whether two milestone names mean the same step, width and spaces aside."""
    a, b = (_plain(text) for text in (left, right))
    return a == b or (min(len(a), len(b)) >= 2 and (a in b or b in a))


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _speaks(promise: Promise, report: Report) -> bool:
    planned_now = report.received_on >= promise.starts_on
    own_phase = report.phase is not None and report.phase.value == promise.phase.value
    return planned_now or own_phase


def _before(promise: Promise, report: Report) -> bool:
    if report.phase is ReportedPhase.NOT_STARTED:
        # 未着手 with progress is taken at its progress: more progress must never be worse.
        return not report.progress
    return report.phase is ReportedPhase.STUDY and promise.phase.value != ReportedPhase.STUDY.value
