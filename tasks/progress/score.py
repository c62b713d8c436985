"""The judgement's own score: what was predicted of each commitment, held against what came true.

Pure. A prediction is what one run said of one commitment; the same words said again by later runs are the
same prediction, made on the day they were first said. The truth arrives when the commitment is met, or when
its due date passes unmet. A rate is given only where enough cases stand behind it (``FEW``): a town's first
year has few truths, and two of two is no precision of 100 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import groupby
from statistics import fmean, median
from typing import Any

from plan_data.record import record
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Finding, Judgement

#: Below this number of cases a rate would be an accident, and is left out.
FEW = 5
#: What is scored as a prediction of a delay, besides the verdict itself.
RULES = (
    ReasonCode.OWN_DATE_PAST_DUE,
    ReasonCode.OWN_DATE_PASSED,
    ReasonCode.FORECAST_PAST_DUE,
    ReasonCode.END_JUMPING,
    ReasonCode.END_RISING,
    ReasonCode.EARLY_WARNING,
    ReasonCode.MILESTONE_OVERDUE,
    ReasonCode.NOT_UNDER_WAY,
    ReasonCode.BEHIND_PLANNED_VALUE,
    ReasonCode.BUDGET_NOT_REQUESTED,
    ReasonCode.BUDGET_NOT_ADOPTED,
    ReasonCode.SELF_RATED_LATE,
)
#: The verdict at_risk or worse, as a rule of its own.
VERDICT_RULE = "verdict"
_ALARMING = (Verdict.CRITICAL, Verdict.DELAYED, Verdict.AT_RISK)


@record
class Prediction:
    """What was said of one commitment from ``made_on`` until something else was said.

    ``rules`` are the codes that warned of it; ``probability`` that of the early warning; a met one has ``met_on``.
    """

    project_id: str
    commitment: str
    due_on: date
    made_on: date
    state: str
    rules: tuple[str, ...] = ()
    p50: date | None = None
    p80: date | None = None
    probability: float | None = None
    met_on: date | None = None


@record
class RuleScore:
    """How one rule did. ``hits`` warned and late, ``false_alarms`` warned and in time, ``misses`` not warned and late.

    ``lead_days`` is the mean, over the hits, of the days from the first warning to the due date.
    """

    rule: str
    hits: int
    false_alarms: int
    misses: int
    precision: float | None
    recall: float | None
    lead_days: float | None


@record
class Calibration:
    """How often a forecast held, of ``cases`` predictions whose truth is known; said is what it claims."""

    said: float
    held: float | None
    cases: int


@record
class Score:
    """The score as of a day. ``known`` commitments have come true one way or the other, ``late`` of them late."""

    as_of: date
    commitments: int
    known: int
    late: int
    since: date | None
    rules: tuple[RuleScore, ...]
    p50: Calibration
    p80: Calibration
    p50_error_days: float | None
    brier: float | None
    probabilities: tuple[Calibration, ...]


def predictions_of(judgement: Judgement) -> list[Prediction]:
    """Return what a judgement says of every begun commitment that somebody spoke of."""
    return [
        _prediction(finding, judgement.as_of, place)
        for finding in judgement.findings
        for place, outlook in enumerate(finding.outlooks)
        if outlook.state != "silent"
    ]


def _prediction(finding: Finding, made_on: date, place: int) -> Prediction:
    outlook = finding.outlooks[place]
    own = [r for r in finding.reasons if r.commitment == outlook.key]
    rules = {r.code.value for r in own if r.code in RULES}
    if any(r.verdict in _ALARMING for r in own):
        rules.add(VERDICT_RULE)
    is_open = outlook.state == "open"
    return Prediction(
        finding.project_id,
        outlook.key,
        outlook.due_on,
        made_on,
        outlook.state,
        tuple(sorted(rules)) if is_open else (),
        outlook.forecast.p50 if is_open else None,
        outlook.forecast.p80 if is_open else None,
        round(outlook.warning.probability, 2) if outlook.warning else None,
        outlook.met_on,
    )


@record
class _Case:
    """One commitment: what was said of it in time, when it was met, and until when it was watched."""

    said: tuple[Prediction, ...]
    met_on: date | None
    as_of: date

    def after(self, day: date) -> bool | None:
        """Whether it ended after ``day``; None while that is not known."""
        if self.met_on is not None:
            return self.met_on > day
        return True if self.as_of > day else None


def score(predictions: Iterable[Prediction], as_of: date) -> Score:
    """Score everything predicted by ``as_of``, in any order; what was said later is not known yet."""
    known = sorted(
        (p for p in predictions if p.made_on <= as_of),
        key=lambda p: (p.project_id, p.commitment, p.made_on),
    )
    cases = [_case(list(own), as_of) for _, own in groupby(known, key=lambda p: (p.project_id, p.commitment))]
    cases = [case for case in cases if case.said]
    outcomes = [late for case in cases if (late := case.after(case.said[-1].due_on)) is not None]
    said = [(case, p) for case in cases for p in case.said]
    return Score(
        as_of=as_of,
        commitments=len(cases),
        known=len(outcomes),
        late=sum(outcomes),
        since=min((p.made_on for _, p in said), default=None),
        rules=tuple(_rule(rule, cases) for rule in (VERDICT_RULE, *(code.value for code in RULES))),
        p50=_held(0.5, said, lambda p: p.p50),
        p80=_held(0.8, said, lambda p: p.p80),
        p50_error_days=_error(said),
        **_probabilities(said),
    )


def _case(own: Sequence[Prediction], as_of: date) -> _Case:
    met_on = own[-1].met_on if own[-1].state == "met" else None
    in_time = tuple(p for p in own if p.state == "open" and p.made_on <= p.due_on)
    return _Case(in_time, met_on, as_of)


def _rule(rule: str, cases: Sequence[_Case]) -> RuleScore:
    hits, false_alarms, misses = [], 0, 0
    for case in cases:
        first = next((p for p in case.said if rule in p.rules), None)
        due_on = (first or case.said[-1]).due_on
        late = case.after(due_on)
        if late is None:
            continue
        if first is not None and late:
            hits.append((due_on - first.made_on).days)
        elif first is not None:
            false_alarms += 1
        elif late:
            misses += 1
    return RuleScore(
        rule,
        len(hits),
        false_alarms,
        misses,
        _share(len(hits), len(hits) + false_alarms),
        _share(len(hits), len(hits) + misses),
        round(fmean(hits), 1) if len(hits) >= FEW else None,
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole >= FEW else None


def _held(
    said: float, predictions: Sequence[tuple[_Case, Prediction]], day: Callable[[Prediction], date | None]
) -> Calibration:
    held = [
        not after
        for case, p in predictions
        if (by := day(p)) is not None and (after := case.after(by)) is not None
    ]
    return Calibration(said, _share(sum(held), len(held)), len(held))


def _error(predictions: Sequence[tuple[_Case, Prediction]]) -> float | None:
    errors = [abs((case.met_on - p.p50).days) for case, p in predictions if case.met_on and p.p50 is not None]
    return float(median(errors)) if len(errors) >= FEW else None


def _probabilities(predictions: Sequence[tuple[_Case, Prediction]]) -> dict[str, Any]:
    known = [
        (late, p.probability)
        for case, p in predictions
        if p.probability is not None and (late := case.after(p.due_on)) is not None
    ]
    fifths = []
    for fifth in range(5):
        part = [(y, q) for y, q in known if fifth == min(int(q * 5), 4)]
        if part:
            mean = round(fmean(q for _, q in part), 3)
            fifths.append(Calibration(mean, _share(sum(y for y, _ in part), len(part)), len(part)))
    return {"brier": _brier(known), "probabilities": tuple(fifths)}


def _brier(known: Sequence[tuple[bool, float]]) -> float | None:
    if len(known) < FEW:
        return None
    from tasks.progress.ranking import brier  # of which a town's first years have no need

    value = brier([came_true for came_true, _ in known], [said for _, said in known])
    return None if value is None else round(value, 4)
