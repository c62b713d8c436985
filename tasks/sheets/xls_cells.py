"""What calamine does not show of an .xls: errors in cells, what is hidden, and number formats."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tasks.sheets.grid import column_letters
from tasks.sheets.guard import Scan, check_sheet_count
from tasks.sheets.hidden import Unseen
from tasks.sheets.number_formats import Form
from tasks.sheets.xls_stream import XlsStream, records

if TYPE_CHECKING:
    from config.rules import ReaderLimits

_BOOL_ERR, _FORMULA, _NUMBER, _RK, _MUL_RK = 0x0205, 0x0006, 0x0203, 0x027E, 0x00BD
_ROW, _COL_INFO = 0x0208, 0x007D
#: An .xls has no more columns.
_MOST_COLUMNS = 256
#: The bits of being hidden, of a row and of columns.
_ROW_HIDDEN, _COLUMN_HIDDEN = 0x20, 0x01
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
# The cheap first look: a cell that holds an error, a formula whose result is one, a hidden row, hidden columns.
_HAS_ANY = re.compile(
    rb"\x05\x02\x08\x00.{6}[\x00\x07\x0f\x17\x1d\x24\x2a]\x01"
    rb"|\x02.[\x00\x07\x0f\x17\x1d\x24\x2a].{3}\xff\xff"
    rb"|\x08\x02\x10\x00.{12}[\x20-\x3f\x60-\x7f\xa0-\xbf\xe0-\xff]"
    rb"|\x7d\x00[\x0a-\x0c]\x00.{8}[%b]" % b"".join(b"\\x%02x" % odd for odd in range(1, 256, 2)),
    re.DOTALL,
)


def inspect_xls(book: XlsStream, limits: ReaderLimits) -> list[Scan]:
    """Look through every sheet; empty where there is nothing to tell, or the file is not as it should be.

    Raise FileFault where it has more sheets than the limit.
    """
    if not _HAS_ANY.search(book.content):
        return []
    check_sheet_count(len(book.sheets), limits)
    try:
        return [_scan(book.content, sheet.start) for sheet in book.sheets]
    except (struct.error, IndexError):
        return []


def formats_of_xls(book: XlsStream) -> dict[str, dict[str, Form]]:
    """Return the number format of every cell with a number, by sheet and A1 address; empty where the file is damaged."""
    try:
        return {
            sheet.name: {
                f"{column_letters(column)}{row + 1}": book.formats[style]
                for row, column, style in _numbers(book.content, sheet.start)
                if style < len(book.formats)
            }
            for sheet in book.sheets
        }
    except (struct.error, IndexError):
        return {}


def _scan(stream: bytes, start: int) -> Scan:
    broken: dict[str, str] = {}
    rows: set[int] = set()
    columns: set[int] = set()
    for code, body in records(stream, start):
        if code == _BOOL_ERR and body[7]:
            broken[_address(body)] = _ERRORS.get(body[6], "#N/A")
        elif code == _FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
            broken[_address(body)] = _ERRORS.get(body[8], "#N/A")
        elif code == _ROW and body[12] & _ROW_HIDDEN:
            rows.add(struct.unpack_from("<H", body)[0] + 1)
        elif code == _COL_INFO and body[8] & _COLUMN_HIDDEN:
            first, last = struct.unpack_from("<HH", body)
            columns.update(range(first + 1, min(last + 1, _MOST_COLUMNS) + 1))
    return Scan(False, broken, Unseen(frozenset(rows), frozenset(columns)))


def _address(body: bytes) -> str:
    row, column = struct.unpack_from("<HH", body)
    return f"{column_letters(column)}{row + 1}"


def _numbers(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """Yield row and column, from 0, and style of every cell of a sheet that holds a number."""
    for code, body in records(stream, start):
        if code in (_NUMBER, _RK, _FORMULA):
            yield struct.unpack_from("<HHH", body)
        elif code == _MUL_RK:
            row, first = struct.unpack_from("<HH", body)
            for i in range((len(body) - 6) // 6):
                yield row, first + i, struct.unpack_from("<H", body, 4 + 6 * i)[0]
