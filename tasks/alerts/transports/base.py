"""What every transport is: sends one message, or says why not and whether trying again can help."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from tasks.alerts.records import Message
from tasks.alerts.wording import Wording, resent


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


class TransportError(Exception):
    """A send failed: one Japanese line, without secrets, and how."""

    def __init__(self, message: str, fault: Fault) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
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
    """One channel, ready to send. ``seconds`` is the longest time one send can take in all."""

    @property
    def seconds(self) -> float:
        """Return the longest time one send can take."""

    def send(self, outgoing: Outgoing) -> None:
        """Send and return once it was acknowledged; raise TransportError otherwise."""
