"""A message as its channel would put it on the wire. No secret is needed for it, and none is in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from config.site import Site
from tasks.alerts import operation
from tasks.alerts.fallback import fallback_of
from tasks.alerts.mail import mail
from tasks.alerts.records import Message, MessageKind
from tasks.alerts.transports.base import Outgoing

_UNFIT = re.compile(r"[^\w-]+")


@dataclass(frozen=True, slots=True)
class Preview:
    """One message, made up for its channel: ``content`` is what would be sent, ``file`` a name for it."""

    key: str
    channel: str
    recipient: str
    subject: str
    text: str
    content: bytes
    file: str

    def numbered(self, number: int) -> Preview:
        """Return the same with its number before the file's name, so that files sort as they would go out."""
        return replace(self, file=f"{number:03}_{self.file}")


def preview_of(site: Site, message: Message, *, resend: bool = False) -> Preview:
    """Return a message as its channel in the town's file would send it; as a mail where there is none."""
    outgoing = Outgoing(message, resend)
    suffix, content = _content(site, outgoing)
    name = _UNFIT.sub("_", f"{message.channel}_{message.recipient}")[:60]
    return Preview(
        message.key,
        message.channel,
        message.recipient,
        outgoing.words.subject,
        outgoing.words.text,
        content,
        f"{name}_{message.idempotency_key[:8]}{'_再送' if resend else ''}{suffix}",
    )


def _content(site: Site, outgoing: Outgoing) -> tuple[str, bytes]:
    channel = site.config.channels.channels.get(outgoing.message.channel)
    if channel is not None and channel.kind == "webhook":
        from tasks.alerts.transports.webhook.transport import webhook_content

        town = site.plan_book.revisions[-1].town_name
        return ".json", webhook_content(outgoing, channel.body, town)
    if channel is not None and channel.kind == "teams":
        from tasks.alerts.transports.teams.transport import teams_content

        return ".json", teams_content(outgoing)
    if channel is not None and channel.kind == "slack":
        from tasks.alerts.transports.slack.transport import slack_content

        return ".json", slack_content(outgoing)
    if channel is not None and channel.kind == "line_works":
        from tasks.alerts.transports.line_works.transport import line_works_content

        return ".json", line_works_content(outgoing)
    if channel is not None and channel.kind == "apprise":
        from tasks.alerts.transports.apprise.transport import apprise_content

        return ".txt", "\n\n".join(apprise_content(outgoing)).encode()
    sender = site.settings.smtp_from or site.config.people.roles["事務局"].address
    return ".eml", mail(outgoing, sender).as_bytes()


def samples_of(site: Site, message: Message, now: datetime) -> list[Preview]:
    """Return what else comes of a message: its resend, its fallback; and a 稼働報告."""
    fallback = site.config.channels.delivery.fallback or message.channel
    day = message.as_of
    facts = operation.Facts(day, 1, now, 3, 8, 0, 1, now)
    title = operation.subject(facts, site.plan_book.revisions[-1].town_name)
    text = operation.text(facts)
    report = message.model_copy(
        update={
            "key": f"{site.town}/operation/sample",
            "kind": MessageKind.OPERATION,
            "recipient": site.config.channels.operation.audience,
            "channel": site.config.channels.operator_channel,
            "subject": title,
            "text": text,
            "html": operation.html(text, title),
        }
    )
    made = [
        preview_of(site, message, resend=True),
        preview_of(site, fallback_of(message, fallback)),
        preview_of(site, report),
    ]
    return [replace(each, file=f"見本_{each.file}") for each in made]
