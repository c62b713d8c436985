"""From grounds to the parts of a finding: the worst verdict, the deciding commitment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from plan_data.model import Plan
from plan_data.phases import Phase, fiscal_year_label, fiscal_year_of
from tasks.progress.case import Case, Ground, ground
from tasks.progress.ladder import planned_on
from tasks.progress.outcomes import Outcome
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Commitment, Expected
from tasks.progress.report import Report
from tasks.sheets.records import FieldName, SelfRating


def in_order(grounds: Sequence[Ground]) -> list[Ground]:
    """Return the grounds without repetition: worst verdict first, facts before forecasts, most days first."""
    place = {code: number for number, code in enumerate(ReasonCode)}

    def key(item: Ground) -> tuple[int, int, int, str]:
        reason = item.reason
        rank = reason.verdict.rank if reason.verdict else len(Verdict)
        return (rank, place[reason.code], -(reason.days or 0), reason.department or "")

    return sorted(dict.fromkeys(grounds), key=key)


def worst(grounds: Sequence[Ground]) -> Verdict:
    """Return the worst verdict that a ground calls for; without any, nobody said anything."""
    verdicts = [g.reason.verdict for g in grounds if g.reason.verdict is not None]
    return min(verdicts, key=lambda v: v.rank, default=Verdict.UNREPORTED)


def bearing_on(verdict: Verdict, grounds: Sequence[Ground]) -> list[Ground]:
    """Return the grounds that explain ``verdict``: what speaks for a 事業 only where nothing speaks against it."""
    return [
        g
        for g in grounds
        if g.reason.verdict in (None, verdict) or g.reason.verdict.rank < Verdict.ON_TRACK.rank
    ]


def share_of(judged: Sequence[tuple[Case, list[Ground]]], verdict: Verdict) -> Case:
    """Return the share (see judge) that has the 事業's verdict."""
    for share, grounds in judged:
        if any(g.reason.verdict is verdict for g in grounds):
            return share
    return judged[0][0]


def deciding_outcome(grounds: Sequence[Ground], case: Case) -> Outcome | None:
    """Return the commitment behind the first ground that has one, else the current one."""
    by_promise = {o.promise: o for o in case.outcomes}
    for item in grounds:
        if item.reason.verdict is not None and item.promise in by_promise:
            return by_promise[item.promise]
    return case.current


def self_rating(case: Case) -> SelfRating | None:
    """Return the last self-rating that a department gave."""
    for report in reversed(case.latest_by_department):
        value = report.value(FieldName.SELF_RATING)
        if value is not None:
            return SelfRating(str(value))
    return None


def rating_gap(case: Case, rating: SelfRating, verdict: Verdict) -> Ground:
    """Return 評価乖離: the department rates itself better than the evidence does."""
    evidence = tuple(
        e
        for r in case.latest_by_department
        if FieldName.SELF_RATING in r.cells
        for e in r.evidence(FieldName.SELF_RATING)
    )
    text = f"評価乖離：担当課の自己評価は「{rating.value}」ですが、判定は「{verdict.label}」です。"
    return ground(case, ReasonCode.SELF_RATING_GAP, text, None, evidence=evidence)


def expected(case: Case, plan: Plan) -> Expected:
    """Return what the plan in force expects this fiscal year."""
    cell = case.project.phases.get(fiscal_year_label(fiscal_year_of(case.as_of)))
    current = case.current.promise if case.current else None
    progress = None
    if current is not None:
        progress = planned_on(current, case.ladder(current), case.as_of)
    return Expected(
        phase=cell.phase.value if cell else Phase.NONE.value,
        due_on=current.due_on if current else None,
        progress=round(progress, 4) if progress is not None else None,
    )


def reported(latest: Report | None) -> dict[str, object]:
    """Return the last report as plain values: days as ISO text."""
    if latest is None:
        return {}
    values = {
        name.value: cell.value.isoformat() if isinstance(cell.value, date) else cell.value
        for name, cell in latest.cells.items()
    }
    return {**values, "department": latest.department, "received_on": latest.received_on.isoformat()}


def commitment_of(deciding: Outcome | None, as_of: date) -> Commitment | None:
    """Return the deciding commitment as a record."""
    if deciding is None:
        return None
    promise = deciding.promise
    return Commitment(
        phase=promise.phase.value,
        fiscal_years=tuple(fiscal_year_label(y) for y in promise.years),
        due_on=promise.due_on,
        met_on=deciding.met_on,
        days_late=deciding.days_late(as_of),
        key=promise.key,
    )


def commitments_of(
    judged: Sequence[tuple[Case, list[Ground]]], grounds: Sequence[Ground], as_of: date
) -> tuple[Commitment, ...]:
    """Return the commitments that have begun or that a ground speaks of, in the order of the years.

    Of several shares the one that is furthest behind speaks for the commitment.
    """
    outcomes: dict[str, Outcome] = {}
    for share, _ in judged:
        for outcome in share.outcomes:
            known = outcomes.setdefault(outcome.promise.key, outcome)
            if (outcome.met_on is None, outcome.days_late(as_of)) > (
                known.met_on is None,
                known.days_late(as_of),
            ):
                outcomes[outcome.promise.key] = outcome
    promises = {g.promise.key: g.promise for g in grounds if g.promise is not None}
    begun = tuple(c for o in outcomes.values() if (c := commitment_of(o, as_of)) is not None)
    return begun + tuple(
        Commitment(
            phase=promise.phase.value,
            fiscal_years=tuple(fiscal_year_label(y) for y in promise.years),
            due_on=promise.due_on,
            key=key,
        )
        for key, promise in promises.items()
        if key not in outcomes
    )
