"""Posts each message as JSON of the channel's own shape, to hosts that are allowed, and nowhere else."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests
from urllib3.exceptions import NewConnectionError

from config.channels import host_port
from tasks.alerts.transports.base import Fault, Outgoing, TransportError

if TYPE_CHECKING:
    from config.site import Site

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
#: Signs that a chat takes for a mention, a link or markup, and the same ones wide, which it does not.
_WIDE = str.maketrans("@<>[]`*|\\", "＠＜＞［］｀＊｜＼")
# Not taken, but another time it may be.
_LATER = frozenset({408, 425, 429, 503})
# Nothing is wrong with the message: the address, the secret or a proxy is.
_SETTINGS = frozenset({401, 403, 404, 407, 410})


@dataclass(frozen=True, slots=True)
class WebhookTransport:
    """One URL. Neither it nor the secret header is ever shown: both may open the door."""

    url: str = field(repr=False)
    body: Mapping[str, Any]
    town: str
    secret: tuple[str, str] | None = field(default=None, repr=False)
    connect_seconds: float = CONNECT_SECONDS
    answer_seconds: float = ANSWER_SECONDS

    @property
    def seconds(self) -> float:
        """The longest a send takes: to connect (perhaps to several addresses of a name), and the answer."""
        return 4 * self.connect_seconds + 2 * self.answer_seconds

    def send(self, outgoing: Outgoing) -> None:
        """Post one message; return once the other side has said that it has it."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": outgoing.message.idempotency_key,
        }
        if self.secret is not None:
            headers[self.secret[0]] = self.secret[1]
        status = self._post(self.content(outgoing), headers)
        if not 200 <= status < 300:
            raise TransportError(f"{self._name}が受け付けません（HTTP {status}）。", _fault(status))

    def content(self, outgoing: Outgoing) -> bytes:
        """Return the body: the channel's template, its placeholders replaced."""
        message, words = outgoing.message, outgoing.words
        values = {
            "subject": words.subject.translate(_WIDE),
            "text": words.text.translate(_WIDE),
            "url": message.url,
            "town": self.town,
            "message_id": message.message_id,
        }
        return json.dumps(_filled(self.body, values), ensure_ascii=False).encode()

    def _post(self, content: bytes, headers: Mapping[str, str]) -> int:
        # Its debug log would show the path of the URL, which may be the secret.
        logging.getLogger("urllib3").setLevel(logging.INFO)
        try:
            with requests.Session() as session:
                # No proxy, no .netrc, nothing from the environment: what is allowed is in the channel.
                session.trust_env = False
                with session.post(
                    self.url,
                    data=content,
                    headers=headers,
                    timeout=(self.connect_seconds, self.answer_seconds),
                    allow_redirects=False,
                    stream=True,
                ) as response:
                    return response.status_code
        except requests.RequestException as error:
            # Not chained: its text holds the URL.
            raise self._failed(error) from None

    def _failed(self, error: requests.RequestException) -> TransportError:
        why = type(error).__name__
        if isinstance(error, requests.exceptions.SSLError | requests.ConnectTimeout) or _never_connected(
            error
        ):
            return TransportError(f"{self._name}につながりません（{why}）。", Fault.UNREACHABLE)
        if isinstance(error, requests.ConnectionError | requests.Timeout):
            return TransportError(
                f"{self._name}から、受け取ったかどうかの返事がありません（{why}）。", Fault.UNKNOWN
            )
        return TransportError(f"{self._name}に送れません（{why}）。", Fault.UNREACHABLE)

    @property
    def _name(self) -> str:
        return f"通知先 {host_port(self.url)} "


def _never_connected(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def _fault(status: int) -> Fault:
    if status in _LATER:
        return Fault.TRANSIENT
    if status >= 500:
        # The other side broke down over it, perhaps after taking it.
        return Fault.UNKNOWN
    return Fault.UNREACHABLE if status < 400 or status in _SETTINGS else Fault.PERMANENT


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    """Return the template with its placeholders replaced; what a value holds is never looked at again."""
    if isinstance(template, str):
        return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), template)
    if isinstance(template, Mapping):
        return {key: _filled(value, values) for key, value in template.items()}
    if isinstance(template, Sequence):
        return [_filled(value, values) for value in template]
    return template


def connect(site: Site, channel_id: str) -> WebhookTransport:
    """Return the transport; raise TransportError where its URL or secret is missing or not allowed."""
    channel, settings = site.config.channels.channels[channel_id], site.settings
    assert channel.kind == "webhook"  # noqa: S101 - the registry chose this module by it
    secret_url = settings.webhook_urls.get(channel_id)
    url = secret_url.get_secret_value() if secret_url else channel.url
    if url is None:
        raise _missing("URLS", channel_id)
    if host_port(url) not in channel.allowed_hosts:
        raise TransportError(
            f"通知先 {host_port(url)} は、経路「{channel_id}」の allowed_hosts にありません。",
            Fault.UNREACHABLE,
        )
    secret = settings.webhook_secrets.get(channel_id)
    if channel.secret_header is not None and secret is None:
        raise _missing("SECRETS", channel_id)
    return WebhookTransport(
        url=url,
        body=channel.body,
        town=site.plan_book.revisions[-1].town_name,
        secret=(channel.secret_header, secret.get_secret_value())
        if channel.secret_header and secret
        else None,
    )


def _missing(what: str, channel_id: str) -> TransportError:
    name = f"SHINCHOKU_WEBHOOK_{what}__{channel_id.upper()}"
    return TransportError(f"経路「{channel_id}」の送信に要る設定 {name} がありません。", Fault.UNREACHABLE)
