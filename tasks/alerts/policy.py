"""What is worth telling: findings against what was told and answered before. Pure.

Each commitment goes through the stages in turn; each may add to the draft or keep something back, and
records why. A day count that grows is no change. Applied again to what it results in, the policy
returns nothing. Source of the verdicts to be told of: every one but those with nothing to do about
(順調, 完了, 前倒し, 対象外).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from config.business_days import BusinessCalendar
from config.escalation import Escalation
from tasks.alerts.answers import Answer, Held
from tasks.alerts.concerns import ALERTING, Concern, Key, concerns
from tasks.alerts.facts import Draft, Facts, Look, Planned, make_event
from tasks.alerts.ladder import climb
from tasks.alerts.records import Episode, EpisodeChange, EpisodeState, EventKind, Why, WhyNot
from tasks.alerts.stages import answered, damp, inhibit
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Judgement

__all__ = ["ALERTING", "Planned", "plan_events"]

#: From something worse to one of these nothing got better: a doubt or silence took its place.
_NO_BETTER = frozenset({Verdict.CONTRADICTORY, Verdict.UNREPORTED})


def plan_events(
    judgement: Judgement,
    episodes: Sequence[Episode],
    rules: Escalation,
    calendar: BusinessCalendar,
    answers: Mapping[int, Answer] | None = None,
    holds: Sequence[Held] = (),
    gone: Mapping[str, str] | None = None,
) -> tuple[Planned, ...]:
    """Return what changed and what went unanswered, in the order of the plan.

    ``episodes`` are the open ones and those closed lately, ``answers`` those that hold, by the id of
    their episode, ``holds`` the escalations that wait, ``gone`` the missing file of each department
    that has no other. A 事業 that is no longer in the plan ends its
    episodes as 対象外.
    """
    look = Look(judgement.as_of, rules, calendar)
    return tuple(
        planned
        for facts in _facts(judgement, concerns(judgement, gone or {}), episodes, look, answers or {}, holds)
        if (planned := _planned(facts)) is not None
    )


def _facts(
    judgement: Judgement,
    current: Mapping[Key, Concern],
    episodes: Sequence[Episode],
    look: Look,
    answers: Mapping[int, Answer],
    holds: Sequence[Held],
) -> Iterator[Facts]:
    findings = {f.project_id: f for f in judgement.findings}
    known = _by_key(episodes, current)
    place = {project_id: n for n, project_id in enumerate(findings)}
    for key in sorted({**current, **known}, key=lambda k: place.get(k[0], len(place))):
        project_id, commitment = key
        episode = known.get(key)
        yield Facts(
            look=look,
            project_id=project_id,
            commitment=commitment,
            finding=findings.get(project_id),
            concern=current.get(key),
            episode=episode,
            answer=answers.get(episode.id) if episode else None,
            holds=tuple(h for h in holds if episode and h.episode_id == episode.id),
            known=_told_before(project_id, episodes) if episode is None else frozenset(),
        )


def _by_key(episodes: Sequence[Episode], current: Mapping[Key, Concern]) -> dict[Key, Episode]:
    """Return the episode of each commitment: the open one, else the one closed last.

    An episode of before they had a commitment goes to the worst concern of its 事業.
    """
    found: dict[Key, Episode] = {}
    for episode in sorted(episodes, key=lambda e: (e.closed_on is None, e.closed_on or e.opened_on, e.id)):
        key = (episode.project_id, episode.commitment)
        if episode.state.legacy and episode.closed_on is None and key not in current:
            own = [c for (project_id, _), c in current.items() if project_id == episode.project_id]
            worst = min(own, key=lambda c: c.verdict.rank, default=None)
            key = (episode.project_id, worst.commitment if worst else "")
        found[key] = episode
    return found


def _told_before(project_id: str, episodes: Sequence[Episode]) -> frozenset[str]:
    legacy = (e for e in episodes if e.project_id == project_id and e.state.legacy and e.closed_on is None)
    return frozenset(key for episode in legacy for key in episode.reasons)


def _planned(facts: Facts) -> Planned | None:
    episode = facts.episode
    if facts.concern is None and episode is not None and not facts.is_open and not episode.state.damped:
        return None
    draft = _begin(facts)
    for stage in _STAGES:
        draft = stage(facts, draft)
    events = (*((draft.event,) if draft.event else ()), *draft.more)
    if not events and not draft.new_holds and not draft.hold_ends and _same(facts, draft):
        return None
    reopened = draft.verdict is not None and not facts.is_open
    carried = _carried(facts)
    change = EpisodeChange(
        project_id=facts.project_id,
        commitment=facts.commitment,
        episode_id=carried.id if carried else None,
        verdict=draft.verdict,
        reasons=draft.reasons,
        state=draft.state,
        changed=reopened or draft.event is not None,
    )
    return Planned(
        change=change,
        events=events,
        answer_end=draft.answer_end,
        new_holds=draft.new_holds,
        hold_ends=draft.hold_ends,
    )


def _same(facts: Facts, draft: Draft) -> bool:
    episode = facts.episode
    if episode is None:
        return draft.verdict is None
    return (
        draft.state == episode.state
        and set(draft.reasons) == set(episode.reasons)
        and (draft.verdict is None) is not facts.is_open
        and facts.commitment == episode.commitment
    )


def _carried(facts: Facts) -> Episode | None:
    """Return the episode that goes on: an open one, or one closed so lately that this is the same trouble."""
    episode = facts.episode
    if episode is None or episode.closed_on is None or facts.concern is None:
        return episode
    within = facts.look.rules.episodes.reopen_within_business_days
    return episode if facts.look.days_since(episode.closed_on) <= within else None


def _begin(facts: Facts) -> Draft:
    episode = _carried(facts)
    if episode is None:
        return Draft(None, (), EpisodeState())
    state = episode.state
    if state.legacy:
        # Nobody could answer it before; its time to do so begins now.
        as_of = facts.look.as_of
        state = state.model_copy(
            update={
                "legacy": False,
                "waiting_since": as_of,
                "reminded_on": as_of,
                "worst_told": episode.verdict,
            }
        )
    return Draft(episode.verdict if facts.is_open else None, episode.reasons, state)


def _change(facts: Facts, draft: Draft) -> Draft:
    """Find out how the verdict changed; a first stage that keeps nothing back."""
    concern = facts.concern
    if concern is None:
        return _recovered(facts, draft)
    now = replace(draft, verdict=concern.verdict, reasons=concern.keys)
    as_of = facts.look.as_of
    if draft.verdict is None:
        return _opened(facts, now, concern)
    new = concern.new_against(draft.reasons)
    kind = _kind(draft.verdict, concern.verdict, new)
    if kind is None:
        return now
    why = Why.NEW_REASON if kind is EventKind.CHANGED and draft.verdict is concern.verdict else None
    event = make_event(
        facts, kind, draft.verdict, concern.verdict, why or Why.VERDICT_CHANGED, new_reasons=new
    )
    reminders = 0 if kind is EventKind.WORSENED else draft.state.reminders
    return replace(now, event=event).kept(reminded_on=as_of, reminders=reminders)


def _opened(facts: Facts, draft: Draft, concern: Concern) -> Draft:
    as_of, again = facts.look.as_of, _carried(facts) is not None
    kind = EventKind.REOPENED if again else EventKind.OPENED
    opened = replace(draft, event=make_event(facts, kind, None, concern.verdict, Why.VERDICT_CHANGED)).kept(
        waiting_since=draft.state.waiting_since or as_of, reminded_on=as_of, reminders=0
    )
    if facts.known and set(concern.keys) <= facts.known:
        return opened.untold(WhyNot.KNOWN_BEFORE).kept(told=None, worst_told=concern.verdict)
    return opened


def _recovered(facts: Facts, draft: Draft) -> Draft:
    if draft.verdict is None:
        return draft
    why = Why.LEFT_THE_PLAN if facts.finding is None else Why.VERDICT_CHANGED
    event = make_event(facts, EventKind.RECOVERED, draft.verdict, facts.calm, why)
    return replace(draft, verdict=None, event=event)


def _kind(before: Verdict, after: Verdict, new: Sequence[ReasonCode]) -> EventKind | None:
    if before is after:
        return EventKind.CHANGED if new else None
    if after.rank < before.rank:
        return EventKind.WORSENED
    return EventKind.CHANGED if after in _NO_BETTER else EventKind.IMPROVED


_STAGES: tuple[Callable[[Facts, Draft], Draft], ...] = (_change, inhibit, answered, damp, climb)
