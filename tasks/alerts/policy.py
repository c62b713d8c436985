"""What is worth telling: findings against what was told before. Pure; changes only.

A day count that grows is no change. Source of the verdicts to be told of: the issue's list, which is
every verdict but those with nothing to do about (順調, 完了, 前倒し, 対象外).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.alerts.records import AlertEvent, Episode, EpisodeChange, EventKind, Record
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Finding, Judgement, Reason

#: A 事業 with one of these is in an episode; it ends with any other.
ALERTING = frozenset(
    {Verdict.CRITICAL, Verdict.DELAYED, Verdict.CONTRADICTORY, Verdict.AT_RISK, Verdict.UNREPORTED}
)
#: From something worse to one of these nothing got better: a doubt or silence took its place.
_NO_BETTER = frozenset({Verdict.CONTRADICTORY, Verdict.UNREPORTED})


class Planned(Record):
    """What becomes of one 事業: the change of its episode, and the event, None where nobody is told."""

    change: EpisodeChange
    event: AlertEvent | None


def plan_events(judgement: Judgement, open_episodes: Sequence[Episode]) -> tuple[Planned, ...]:
    """Return what changed against the open episodes, in the order of the plan.

    Applied again to the episodes it results in, it returns nothing. A 事業 that is no longer in the
    plan ends its episode as 対象外.
    """
    episodes = {episode.project_id: episode for episode in open_episodes}
    plans = [_plan(finding, episodes.pop(finding.project_id, None)) for finding in judgement.findings]
    gone = [_closed(episode, Verdict.NOT_DUE) for episode in episodes.values()]
    return tuple(plan for plan in [*plans, *gone] if plan is not None)


def _plan(finding: Finding, episode: Episode | None) -> Planned | None:
    if finding.verdict not in ALERTING:
        return _closed(episode, finding.verdict) if episode else None
    keys = tuple(dict.fromkeys(_key(reason) for reason in _concerns(finding)))
    change = EpisodeChange(
        project_id=finding.project_id,
        episode_id=episode.id if episode else None,
        verdict=finding.verdict,
        reasons=keys,
    )
    if episode is None:
        return Planned(change=change, event=_event(finding, EventKind.OPENED, None, ()))
    new = tuple(dict.fromkeys(r.code for r in _concerns(finding) if _is_new(r, episode.reasons)))
    kind = _kind(episode.verdict, finding.verdict, new)
    if kind is not None:
        return Planned(change=change, event=_event(finding, kind, episode.verdict, new))
    # A reason that went away is told to nobody, but has to be news when it comes back.
    return Planned(change=change, event=None) if set(keys) != set(episode.reasons) else None


def _kind(before: Verdict, after: Verdict, new: Sequence[ReasonCode]) -> EventKind | None:
    if before is after:
        return EventKind.CHANGED if new else None
    if after.rank < before.rank:
        return EventKind.WORSENED
    return EventKind.CHANGED if after in _NO_BETTER else EventKind.IMPROVED


def _closed(episode: Episode, after: Verdict) -> Planned:
    change = EpisodeChange(project_id=episode.project_id, episode_id=episode.id, verdict=None)
    event = AlertEvent(
        project_id=episode.project_id,
        kind=EventKind.RECOVERED,
        before=episode.verdict,
        after=after,
        told=True,
        why_not=None,
    )
    return Planned(change=change, event=event)


def _event(
    finding: Finding, kind: EventKind, before: Verdict | None, new: tuple[ReasonCode, ...]
) -> AlertEvent:
    return AlertEvent(
        project_id=finding.project_id,
        kind=kind,
        before=before,
        after=finding.verdict,
        told=True,
        why_not=None,
        new_reasons=new,
    )


def _concerns(finding: Finding) -> Iterator[Reason]:
    """Yield the reasons that call for an alert by themselves; 評価乖離 and the like move nothing."""
    return (reason for reason in finding.reasons if reason.verdict in ALERTING)


def _key(reason: Reason) -> str:
    return f"{reason.code.value}@{reason.department}" if reason.department else reason.code.value


def _is_new(reason: Reason, known: Sequence[str]) -> bool:
    """Whether a reason was not there before; naming its 担当課, or no longer naming it, is no news."""
    code = reason.code.value
    if reason.department is None:
        return all(key.partition("@")[0] != code for key in known)
    return code not in known and _key(reason) not in known
