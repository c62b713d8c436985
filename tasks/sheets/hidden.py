"""Rows and columns that people do not see: calamine reads them like all others, so the XML of an .xlsx or .ods says which.

Those of an .xls stand in its records (``xls_cells``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

#: More hidden rows than this are a filter's, or the blank end of a sheet; they are not listed one by one.
MOST_LISTED = 100_000
_ROW = re.compile(rb"<(?:[\w.-]+:)?row\s([^<>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^<>]*)>")
_COLUMN = re.compile(rb"<(?:[\w.-]+:)?col\s([^<>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^<>]*)>")
_HIDDEN = re.compile(rb"hidden")
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d{1,7})[\"']")
_FROM_TO = re.compile(rb"\b(min|max)\s*=\s*[\"'](\d{1,5})[\"']")

_ODS_TAG = re.compile(rb"<table:(table|table-row|table-column)(?=[\s/>])([^<>]*)>")
_ODS_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"']\s*(\d{1,7})")
_ODS_HIDDEN = re.compile(rb"table:visibility\s*=\s*[\"'](?:collapse|filter)[\"']")


@dataclass(frozen=True, slots=True)
class Unseen:
    """The hidden rows and columns of one sheet, by their numbers from 1."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


def hidden_columns(xml: bytes) -> set[int]:
    """Return the columns that a sheet's XML hides."""
    columns: set[int] = set()
    for tag in _hidden(xml, _COLUMN):
        ends = {name: int(number) for name, number in _FROM_TO.findall(tag)}
        columns.update(range(ends.get(b"min", 1), ends.get(b"max", 0) + 1))
    return columns


def hidden_rows(xml: bytes, most: int) -> set[int]:
    """Return the rows that a piece of a sheet's XML hides, the first ``most`` of them."""
    numbers = map(_NUMBER.search, _hidden(xml, _ROW))
    return set(islice((int(number[1]) for number in numbers if number), most))


def _hidden(xml: bytes, kind: re.Pattern[bytes]) -> Iterator[bytes]:
    """Yield the attributes of the hidden elements of a kind; from the word back to its tag, not from every tag on."""
    for match in _HIDDEN.finditer(xml):
        tag = kind.match(xml, max(xml.rfind(b"<", 0, match.start()), 0))
        if tag:
            yield tag[1]


def unseen_of_ods(content: bytes) -> list[Unseen]:
    """Return what is hidden on each sheet of an .ods, in order; empty where nothing is."""
    found: list[tuple[set[int], set[int]]] = []
    if b"table:visibility" not in content:
        return []
    row = column = 0
    for match in _ODS_TAG.finditer(content):
        tag, attributes = match[1], match[2]
        repeat = _ODS_REPEATED.search(attributes)
        count = int(repeat[1]) if repeat else 1
        if tag == b"table":
            found.append((set(), set()))
            row = column = 0
        elif tag == b"table-row":
            if found and _ODS_HIDDEN.search(attributes):
                found[-1][0].update(range(row + 1, row + 1 + min(count, MOST_LISTED)))
            row += count
        else:
            if found and _ODS_HIDDEN.search(attributes):
                found[-1][1].update(range(column + 1, column + 1 + min(count, MOST_LISTED)))
            column += count
    return [Unseen(frozenset(rows), frozenset(columns)) for rows, columns in found]
