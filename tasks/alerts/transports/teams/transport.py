"""Posts each message as an Adaptive Card to a workflow of Teams (its Office connectors are gone).

A workflow answers 202 as soon as it has the card, even if it then fails to show it: that is noted as
受付, not as sent. The card takes 28 KB; what is longer is shortened, with a note.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tasks.alerts.transports.base import Outgoing, Receipt
from tasks.alerts.transports.doors import door_of, json_headers
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.plain_text import shortened, widened

if TYPE_CHECKING:
    from config.site import Site

#: Teams takes about 28 KB; the rest is for what a workflow adds.
LIMIT_BYTES = 27 * 1024
_CARD = "application/vnd.microsoft.card.adaptive"


@dataclass(frozen=True, slots=True)
class TeamsTransport:
    """One workflow."""

    door: Door
    #: Teams lets through four messages a second; half of that leaves room for others.
    pause: float = 0.5

    @property
    def seconds(self) -> float:
        """The longest a send takes."""
        return self.door.seconds

    def send(self, outgoing: Outgoing) -> Receipt:
        """Post one card; return what the workflow said."""
        answer = self.door.call("POST", teams_content(outgoing), json_headers(outgoing))
        return self.door.receipt(answer)


def teams_content(outgoing: Outgoing) -> bytes:
    """Return the message as a workflow takes it, in LIMIT_BYTES at most."""
    words = outgoing.words
    head = _text(words.subject, weight="Bolder", size="Medium")
    bare = len(_dumped(_envelope(outgoing, [head])))
    lines = [line for line in words.text.splitlines() if line.strip()]
    kept = shortened(lines, LIMIT_BYTES - bare, lambda line: len(_dumped(_text(line))) + 2)
    return _dumped(_envelope(outgoing, [head, *map(_text, kept)]))


def _text(line: str, **looks: str) -> dict[str, Any]:
    # A TextRun knows no Markdown, unlike a TextBlock.
    run = {"type": "TextRun", "text": widened(line), **looks}
    return {"type": "RichTextBlock", "inlines": [run]}


def _envelope(outgoing: Outgoing, body: list[dict[str, Any]]) -> dict[str, Any]:
    url = outgoing.message.url
    link = [{"type": "Action.OpenUrl", "title": "報告書を開く", "url": url}]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": body,
        # A file on somebody's disk cannot be opened from a chat.
        **({"actions": link} if url.startswith(("https://", "http://")) else {}),
    }
    return {"type": "message", "attachments": [{"contentType": _CARD, "contentUrl": None, "content": card}]}


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def connect(site: Site, channel_id: str) -> TeamsTransport:
    """Return the transport; raise TransportError where its URL is missing or not allowed."""
    channel = site.config.channels.channels[channel_id]
    assert channel.kind == "teams"  # noqa: S101 - the registry chose this module by it
    return TeamsTransport(door_of(site, channel_id, channel.allowed_hosts, channel.allowed_networks))
