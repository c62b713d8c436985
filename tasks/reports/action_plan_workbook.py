"""アクションプラン.xlsx: the sheet a department fills in, with everything known already in it.

What identifies a row is locked, what the department decides is open and checked by the sheet itself.
Every text is written as text: no formula comes out of a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from itertools import groupby
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from plan_data.action_plan_rows import COLUMNS, HELD, KPI, SHEET, STEP, Row, Value
from plan_data.phases import fiscal_year_end, fiscal_year_of_label, fiscal_year_start
from tasks.reports.text import clean
from tasks.reports.workbook import DATE_FORMAT, FONT
from tasks.wareki import wareki

#: Open rows after those of each 事業, and at the end of the sheet.
SPARE_ROWS, SPARE_AT_THE_END = 2, 20
HEAD_ROW = 4
PHASE = "計画の段階"
_HEADS = (*COLUMNS[:4], PHASE, *COLUMNS[4:])
_OPEN_FROM = _HEADS.index("種別")
_WIDTHS = {"事業名": 34, "担当課": 22, "名称": 26, "期限": 20, PHASE: 11, "累計の割合": 11}
_KINDS = (STEP, KPI, HELD)
_NOTES = (
    "白い欄に記入し、灰色の欄は変えないでください。節目のない事業は、判定の基準にある既定の節目で判定します。",
    "節目：名称・期限・累計の割合（最後は100%）／指標：名称・期限・目標値・単位／回数：目標値だけ（「継続」の事業）。"
    "要らない行は、白い欄を空にしてください。",
)


@dataclass(frozen=True, slots=True)
class SheetOrder:
    """What the sheet is for: the plan's title, the fiscal year (``R8``), the phases by 事業, the day it is made."""

    title: str
    fiscal_year: str
    phases: Mapping[str, str]
    made_on: date


def action_plan_workbook(order: SheetOrder, rows: Sequence[Row]) -> bytes:
    """Return the workbook of these rows (of ``COLUMNS``); the same input gives the same bytes."""
    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(out, options)
    book.set_properties(
        {"title": f"{order.title} {SHEET}", "created": datetime.combine(order.made_on, time())}
    )
    formats = {name: book.add_format(properties) for name, properties in _FORMATS.items()}
    sheet = book.add_worksheet(SHEET)
    year = f"令和{order.fiscal_year[1:]}年度"
    sheet.write_string(0, 0, f"{order.title}　{SHEET}（{year}）", formats["title"])
    for number, note in enumerate(_NOTES, start=1):
        sheet.write_string(number, 0, note, formats["note"])
    for column, head in enumerate(_HEADS):
        sheet.set_column(column, column, _WIDTHS.get(head, 9))
        sheet.write_string(HEAD_ROW - 1, column, head, formats["head"])
    last = _write_rows(sheet, order, rows, formats)
    _check_input(sheet, order.fiscal_year, last)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    sheet.autofilter(HEAD_ROW - 1, 0, last, len(_HEADS) - 1)
    sheet.freeze_panes(HEAD_ROW, 3)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD_ROW - 1)
    sheet.set_footer("&L&A&R&P / &N ページ")
    book.close()
    return out.getvalue()


_BASE: dict[str, Any] = {
    "font_name": FONT,
    "font_size": 10,
    "valign": "top",
    "border": 1,
    "border_color": "#CCCCCC",
}
_LOCKED: dict[str, Any] = {**_BASE, "bg_color": "#F2F2F2", "text_wrap": True, "num_format": "@"}
_OPEN: dict[str, Any] = {**_BASE, "locked": False}
_FORMATS: dict[str, dict[str, Any]] = {
    "title": {"font_name": FONT, "font_size": 14, "bold": True},
    "note": {"font_name": FONT, "font_size": 10, "font_color": "#4D4D4D"},
    "head": {**_BASE, "bold": True, "bg_color": "#E8F1FE", "text_wrap": True, "valign": "vcenter"},
    "locked": _LOCKED,
    "text": {**_OPEN, "num_format": "@", "text_wrap": True},
    "number": {**_OPEN, "num_format": "General"},
    "percent": {**_OPEN, "num_format": "0%"},
    "date": {**_OPEN, "num_format": DATE_FORMAT, "align": "left"},
}
_OPEN_FORMATS = {"期限": "date", "累計の割合": "percent", "目標値": "number"}


def _write_rows(sheet: Worksheet, order: SheetOrder, rows: Sequence[Row], formats: dict[str, Format]) -> int:
    """Write the rows of each 事業 and spare ones after them; return the last row written (from 0)."""
    number = HEAD_ROW
    for project_id, own in groupby(rows, key=lambda row: row["事業ID"]):
        held = list(own)
        blank = {**dict.fromkeys(COLUMNS), **{name: held[0][name] for name in COLUMNS[:4]}}
        for row in (*held, *(blank for _ in range(SPARE_ROWS))):
            whole = {**row, PHASE: order.phases.get(str(project_id), "")}
            _write_row(sheet, number, whole, formats, _OPEN_FROM)
            number += 1
    for _ in range(SPARE_AT_THE_END):
        _write_row(sheet, number, dict.fromkeys(_HEADS), formats, 0)
        number += 1
    return number - 1


def _write_row(
    sheet: Worksheet, number: int, row: Mapping[str, Value], formats: dict[str, Format], open_from: int
) -> None:
    for column, head in enumerate(_HEADS):
        style = _OPEN_FORMATS.get(head, "text") if column >= open_from else "locked"
        value = row[head]
        if value is None:
            sheet.write_blank(number, column, None, formats[style])
        elif isinstance(value, str):
            sheet.write_string(number, column, clean(value), formats[style])
        elif isinstance(value, date):
            sheet.write_datetime(number, column, value, formats[style])
        else:
            sheet.write_number(number, column, value, formats[style])


def _check_input(sheet: Worksheet, fiscal_year: str, last: int) -> None:
    year = fiscal_year_of_label(fiscal_year)
    first_day, last_day = fiscal_year_start(year), fiscal_year_end(year)
    allowed = f"{wareki(first_day)}から{wareki(last_day)}まで"
    checks: dict[str, dict[str, Any]] = {
        "種別": {
            "validate": "list",
            "source": list(_KINDS),
            "error_title": "種別",
            "error_message": "節目・指標・回数から選んでください。",
        },
        "期限": {
            "validate": "date",
            "criteria": "between",
            "minimum": first_day,
            "maximum": last_day,
            "error_title": "期限",
            "error_message": f"{allowed}の日を入力してください。",
            "input_title": "期限",
            "input_message": f"{allowed}。例：{first_day.year}/6/30",
        },
        "累計の割合": {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": 1,
            "error_title": "累計の割合",
            "error_message": "0%より大きく100%以下で入力してください。",
            "input_title": "累計の割合",
            "input_message": "この節目までに終わる割合。最後の節目は100%",
        },
        "目標値": {
            "validate": "decimal",
            "criteria": "between",
            "minimum": -1e12,
            "maximum": 1e12,
            "error_title": "目標値",
            "error_message": "数だけを入力し、単位は右の欄に書いてください。",
        },
    }
    for head, rule in checks.items():
        column = _HEADS.index(head)
        sheet.data_validation(HEAD_ROW, column, last, column, rule)
