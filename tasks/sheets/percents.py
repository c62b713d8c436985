"""Which cells of an .ods show percent: the cell itself says so, and calamine does not pass it on.

An .xls keeps formats in binary records that are not read here: a lone 0.45 or 1 in one is returned.
"""

from __future__ import annotations

import html
import re

from tasks.sheets.grid import a1, column_letters

_PERCENT = b'value-type="percentage"'
_TAG = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^<>]*)>")
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"']\s*(\d{1,7})")
_NAME = re.compile(rb"table:name\s*=\s*[\"']([^\"']*)")
#: Cells that one repeated cell stands for and that are listed; a longer repetition is no report.
_MOST = 1_000


def percent_cells_of_ods(content: bytes) -> dict[str, set[str]]:
    """Return the addresses of the cells that show percent, by sheet."""
    found: dict[str, set[str]] = {}
    if _PERCENT not in content:
        return found
    cells: set[str] = set()
    row = column = 0
    rows = 1
    for match in _TAG.finditer(content):
        tag, attributes = match[1], match[2]
        repeated = _REPEATED.search(attributes)
        repeat = int(repeated[1]) if repeated else 1
        if tag == b"table":
            name = _NAME.search(attributes)
            cells = found.setdefault(html.unescape(name[1].decode("utf-8", "replace")) if name else "", set())
            row, rows = 0, 1
        elif tag == b"table-row":
            row, rows, column = row + rows if row else 1, repeat, 0
        else:
            if _PERCENT in attributes and repeat * rows <= _MOST:
                cells.update(
                    a1(column_letters(c), r)
                    for c in range(column, column + repeat)
                    for r in range(row, row + rows)
                )
            column += repeat
    return found
