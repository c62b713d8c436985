"""What the telling station hands on: events, episodes, messages, and what became of a dispatch."""

import hashlib
from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from plan_data.record import record
from tasks.progress.reasons import ReasonCode, Verdict


class Record(BaseModel):
    """A frozen record in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class EventKind(StrEnum):
    """What happened to an alert: the verdict changed, or time passed without an answer."""

    OPENED = "opened"
    REOPENED = "reopened"
    WORSENED = "worsened"
    CHANGED = "changed"
    ANSWER_ENDED = "answer_ended"
    FLAPPED = "flapped"
    IMPROVED = "improved"
    RECOVERED = "recovered"
    REMINDED = "reminded"
    ESCALATED = "escalated"


class Why(StrEnum):
    """Why an event came about: the policy's own reason."""

    VERDICT_CHANGED = "verdict_changed"
    NEW_REASON = "new_reason"
    LEFT_THE_PLAN = "left_the_plan"
    FILE_WAITED_LONG_ENOUGH = "file_waited_long_enough"
    FILE_SOLVED = "file_solved"
    SETTLED = "settled"
    STILL_FLAPPING = "still_flapping"
    ANSWER_EXPIRED = "answer_expired"
    UNANSWERED = "unanswered"
    RELEASED = "released"
    HOLD_RAN_OUT = "hold_ran_out"


class WhyNot(StrEnum):
    """Why an event was not told."""

    NO_RECIPIENT = "no_recipient"
    INHIBITED = "inhibited"
    FLAPPING = "flapping"
    SNOOZED = "snoozed"
    NEVER_TOLD = "never_told"
    KNOWN_BEFORE = "known_before"
    HELD = "held"
    STOPPED = "stopped"


class AlertEvent(Record):
    """A change worth telling. ``new_reasons`` are those that were not there before.

    ``told`` says that a message of this run carries it; otherwise ``why_not`` says why none does.
    ``commitment`` is the key of the commitment it is about, empty for the 事業 as a whole.
    ``audience`` is whom a reminder or an escalation goes to, ``days`` the business days without an
    answer since ``since``; ``file`` the file whose trouble keeps it back, ``times`` how often it
    changed while that was not told, ``note`` what a person gave as the reason. ``recipients`` are the
    roles a message was made for.
    """

    project_id: str
    kind: EventKind
    before: Verdict | None
    after: Verdict
    told: bool
    why_not: WhyNot | None
    new_reasons: tuple[ReasonCode, ...] = ()
    commitment: str = ""
    why: Why = Why.VERDICT_CHANGED
    audience: str | None = None
    days: int | None = None
    since: date | None = None
    file: str | None = None
    times: int = 0
    note: str | None = None
    recipients: tuple[str, ...] = ()


class EpisodeState(Record):
    """What was told of an episode so far, and what is kept back.

    ``waiting_since`` is the day from which the business days without an answer count, None while it
    was told to nobody. ``told`` are the roles that heard of it; None for an episode from before that
    was kept. ``worst_told`` is the worst verdict they heard. ``reached`` are the audiences it climbed
    to. ``changed_days`` are the days of its latest changes; from ``damped_on`` on they are collected:
    ``damped`` of them since the verdict ``damped_from``. ``inhibited_by`` is the file whose trouble
    keeps it back since ``inhibited_on``. ``legacy`` marks one of before episodes had a commitment.
    """

    waiting_since: date | None = None
    told: tuple[str, ...] | None = ()
    worst_told: Verdict | None = None
    reached: tuple[str, ...] = ()
    reminders: int = 0
    reminded_on: date | None = None
    changed_days: tuple[date, ...] = ()
    damped_on: date | None = None
    damped_from: Verdict | None = None
    damped: int = 0
    inhibited_by: str | None = None
    inhibited_on: date | None = None
    legacy: bool = False


class Episode(Record):
    """The time during which a commitment of a 事業 calls for an alert, as it stands.

    ``commitment`` is its key, empty for what is about the 事業 as a whole. ``reasons`` are codes, with
    ``@`` and the 担当課 where a reason is about one of several. ``closed_on`` is None while it is open.
    """

    id: int
    project_id: str
    commitment: str = ""
    verdict: Verdict
    reasons: tuple[str, ...]
    opened_on: date
    changed_on: date
    closed_on: date | None = None
    state: EpisodeState = EpisodeState()


class EpisodeChange(Record):
    """What becomes of one episode: ``episode_id`` None opens one, ``verdict`` None closes it.

    A closed one with a verdict is opened again. ``changed`` is False where only its state moves.
    """

    project_id: str
    episode_id: int | None
    verdict: Verdict | None
    commitment: str = ""
    reasons: tuple[str, ...] = ()
    state: EpisodeState = EpisodeState()
    changed: bool = True


class MessageKind(StrEnum):
    """What a message is: news of a run, one that another channel could not send, or word of the service."""

    DIGEST = "digest"
    FALLBACK = "fallback"
    OPERATION = "operation"


class Message(Record):
    """A digest as it will be sent: written once, in the transaction of the findings it tells of.

    ``key`` names it for ever (town, day, run, channel, recipient); Message-ID and Idempotency-Key
    are derived from it, so that whoever receives it twice can see that it is the same. ``url`` is
    the report's page. ``run_id`` is 0 in word of the service itself, which no run speaks.
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


@record
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
