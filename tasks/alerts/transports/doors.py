"""What the channels over HTTP have in common when they are set up: URL, secret, headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.channel_kinds import host_port
from config.settings import variable
from tasks.alerts.transports.base import RESEND_HEADER, Fault, Outgoing, TransportError, revealed
from tasks.alerts.transports.http import Door

if TYPE_CHECKING:
    from config.site import Site


def door_of(
    site: Site,
    channel_id: str,
    allowed: tuple[str, ...],
    networks: tuple[str, ...] = (),
    url: str | None = None,
) -> Door:
    """Return the way to a channel's URL: the secret one of the settings, else the one of the file.

    Raises TransportError where there is none, or it is not allowed.
    """
    secret = site.settings.webhook_urls.get(channel_id)
    found = revealed(secret) if secret is not None else url
    if found is None:
        raise missing("webhook_urls", channel_id)
    if host_port(found) not in allowed:
        raise TransportError(
            f"通知先 {host_port(found)} は、経路「{channel_id}」の allowed_hosts にありません。",
            Fault.UNREACHABLE,
        )
    return Door(found, allowed, networks)


def secret_of(site: Site, channel_id: str) -> str:
    """Return the channel's secret; raise TransportError where there is none."""
    secret = site.settings.webhook_secrets.get(channel_id)
    if secret is None:
        raise missing("webhook_secrets", channel_id)
    return revealed(secret)


def missing(setting: str, channel_id: str) -> TransportError:
    """Return the error that names a setting the channel needs and does not find."""
    name = variable(setting, channel_id)
    return TransportError(f"経路「{channel_id}」の送信に要る設定 {name} がありません。", Fault.UNREACHABLE)


def town_name(site: Site) -> str:
    """Return what the town is called."""
    return site.plan_book.revisions[-1].town_name


def json_headers(outgoing: Outgoing) -> dict[str, str]:
    """Return the headers of a JSON post: whoever gets it twice can see that it is the same message."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": outgoing.message.idempotency_key,
    }
    return {**headers, RESEND_HEADER: "possible"} if outgoing.resend else headers
