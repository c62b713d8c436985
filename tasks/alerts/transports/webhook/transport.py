"""Posts each message as JSON of the channel's own shape, for LoGoChat and whatever else takes a webhook."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tasks.alerts.transports.base import Outgoing, Receipt
from tasks.alerts.transports.doors import door_of, json_headers, secret_of, town_name
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.plain_text import widened

if TYPE_CHECKING:
    from config.site import Site

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class WebhookTransport:
    """One URL. Neither it nor the secret header is ever shown: both may open the door."""

    door: Door
    body: Mapping[str, Any]
    town: str
    secret: tuple[str, str] | None = field(default=None, repr=False)
    pause: float = 0.0

    @property
    def seconds(self) -> float:
        """The longest a send takes."""
        return self.door.seconds

    def send(self, outgoing: Outgoing) -> Receipt:
        """Post one message; return what the other side said."""
        headers = json_headers(outgoing)
        if self.secret is not None:
            headers[self.secret[0]] = self.secret[1]
        return self.door.receipt(self.door.call("POST", self.content(outgoing), headers))

    def content(self, outgoing: Outgoing) -> bytes:
        """Return the body: the channel's template, its placeholders replaced."""
        return webhook_content(outgoing, self.body, self.town)


def webhook_content(outgoing: Outgoing, body: Mapping[str, Any], town: str) -> bytes:
    """Return a body template with its placeholders replaced, as JSON."""
    message, words = outgoing.message, outgoing.words
    values = {
        "subject": widened(words.subject),
        "text": widened(words.text),
        "url": message.url,
        "town": town,
        "message_id": message.message_id,
    }
    return json.dumps(_filled(body, values), ensure_ascii=False).encode()


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
    channel = site.config.channels.channels[channel_id]
    assert channel.kind == "webhook"  # noqa: S101 - the registry chose this module by it
    door = door_of(site, channel_id, channel.allowed_hosts, channel.allowed_networks, channel.url)
    header = channel.secret_header
    secret = (header, secret_of(site, channel_id)) if header is not None else None
    return WebhookTransport(door=door, body=channel.body, town=town_name(site), secret=secret)
