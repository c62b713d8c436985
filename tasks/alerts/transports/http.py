"""The one way to the web for every channel: to allowed hosts, at an address looked at first, and no further.

A name is resolved once and its address connected to, so that it cannot mean another machine between
the look and the call; addresses inside the town's network or this machine are refused unless the town
named them. Redirects and proxies are not followed, nothing comes from the environment, and a call
that takes too long is cut, however slowly the other side goes on talking.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from config.channel_kinds import host_port
from tasks.alerts.transports.addresses import RESOLVE_SECONDS, may_be_called, resolved
from tasks.alerts.transports.base import Fault, Receipt, TransportError
from tasks.alerts.transports.wire import cut_after, pinned_session

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
#: Of a name's addresses so many are tried; each may take CONNECT_SECONDS and ANSWER_SECONDS.
ADDRESSES = 2
#: What is read of an answer: enough for a token or an error, not for somebody's flood.
MAX_ANSWER = 65_536

# Not taken, but another time it may be.
_LATER = frozenset({408, 425, 429, 503})
# Nothing is wrong with the message: the address, the secret or a proxy is.
_SETTINGS = frozenset({401, 403, 404, 407, 410})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said."""

    status: int
    body: bytes
    retry_after: timedelta | datetime | None


@dataclass(frozen=True, slots=True)
class Door:
    """A URL that may be called. It is never shown, only its host and port: it may open the door itself.

    ``allowed`` are ``host:port``; ``networks`` the private addresses that are allowed as well.
    """

    url: str = field(repr=False)
    allowed: tuple[str, ...]
    networks: tuple[str, ...] = ()
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS

    @property
    def name(self) -> str:
        """How errors call it."""
        return f"通知先 {host_port(self.url)} "

    @property
    def seconds(self) -> float:
        """The longest a call takes."""
        return RESOLVE_SECONDS + ADDRESSES * (self.connect_seconds + self.answer_seconds)

    def call(self, method: str, content: bytes | None, headers: Mapping[str, str]) -> Answer:
        """Make one request and return the answer, whatever it is; raise TransportError where none came."""
        if host_port(self.url) not in self.allowed:
            raise TransportError(
                f"{self.name}は、送ってよい相手（allowed_hosts）にありません。", Fault.UNREACHABLE
            )
        addresses = self._addresses()
        for address in addresses[:-1]:
            with suppress(_NeverConnectedError):
                return self._call(address, method, content, headers)
        return self._call(addresses[-1], method, content, headers)

    def _addresses(self) -> list[str]:
        parts = urlsplit(self.url)
        host = parts.hostname or ""
        found = resolved(host, parts.port or 0)
        if not found:
            raise TransportError(f"{self.name}の住所（IPアドレス）が分かりません。", Fault.UNREACHABLE)
        for address in found:
            if not may_be_called(address, host, self.networks):
                raise TransportError(
                    f"{self.name}は、公開されていない住所（{address}）を指しています。"
                    "庁内の相手なら、channels.yaml の allowed_networks に加えてください。",
                    Fault.UNREACHABLE,
                )
        return found[:ADDRESSES]

    def _call(self, address: str, method: str, content: bytes | None, headers: Mapping[str, str]) -> Answer:
        # Its debug log would show the path of the URL, which may be the secret.
        logging.getLogger("urllib3").setLevel(logging.INFO)
        own = {"Host": urlsplit(self.url).netloc, "Accept-Encoding": "identity", **headers}
        wires: list[socket.socket] = []
        try:
            with pinned_session(address, wires) as session, cut_after(self._whole, wires) as cut:
                response = session.request(
                    method,
                    self.url,
                    data=content,
                    headers=own,
                    timeout=(self.connect_seconds, self.answer_seconds),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    answer = _answer(response)
                if cut.is_set():
                    raise requests.Timeout
                return answer
        except requests.RequestException as error:
            # Not chained: its text holds the URL.
            raise self._failed(error) from None

    @property
    def _whole(self) -> float:
        return self.connect_seconds + self.answer_seconds

    def _failed(self, error: requests.RequestException) -> TransportError:
        why = type(error).__name__
        never = isinstance(error, requests.ConnectTimeout) or _never_connected(error)
        if never or isinstance(error, requests.exceptions.SSLError):
            kind = _NeverConnectedError if never else TransportError
            return kind(f"{self.name}につながりません（{why}）。", Fault.UNREACHABLE)
        if isinstance(error, requests.ConnectionError | requests.Timeout):
            return TransportError(
                f"{self.name}から、受け取ったかどうかの返事がありません（{why}）。", Fault.UNKNOWN
            )
        return TransportError(f"{self.name}に送れません（{why}）。", Fault.UNREACHABLE)

    def receipt(self, answer: Answer) -> Receipt:
        """Return what an answer means for a message; raise TransportError where it was not taken."""
        if answer.status == requests.codes.accepted:
            return Receipt.ACCEPTED
        if 200 <= answer.status < 300:
            return Receipt.DELIVERED
        raise TransportError(
            f"{self.name}が受け付けません（HTTP {answer.status}）。",
            _fault(answer.status),
            answer.retry_after,
        )


class _NeverConnectedError(TransportError):
    """Nothing was sent: another address may be tried."""


def _fault(status: int) -> Fault:
    if status in _LATER:
        return Fault.TRANSIENT
    if status >= 500:
        # The other side broke down over it, perhaps after taking it.
        return Fault.UNKNOWN
    return Fault.UNREACHABLE if status < 400 or status in _SETTINGS else Fault.PERMANENT


def _never_connected(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _answer(response: requests.Response) -> Answer:
    said = response.headers
    return Answer(
        response.status_code,
        response.raw.read(MAX_ANSWER),
        retry_after(said.get("Retry-After"), said.get("Date")),
    )


def retry_after(value: str | None, date: str | None) -> timedelta | datetime | None:
    """Return what a Retry-After header asks: seconds, or a date, which counts from the sender's own clock.

    None where there is none, or nobody can read it.
    """
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdigit():
        return timedelta(seconds=min(int(value), 10**9))
    until, now = _http_date(value), _http_date(date)
    return until - now if until is not None and now is not None else until


def _http_date(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
