"""Who hears of an event: by the routes, by the rung an alert has reached, by who heard of it before. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.alerts.concerns import ALERTING
from tasks.alerts.facts import Planned
from tasks.alerts.recipients import DEPARTMENT, SECRETARIAT, Recipient
from tasks.alerts.records import AlertEvent, EpisodeState, EventKind, WhyNot
from tasks.progress.reasons import Verdict
from tasks.progress.records import Finding, Judgement
from tasks.sheets.matching import DepartmentIndex

#: These hear of every change their route names; everybody above only of what has climbed to them.
_AT_ONCE = frozenset({DEPARTMENT, SECRETARIAT})
#: What an end concerns only those who heard of the beginning.
_ENDS = frozenset({EventKind.RECOVERED, EventKind.ANSWER_ENDED})


def addressed(
    planned: Sequence[Planned],
    judgement: Judgement,
    recipients: Sequence[Recipient],
    departments: DepartmentIndex,
) -> tuple[Planned, ...]:
    """Return the plans with the roles that hear of each event; what nobody hears of says why.

    The episode remembers who heard of it: an end is told to them alone.
    """
    findings = {f.project_id: f for f in judgement.findings}
    return tuple(_addressed(p, findings.get(p.change.project_id), recipients, departments) for p in planned)


def _addressed(
    plan: Planned, finding: Finding | None, recipients: Sequence[Recipient], departments: DepartmentIndex
) -> Planned:
    state = plan.change.state
    # A rung that is told of the whole only now needs no change told beside it.
    climbs = {e.audience for e in plan.events if e.kind is EventKind.ESCALATED}
    events = []
    for event in plan.events:
        before = state.model_copy(update={"reached": tuple(a for a in state.reached if a not in climbs)})
        roles = tuple(
            dict.fromkeys(r.role for r in recipients if _hears(r, event, before, finding, departments))
        )
        events.append(_with(event, roles))
        if event.told and event.kind not in _ENDS:
            state = _remembered(state, event, roles, recipients, finding, departments)
    return plan.model_copy(
        update={"events": tuple(events), "change": plan.change.model_copy(update={"state": state})}
    )


def _with(event: AlertEvent, roles: tuple[str, ...]) -> AlertEvent:
    if roles or not event.told:
        return event.model_copy(update={"recipients": roles})
    ended = event.kind in _ENDS or event.after not in ALERTING
    why_not = WhyNot.NEVER_TOLD if ended else WhyNot.NO_RECIPIENT
    return event.model_copy(update={"told": False, "why_not": why_not})


def _remembered(
    state: EpisodeState,
    event: AlertEvent,
    roles: tuple[str, ...],
    recipients: Sequence[Recipient],
    finding: Finding | None,
    departments: DepartmentIndex,
) -> EpisodeState:
    told = state.told
    if told is None:
        was = event.before or event.after
        told = tuple(r.role for r in recipients if _by_route(r, was, state, finding, departments))
    worst = state.worst_told
    if roles and event.after in ALERTING and (worst is None or event.after.rank < worst.rank):
        worst = event.after
    return state.model_copy(update={"told": tuple(dict.fromkeys((*told, *roles))), "worst_told": worst})


def _hears(
    recipient: Recipient,
    event: AlertEvent,
    state: EpisodeState,
    finding: Finding | None,
    departments: DepartmentIndex,
) -> bool:
    if event.why_not is WhyNot.HELD:
        return recipient.audience == SECRETARIAT
    if not event.told:
        return False
    if event.audience is not None:
        climbed = state.model_copy(update={"reached": (*state.reached, event.audience)})
        return recipient.audience == event.audience and _by_route(
            recipient, event.after, climbed, finding, departments
        )
    if event.kind in _ENDS or event.after not in ALERTING:
        return _heard(recipient, event, state, finding, departments)
    if event.kind in (EventKind.IMPROVED, EventKind.FLAPPED) and recipient.role in (state.told or ()):
        return True
    return _by_route(recipient, event.after, state, finding, departments)


def _heard(
    recipient: Recipient,
    event: AlertEvent,
    state: EpisodeState,
    finding: Finding | None,
    departments: DepartmentIndex,
) -> bool:
    if state.told is not None:
        return recipient.role in state.told
    return event.before is not None and _by_route(recipient, event.before, state, finding, departments)


def _by_route(
    recipient: Recipient,
    verdict: Verdict,
    state: EpisodeState,
    finding: Finding | None,
    departments: DepartmentIndex,
) -> bool:
    if verdict not in recipient.verdicts:
        return False
    if recipient.audience not in _AT_ONCE and recipient.audience not in state.reached:
        return False
    if recipient.departments is None:
        return True
    return finding is not None and bool(owners(finding, verdict, departments) & recipient.departments)


def owners(finding: Finding, verdict: Verdict, departments: DepartmentIndex) -> frozenset[str]:
    """Return the departments a verdict is about: of a silence those that are silent, else all of the 事業."""
    if verdict is Verdict.UNREPORTED:
        return frozenset(silent_departments(finding, departments))
    return frozenset(m for name in finding.departments for m in departments.members(name))


def silent_departments(finding: Finding, departments: DepartmentIndex) -> tuple[str, ...]:
    """Return the departments a 事業 has not been heard of from, all of its own where none is named."""
    named = [r.department for r in finding.reasons if r.verdict is Verdict.UNREPORTED and r.department]
    return tuple(
        dict.fromkeys(named or [m for name in finding.departments for m in departments.members(name)])
    )
