"""What cannot be right, what the budget and the department itself warn of, and silence."""

from __future__ import annotations

from collections.abc import Iterator

from config.rules import Rules
from plan_data.phases import Phase, fiscal_year_label, fiscal_year_of, fiscal_year_of_label, fiscal_year_start
from tasks.progress.case import Case, Ground, ground
from tasks.progress.commitments import Promise
from tasks.progress.ladder import day_in_fiscal_year
from tasks.progress.outcomes import State
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.report import Report
from tasks.sheets.records import BudgetStep, FieldName, ReportedPhase, SelfRating
from tasks.wareki import wareki


def contradictions(case: Case) -> Iterator[Ground]:
    """Yield what contradicts itself or the past in the last report of each department."""
    for report in case.latest_by_department:
        yield from _impossible_dates(case, report)
        yield from _impossible_phase(case, report)
        if report.clash:
            text = "同じ担当課の同じ日の報告で、段階または完了日が行によって違います。"
            yield ground(case, ReasonCode.ROWS_DISAGREE, text, Verdict.CONTRADICTORY, evidence=report.clash)
    yield from _moved_backwards(case)
    yield from _departments_disagree(case)


def _impossible_dates(case: Case, report: Report) -> Iterator[Ground]:
    for name in (FieldName.FINISHED_ON, FieldName.MILESTONE_DONE_ON):
        day = report.day(name)
        if day is not None and day > report.received_on:
            text = f"完了日（{wareki(day)}）が、報告を受けた日（{wareki(report.received_on)}）より後です。"
            yield ground(
                case,
                ReasonCode.FINISHED_IN_FUTURE,
                text,
                Verdict.CONTRADICTORY,
                evidence=report.evidence(name),
            )
    started = report.day(FieldName.STARTED_ON)
    for name, word in ((FieldName.FINISHED_ON, "完了日"), (FieldName.DUE_ON, "完了予定日")):
        end = report.day(name)
        if started is not None and end is not None and started > end:
            text = f"着手日（{wareki(started)}）が{word}（{wareki(end)}）より後です。"
            yield ground(
                case,
                ReasonCode.START_AFTER_END,
                text,
                Verdict.CONTRADICTORY,
                evidence=report.evidence(FieldName.STARTED_ON, name),
            )
            return


def _impossible_phase(case: Case, report: Report) -> Iterator[Ground]:
    evidence = report.evidence(FieldName.PHASE, FieldName.PROGRESS, FieldName.FINISHED_ON)
    if _studying(case, report) and (report.progress or 0) >= 1.0 and report.finished_on is None:
        text = "「事業検討」の進捗が100％ですが、検討の結論（決定日または次の段階）が報告されていません。"
        yield ground(
            case, ReasonCode.STUDY_COMPLETE_UNDECIDED, text, Verdict.CONTRADICTORY, evidence=evidence
        )
    if report.phase is ReportedPhase.NOT_STARTED and report.finished_on is not None:
        text = "「未着手」なのに完了日があります。"
        yield ground(
            case, ReasonCode.FINISHED_BUT_NOT_STARTED, text, Verdict.CONTRADICTORY, evidence=evidence
        )
    promise = _still_promised(case) if report.phase is ReportedPhase.CANCELLED else None
    if promise is not None:
        text = f"「中止」と報告されていますが、計画は「{promise.phase}」です。計画の見直しか、報告の訂正が要ります。"
        yield ground(
            case,
            ReasonCode.CANCELLED_AGAINST_PLAN,
            text,
            Verdict.CONTRADICTORY,
            promise=promise,
            evidence=evidence,
        )


def _still_promised(case: Case) -> Promise | None:
    """Return the first commitment, begun or still to come, that a cancellation would break."""
    met = {o.promise for o in case.outcomes if o.state is State.MET}
    return next((p for p in case.promises if p.phase is not Phase.STOP and p not in met), None)


def _studying(case: Case, report: Report) -> bool:
    if report.phase is not None:
        return report.phase is ReportedPhase.STUDY
    year = fiscal_year_of(report.received_on)
    return any(p.phase is Phase.STUDY and year in p.years for p in case.promises)


