"""Texts for a message: foreign text as one line, and lines a text-only mailer shows whole. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.columns import columns

MAX_CHARACTERS = 200
#: Columns of a line, a full-width character counting two (RFC 5322 asks for at most 78).
WIDTH = 70

# Line breaks and other controls, halves of surrogate pairs, marks that turn the direction of text.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\u200e\u200f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]+"
)
# What stays whole: an address of the web, a word or number in half-width characters, or one character.
_PIECES = re.compile(r"https?://\S+|file://\S+|[!-~]+|.", re.DOTALL)
#: No line begins with these, and none ends with those (行頭・行末禁則).
_NOT_FIRST = frozenset("、。，．・：；？！）」』】〉》〕］ー々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョ…")
_NOT_LAST = frozenset("（「『【〈《〔［")


def one_line(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return text that came from outside as one line without control characters, cut after ``limit``."""
    shown = " ".join(_UNFIT.sub(" ", text).split())
    return shown if len(shown) <= limit else f"{shown[:limit]}…"


def folded(text: str, width: int = WIDTH) -> str:
    """Return the text with every line longer than ``width`` columns broken, further in than it began.

    An address of the web is never broken; a line of its own is as long as it has to be.
    """
    return "\n".join(part for line in text.split("\n") for part in _broken(line, width))


def _broken(line: str, width: int) -> Iterator[str]:
    if columns(line) <= width:
        yield line
        return
    indent = " " * (len(line) - len(line.lstrip(" ")) + 2)
    begun = ""
    for piece in _together(line):
        if begun.strip() and columns(begun) + columns(piece) > width:
            yield begun.rstrip(" ")
            begun = indent + piece.lstrip(" ")
        else:
            begun += piece
    if begun.strip():
        yield begun.rstrip(" ")


def _together(line: str) -> Iterator[str]:
    """Yield the pieces of a line between which it may be broken."""
    held = ""
    for piece in _PIECES.findall(line):
        if held and piece[0] not in _NOT_FIRST and held[-1] not in _NOT_LAST:
            yield held
            held = piece
        else:
            held += piece
    if held:
        yield held
