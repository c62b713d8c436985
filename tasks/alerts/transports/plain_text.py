"""Text that is nothing but text, whatever a chat makes of signs, and no longer than a chat takes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

#: Signs that a chat takes for a mention, a link or markup, and the same ones wide, which it does not.
_WIDE = str.maketrans("@<>[]`*|\\", "＠＜＞［］｀＊｜＼")
SHORTENED = "（長いため、ここまでを載せました。続きは報告書を見てください。）"


def widened(text: str) -> str:
    """Return the text with every sign that could begin a mention, a link or markup made wide."""
    return text.translate(_WIDE)


def shortened(lines: Sequence[str], limit: int, size: Callable[[str], int]) -> list[str]:
    """Return the lines if they fit into ``limit`` (in what ``size`` counts), else the first ones and a note.

    A line that alone is too long is cut.
    """
    if sum(map(size, lines)) <= limit:
        return list(lines)
    left = limit - size(SHORTENED)
    kept: list[str] = []
    for line in lines:
        if size(line) > left:
            break
        left -= size(line)
        kept.append(line)
    if not kept and lines:
        kept = [next(part for part in _shorter(lines[0]) if size(part) <= left)]
    return [*kept, SHORTENED]


def _shorter(line: str) -> Iterator[str]:
    while line:
        line = line[: len(line) // 2]
        yield line
