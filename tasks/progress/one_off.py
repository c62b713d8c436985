"""Whether a commitment that is met once is met: by a report, or by the plan's own dated facts.

The table (phase, what meets it) is DOMAIN's, restated for people in ``docs/ja/判定理由.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from plan_data.model import Achievement
from plan_data.phases import Phase, fiscal_year_of
from tasks.progress.commitments import Promise
from tasks.progress.outcomes import Outcome, State
from tasks.progress.records import PlanEvidence
from tasks.progress.report import RUNNING_RANK, Report
from tasks.sheets.records import FieldName, ReportedPhase

#: A later phase of the same service that, once reported, shows the earlier one to be met.
_MET_BY_LATER = {
    Phase.STUDY: frozenset(
        {
            ReportedPhase.INTRODUCE,
            ReportedPhase.MIGRATE,
            ReportedPhase.OPERATE,
            ReportedPhase.CONTINUE,
            ReportedPhase.STRENGTHEN,
            ReportedPhase.STOP,
        }
    ),
    Phase.INTRODUCE: frozenset(
        {ReportedPhase.OPERATE, ReportedPhase.CONTINUE, ReportedPhase.STRENGTHEN, ReportedPhase.STOP}
    ),
    Phase.MIGRATE: frozenset(
        {ReportedPhase.OPERATE, ReportedPhase.CONTINUE, ReportedPhase.STRENGTHEN, ReportedPhase.STOP}
    ),
    Phase.STOP: frozenset({ReportedPhase.STOP, ReportedPhase.CANCELLED}),
}


def target_of(report: Report, promises: Sequence[Promise]) -> Promise | None:
    """Return the one-off commitment that a completion in this row completes.

    The row's phase says so; a row without one, or with 完了, speaks of what the plan has for the
    day of completion, or of the last one-off commitment before it.
    """
    one_off = [p for p in promises if not p.standing]
    if report.phase is not None and report.phase is not ReportedPhase.FINISHED:
        same = [p for p in one_off if p.phase.value == report.phase.value]
        begun = [p for p in same if p.starts_on <= report.received_on]
        return begun[-1] if begun else next(iter(same), None)
    year = fiscal_year_of(report.finished_on or report.known_on)
    covering = [p for p in one_off if year in p.years]
    before = [p for p in one_off if p.years[0] <= year]
    return covering[0] if covering else before[-1] if before else None


def one_off(
    promise: Promise, promises: Sequence[Promise], reports: Sequence[Report], facts: Sequence[Achievement]
) -> Outcome:
    """Return how a commitment met once stands, given all reports (oldest first) and the plan's dated facts."""
    for report in reports:
        met_on = _completed_on(promise, promises, report)
        if met_on is not None:
            evidence = report.evidence(FieldName.FINISHED_ON, FieldName.PHASE)
            return Outcome(promise, State.MET, promise.due_on, met_on, evidence)
    fact = _fact_meeting(promise, reports, facts)
    if fact is not None:
        return Outcome(
            promise,
            State.MET,
            promise.due_on,
            fact.achieved_on,
            (PlanEvidence(ref=f"{fact.place}「{fact.text}」"),),
        )
    speaking = [r for r in reports if _speaks_of(promise, r)]
    if not speaking:
        return Outcome(promise, State.SILENT, promise.due_on)
    return Outcome(promise, State.OPEN, promise.due_on, evidence=speaking[-1].evidence(FieldName.PHASE))


def _completed_on(promise: Promise, promises: Sequence[Promise], report: Report) -> date | None:
    if report.phase in _MET_BY_LATER.get(promise.phase, frozenset()) and _after_its_time(
        promise, promises, report
    ):
        return report.finished_on or report.known_on
    says_so = report.finished_on is not None or report.phase is ReportedPhase.FINISHED
    if not says_so:
        return None
    completed = target_of(report, promises)
    if completed == promise:
        return report.finished_on or report.known_on
    # Completing 導入 shows that the study before it was decided.
    if completed is not None and completed.years[0] > promise.years[-1]:
        later = ReportedPhase(completed.phase.value)
        if later in _MET_BY_LATER.get(promise.phase, frozenset()):
            return report.finished_on or report.known_on
    return None


def _after_its_time(promise: Promise, promises: Sequence[Promise], report: Report) -> bool:
    # Where the plan itself goes from 運用 to 移行完了 or 導入 (a renewal), a 運用 reported before that
    # commitment began is the old service and shows nothing.
    ran_before = any(
        p.phase in (Phase.OPERATE, Phase.STRENGTHEN) and p.years[-1] < promise.years[0] for p in promises
    )
    return not ran_before or promise.phase is Phase.STOP or report.received_on >= promise.starts_on


def _speaks_of(promise: Promise, report: Report) -> bool:
    if promise.phase is Phase.STOP and report.in_service:
        # Due on the first day of its year: what ran in the year before is what has to be off.
        return fiscal_year_of(report.received_on) >= promise.years[0] - 1
    if report.received_on < promise.starts_on:
        return False
    within = fiscal_year_of(report.received_on) in promise.years
    return within or report.phase is not None or report.finished_on is not None


def _fact_meeting(
    promise: Promise, reports: Sequence[Report], facts: Sequence[Achievement]
) -> Achievement | None:
    """The plan's own text counts until a department's row says otherwise."""
    for fact in facts:
        reached = ReportedPhase(fact.phase.value)
        meets = fact.completes and (
            fact.phase is promise.phase or reached in _MET_BY_LATER.get(promise.phase, frozenset())
        )
        if not meets or fact.achieved_on < promise.starts_on - timedelta(days=366):
            continue
        since = [r for r in reports if r.received_on > fact.achieved_on]
        if promise.phase is Phase.STOP:
            denied = any(r.in_service for r in since)
        else:
            denied = any(r.rank is not None and r.rank < RUNNING_RANK and not r.finished_on for r in since)
        if not denied:
            return fact
    return None
