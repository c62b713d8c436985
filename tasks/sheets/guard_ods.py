"""The same caution for .ods: one repeated cell can stand for sixteen thousand times a million.

calamine cuts repetitions at the size of a sheet, but their product is still 17 thousand million
cells. Blank repetitions at the end, which LibreOffice writes into every sheet, are harmless.
"""

from __future__ import annotations

import re

from tasks.sheets.container import MB, Container
from tasks.sheets.faults import FileFault
from tasks.sheets.grid import column_letters
from tasks.sheets.guard import STRING_COPIES, BrokenCells, check_sheet_count, far_cell, fits

CONTENT = "content.xml"
#: A merged range: its first and last cell, (row, column) from 0.
Range = tuple[tuple[int, int], tuple[int, int]]
_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(\s[^<>]*?)?(/?)>")
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"']\s*(\d{1,12})")
_SPANNED = re.compile(rb"number-(columns|rows)-spanned\s*=\s*[\"']\s*(\d{1,7})")
# calamine takes an error for an empty text.
_ERROR = b'value-type="error"'
_SHOWN = re.compile(rb"<text:p[^<>]*>([^<]*)")
_NAME = re.compile(rb"table:name\s*=\s*[\"']([^\"']*)")


class _Extent:
    """Follows one sheet's tags.

    ``rows`` and ``columns`` reach to the last value, ``text`` is the bytes that all values take
    with their repetitions, ``broken`` the cells that hold an error, ``merges`` the merged ranges as
    (first, last) cells, each (row, column) from 0: calamine does not tell them of an .ods.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows = self.columns = self.text = 0
        self.broken: dict[str, str] = {}
        self.merges: list[Range] = []
        self._row = self._column = 0
        self._row_repeat, self._repeat = 1, 0

    def start_row(self, repeat: int) -> None:
        self._row += self._row_repeat
        self._row_repeat, self._column, self._repeat = repeat, 0, 0

    def start_cell(self, repeat: int, empty: bool) -> None:
        self._column += repeat
        self._repeat = 0 if empty else repeat
        if not empty:
            self.rows = max(self.rows, self._row + self._row_repeat - 1)
            self.columns = max(self.columns, self._column)

    def add_span(self, rows: int, columns: int) -> None:
        top, left = self._row - 1, self._column - 1
        self.merges.append(((top, left), (top + rows - 1, left + columns - 1)))

    def add_error(self, text: str) -> None:
        self.broken[f"{column_letters(self._column - self._repeat)}{self._row}"] = text

    def add_text(self, length: int) -> None:
        self.text += length * self._repeat * self._row_repeat


def inspect_ods(container: Container) -> tuple[BrokenCells, list[list[Range]]]:
    """Scan an .ods; return each sheet's broken cells and merged ranges; raise FileFault where it is not safe."""
    limits = container.limits
    if b"encryption-data" in container.read("meta-inf/manifest.xml"):
        raise FileFault("encrypted")
    content = container.read(CONTENT)
    if b"<!DOCTYPE" in content:
        raise FileFault("corrupt", reason="許されない宣言（DOCTYPE）を含む")
    sheets = _extents(content)
    check_sheet_count(len(sheets), limits)
    for sheet in sheets:
        if sheet.rows and not fits(sheet.rows, sheet.columns, limits):
            raise far_cell(sheet.name, sheet.rows, sheet.columns, limits)
        if sheet.text * STRING_COPIES > limits.memory_mb * MB:
            raise FileFault("unpacks_too_large", limit=limits.memory_mb)
    return [sheet.broken for sheet in sheets], [sheet.merges for sheet in sheets]


def _extents(content: bytes) -> list[_Extent]:
    sheets: list[_Extent] = []
    end = 0
    for match in _TAG.finditer(content):
        closing, tag, attributes, empty = match.groups(b"")
        if tag == b"table" and not closing:
            name = _NAME.search(attributes)
            sheets.append(_Extent(name[1].decode("utf-8", "replace") if name else ""))
        elif sheets:
            sheets[-1].add_text(match.start() - end)
            repeated = _REPEATED.search(attributes)
            repeat = int(repeated[1]) if repeated else 1
            if tag == b"table-row" and not closing:
                sheets[-1].start_row(repeat)
            elif not closing:
                sheets[-1].start_cell(repeat, empty=bool(empty))
                spans = {name: int(count) for name, count in _SPANNED.findall(attributes)}
                if spans and tag == b"table-cell" and repeat == 1:
                    sheets[-1].add_span(spans.get(b"rows", 1), spans.get(b"columns", 1))
                if _ERROR in attributes:
                    shown = _SHOWN.match(content, match.end())
                    sheets[-1].add_error(shown[1].decode("utf-8", "replace") if shown else "#VALUE!")
        end = match.end()
    return sheets
