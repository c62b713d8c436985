"""Text that is nothing but text, whatever a chat makes of signs. Pure."""

from __future__ import annotations

#: Signs that a chat takes for a mention, a link or markup, and the same ones wide, which it does not.
_WIDE = str.maketrans("@<>[]`*|\\", "＠＜＞［］｀＊｜＼")


def widened(text: str) -> str:
    """Return the text with every sign that could begin a mention, a link or markup made wide."""
    return text.translate(_WIDE)
