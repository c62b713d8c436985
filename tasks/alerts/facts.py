"""What the policy knows of one commitment, and the draft that its stages write on. Pure."""

from dataclasses import replace
from datetime import date
from typing import Self

from config.business_days import BusinessCalendar
from config.escalation import Escalation
from plan_data.record import record
from tasks.alerts.answers import Answer, AnswerEnd, Held, HeldState
from tasks.alerts.concerns import ALERTING, Concern
from tasks.alerts.records import (
    AlertEvent,
    Episode,
    EpisodeChange,
    EpisodeState,
    EventKind,
    Record,
    Why,
    WhyNot,
)
from tasks.progress.reasons import Verdict
from tasks.progress.records import Finding


@record
class Look:
    """The day, and what the town holds to be long."""

    as_of: date
    rules: Escalation
    calendar: BusinessCalendar

    def days_since(self, day: date) -> int:
        """Return the business days after ``day`` up to the day of the look."""
        return self.calendar.business_days_between(day, self.as_of)


@record
class Facts:
    """One commitment on one day: its concern, its episode (maybe closed a while ago), what was answered.

    ``known`` are reasons that were told of this 事業 before its episodes had a commitment.
    """

    look: Look
    project_id: str
    commitment: str
    finding: Finding | None
    concern: Concern | None
    episode: Episode | None
    answer: Answer | None
    holds: tuple[Held, ...]
    known: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Whether the episode stood open before this look."""
        return self.episode is not None and self.episode.closed_on is None

    @property
    def calm(self) -> Verdict:
        """The verdict of a commitment nothing is wrong with any more."""
        if self.finding is None:
            return Verdict.NOT_DUE
        if self.finding.verdict not in ALERTING:
            return self.finding.verdict
        own = next((c for c in self.finding.commitments if c.key == self.commitment), None)
        return Verdict.DONE if own is not None and own.met_on is not None else Verdict.ON_TRACK


class NewHold(Record):
    """An escalation that is to wait until ``until``."""

    audience: str
    days: int
    until: date


class Planned(Record):
    """What becomes of one commitment: the change of its episode, and the events, told or not.

    ``answer_end`` is why its answer holds no longer, None while it does; ``hold_ends`` are decisions
    by id on escalations that waited, ``new_holds`` those that begin to.
    """

    change: EpisodeChange
    events: tuple[AlertEvent, ...]
    answer_end: AnswerEnd | None = None
    new_holds: tuple[NewHold, ...] = ()
    hold_ends: tuple[tuple[int, HeldState], ...] = ()


@record
class Draft:
    """What the stages have come to so far. ``event`` is the change of the verdict, ``more`` follow it.

    ``verdict`` None means closed. While ``resting`` nothing reminds and nothing climbs.
    """

    verdict: Verdict | None
    reasons: tuple[str, ...]
    state: EpisodeState
    event: AlertEvent | None = None
    more: tuple[AlertEvent, ...] = ()
    answer_end: AnswerEnd | None = None
    resting: bool = False
    new_holds: tuple[NewHold, ...] = ()
    hold_ends: tuple[tuple[int, HeldState], ...] = ()

    def kept(self, **state: object) -> Self:
        """Return the draft with some of the state replaced."""
        return replace(self, state=self.state.model_copy(update=state))

    def untold(self, why_not: WhyNot, **more: object) -> Self:
        """Return the draft with its event recorded instead of told."""
        if self.event is None:
            return self
        update = {"told": False, "why_not": why_not, **more}
        return replace(self, event=self.event.model_copy(update=update))


def make_event(
    facts: Facts, kind: EventKind, before: Verdict | None, after: Verdict, why: Why, **more: object
) -> AlertEvent:
    """Return an event about the commitment of ``facts``, to be told unless ``more`` says otherwise."""
    values = {
        "project_id": facts.project_id,
        "commitment": facts.commitment,
        "kind": kind,
        "before": before,
        "after": after,
        "why": why,
        "told": True,
        "why_not": None,
    }
    return AlertEvent.model_validate({**values, **more})
