"""Bytes to grids: sniff, guard, then calamine; every failure is a FileFault with its remedy.

calamine is told the bytes, never the path, because by path it trusts the file's ending. Its errors
are flattened, so whatever can be told apart is told apart before it runs.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from tasks.sheets.container import MB, Container
from tasks.sheets.contents import contents
from tasks.sheets.csv_text import read_csv
from tasks.sheets.faults import FileFault
from tasks.sheets.grid import Broken, Cell, Grid, Merge, column_number
from tasks.sheets.guard import check_sheet_count, far_cell, fits, inspect
from tasks.sheets.guard_ods import CONTENT, Range, inspect_ods
from tasks.sheets.hidden import Unseen, unseen_of_ods
from tasks.sheets.number_formats import (
    NO_FORMATS,
    NumberFormats,
    formats_of_cells,
    formats_of_xlsx,
    percents_of_ods,
)
from tasks.sheets.remarks import remarks_of_xls, remarks_of_zip
from tasks.sheets.sniffing import sniff
from tasks.sheets.xls_cells import formats_of_xls, inspect_xls
from tasks.sheets.xls_stream import xls_stream

if TYPE_CHECKING:
    from config.rules import ReaderLimits

#: Characters.
_MAX_SHEET_NAME = 31
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


@dataclass(slots=True)
class Workbook:
    """An opened file: its format and its worksheets in order.

    ``date1904``: serials count from 1904; ``notes``: what people should know of how it was opened.
    """

    format: str
    grids: list[Grid]
    date1904: bool = False
    notes: tuple[str, ...] = ()
    formats: NumberFormats = NO_FORMATS


def open_workbook(data: bytes, limits: ReaderLimits, file: str) -> Workbook:
    """Return the workbook in these bytes; raise FileFault for whatever cannot be read, and nothing else.

    ``file`` is its name: a spreadsheet program calls the one sheet of a CSV so, as far as it fits.
    """
    if len(data) > limits.max_file_mb * MB:
        raise FileFault("too_large", size=-(-len(data) // MB), limit=limits.max_file_mb)
    kind = sniff(data)
    if kind == "text":
        table = read_csv(data, PurePosixPath(file).stem[:_MAX_SHEET_NAME], limits)
        return Workbook(table.format, [table.grid], notes=table.notes)
    if kind == "xls":
        book = xls_stream(data)
        scans = inspect_xls(book, limits)
        broken, unseen = [scan.broken for scan in scans], [scan.unseen for scan in scans]
        grids = _grids(data, limits, broken=broken, unseen=unseen)
        formats = formats_of_cells(partial(formats_of_xls, book), book.formats)
        return Workbook("xls", grids, book.date1904, remarks_of_xls(data, book.sources), formats)
    container = Container(data, limits)
    if "xl/workbook.xml" in container:
        inside = contents(container)
        scans = inspect(container, inside)
        names = [sheet.name for sheet in inside.sheets]
        broken, unseen = [scan.broken for scan in scans], [scan.unseen for scan in scans]
        grids = _grids(container.unpacked(), limits, names, broken, unseen=unseen)
        notes, formats = remarks_of_zip(container), formats_of_xlsx(container, inside)
        return Workbook(_xlsx_format(container), grids, inside.date1904, notes, formats)
    if CONTENT in container and b"spreadsheet" in container.read("mimetype"):
        broken, merges = inspect_ods(container)
        content = container.read(CONTENT)
        grids = _grids(data, limits, broken=broken, merges=merges, unseen=unseen_of_ods(content))
        formats = formats_of_cells(partial(percents_of_ods, content))
        return Workbook("ods", grids, False, remarks_of_zip(container, content), formats)
    if "xl/workbook.bin" in container:
        raise FileFault("format_not_read", kind="Excelバイナリ ブック .xlsb")
    raise FileFault("not_a_workbook", kind="ブックを含まない圧縮ファイル")


def _xlsx_format(container: Container) -> str:
    return "xlsm" if "xl/vbaproject.bin" in container else "xlsx"


def _grids(
    data: bytes,
    limits: ReaderLimits,
    names: Sequence[str] | None = None,
    broken: Sequence[dict[str, str]] = (),
    merges: Sequence[Sequence[Range]] = (),
    unseen: Sequence[Unseen] = (),
) -> list[Grid]:
    """Open with calamine. ``names`` are the sheets that were inspected: calamine must see the same.

    ``merges`` are each sheet's merged ranges where calamine does not tell them, ``broken`` and ``unseen``
    what it never tells.
    """
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        check_sheet_count(len(book.sheet_names), limits)
        if names is not None and book.sheet_names != names:
            raise FileFault("corrupt", reason="シートの一覧が食い違う")
        grids = []
        for i, meta in enumerate(book.sheets_metadata):
            if meta.typ is SheetTypeEnum.WorkSheet:
                hidden = meta.visible is not SheetVisibleEnum.Visible
                sheet = book.get_sheet_by_index(i)
                ranges = merges[i] if i < len(merges) else sheet.merged_cell_ranges or ()
                grid = _grid(sheet, limits, hidden, broken[i] if i < len(broken) else {}, ranges)
                if i < len(unseen):
                    grid.hidden_rows, grid.hidden_columns = unseen[i].rows, unseen[i].columns
                grids.append(grid)
        return grids
    except (FileFault, KeyboardInterrupt, SystemExit):
        raise
    # A panic inside calamine arrives as a BaseException of its own: it must stop this file only.
    except BaseException as error:
        code = "encrypted" if type(error).__name__ == "PasswordError" else "corrupt"
        raise FileFault(code, reason="中身を読み取れない") from error


def _grid(
    sheet: CalamineSheet,
    limits: ReaderLimits,
    hidden: bool,
    broken: dict[str, str],
    ranges: Sequence[Range],
) -> Grid:
    top, left = sheet.start or (0, 0)
    if not fits(sheet.height, sheet.width, limits):
        raise far_cell(sheet.name, top + sheet.height, left + sheet.width, limits)
    rows: list[list[Cell]] = sheet.to_python() if sheet.height else []  # type: ignore[assignment]
    grid = Grid(sheet.name, rows, top, left, _clipped(sheet, ranges, top, left), hidden)
    for address, text in broken.items():
        _mark_broken(grid, address, text)
    return grid


def _clipped(sheet: CalamineSheet, ranges: Sequence[Range], top: int, left: int) -> tuple[Merge, ...]:
    """Return the merged ranges inside the grid; a merge may span the whole sheet and must not cost it."""
    bottom, right = sheet.height - 1, sheet.width - 1
    merges = tuple(
        (r0 - top, c0 - left, min(r1 - top, bottom), min(c1 - left, right))
        for (r0, c0), (r1, c1) in ranges
        # Only a merge whose first cell lies in the grid has a value to give.
        if 0 <= r0 - top <= bottom and 0 <= c0 - left <= right
    )
    # Merges never overlap; where they do, the file is made to cost time.
    if sum((r1 - r0 + 1) * (c1 - c0 + 1) for r0, c0, r1, c1 in merges) > sheet.height * sheet.width:
        raise FileFault("corrupt", reason="セルの結合が重なっている")
    return merges


def _mark_broken(grid: Grid, address: str, text: str) -> None:
    match = _ADDRESS.fullmatch(address)
    if match is None:
        return
    row, column = int(match[2]) - 1 - grid.top, column_number(match[1]) - grid.left
    if 0 <= row < len(grid.rows) and 0 <= column < grid.width and grid.rows[row][column] == "":
        grid.rows[row][column] = Broken(text)
