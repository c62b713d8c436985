"""How wide a text is: columns, of which a full-width character takes two."""

from __future__ import annotations

from unicodedata import east_asian_width


class _Widths(dict[str, int]):
    """The width of each character that was asked for: a report asks for the same ones 50,000 times."""

    def __missing__(self, character: str) -> int:
        width = self[character] = 2 if east_asian_width(character) in "WFA" else 1
        return width


_WIDTHS = _Widths()


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    return sum(map(_WIDTHS.__getitem__, text))
