"""What is late, and what will be by the department's own dates and the milestone ladder."""

from __future__ import annotations

from collections.abc import Iterator

from plan_data.phases import Phase
from tasks.progress.case import Case, Ground, ground
from tasks.progress.ladder import day_in_fiscal_year, earned_value, overdue_step, planned_on
from tasks.progress.outcomes import Outcome
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import CellEvidence
from tasks.sheets.records import FieldName
from tasks.wareki import wareki

_UNDER_WAY_PHASES = frozenset({Phase.STUDY, Phase.CONTINUE})


def past_due(case: Case) -> Iterator[Ground]:
    """Yield every open commitment that is past due, the earliest of a standing one only."""
    told: set[Phase] = set()
    for outcome in case.open:
        days, promise = outcome.days_late(case.as_of), outcome.promise
        if days <= 0 or (promise.standing and promise.phase in told):
            continue
        told.add(promise.phase)
        verdict = Verdict.CRITICAL if days >= case.rules.critical_days else Verdict.DELAYED
        code, text = _past_due_text(outcome, days)
        yield ground(case, code, text, verdict, days=days, promise=promise, evidence=outcome.evidence)


def _past_due_text(outcome: Outcome, days: int) -> tuple[ReasonCode, str]:
    phase, due = outcome.promise.phase, wareki(outcome.promise.due_on)
    if phase is Phase.STOP:
        return (
            ReasonCode.STILL_IN_SERVICE,
            f"{due}までに運用を停止する計画ですが、{days}日を過ぎても停止の報告がありません。",
        )
    if outcome.broken:
        since = wareki(outcome.late_from)
        return (
            ReasonCode.OUT_OF_SERVICE,
            f"運用を続ける計画ですが、{since}から運用されていません（{days}日）。",
        )
    return ReasonCode.PAST_DUE, f"「{phase}」の期限（{due}）を{days}日過ぎています。"


def own_dates(case: Case) -> Iterator[Ground]:
    """Yield what the department's own planned date says of the open commitment it is about."""
    latest = case.latest
    own = latest.day(FieldName.DUE_ON) if latest else None
    if latest is None or own is None or not case.open:
        return
    about = [o for o in case.open if latest.phase is not None and o.promise.phase.value == latest.phase.value]
    outcome = (about or list(case.open))[0]
    promise, evidence = outcome.promise, latest.evidence(FieldName.DUE_ON)
    slip = (own - promise.due_on).days
    if slip > 0:
        verdict = Verdict.CRITICAL if slip >= case.rules.critical_days else Verdict.AT_RISK
        text = f"担当課の完了予定日（{wareki(own)}）が、計画の期限（{wareki(promise.due_on)}）より{slip}日遅れています。"
        yield ground(
            case, ReasonCode.OWN_DATE_PAST_DUE, text, verdict, days=slip, promise=promise, evidence=evidence
        )
    elif own < case.as_of and not outcome.days_late(case.as_of):
        days = (case.as_of - own).days
        text = f"担当課の完了予定日（{wareki(own)}）を{days}日過ぎていますが、完了の報告がありません。"
        yield ground(
            case,
            ReasonCode.OWN_DATE_PASSED,
            text,
            Verdict.AT_RISK,
            days=days,
            promise=promise,
            evidence=evidence,
        )


def within_the_year(case: Case) -> Iterator[Ground]:
    """Yield what is behind on commitments that are not due yet."""
    for outcome in case.open:
        if outcome.days_late(case.as_of):
            continue
        if outcome.promise.phase in _UNDER_WAY_PHASES:
            yield from _not_under_way(case, outcome)
        yield from _ladder(case, outcome)


def _overdue_verdict(case: Case, days: int) -> Verdict | None:
    if days >= case.rules.delayed_milestone_days:
        return Verdict.DELAYED
    return Verdict.AT_RISK if days >= case.rules.at_risk_milestone_days else None


def _not_under_way(case: Case, outcome: Outcome) -> Iterator[Ground]:
    promise = outcome.promise
    by = case.calendar.previous_business_day(day_in_fiscal_year(case.rules.under_way_by, promise.years[0]))
    days = (case.as_of - by).days
    begun = any(r.under_way for r in case.reports if r.received_on >= promise.starts_on)
    if days > 0 and not begun:
        text = f"「{promise.phase}」は{wareki(by)}までに着手する決まりですが、{days}日過ぎても着手の報告がありません。"
        yield ground(
            case,
            ReasonCode.NOT_UNDER_WAY,
            text,
            _overdue_verdict(case, days),
            days=days,
            promise=promise,
            evidence=outcome.evidence,
        )


def _ladder(case: Case, outcome: Outcome) -> Iterator[Ground]:
    promise = outcome.promise
    ladder = case.ladder(promise)
    planned = planned_on(promise, ladder, case.as_of)
    if planned is None:
        return
    earned = earned_value(promise, case.reports, ladder)
    if earned is None:
        if planned > 0:
            text = "進捗率も節目も報告がないため、年度内の遅れは判定していません。"
            yield ground(case, ReasonCode.PROGRESS_NOT_REPORTED, text, None, promise=promise)
        return
    evidence = _progress_evidence(case)
    step = overdue_step(ladder, promise, earned, case.as_of)
    if step is not None:
        days = (case.as_of - step.due_on).days
        text = (
            f"節目「{step.name}」の期限（{wareki(step.due_on)}）を{days}日過ぎています"
            f"（ここまでの計画{step.weight:.0%}、報告{earned:.0%}）。"
        )
        yield ground(
            case,
            ReasonCode.MILESTONE_OVERDUE,
            text,
            _overdue_verdict(case, days),
            days=days,
            promise=promise,
            evidence=evidence,
        )
    behind = (planned - earned) * 100
    if behind + 1e-9 >= case.rules.behind_points:
        text = f"進捗{earned:.0%}は、この日の計画値{planned:.0%}より{behind:.0f}ポイント遅れています。"
        yield ground(
            case,
            ReasonCode.BEHIND_PLANNED_VALUE,
            text,
            Verdict.AT_RISK,
            promise=promise,
            evidence=evidence,
        )


def _progress_evidence(case: Case) -> tuple[CellEvidence, ...]:
    for report in reversed(case.reports):
        if report.progress is not None or report.phase is not None:
            return report.evidence(FieldName.PROGRESS, FieldName.PHASE, FieldName.MILESTONE_DONE_ON)
    return ()


def own_milestones(case: Case) -> Iterator[Ground]:
    """Yield the milestones of a department's own naming that are past their day and not done.

    Only each department's last report with milestones counts: many keep one column for the next
    one and write over it.
    """
    if not case.open and not (case.current and case.current.promise.standing):
        return
    latest = {report.department: report for report in case.reports if report.milestones}
    for report in latest.values():
        for milestone in report.milestones:
            done = milestone.done_on is not None and milestone.done_on <= report.received_on
            if done or milestone.due_on is None or milestone.due_on >= case.as_of:
                continue
            days = (case.as_of - milestone.due_on).days
            yield ground(
                case,
                ReasonCode.MILESTONE_OVERDUE,
                f"担当課の節目「{milestone.name}」の期限（{wareki(milestone.due_on)}）を{days}日過ぎています。",
                _overdue_verdict(case, days),
                days=days,
                promise=case.open[0].promise if case.open else None,
                evidence=(milestone.evidence,),
            )
