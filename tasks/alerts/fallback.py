"""A message that a channel could not send, rewritten for the channel that takes over. Pure."""

from __future__ import annotations

from html import escape

from tasks.alerts.records import Message, MessageKind

MARK = "【予備の経路】"


def fallback_of(message: Message, channel: str) -> Message:
    """Return the message for ``channel``: once per message, hence with a key made from the first one's."""
    note = f"経路「{message.channel}」で送れなかったため、この経路で送ります。"
    return message.model_copy(
        update={
            "key": f"{message.key}/fallback:{channel}",
            "kind": MessageKind.FALLBACK,
            "channel": channel,
            "subject": MARK + message.subject,
            "text": f"{MARK}{note}\n\n{message.text}",
            "html": message.html.replace(
                "<main>", f"<main>\n<p><strong>{MARK}</strong>{escape(note)}</p>", 1
            ),
        }
    )
