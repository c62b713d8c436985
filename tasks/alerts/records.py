"""What the telling station hands on: events, episodes, messages, and what became of a dispatch."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from tasks.progress.reasons import ReasonCode, Verdict


class Record(BaseModel):
    """A frozen record in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EventKind(StrEnum):
    """How a 事業 changed since it was last told of."""

    OPENED = "opened"
    WORSENED = "worsened"
    CHANGED = "changed"
    IMPROVED = "improved"
    RECOVERED = "recovered"


class WhyNot(StrEnum):
    """Why an event was not told."""

    NO_RECIPIENT = "no_recipient"


class AlertEvent(Record):
    """A change worth telling. ``new_reasons`` are those that were not there before.

    ``told`` says that a message of this run carries it; otherwise ``why_not`` says why none does.
    """

    project_id: str
    kind: EventKind
    before: Verdict | None
    after: Verdict
    told: bool
    why_not: WhyNot | None
    new_reasons: tuple[ReasonCode, ...] = ()


class Episode(Record):
    """The time during which a 事業 calls for an alert, as it stands.

    ``reasons`` are codes, with ``@`` and the 担当課 where a reason is about one of several.
    """

    id: int
    project_id: str
    verdict: Verdict
    reasons: tuple[str, ...]
    opened_on: date
    changed_on: date


class EpisodeChange(Record):
    """What becomes of one episode: ``episode_id`` None opens one, ``verdict`` None closes it."""

    project_id: str
    episode_id: int | None
    verdict: Verdict | None
    reasons: tuple[str, ...] = ()


class MessageKind(StrEnum):
    """What a message is: news of a run, one that another channel could not send, or word of the service."""

    DIGEST = "digest"
    FALLBACK = "fallback"
    OPERATION = "operation"


class Message(Record):
    """A digest as it will be sent: written once, in the transaction of the findings it tells of.

    ``key`` names it for ever (town, day, run, channel, recipient); Message-ID and Idempotency-Key
    are derived from it, so that whoever receives it twice can see that it is the same. ``url`` is
    the report's page.
    """

    key: str
    kind: MessageKind = MessageKind.DIGEST
    town: str
    as_of: date
    run_id: int
    channel: str
    recipient: str
    name: str
    address: str
    subject: str
    text: str
    html: str
    url: str
    created_at: datetime

    @property
    def idempotency_key(self) -> str:
        """32 hex digits that are the same every time this message is sent."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]

    @property
    def message_id(self) -> str:
        """The Message-ID, the same every time this message is sent."""
        return f"<{self.idempotency_key}@{self.town}.shinchoku>"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in the hands of one sender: ``claim`` proves whose it is, ``attempts`` counts this one.

    ``resend`` says that it may have gone out before; ``queued_at`` is since when it waits.
    """

    id: int
    claim: str
    attempts: int
    resend: bool
    queued_at: datetime
    message: Message


class MessageState(StrEnum):
    """Where a message of the outbox stands.

    ``sent``: the other side has it. ``accepted``: it said that it will see to it (HTTP 202), and no
    more is known. ``dead``: given up by the rules. ``dropped``: given up by a person.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    ACCEPTED = "accepted"
    DEAD = "dead"
    DROPPED = "dropped"

    @property
    def label(self) -> str:
        """The state as people read it."""
        return _STATE_LABELS[self]


_STATE_LABELS = {
    MessageState.WAITING: "送信待ち",
    MessageState.SENDING: "送信中",
    MessageState.SENT: "送信済み",
    MessageState.ACCEPTED: "受付",
    MessageState.DEAD: "配信不能",
    MessageState.DROPPED: "取下げ",
}


class Delivery(Record):
    """What one dispatch came to, in messages.

    ``sent`` were acknowledged, of them ``accepted`` with nothing but "we will see to it"; ``retried``
    failed but will be tried again, ``failed`` will not be. Afterwards ``waiting`` still lie in the
    outbox, and ``dead_letters`` of all times wait for a person. ``problems`` are Japanese lines.
    """

    sent: int = 0
    accepted: int = 0
    retried: int = 0
    failed: int = 0
    waiting: int = 0
    dead_letters: int = 0
    problems: tuple[str, ...] = ()


class RunRecord(Record):
    """A run as it was recorded: its id, what changed, how many messages it put into the outbox."""

    run_id: int
    events: tuple[AlertEvent, ...]
    messages: int
