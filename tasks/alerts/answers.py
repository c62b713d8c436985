"""What people answer to an alert, and escalations that wait for the 事務局. Pure."""

from datetime import date, datetime
from enum import StrEnum

from config.business_days import BusinessCalendar
from config.escalation import Answers
from plan_data.mendable import MendableError
from tasks.alerts.records import Record
from tasks.progress.reasons import Verdict


class AnswerKind(StrEnum):
    """An alert is being dealt with (対応中), or may rest for a while (保留)."""

    ACK = "ack"
    SNOOZE = "snooze"

    @property
    def label(self) -> str:
        """What it is called in Japanese."""
        return {"ack": "対応中", "snooze": "保留"}[self.value]


class AnswerEnd(StrEnum):
    """Why an answer no longer holds."""

    EXPIRED = "expired"
    WORSENED = "worsened"
    RECOVERED = "recovered"
    REPLACED = "replaced"


class Answer(Record):
    """An answer: who deals with it (``owner``), why, and the last day on which it holds."""

    id: int
    episode_id: int
    kind: AnswerKind
    owner: str
    reason: str
    expires_on: date
    answered_at: datetime


class HeldState(StrEnum):
    """What became of an escalation that waited: still held, or released, stopped, gone without need."""

    HELD = "held"
    RELEASED = "released"
    STOPPED = "stopped"
    LAPSED = "lapsed"


class Decision(StrEnum):
    """What the 事務局 decides on a held escalation."""

    SEND = "send"
    STOP = "stop"


class Held(Record):
    """An escalation to ``audience`` that waits until the end of ``hold_until``."""

    id: int
    episode_id: int
    audience: str
    days: int
    hold_until: date


class OpenAlert(Record):
    """One open alert as it is listed. ``id`` names it in ``ack``, ``snooze`` and the forms.

    ``days`` are the business days it has waited without an answer, 0 while one holds.
    """

    id: int
    project_id: str
    project_name: str
    departments: tuple[str, ...]
    commitment: str
    verdict: Verdict
    opened_on: date
    days: int
    reached: tuple[str, ...]
    answer: Answer | None
    held: tuple[Held, ...]

    @property
    def stage(self) -> str:
        """What of the 事業 it is about, as people read it: a phase, and which of its times; or all of it."""
        return self.commitment or "事業全体"


class AnswerError(MendableError):
    """An answer that cannot be taken: one Japanese line with what to do."""


def last_day(
    kind: AnswerKind, asked: date | None, day: date, rules: Answers, calendar: BusinessCalendar
) -> date:
    """Return the last day on which an answer given on ``day`` holds.

    Raises AnswerError for a snooze without a day, a day that is past, or one too far away.
    """
    longest = calendar.add_business_days(day, rules.at_most_business_days)
    if asked is None:
        if kind is AnswerKind.SNOOZE:
            raise AnswerError(
                "保留には期限が要ります。--until に、いつまで保留するか（年-月-日）を書いてください。"
            )
        return calendar.add_business_days(day, rules.ack_business_days)
    if asked < day:
        raise AnswerError(f"期限 {asked} は過ぎています。{day} 以後の日にしてください。")
    if asked > longest:
        raise AnswerError(
            f"期限 {asked} は先すぎます。{longest} まで（{rules.at_most_business_days}営業日以内）の日にしてください。"
        )
    return asked


def spoken(text: str, what: str) -> str:
    """Return a text somebody typed without white space around it; raise AnswerError where nothing is left."""
    kept = " ".join(text.split())
    if not kept:
        raise AnswerError(f"{what}が空です。{what}を書いてください。")
    return kept