def _moved_backwards(case: Case) -> Iterator[Ground]:
    latest = next((r for r in reversed(case.reports) if r.rank is not None), None)
    if latest is None or latest.rank is None:
        return
    further = [
        r
        for r in case.reports
        if r.rank is not None
        and r.rank > latest.rank
        and r.received_on < latest.received_on
        and not _planned_return(case, r, latest)
    ]
    if further:
        before = further[-1]
        text = (
            f"段階が「{before.phase}」（{wareki(before.received_on)}の報告）から"
            f"「{latest.phase}」に戻っています。"
        )
        evidence = (*before.evidence(FieldName.PHASE), *latest.evidence(FieldName.PHASE))
        yield ground(case, ReasonCode.PHASE_MOVED_BACKWARDS, text, Verdict.CONTRADICTORY, evidence=evidence)


def _planned_return(case: Case, before: Report, after: Report) -> bool:
    """Whether the plan itself goes back between the two reports, as for a service that is renewed."""
    order = (Phase.STUDY, Phase.INTRODUCE, Phase.MIGRATE, Phase.OPERATE, Phase.STRENGTHEN, Phase.STOP)
    planned = {
        fiscal_year_of_label(label): order.index(cell.phase)
        for label, cell in case.project.phases.items()
        if cell.phase in order
    }
    then, now = (planned.get(fiscal_year_of(r.received_on)) for r in (before, after))
    return then is not None and now is not None and now < then


def _departments_disagree(case: Case) -> Iterator[Ground]:
    fresh = [r for r in case.latest_by_department if r.phase is not None and r.received_on >= case.cycle_from]
    phases = {r.phase for r in fresh}
    if len(phases) > 1:
        said = "、".join(f"{r.department or '担当課不明'}は「{r.phase}」" for r in fresh)
        text = f"担当課の報告が一致しません（{said}）。"
        evidence = tuple(e for r in fresh for e in r.evidence(FieldName.PHASE))
        yield ground(case, ReasonCode.DEPARTMENTS_DISAGREE, text, Verdict.CONTRADICTORY, evidence=evidence)


def budget(case: Case) -> Iterator[Ground]:
    """Yield the budget steps missed for what the plan introduces next fiscal year.

    A step stays missed after 1 April until a report of the new year supersedes it: the same
    report read later is never better.
    """
    for promise in case.promises:
        if not _needs_budget(promise, case.rules):
            continue
        year_before = promise.years[0] - 1
        asked = [
            r for r in case.reports if fiscal_year_start(year_before) <= r.received_on < promise.starts_on
        ]
        answered = any(r.received_on >= promise.starts_on for r in case.reports)
        met = any(o.promise == promise and o.state is State.MET for o in case.outcomes)
        if asked and not answered and not met:
            yield from _missed_steps(case, promise, asked)


def _missed_steps(case: Case, promise: Promise, asked: list[Report]) -> Iterator[Ground]:
    said = [r for r in asked if r.value(FieldName.BUDGET) is not None]
    step = BudgetStep(str(said[-1].value(FieldName.BUDGET))) if said else None
    evidence = (said or asked)[-1].evidence(FieldName.BUDGET)
    checks = (
        (
            ReasonCode.BUDGET_NOT_REQUESTED,
            case.rules.budget_request_by,
            (BudgetStep.REQUESTED, BudgetStep.ADOPTED),
            "予算要求",
        ),
        (ReasonCode.BUDGET_NOT_ADOPTED, case.rules.budget_adopted_by, (BudgetStep.ADOPTED,), "予算の議決"),
    )
    for code, month_day, enough, word in checks:
        by = case.calendar.previous_business_day(day_in_fiscal_year(month_day, promise.years[0] - 1))
        days = (case.as_of - by).days
        if days > 0 and step not in enough:
            text = (
                f"{fiscal_year_label(promise.years[0])}年度の「{promise.phase}」には{wareki(by)}までの{word}が要りますが、"
                f"報告は「{step or '記載なし'}」です（{days}日経過）。"
            )
            yield ground(case, code, text, Verdict.AT_RISK, days=days, promise=promise, evidence=evidence)


def _needs_budget(promise: Promise, rules: Rules) -> bool:
    if promise.phase is Phase.OPERATE:
        return promise.first_operation and "初年度運用" in rules.budget_kinds
    return promise.phase.value in rules.budget_kinds


def self_rated_late(case: Case) -> Iterator[Ground]:
    """Yield a department's own word that it is late."""
    for report in case.latest_by_department:
        rating = report.value(FieldName.SELF_RATING)
        if rating is not None and SelfRating(str(rating)) in case.rules.self_rated_late:
            text = f"担当課が自ら「{rating}」と評価しています。"
            yield ground(
                case,
                ReasonCode.SELF_RATED_LATE,
                text,
                Verdict.AT_RISK,
                promise=case.current.promise if case.current else None,
                evidence=report.evidence(FieldName.SELF_RATING),
            )
