"""Held against the first revision that made the commitment: what re-planning moved, and what it hides.

A revised plan may give a commitment more time; the days by the earlier plan are shown beside it.
Commitments of two revisions are the same where they stand for the same phase: a 継続 of the same
year, any other in the same place of the order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from plan_data.model import Plan
from plan_data.phases import Phase
from plan_data.record import record
from tasks.progress.case import Case, Ground, ground
from tasks.progress.commitments import Promise, promises_of
from tasks.progress.outcomes import Outcome, State
from tasks.progress.reasons import ReasonCode
from tasks.progress.records import Baseline, PlanEvidence
from tasks.wareki import wareki


@record
class Edition:
    """What one revision of the plan promises of the 事業 of a case."""

    revision: str
    promises: tuple[Promise, ...]


def editions_of(case: Case, revisions: Sequence[Plan]) -> tuple[Edition, ...]:
    """Return what each revision promises of the 事業, oldest first; the last is the plan in force.

    ``revisions`` are those known by the day of the case. One that has no such 事業 is left out.
    """
    *earlier, in_force = revisions
    held = [
        Edition(plan.revision, promises_of(plan, project, case.calendar))
        for plan in earlier
        for _, _, project in plan.projects()
        if project.id == case.project.id
    ]
    return (*held, Edition(in_force.revision, case.promises))


def baseline_of(deciding: Outcome | None, case: Case, editions: Sequence[Edition]) -> Baseline:
    """Hold the deciding commitment, and all open ones, against every revision known by then."""
    now = _worst(case)
    worst = max([now, *(_worst(_by(case, edition)) for edition in editions[:-1])])
    if deciding is None:
        return Baseline(worst_days_late=worst, laundered_days=worst - now)
    chain = _chain(deciding.promise, editions)
    revision, first = chain[0]
    late, now_late = (_days_late(deciding, promise, case) for promise in (first, deciding.promise))
    return Baseline(
        due_on=first.due_on,
        days_late=late,
        revision=revision,
        replanned=sum(a.due_on != b.due_on for (_, a), (_, b) in pairwise(chain)),
        worst_days_late=worst,
        laundered_days=max(worst - now, late - now_late, 0),
    )


def replanned(case: Case, baseline: Baseline, editions: Sequence[Edition]) -> Iterator[Ground]:
    """Yield, as 参考, the days late by an earlier plan that the plan in force does not count."""
    if not baseline.laundered_days:
        return
    revision, outcome, days = _told(case, baseline, editions)
    promise = outcome.promise
    due = wareki(promise.due_on)
    then = f"より{days}日遅れて終わりました" if outcome.state is State.MET else f"を{days}日過ぎています"
    now = _worst(case)
    today = f"{now}日の遅れ" if now else "期限内"
    times = f"、見直し{baseline.replanned}回" if baseline.replanned else ""
    text = (
        f"参考：前の計画（{revision}）では、「{promise.phase}」の期限（{due}）{then}。"
        f"今の計画（{editions[-1].revision}{times}）では{today}です。"
    )
    evidence = tuple(PlanEvidence(ref=p.ref) for p in (promise, _same(promise, editions[-1].promises)) if p)
    yield ground(case, ReasonCode.REPLANNED, text, None, days=days, evidence=evidence)


def _told(case: Case, baseline: Baseline, editions: Sequence[Edition]) -> tuple[str, Outcome, int]:
    """Return the revision, the commitment and the days that say best what the plan in force hides."""
    best: tuple[int, str, Outcome] | None = None
    for edition in editions[:-1]:
        by = _by(case, edition)
        for outcome in by.outcomes:
            days = _days_late(outcome, outcome.promise, by)
            if best is None or days > best[0]:
                best = (days, edition.revision, outcome)
    if best is None:
        raise ValueError("nothing is laundered without an earlier revision")
    return best[1], best[2], best[0]


def _by(case: Case, edition: Edition) -> Case:
    return replace(case, promises=edition.promises)


def _worst(case: Case) -> int:
    return max((outcome.days_late(case.as_of) for outcome in case.open), default=0)


def _days_late(outcome: Outcome, promise: Promise, case: Case) -> int:
    """Return how late ``outcome`` is, or was met, had its due date been that of ``promise``.

    Of a service that is kept only the day is known on which somebody first said so: that is no lateness.
    """
    if outcome.state is State.OPEN:
        late = outcome.days_late(case.as_of) if outcome.broken else (case.as_of - promise.due_on).days
    elif outcome.met_on is not None and not promise.standing:
        late = (outcome.met_on - promise.due_on).days
    else:
        late = 0
    return max(late, 0)


def _chain(promise: Promise, editions: Sequence[Edition]) -> list[tuple[str, Promise]]:
    """Return the commitment in each revision that has it, oldest first; in the last it is itself."""
    earlier = [(e.revision, _same(promise, e.promises, editions[-1].promises)) for e in editions[:-1]]
    return [
        *((revision, found) for revision, found in earlier if found is not None),
        (editions[-1].revision, promise),
    ]


def _same(promise: Promise, among: Sequence[Promise], of: Sequence[Promise] | None = None) -> Promise | None:
    same = [p for p in among if p.phase is promise.phase]
    if promise.phase is Phase.CONTINUE:
        return next((p for p in same if p.years == promise.years), None)
    place = [p for p in of if p.phase is promise.phase].index(promise) if of is not None else 0
    return same[place] if place < len(same) else None
