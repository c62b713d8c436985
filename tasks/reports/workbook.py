"""進捗一覧.xlsx: the report as a workbook, for those who sort, filter and paste.

Every text is written as text: no formula and no link comes out of what a department wrote.
"""

from __future__ import annotations

from datetime import UTC, date
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from tasks.columns import columns
from tasks.progress.reasons import Verdict
from tasks.reports.palette import LOOKS
from tasks.reports.records import ReportView
from tasks.reports.tables import Cell, Column, Sheet, sheets
from tasks.reports.text import clean
from tasks.wareki import wareki_with_weekday

FONT = "游ゴシック"
#: Shown as 令和8年11月24日(火); LibreOffice and Excel both know it.
DATE_FORMAT = '[$-411]ggge"年"m"月"d"日("aaa")"'
_LATE_FORMAT = '#,##0"日";-#,##0"日";"－"'

#: A cell may hold every reason of a 事業; Excel's own limit is 32,767 characters and 409 points.
_MOST_CHARACTERS = 4_000
_LINE_HEIGHT = 16.5
_MOST_LINES = 24

_A3, _A4 = 8, 9
#: Characters across an A4 page lying down, at a size one can still read; what is wider is printed on A3.
_A4_HOLDS = 150


def workbook(view: ReportView) -> bytes:
    """Return the workbook; the same view gives the same bytes."""
    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {
            "title": f"{view.plan_title} 進捗一覧",
            "company": view.town_name,
            "created": view.made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    formats = _formats(book)
    for sheet in sheets(view):
        _write(book.add_worksheet(sheet.name), sheet, view, formats)
    book.close()
    return out.getvalue()


def _formats(book: Workbook) -> dict[str, Format]:
    base = {"font_name": FONT, "font_size": 10, "valign": "top", "border": 1, "border_color": "#CCCCCC"}
    formats: dict[str, dict[str, Any]] = {
        "title": {"font_name": FONT, "font_size": 14, "bold": True},
        "note": {"font_name": FONT, "font_size": 10, "font_color": "#4D4D4D"},
        "head": {**base, "bold": True, "bg_color": "#E8F1FE", "text_wrap": True, "valign": "vcenter"},
        # The number format "text" keeps a value that is edited later from becoming a formula.
        "text": {**base, "text_wrap": True, "num_format": "@"},
        "number": {**base, "num_format": "0"},
        "late": {**base, "num_format": _LATE_FORMAT},
        "percent": {**base, "num_format": "0%"},
        "date": {**base, "num_format": DATE_FORMAT, "align": "left", "indent": 1},
    }
    for verdict, look in LOOKS.items():
        formats[verdict.value] = {
            **base, "bold": True, "font_color": look.ink, "bg_color": look.paper, "num_format": "@",
        }  # fmt: skip
    return {name: book.add_format(properties) for name, properties in formats.items()}


def _write(sheet: Worksheet, spec: Sheet, view: ReportView, formats: dict[str, Format]) -> None:
    last = len(spec.columns) - 1
    sheet.write_string(
        0,
        0,
        f"{view.mark}{view.plan_title}　{spec.name}　{wareki_with_weekday(view.as_of)}現在",
        formats["title"],
    )
    sheet.write_string(1, 0, spec.heading, formats["note"])
    head = 2
    sheet.set_row(head, 2 * _LINE_HEIGHT)
    for position, column in enumerate(spec.columns):
        sheet.set_column(position, position, column.width)
        sheet.write_string(head, position, column.title, formats["head"])
    row = head
    for row, values in enumerate(spec.rows(view), start=head + 1):
        sheet.set_row(row, _LINE_HEIGHT * min(max(map(_lines, spec.columns, values)), _MOST_LINES))
        for position, (column, value) in enumerate(zip(spec.columns, values, strict=True)):
            _cell(sheet, row, position, value, column.style, formats)
    if row == head:
        row += 1
        sheet.write_string(row, 0, "該当なし", formats["text"])
    sheet.autofilter(head, 0, row, last)
    sheet.freeze_panes(head + 1, 0)
    _paper(sheet, head, sum(column.width for column in spec.columns))


def _lines(column: Column, value: Cell) -> int:
    """Return how many lines a text needs in its column: LibreOffice does not fit rows when it opens them."""
    if not isinstance(value, str):
        return 1
    paragraphs = clean(value, _MOST_CHARACTERS).split("\n")
    return sum(max(1, -(-columns(paragraph) // int(column.width))) for paragraph in paragraphs)


def _cell(
    sheet: Worksheet, row: int, column: int, value: Cell, style: str, formats: dict[str, Format]
) -> None:
    if value is None:
        sheet.write_blank(row, column, None, formats[style])
    elif isinstance(value, Verdict):
        sheet.write_string(row, column, f"{LOOKS[value].symbol} {value.label}", formats[value.value])
    elif isinstance(value, str):
        sheet.write_string(row, column, clean(value, _MOST_CHARACTERS), formats["text"])
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, formats[style])
    else:
        sheet.write_number(row, column, value, formats[style])


def _paper(sheet: Worksheet, head: int, width: float) -> None:
    sheet.set_landscape()
    sheet.set_paper(_A3 if width > _A4_HOLDS else _A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(head)
    sheet.set_footer("&L&A&R&P / &N ページ")
    sheet.hide_gridlines(2)
