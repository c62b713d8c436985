"""What parts of workbooks said, remembered by their packed bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from tasks.sheets.container import Container, Packed

#: Packed bytes of parts that are remembered, and how many of a kind are.
_SMALL, _MOST = 32 * 1024, 256

Told = TypeVar("Told")


class Remembered(Generic[Told]):
    """What parts said, by their packed bytes: workbooks made of one template have most parts in common."""

    def __init__(self) -> None:
        self._told: dict[tuple[Packed, ...], Told] = {}

    def of(self, container: Container, parts: Iterable[str], look: Callable[[], Told]) -> Told:
        """Return what ``look`` finds in these parts, which must depend on nothing else; it may raise FileFault."""
        packed = tuple(map(container.packed, parts))
        if packed in self._told:
            return self._told[packed]
        told = look()
        if sum(len(one[2]) for one in packed if one) <= _SMALL:
            if len(self._told) >= _MOST:
                self._told.clear()
            self._told[packed] = told
        return told
