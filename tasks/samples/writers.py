"""Two hands that draw pages: openpyxl and xlsxwriter, each as the other never would.

The same pages give the same bytes: every date in the file is the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO
from itertools import product
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tasks.samples.model import MARK
from tasks.samples.page import Ink, Look, Page

_A4 = 9
_LINE_COLOUR = "808080"

Writer = Callable[[Sequence[Page], str, date], bytes]


@dataclass(frozen=True)
class _Dress:
    """How a look is drawn; colours are RGB in six hex digits."""

    size: int = 10
    bold: bool = False
    colour: str = "000000"
    fill: str | None = None
    centred: bool = False
    boxed: bool = False


_DRESSES: dict[Look, _Dress] = {
    "title": _Dress(size=14, bold=True),
    "wide_title": _Dress(size=14, bold=True, centred=True),
    "mark": _Dress(size=11, bold=True, colour="C00000"),
    "line": _Dress(),
    "header": _Dress(bold=True, fill="D9E2F3", centred=True, boxed=True),
    "cell": _Dress(boxed=True),
    "note": _Dress(size=9),
}


def write_with_openpyxl(pages: Sequence[Page], font: str, saved_on: date) -> bytes:
    """Return the workbook of ``pages`` as openpyxl writes it."""
    from openpyxl import Workbook

    book = Workbook()
    del book["Sheet"]
    for page in pages:
        _draw_with_openpyxl(book.create_sheet(page.name), page, font)
    moment = datetime.combine(saved_on, time(9))
    book.properties.created = moment
    book.properties.creator = MARK
    raw = BytesIO()
    book.save(raw)
    return _dated(raw.getvalue(), moment)


def _draw_with_openpyxl(sheet: Any, page: Page, font: str) -> None:
    from openpyxl.utils import get_column_letter

    for (row, column), ink in page.cells.items():
        _fill_with_openpyxl(sheet.cell(row + 1, column + 1), ink, font)
    for top, left, bottom, right in page.merges:
        look = page.cells[top, left].look
        for row, column in product(range(top, bottom + 1), range(left, right + 1)):
            _dress_with_openpyxl(sheet.cell(row + 1, column + 1), look, font)
        sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    for column, width in page.widths.items():
        sheet.column_dimensions[get_column_letter(column + 1)].width = width
    for row, height in page.heights.items():
        sheet.row_dimensions[row + 1].height = height
    sheet.sheet_state = "hidden" if page.hidden else "visible"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _fill_with_openpyxl(cell: Any, ink: Ink, font: str) -> None:
    if ink.value != "":
        cell.value = ink.value
    if isinstance(ink.value, str) and ink.value:
        # A text stays one, whatever it begins with.
        cell.data_type = "s"
    _dress_with_openpyxl(cell, ink.look, font)
    if ink.number_format:
        cell.number_format = ink.number_format


def _dress_with_openpyxl(cell: Any, look: Look, font: str) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    how = _DRESSES[look]
    cell.font = Font(name=font, size=how.size, bold=how.bold, color=how.colour)
    cell.alignment = Alignment(
        horizontal="center" if how.centred else None, vertical="center", wrap_text=how.boxed
    )
    if how.fill:
        cell.fill = PatternFill("solid", start_color=how.fill)
    if how.boxed:
        side = Side(style="thin", color=_LINE_COLOUR)
        cell.border = Border(left=side, right=side, top=side, bottom=side)


def write_with_xlsxwriter(pages: Sequence[Page], font: str, saved_on: date) -> bytes:
    """Return the workbook of ``pages`` as xlsxwriter writes it."""
    from xlsxwriter import Workbook

    raw = BytesIO()
    with Workbook(raw, {"in_memory": True}) as book:
        book.set_properties({"author": MARK, "created": datetime.combine(saved_on, time(9), UTC)})
        for page in pages:
            _draw_with_xlsxwriter(book, book.add_worksheet(page.name), page, font)
    return raw.getvalue()


def _draw_with_xlsxwriter(book: Any, sheet: Any, page: Page, font: str) -> None:
    formats: dict[tuple[Look, str | None], Any] = {}

    def dress(ink: Ink) -> Any:
        key = (ink.look, ink.number_format)
        if key not in formats:
            formats[key] = book.add_format(_xlsxwriter_format(ink, font))
        return formats[key]

    merged = {(top, left): (bottom, right) for top, left, bottom, right in page.merges}
    for (row, column), ink in page.cells.items():
        if (row, column) in merged:
            sheet.merge_range(row, column, *merged[row, column], "", dress(ink))
        if isinstance(ink.value, date):
            sheet.write_datetime(row, column, ink.value, dress(ink))
        elif isinstance(ink.value, str):
            sheet.write_string(row, column, ink.value, dress(ink))
        else:
            sheet.write_number(row, column, ink.value, dress(ink))
    for column, width in page.widths.items():
        sheet.set_column(column, column, width)
    for row, height in page.heights.items():
        sheet.set_row(row, height)
    if page.hidden:
        sheet.hide()
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)


def _xlsxwriter_format(ink: Ink, font: str) -> dict[str, Any]:
    how = _DRESSES[ink.look]
    return {
        "font_name": font,
        "font_size": how.size,
        "font_color": f"#{how.colour}",
        "bold": how.bold,
        "valign": "vcenter",
        "text_wrap": how.boxed,
        **({"align": "center"} if how.centred else {}),
        **({"bg_color": f"#{how.fill}"} if how.fill else {}),
        **({"border": 1, "border_color": f"#{_LINE_COLOUR}"} if how.boxed else {}),
        **({"num_format": ink.number_format} if ink.number_format else {}),
    }


def _dated(workbook: bytes, moment: datetime) -> bytes:
    """Give every part of a workbook one date: openpyxl stamps parts and properties with the clock."""
    out = BytesIO()
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    with ZipFile(BytesIO(workbook)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            info = ZipInfo(name, (moment.year, moment.month, moment.day, moment.hour, 0, 0))
            info.compress_type = ZIP_DEFLATED
            new.writestr(info, part)
    return out.getvalue()


WRITERS: dict[str, Writer] = {"openpyxl": write_with_openpyxl, "xlsxwriter": write_with_xlsxwriter}
