"""What changed in one 事業 since the run before, as short Japanese lines."""

from __future__ import annotations

from enum import StrEnum

from tasks.progress.reasons import Verdict
from tasks.progress.records import Finding, Reason
from tasks.reports.words import FIELD_LABELS, day, reported, shown

#: The reported fields whose change is worth telling, in this order.
_TOLD_FIELDS = ("phase", "progress", "held_count", "due_on", "finished_on", "milestone", "budget")


class Trend(StrEnum):
    """How a verdict moved since the run before; the value is the word people read."""

    FIRST = "初回"
    WORSE = "悪化"
    BETTER = "改善"
    OTHER = "変化"
    SAME = "変化なし"


#: A doubt or silence in the place of something worse is no progress.
_NO_BETTER = frozenset({Verdict.CONTRADICTORY, Verdict.UNREPORTED})


def trend(now: Finding, before: Finding | None) -> Trend:
    """Return how the verdict moved; FIRST when the run before did not judge this 事業."""
    if before is None:
        return Trend.FIRST
    if now.verdict is before.verdict:
        return Trend.SAME
    if now.verdict.rank < before.verdict.rank:
        return Trend.WORSE
    return Trend.OTHER if now.verdict in _NO_BETTER else Trend.BETTER


def changes(now: Finding, before: Finding | None) -> tuple[str, ...]:
    """Return what is different from the run before: verdict, plan, reported values, reasons.

    Days that merely went by are no change.
    """
    if before is None:
        return ()
    moves = [
        ("判定", before.verdict.label, now.verdict.label),
        ("計画の段階", before.expected.phase, now.expected.phase),
        ("期限", day(before.expected.due_on), day(now.expected.due_on)),
        *(
            (FIELD_LABELS[name], shown(name, reported(before, name)), shown(name, reported(now, name)))
            for name in _TOLD_FIELDS
        ),
        ("自己評価", before.self_rating or "なし", now.self_rating or "なし"),
    ]
    moved = [f"{what}：{was} → {now_is}" for what, was, now_is in moves if was != now_is]
    return (
        *moved,
        *(f"新たな理由：{r.text}" for r in _only_in(now, before)),
        *(f"解消した理由：{r.text}" for r in _only_in(before, now)),
    )


def _only_in(one: Finding, other: Finding) -> list[Reason]:
    """Return the reasons for concern that the other judgement does not have."""
    known = {(r.code, r.department) for r in other.reasons}
    return [r for r in one.reasons if (r.code, r.department) not in known and _concerns(r)]


def _concerns(reason: Reason) -> bool:
    return reason.verdict is None or reason.verdict.rank <= Verdict.UNREPORTED.rank
