"""Whether a commitment that is kept all year is kept: 運用 in service, 継続 held again."""

from __future__ import annotations

from collections.abc import Sequence

from plan_data.model import Achievement
from plan_data.phases import Phase, fiscal_year_end
from tasks.progress.commitments import Promise
from tasks.progress.one_off import target_of
from tasks.progress.outcomes import Outcome, State
from tasks.progress.records import PlanEvidence
from tasks.progress.report import RUNNING_RANK, Report
from tasks.sheets.records import FieldName, ReportedPhase


def operation(
    promise: Promise, promises: Sequence[Promise], reports: Sequence[Report], facts: Sequence[Achievement]
) -> Outcome:
    """Return whether a 運用 is kept, given all reports (oldest first) and the plan's dated facts."""
    telling = [r for r in reports if r.phase is not None or r.finished_on is not None]
    if not telling:
        return _operation_by_facts(promise, facts) if not reports else _unclear(promise, reports, facts)
    last_day = fiscal_year_end(promise.years[-1])
    running = [r for r in telling if _runs(r, promises)]
    latest = telling[-1]
    evidence = latest.evidence(FieldName.PHASE, FieldName.FINISHED_ON)
    if latest in running:
        first = next((r for r in running if r.received_on >= promise.starts_on), latest)
        return Outcome(promise, State.MET, promise.due_on, first.finished_on or first.known_on, evidence)
    # A past year was kept if the service was seen running in it or later, or was stopped after
    # it: what is stopped later had been running.
    kept = [r for r in running if r.received_on >= promise.starts_on]
    if latest.received_on > last_day and (kept or latest.phase is ReportedPhase.STOP):
        return Outcome(promise, State.MET, promise.due_on, (kept or [latest])[0].known_on, evidence)
    if not running:
        return Outcome(promise, State.OPEN, promise.due_on, evidence=evidence)
    if latest.rank is not None and latest.rank < RUNNING_RANK:
        # It ran, and now is said to be in an earlier phase: that is a contradiction to be cleared
        # up (phase_moved_backwards), not lateness to be counted.
        return Outcome(promise, State.MET, promise.due_on, running[-1].known_on, evidence)
    stopped = next(r for r in telling if r.received_on >= running[-1].received_on and r not in running)
    late_from = max(promise.due_on, stopped.finished_on or stopped.known_on)
    return Outcome(promise, State.OPEN, late_from, evidence=evidence, broken=True)


def _runs(report: Report, promises: Sequence[Promise]) -> bool:
    if report.in_service:
        return True
    says_finished = report.phase is ReportedPhase.FINISHED or (
        report.phase is None and report.finished_on is not None
    )
    if not says_finished:
        return False
    # 「完了」 of a study is a decision and of a 改定 a document; of anything else it is a running service.
    completed = target_of(report, promises)
    return completed is None or completed.phase in (Phase.INTRODUCE, Phase.MIGRATE, Phase.STRENGTHEN)


def _unclear(promise: Promise, reports: Sequence[Report], facts: Sequence[Achievement]) -> Outcome:
    by_facts = _operation_by_facts(promise, facts)
    if by_facts.state is State.MET:
        return by_facts
    return Outcome(promise, State.SILENT, promise.due_on, evidence=reports[-1].evidence())


def _operation_by_facts(promise: Promise, facts: Sequence[Achievement]) -> Outcome:
    running = [
        f
        for f in facts
        if f.completes and f.phase in (Phase.OPERATE, Phase.INTRODUCE, Phase.MIGRATE, Phase.STRENGTHEN)
    ]
    stops = [f for f in facts if f.completes and f.phase is Phase.STOP]
    last_day = fiscal_year_end(promise.years[-1])
    if (
        running
        and running[0].achieved_on <= last_day
        and not any(s.achieved_on < promise.starts_on for s in stops)
    ):
        fact = running[-1]
        evidence = (PlanEvidence(ref=f"{fact.place}「{fact.text}」"),)
        return Outcome(promise, State.MET, promise.due_on, fact.achieved_on, evidence)
    return Outcome(promise, State.SILENT, promise.due_on)


def continued(promise: Promise, reports: Sequence[Report], held_target: int) -> Outcome:
    """Return whether a 継続 is kept: held at least ``held_target`` times in its year."""
    first_day = promise.starts_on
    last_day = fiscal_year_end(promise.years[-1])
    own = [r for r in reports if first_day <= r.received_on <= last_day]
    later = [r for r in reports if r.received_on > last_day]
    for report in own + later:
        if _held(report, held_target):
            evidence = report.evidence(FieldName.HELD_COUNT, FieldName.FINISHED_ON, FieldName.PHASE)
            return Outcome(
                promise, State.MET, promise.due_on, report.finished_on or report.known_on, evidence
            )
    if not own:
        # 「継続」 in a later year says that the activity was held before; only silence speaks against it.
        going_on = [r for r in later if r.phase is ReportedPhase.CONTINUE]
        if going_on:
            evidence = going_on[0].evidence(FieldName.PHASE)
            return Outcome(promise, State.MET, promise.due_on, going_on[0].known_on, evidence)
        if not later:
            return Outcome(promise, State.SILENT, promise.due_on)
    latest = (own + later)[-1]
    evidence = latest.evidence(FieldName.HELD_COUNT, FieldName.PHASE, FieldName.PROGRESS)
    return Outcome(promise, State.OPEN, promise.due_on, evidence=evidence)


def _held(report: Report, target: int) -> bool:
    if report.held_count is not None:
        return report.held_count >= target
    return (
        report.finished_on is not None
        or report.phase is ReportedPhase.FINISHED
        or (report.progress is not None and report.progress >= 1.0)
    )
