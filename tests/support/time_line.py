"""A town's alerts from day to day, in memory: what the policy says is applied as the store applies it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from telling import ALERTS, CALENDAR, INDEX, RULES, routes

from tasks.alerts.answers import Answer, AnswerKind, Held
from tasks.alerts.policy import plan_events
from tasks.alerts.records import AlertEvent, Episode, EventKind, WhyNot
from tasks.alerts.telling import addressed

EVERYBODY = routes(
    ("事務局", "all"),
    ("担当課", ALERTS),
    ("本部長補佐", ALERTS),
    ("副本部長", ALERTS),
    ("本部長", ALERTS),
)
#: One character an audience.
SHORT = {"担当課": "課", "事務局": "局", "本部長補佐": "補", "副本部長": "副", "本部長": "長"}


class Line:
    """One town from day to day. ``events`` are all there were, each with its day."""

    def __init__(self, recipients=EVERYBODY, rules=RULES, index=INDEX):
        self.recipients, self.rules, self.index = recipients, rules, index
        self.episodes: dict[int, Episode] = {}
        self.answers: dict[int, Answer] = {}
        self.holds: dict[int, Held] = {}
        self.events: list[tuple[date, AlertEvent]] = []
        self.ids = 0

    def look(self, judgement) -> list[AlertEvent]:
        """One run of the watch."""
        planned = plan_events(
            judgement,
            list(self.episodes.values()),
            self.rules,
            CALENDAR,
            self.answers,
            list(self.holds.values()),
        )
        planned = addressed(planned, judgement, list(self.recipients.values()), self.index)
        for plan in planned:
            self._apply(plan, judgement.as_of)
        told = [event for plan in planned for event in plan.events]
        self.events += [(judgement.as_of, event) for event in told]
        return told

    def _apply(self, plan, as_of):
        change = plan.change
        was = self.episodes.get(change.episode_id)
        assert (was is None) is (change.episode_id is None)
        self.ids += was is None
        episode = Episode(
            id=was.id if was else self.ids,
            project_id=change.project_id,
            commitment=change.commitment,
            verdict=change.verdict or was.verdict,
            reasons=change.reasons,
            opened_on=was.opened_on if was else as_of,
            changed_on=as_of,
            closed_on=None if change.verdict else (as_of if change.changed else was.closed_on),
            state=change.state,
        )
        self.episodes[episode.id] = episode
        if plan.answer_end is not None:
            del self.answers[episode.id]
        for hold_id, _ in plan.hold_ends:
            del self.holds[hold_id]
        for hold in plan.new_holds:
            self.ids += 1
            self.holds[self.ids] = Held(
                id=self.ids,
                episode_id=episode.id,
                audience=hold.audience,
                days=hold.days,
                hold_until=hold.until,
            )
        # What the store's constraint says: one open episode a commitment.
        open_now = [(e.project_id, e.commitment) for e in self.open]
        assert len(open_now) == len(set(open_now)), open_now

    @property
    def open(self) -> list[Episode]:
        return [e for e in self.episodes.values() if e.closed_on is None]

    def answer(self, kind: str, until: date) -> None:
        """Answer everything that is open."""
        for episode in self.open:
            self.ids += 1
            self.answers[episode.id] = Answer(
                id=self.ids,
                episode_id=episode.id,
                kind=AnswerKind(kind),
                owner="税務課",
                reason="調整中",
                expires_on=until,
                answered_at=datetime(2026, 11, 24, tzinfo=UTC),
            )


def shown(event: AlertEvent) -> str:
    """An event in a word: ``opened:課局``; ``opened!inhibited`` where it was not told."""
    who = "".join(dict.fromkeys(SHORT[role.partition(":")[0]] for role in event.recipients))
    name = f"{event.kind.value}@{event.commitment}" if event.commitment else event.kind.value
    if event.why_not not in (None, WhyNot.HELD):
        return f"{name}!{event.why_not.value}"
    held = "!held" if event.why_not is WhyNot.HELD else ""
    times = f"x{event.times}" if event.kind is EventKind.FLAPPED else ""
    order = "".join(sorted(who, key="課局補副長".index))
    return f"{name}{times}{held}:{order}"
