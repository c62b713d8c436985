"""Posts each message to an incoming webhook of Slack, in sections of plain text: no markup, no mention."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from tasks.alerts.transports.base import Outgoing, Receipt
from tasks.alerts.transports.doors import door_of, json_headers
from tasks.alerts.transports.http import Door
from tasks.alerts.transports.plain_text import shortened

if TYPE_CHECKING:
    from config.site import Site

#: Slack's own limits, in characters and blocks.
HEADER_CHARACTERS = 150
SECTION_CHARACTERS = 3_000
SECTIONS = 40
#: Slack counts what is escaped as it was sent: "&amp;" is five.
_AT = str.maketrans("@", "＠")


@dataclass(frozen=True, slots=True)
class SlackTransport:
    """One webhook."""

    door: Door
    #: Slack takes a message a second.
    pause: float = 1.0

    @property
    def seconds(self) -> float:
        """The longest a send takes."""
        return self.door.seconds

    def send(self, outgoing: Outgoing) -> Receipt:
        """Post one message; return what Slack said."""
        answer = self.door.call("POST", slack_content(outgoing), json_headers(outgoing))
        return self.door.receipt(answer)


def slack_content(outgoing: Outgoing) -> bytes:
    """Return the message as the webhook takes it."""
    words = outgoing.words
    subject = plain(words.subject)
    lines = [piece for line in words.text.splitlines() for piece in _pieces(plain(line))]
    kept = shortened(lines, SECTION_CHARACTERS * SECTIONS // 2, lambda line: len(line) + 1)
    sections = [{"type": "section", "text": _plain_text(part)} for part in _sections(kept)]
    header = {"type": "header", "text": _plain_text(_cut(subject, HEADER_CHARACTERS))}
    document = {
        # What a notification on a phone shows.
        "text": subject,
        "mrkdwn": False,
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [header, *sections],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def plain(text: str) -> str:
    """Return text as Slack wants it: its three signs escaped, and no @ it could take for a mention."""
    return escape(text.translate(_AT), quote=False)


def _plain_text(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _cut(text: str, limit: int) -> str:
    """Return the first characters of an escaped text, without half an escape at the end."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    start = kept.rfind("&", max(0, len(kept) - 5))
    return (kept[:start] if start >= 0 and ";" not in kept[start:] else kept) + "…"


def _pieces(line: str) -> list[str]:
    """Return a line in pieces that fit into a section."""
    pieces = []
    while len(line) >= SECTION_CHARACTERS:
        piece = _cut(line, SECTION_CHARACTERS - 1).removesuffix("…")
        pieces.append(piece)
        line = line[len(piece) :]
    return [*pieces, line]


def _sections(lines: list[str]) -> list[str]:
    """Return the lines in as few sections as they fit into; one of nothing but space is left out."""
    sections = [""]
    for line in lines:
        if len(sections[-1]) + len(line) + 1 > SECTION_CHARACTERS:
            sections.append("")
        sections[-1] += f"{line}\n"
    return [section for section in sections if section.strip()]


def connect(site: Site, channel_id: str) -> SlackTransport:
    """Return the transport; raise TransportError where its URL is missing or not allowed."""
    channel = site.config.channels.channels[channel_id]
    assert channel.kind == "slack"  # noqa: S101 - the registry chose this module by it
    return SlackTransport(door_of(site, channel_id, channel.allowed_hosts, channel.allowed_networks))
