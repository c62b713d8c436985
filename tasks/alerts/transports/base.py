"""What every transport is: sends one message, or says why not and whether trying again can help."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from pydantic import SecretStr

from config.settings import BLOCK
from plan_data.record import record
from tasks.alerts.records import Message
from tasks.alerts.wording import Wording, resent

#: Tells programs what the marked subject tells people.
RESEND_HEADER = "X-Shinchoku-Resend"


class Fault(StrEnum):
    """How a send failed.

    ``permanent``: this message will never be taken. ``transient``: not taken now. ``unknown``: nobody
    knows whether it was taken. ``unreachable``: nothing can be sent by this channel just now, be it
    the network, the server or the settings.
    """

    PERMANENT = "permanent"
    TRANSIENT = "transient"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


class Receipt(StrEnum):
    """What the other side said to a message that it took: that it has it, or that it will see to it."""

    DELIVERED = "delivered"
    ACCEPTED = "accepted"


class TransportError(Exception):
    """A send failed: one Japanese line, without secrets, and how.

    ``retry_after`` is for how long, or until when, the other side asked to be left alone.
    """

    def __init__(self, message: str, fault: Fault, retry_after: timedelta | datetime | None = None) -> None:
        super().__init__(message)
        self.fault = fault
        self.retry_after = retry_after


def revealed(secret: SecretStr) -> str:
    """Return a secret's value; raise TransportError where it only names a block that was not read."""
    value = secret.get_secret_value()
    if value.startswith(BLOCK):
        raise TransportError(
            "秘密が Prefect の Secret ブロックにあるため、Prefect から動かしたときだけ送れます。",
            Fault.UNREACHABLE,
        )
    return value


@record
class Outgoing:
    """A message on its way out; ``resend`` when it may have gone out before."""

    message: Message
    resend: bool

    @property
    def words(self) -> Wording:
        """Subject, text and HTML, marked when this is a resend."""
        words = Wording(self.message.subject, self.message.text, self.message.html)
        return resent(words) if self.resend else words


class Transport(Protocol):
    """One channel, ready to send."""

    @property
    def seconds(self) -> float:
        """Return the longest time one send can take in all."""

    @property
    def pause(self) -> float:
        """Return the seconds the other side wants between two messages."""

    def send(self, outgoing: Outgoing) -> Receipt:
        """Send and return once it was acknowledged; raise TransportError otherwise."""
