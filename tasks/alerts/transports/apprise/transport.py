"""Hands each message to Apprise, for services no channel of ours knows.

Apprise says no more than whether it went well, so a failure may have gone out; and it makes a new
Message-ID each time, so the message carries its number in its text. Redirects are not followed.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tasks.alerts.transports.base import Fault, Outgoing, Receipt, TransportError, revealed
from tasks.alerts.transports.doors import missing
from tasks.alerts.transports.plain_text import widened

if TYPE_CHECKING:
    from config.site import Site

WHOLE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class AppriseTransport:
    """One Apprise URL, which holds the secret of the service."""

    url: str = field(repr=False)
    channel: str
    seconds: float = WHOLE_SECONDS
    pause: float = 1.0

    def send(self, outgoing: Outgoing) -> Receipt:
        """Send one message; Apprise's word that it went well is all that can be had."""
        done: list[bool] = []
        # In a thread of its own, because Apprise has no time limit over all; a daemon, so that one
        # that hangs keeps nobody from ending.
        sender = threading.Thread(target=lambda: done.append(self._notify(outgoing)), daemon=True)
        sender.start()
        sender.join(self.seconds)
        if done != [True]:
            raise TransportError(
                f"経路「{self.channel}」（Apprise）で、送れたかどうか分かりません。URL（SHINCHOKU_APPRISE_URLS__…）と"
                "相手のサービスを確かめてください。",
                Fault.UNKNOWN,
            )
        return Receipt.DELIVERED

    def _notify(self, outgoing: Outgoing) -> bool:
        from apprise import Apprise, AppriseAsset, NotifyFormat

        # Its log shows URLs.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        service = Apprise(asset=AppriseAsset(http_redirects=False, app_id="Shinchoku"))
        if not service.add(self.url):
            return False
        title, body = apprise_content(outgoing)
        return bool(service.notify(title=title, body=body, body_format=NotifyFormat.TEXT))


def apprise_content(outgoing: Outgoing) -> tuple[str, str]:
    """Return title and body, with the message's number by which a double is known."""
    words = outgoing.words
    number = f"（通知番号 {outgoing.message.idempotency_key}）"
    return widened(words.subject), f"{widened(words.text)}\n{number}\n"


def connect(site: Site, channel_id: str) -> AppriseTransport:
    """Return the transport; raise TransportError where its URL is missing."""
    url = site.settings.apprise_urls.get(channel_id)
    if url is None:
        raise missing("apprise_urls", channel_id)
    return AppriseTransport(revealed(url), channel_id)
