"""Rows and columns that people do not see: calamine reads them like all others, so the XML says which.

Looked for in .xlsx and .ods. An .xls keeps them in binary records that are not read here: of those
only hidden sheets are told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tasks.sheets.container import Container, Contents
from tasks.sheets.guard import pieces

#: More hidden rows than this are a filter's, or the blank end of a sheet; they are not listed one by one.
_MAX_LISTED = 100_000
_ROW = re.compile(rb"<(?:[\w.-]+:)?row\s([^<>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^<>]*)>")
_COLUMN = re.compile(rb"<(?:[\w.-]+:)?col\s([^<>]*\bhidden\s*=\s*[\"'](?:1|true)[\"'][^<>]*)>")
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d{1,7})[\"']")
_FROM_TO = re.compile(rb"\b(min|max)\s*=\s*[\"'](\d{1,5})[\"']")

_ODS_TAG = re.compile(rb"<table:(table|table-row|table-column)(?=[\s/>])([^<>]*)>")
_ODS_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"']\s*(\d{1,7})")
_ODS_HIDDEN = re.compile(rb"table:visibility\s*=\s*[\"'](?:collapse|filter)[\"']")


@dataclass(slots=True)
class Unseen:
    """The hidden rows and columns of one sheet, by their numbers from 1."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)


def unseen_of_xlsx(container: Container, contents: Contents) -> list[Unseen]:
    """Return what is hidden on each sheet, in order."""
    found = []
    for sheet in contents.sheets:
        unseen = Unseen()
        for piece in pieces(container, sheet):
            # Hardly any sheet hides anything, and looking for the word costs nothing.
            if b"hidden=" in piece:
                _look(piece, unseen)
        found.append(unseen)
    return found


def _look(piece: bytes, unseen: Unseen) -> None:
    for match in _COLUMN.finditer(piece):
        ends = {name: int(number) for name, number in _FROM_TO.findall(match[1])}
        unseen.columns.update(range(ends.get(b"min", 1), ends.get(b"max", 0) + 1))
    for match in _ROW.finditer(piece):
        number = _NUMBER.search(match[1])
        if number and len(unseen.rows) < _MAX_LISTED:
            unseen.rows.add(int(number[1]))


def unseen_of_ods(content: bytes) -> list[Unseen]:
    """Return what is hidden on each sheet of an .ods, in order; empty where nothing is."""
    found: list[Unseen] = []
    if b"table:visibility" not in content:
        return found
    row = column = 0
    for match in _ODS_TAG.finditer(content):
        tag, attributes = match[1], match[2]
        repeat = _ODS_REPEATED.search(attributes)
        count = int(repeat[1]) if repeat else 1
        if tag == b"table":
            found.append(Unseen())
            row = column = 0
        elif tag == b"table-row":
            if found and _ODS_HIDDEN.search(attributes):
                found[-1].rows.update(range(row + 1, row + 1 + min(count, _MAX_LISTED)))
            row += count
        else:
            if found and _ODS_HIDDEN.search(attributes):
                found[-1].columns.update(range(column + 1, column + 1 + min(count, _MAX_LISTED)))
            column += count
    return found
