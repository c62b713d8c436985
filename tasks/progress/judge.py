"""The judgement: each 事業 gets the worst verdict that a reason gives it, with the evidence.

Pure: the same plan, readings, rules and day always give the same findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from config.business_days import BusinessCalendar
from config.forecast import ForecastRules
from config.rules import Rules
from plan_data.action_plan import ActionPlanBook
from plan_data.loader import PlanBook
from plan_data.model import Achievement, Plan
from plan_data.phases import fiscal_year_label, fiscal_year_of
from tasks.progress.baseline import baseline_of, editions_of, replanned
from tasks.progress.case import Case, Ground, ground
from tasks.progress.commitments import plan_ref, promises_of
from tasks.progress.doubts import budget, contradictions, self_rated_late
from tasks.progress.early import signs
from tasks.progress.early_signs import Load, early_signs, loads_of
from tasks.progress.finding import (
    bearing_on,
    commitment_of,
    commitments_of,
    deciding_outcome,
    expected,
    in_order,
    rating_gap,
    reported,
    self_rating,
    share_of,
    worst,
)
from tasks.progress.history import reports_by_project
from tasks.progress.lateness import own_dates, own_milestones, past_due, within_the_year
from tasks.progress.outcomes import Outcome, State
from tasks.progress.outlook import Late, Prospect, departments_late, forecast_of, outlooks, prospects
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import (
    Finding,
    Judgement,
    LastKnown,
    PlanEvidence,
    Reason,
)
from tasks.progress.silence import SentBack, cycle_start, sent_back, silence, silent_members
from tasks.sheets.records import FileReading, SelfRating
from tasks.wareki import wareki

#: A 担当課 that stands for all departments owning a standardised system: their rows are summed.
GROUP_DEPARTMENT = "各所管課"
_CHECKS = (past_due, own_dates, within_the_year, own_milestones, contradictions, budget)
_SATISFIED = frozenset({Verdict.DONE, Verdict.AHEAD, Verdict.NOT_DUE})


def judge(
    book: PlanBook,
    readings: Sequence[FileReading],
    as_of: date,
    rules: Rules,
    calendar: BusinessCalendar,
    forecast_rules: ForecastRules,
    action_plans: ActionPlanBook,
    group_members: Sequence[str] = (),
) -> Judgement:
    """Judge every 事業 of the plan in force on ``as_of`` by what was known by then.

    ``readings`` is the history, in any order; each carries the day it was received (default
    ``as_of``). The plan's earlier revisions are the baseline. ``group_members`` are the departments that
    「各所管課」 stands for: those that are silent are named.
    """
    revisions = book.known(as_of)
    plan = revisions[-1]
    reports = reports_by_project(readings, as_of)
    cycle_from = cycle_start(as_of, rules, calendar)
    returned = sent_back(readings, cycle_from, as_of)
    facts: dict[str, list[Achievement]] = {}
    for fact in plan.achievements():
        if fact.achieved_on <= as_of:
            facts.setdefault(fact.project_id, []).append(fact)
    cases = [
        Case(
            project=project,
            promises=promises_of(plan, project, calendar),
            reports=tuple(reports.get(project.id, ())),
            facts=tuple(facts.get(project.id, ())),
            as_of=as_of,
            rules=rules,
            calendar=calendar,
            cycle_from=cycle_from,
            action_plans=action_plans,
            forecast_rules=forecast_rules,
        )
        for _, _, project in plan.projects()
    ]
    late = departments_late(cases, as_of)
    loads = loads_of(plan, as_of, rules.early_signs)
    return Judgement(
        town=plan.town,
        as_of=as_of,
        fiscal_year=fiscal_year_label(fiscal_year_of(as_of)),
        plan_revision=plan.revision,
        findings=tuple(
            _finding(case, plan, revisions, returned, group_members, late, loads.get(case.project.id, ()))
            for case in cases
        ),
    )


def _shares(case: Case) -> list[Case]:
    """Split a 各所管課 事業 into the shares of the departments that reported; others stay whole."""
    departments = {r.department for r in case.reports}
    if GROUP_DEPARTMENT not in case.project.departments or len(departments) < 2:
        return [case]
    return [
        replace(case, reports=tuple(r for r in case.reports if r.department == d), department=d)
        for d in sorted(departments, key=str)
    ]


def _finding(
    case: Case,
    plan: Plan,
    revisions: Sequence[Plan],
    returned: SentBack,
    group_members: Sequence[str],
    late: Late,
    loads: Sequence[Load],
) -> Finding:
    shares = [(share, prospects(share, late)) for share in _shares(case)]
    judged = [(share, list(_grounds(share, plan, found.values()))) for share, found in shares]
    silent = list(silence(case, returned))
    if GROUP_DEPARTMENT in case.project.departments:
        silent += silent_members(case, group_members)
    silent += early_signs(case, loads)
    told = [g for _, grounds in judged for g in grounds]
    verdict = worst([*told, *silent])
    grounds = bearing_on(verdict, in_order([*told, *silent]))
    share = share_of(judged, verdict)
    found = next(its for of, its in shares if of is share)
    deciding = deciding_outcome(grounds, share)
    rating = self_rating(case)
    if rating in (SelfRating.ON_TRACK, SelfRating.DONE) and verdict.rank <= Verdict.AT_RISK.rank:
        grounds.append(rating_gap(case, rating, verdict))
    latest = share.latest
    editions = editions_of(share, revisions)
    baseline = baseline_of(deciding, share, editions)
    grounds += replanned(share, baseline, editions)
    return Finding(
        project_id=case.project.id,
        project_name=case.project.name,
        departments=case.project.departments,
        verdict=verdict,
        reasons=tuple(g.reason for g in grounds),
        expected=expected(case, plan),
        reported=reported(latest),
        self_rating=rating.value if rating else None,
        forecast=forecast_of(deciding, found),
        baseline=baseline,
        commitment=commitment_of(deciding, case.as_of),
        commitments=commitments_of(judged, grounds, case.as_of),
        last_known=LastKnown(verdict=worst(told), received_on=latest.received_on)
        if verdict is Verdict.UNREPORTED and latest
        else None,
        outlooks=outlooks(share, found),
    )


def _grounds(case: Case, plan: Plan, found: Iterable[Prospect]) -> Iterator[Ground]:
    base = _base(case, plan)
    for check in _CHECKS:
        yield from check(case)
    yield from signs(case, found)
    if base is None or base.reason.verdict not in _SATISFIED or case.open:
        yield from self_rated_late(case)
    if base is not None:
        yield base


def _base(case: Case, plan: Plan) -> Ground | None:
    """Return what the 事業 gets with no reason against it; None where nothing was said of it."""
    current = case.current
    if current is None:
        if any(o.state is not State.MET for o in case.outcomes):
            return None
        return _nothing_planned(case, plan)
    if current.state is State.SILENT:
        return None
    promise, evidence = current.promise, current.evidence
    if current.state is State.OPEN:
        begun = any(r.under_way for r in case.reports if r.received_on >= promise.starts_on)
        code = ReasonCode.UNDER_WAY if begun else ReasonCode.NOT_YET_DUE
        text = (
            f"「{promise.phase}」は進行中です（期限{wareki(promise.due_on)}）。"
            if begun
            else f"「{promise.phase}」の期限（{wareki(promise.due_on)}）はまだ先です。"
        )
        return ground(case, code, text, Verdict.ON_TRACK, promise=promise, evidence=evidence)
    if promise.standing:
        text = f"計画どおり「{promise.phase}」です。"
        return ground(case, ReasonCode.KEPT, text, Verdict.ON_TRACK, promise=promise, evidence=evidence)
    return _met(case, current)


def _met(case: Case, current: Outcome) -> Ground:
    promise, met_on = current.promise, current.met_on or current.promise.due_on
    early = (promise.due_on - met_on).days
    if early >= case.rules.ahead_days:
        text = f"「{promise.phase}」を期限（{wareki(promise.due_on)}）より{early}日早く終えています（{wareki(met_on)}）。"
        return ground(
            case,
            ReasonCode.MET_EARLY,
            text,
            Verdict.AHEAD,
            days=early,
            promise=promise,
            evidence=current.evidence,
        )
    late = f"（期限を{-early}日過ぎて）" if early < 0 else ""
    text = f"「{promise.phase}」は{wareki(met_on)}に{late}終わっています。"
    return ground(case, ReasonCode.MET, text, Verdict.DONE, promise=promise, evidence=current.evidence)


def _nothing_planned(case: Case, plan: Plan) -> Ground:
    label = fiscal_year_label(fiscal_year_of(case.as_of))
    reason = Reason(
        code=ReasonCode.NOTHING_PLANNED,
        text="今年度に行うことは計画になく、過年度の積み残しもありません。",
        verdict=Verdict.NOT_DUE,
        evidence=(PlanEvidence(ref=plan_ref(plan, case.project, [label])),)
        if label in case.project.phases
        else (),
    )
    return Ground(reason)
