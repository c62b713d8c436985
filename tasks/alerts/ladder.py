"""What happens while nobody answers: reminders to the 担当課, and the ladder above it. Pure.

Days are business days since the alert was told (or its answer ran out). Each rung is told once a
life of the episode; one that needs the 事務局's eye first waits, and what then happens is the town's
choice.
"""

from __future__ import annotations

from dataclasses import replace

from config.escalation import RUNGS, Rung
from tasks.alerts.answers import Decision, Held, HeldState
from tasks.alerts.facts import Draft, Facts, NewHold, Planned, make_event
from tasks.alerts.records import AlertEvent, Episode, EpisodeChange, EventKind, Why, WhyNot


def climb(facts: Facts, draft: Draft) -> Draft:
    """Remind, and tell the rungs whose time has come; an answered or closed alert does neither."""
    since = draft.state.waiting_since
    if draft.verdict is None or draft.resting or since is None:
        return _lapsed(draft, facts.holds)
    days = facts.look.days_since(since)
    held = {hold.audience: hold for hold in facts.holds}
    for rung in facts.look.rules.ladder:
        limit = rung.after_business_days.get(draft.verdict.value)  # type: ignore[call-overload]
        if limit is not None and days >= limit and rung.audience not in draft.state.reached:
            draft = _reach(facts, draft, rung, days, held.get(rung.audience))
        elif rung.audience in held:
            draft = _lapsed(draft, (held[rung.audience],))
    return _remind(facts, draft, days)


def released(episode: Episode, held: Held, decision: Decision, by: str) -> Planned:
    """Return what becomes of an escalation that waited, now that somebody (``by``) decided on it."""
    send = decision is Decision.SEND
    event = AlertEvent(
        project_id=episode.project_id,
        commitment=episode.commitment,
        kind=EventKind.ESCALATED,
        before=episode.verdict,
        after=episode.verdict,
        told=send,
        why_not=None if send else WhyNot.STOPPED,
        why=Why.RELEASED,
        audience=held.audience,
        days=held.days,
        since=episode.state.waiting_since,
        note=by,
    )
    state = episode.state.model_copy(update={"reached": (*episode.state.reached, held.audience)})
    change = EpisodeChange(
        project_id=episode.project_id,
        commitment=episode.commitment,
        episode_id=episode.id,
        verdict=episode.verdict,
        reasons=episode.reasons,
        state=state,
        changed=False,
    )
    return Planned(change=change, events=(event,))


def _lapsed(draft: Draft, holds: tuple[Held, ...]) -> Draft:
    ends = tuple((hold.id, HeldState.LAPSED) for hold in holds)
    return replace(draft, hold_ends=(*draft.hold_ends, *ends))


def _reach(facts: Facts, draft: Draft, rung: Rung, days: int, held: Held | None) -> Draft:
    rules, as_of = facts.look.rules.hold, facts.look.as_of
    if held is not None and as_of < held.hold_until:
        return draft
    if held is None and rung.audience in rules.audiences:
        until = facts.look.calendar.add_business_days(as_of, rules.business_days)
        waits = NewHold(audience=rung.audience, days=days, until=until)
        draft = replace(draft, new_holds=(*draft.new_holds, waits))
        return _told(facts, draft, rung.audience, days, Why.UNANSWERED, WhyNot.HELD)
    why_not = WhyNot.STOPPED if held is not None and rules.if_undecided == "stop" else None
    why = Why.UNANSWERED if held is None else Why.HOLD_RAN_OUT
    if held is not None:
        end = HeldState.STOPPED if why_not else HeldState.RELEASED
        draft = replace(draft, hold_ends=(*draft.hold_ends, (held.id, end)))
    draft = draft.kept(reached=(*draft.state.reached, rung.audience))
    return _told(facts, draft, rung.audience, days, why, why_not)


def _remind(facts: Facts, draft: Draft, days: int) -> Draft:
    state, verdict = draft.state, draft.verdict
    rule = facts.look.rules.reminders.by_verdict.get(verdict.value) if verdict else None  # type: ignore[call-overload]
    last = state.reminded_on or state.waiting_since
    if rule is None or last is None or state.damped_on is not None or state.reminders >= rule.at_most:
        return draft
    if facts.look.days_since(last) < rule.every_business_days:
        return draft
    reminded = _told(facts, draft, RUNGS[0], days, Why.UNANSWERED, None, EventKind.REMINDED)
    return reminded.kept(reminded_on=facts.look.as_of, reminders=state.reminders + 1)


def _told(
    facts: Facts,
    draft: Draft,
    audience: str,
    days: int,
    why: Why,
    why_not: WhyNot | None,
    kind: EventKind = EventKind.ESCALATED,
) -> Draft:
    verdict = draft.verdict
    if verdict is None:
        return draft
    event = make_event(
        facts,
        kind,
        verdict,
        verdict,
        why,
        told=why_not is None,
        why_not=why_not,
        audience=audience,
        days=days,
        since=draft.state.waiting_since,
    )
    return replace(draft, more=(*draft.more, event))
