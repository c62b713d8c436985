"""The channels: one folder a kind, named here once, imported when a message goes that way."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from tasks.alerts.transports.base import Fault, Transport, TransportError

if TYPE_CHECKING:
    from config.site import Site

#: Kind of channel → the module whose ``connect(site, channel_id)`` returns its transport.
KINDS: dict[str, str] = {
    "apprise": "tasks.alerts.transports.apprise.transport",
    "folder": "tasks.alerts.transports.folder.transport",
    "line_works": "tasks.alerts.transports.line_works.transport",
    "slack": "tasks.alerts.transports.slack.transport",
    "smtp": "tasks.alerts.transports.smtp.transport",
    "teams": "tasks.alerts.transports.teams.transport",
    "webhook": "tasks.alerts.transports.webhook.transport",
}


def transport_for(site: Site, channel_id: str) -> Transport:
    """Return the transport of a channel; raise TransportError where it is not, or not wholly, set up."""
    channel = site.config.channels.channels.get(channel_id)
    if channel is None:
        raise TransportError(
            f"通知の経路「{channel_id}」が channels.yaml にありません。経路を戻してください。",
            Fault.UNREACHABLE,
        )
    transport: Transport = import_module(KINDS[channel.kind]).connect(site, channel_id)
    return transport
