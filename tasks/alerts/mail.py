"""A message as an e-mail: plain text with an HTML part, Japanese headers encoded by the library."""

from __future__ import annotations

from datetime import timedelta, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from tasks.alerts.transports.base import RESEND_HEADER, Outgoing

SENDER_NAME = "進捗監視"
#: Japan has no summer time, so that no time zone data is needed.
_JAPAN = timezone(timedelta(hours=9))


#: What an attachment of ours is: an Excel workbook.
_XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def mail(outgoing: Outgoing, sender: str, workbook: tuple[str, bytes] | None = None) -> EmailMessage:
    """Return the e-mail from ``sender`` (an address). Sent again, it has the same Message-ID and date.

    ``workbook`` is the name and content of an attachment. No header is built by hand: EmailMessage refuses what would begin a new one.
    """
    message, words = outgoing.message, outgoing.words
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(SENDER_NAME, addr_spec=sender)
    made["To"] = Address(message.name, addr_spec=message.address)
    made["Subject"] = words.subject
    made["Date"] = message.created_at.astimezone(_JAPAN)
    made["Message-ID"] = message.message_id
    # RFC 3834: no absence notice answers a machine.
    made["Auto-Submitted"] = "auto-generated"
    made["X-Auto-Response-Suppress"] = "All"
    made["Content-Language"] = "ja"
    if outgoing.resend:
        made[RESEND_HEADER] = "possible"
    # Base64: the most patient of encodings for Japanese, on any server and through any gateway.
    made.set_content(words.text, cte="base64")
    made.add_alternative(words.html, subtype="html", cte="base64")
    if workbook is not None:
        name, content = workbook
        made.add_attachment(content, maintype="application", subtype=_XLSX, filename=name)
    return made
