"""What keeps an alert back, and brings it out later: a file's trouble, an answer, flapping. Pure.

Each stage takes the facts and the draft and returns the draft; what is kept back is recorded with its
reason.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tasks.alerts.answers import AnswerEnd, AnswerKind
from tasks.alerts.facts import Draft, Facts, make_event
from tasks.alerts.records import EpisodeState, EventKind, Why, WhyNot
from tasks.progress.reasons import Verdict

_OPENINGS = frozenset({EventKind.OPENED, EventKind.REOPENED})
_FREE = {"inhibited_by": None, "inhibited_on": None}
_STILL = {"damped_on": None, "damped_from": None, "damped": 0}


def inhibit(facts: Facts, draft: Draft) -> Draft:
    """Keep a silence back while the file that should have been heard is being mended.

    The file's own notice is told meanwhile. The silence is told when the file is mended and it is
    still there, or when the file has been broken for longer than the town waits.
    """
    if draft.state.inhibited_by is not None:
        return _inhibited(facts, draft)
    file = facts.concern.file if facts.concern else None
    begins = draft.event is not None and draft.event.kind in _OPENINGS and draft.event.told
    if file is None or not begins or facts.look.rules.files.wait_business_days == 0:
        return draft
    return draft.untold(WhyNot.INHIBITED, file=file).kept(
        inhibited_by=file, inhibited_on=facts.look.as_of, waiting_since=None
    )


def _inhibited(facts: Facts, draft: Draft) -> Draft:
    concern, state, as_of = facts.concern, draft.state, facts.look.as_of
    if concern is None:
        return draft.untold(WhyNot.NEVER_TOLD, file=state.inhibited_by).kept(**_FREE)
    waited = facts.look.days_since(state.inhibited_on or as_of)
    if concern.verdict is not Verdict.UNREPORTED:
        why = Why.VERDICT_CHANGED
    elif concern.file is None:
        why = Why.FILE_SOLVED
    elif waited >= facts.look.rules.files.wait_business_days:
        why = Why.FILE_WAITED_LONG_ENOUGH
    else:
        return draft.untold(WhyNot.INHIBITED, file=state.inhibited_by)
    event = make_event(facts, EventKind.OPENED, None, concern.verdict, why, file=state.inhibited_by)
    return replace(draft, event=event).kept(**_FREE, waiting_since=as_of, reminded_on=as_of)


def answered(facts: Facts, draft: Draft) -> Draft:
    """Let an answered alert rest until its answer's last day, or until it worsens."""
    answer, as_of = facts.answer, facts.look.as_of
    if answer is None:
        return draft
    if draft.verdict is None:
        return replace(draft, answer_end=AnswerEnd.RECOVERED)
    kind = draft.event.kind if draft.event else None
    if kind is EventKind.WORSENED:
        return replace(draft, answer_end=AnswerEnd.WORSENED).kept(waiting_since=as_of)
    if as_of > answer.expires_on:
        ended = make_event(
            facts,
            EventKind.ANSWER_ENDED,
            draft.verdict,
            draft.verdict,
            Why.ANSWER_EXPIRED,
            since=answer.expires_on,
            note=f"{answer.kind.label}（{answer.owner}）：{answer.reason}",
        )
        fresh = replace(draft, answer_end=AnswerEnd.EXPIRED, more=(*draft.more, ended))
        return fresh.kept(waiting_since=as_of, reminded_on=as_of, reminders=0)
    rests = replace(draft, resting=True)
    quiet = answer.kind is AnswerKind.SNOOZE and kind in (EventKind.CHANGED, EventKind.IMPROVED)
    return rests.untold(WhyNot.SNOOZED) if quiet else rests


def damp(facts: Facts, draft: Draft) -> Draft:
    """Collect the changes of an alert that comes and goes, and tell them in one piece when it settles.

    Whatever is worse than all that was told of the episode is told at once.
    """
    look, rules = facts.look, facts.look.rules.flapping
    recent = [d for d in draft.state.changed_days if look.days_since(d) < rules.within_business_days]
    if draft.event is not None:
        draft = draft.kept(changed_days=(*recent, look.as_of))
    state = draft.state
    if draft.event is not None and draft.event.told:
        if _is_worse(draft.verdict, state):
            event = draft.event.model_copy(update={"times": state.damped})
            return replace(draft, event=event).kept(**_STILL)
        if state.damped_on is not None or len(state.changed_days) > rules.changes:
            before = state.damped_from or draft.event.before or state.worst_told
            draft = draft.untold(WhyNot.FLAPPING).kept(
                damped_on=state.damped_on or look.as_of, damped_from=before, damped=state.damped + 1
            )
    return _collected(facts, draft)


def _is_worse(verdict: Verdict | None, state: EpisodeState) -> bool:
    return verdict is not None and (state.worst_told is None or verdict.rank < state.worst_told.rank)


def _collected(facts: Facts, draft: Draft) -> Draft:
    """Tell what was collected when nothing changed for long enough, or when it goes on too long."""
    state, look, rules = draft.state, facts.look, facts.look.rules.flapping
    if state.damped_on is None:
        return draft
    last = max(state.changed_days, default=state.damped_on)
    settled = look.days_since(last) >= rules.settle_business_days
    if not settled and look.days_since(state.damped_on) < rules.within_business_days:
        return draft
    told = make_event(
        facts,
        EventKind.FLAPPED,
        state.damped_from,
        draft.verdict or facts.calm,
        Why.SETTLED if settled else Why.STILL_FLAPPING,
        times=state.damped,
        since=state.damped_on,
    )
    more = replace(draft, more=(told, *draft.more)).kept(reminded_on=look.as_of)
    return more.kept(**_STILL) if settled else more.kept(**_since(look.as_of, draft.verdict or facts.calm))


def _since(day: date, verdict: Verdict) -> dict[str, object]:
    return {"damped_on": day, "damped_from": verdict, "damped": 0}
