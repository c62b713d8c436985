"""The pages of a layout before it is filled: what stands above the table, its header, one prepared row."""

from __future__ import annotations

from tasks.samples.national_layouts import (
    DATES,
    LABEL,
    LABELLED,
    MARK_LINE,
    TITLE,
    LayoutColumn,
    NationalLayout,
)
from tasks.samples.page import Ink, Page

_GUIDE = (
    "記入要領",
    "１　事業名は計画書のとおりに記入してください。",
    "２　日付は年月日まで記入してください。",
    "３　進捗率は、着手前を０、完了を１００としてください。",
    "４　課題がある場合は、対応策も記入してください。",
    "５　提出期限　令和8年10月9日（金）",
)
_CHOICES = (
    "事業検討",
    "導入",
    "運用",
    "継続",
    "移行完了",
    "改定",
    "強化",
    "運用停止",
    "未着手",
    "中止",
    "完了",
)
_BUDGET = ("款", "項", "目", "節", "説明", "予算現額", "執行済額", "残額")
_BAND = "令和8年度"


def pages_of_layout(layout: NationalLayout) -> list[Page]:
    """Return the pages of a layout; the row below the header is empty and has the styles of the body."""
    return [_table_page(layout), *(_EXTRA[kind]() for kind in layout.extra_sheets)]


def _table_page(layout: NationalLayout) -> Page:
    page = Page(layout.sheet)
    left, right = layout.left, layout.left + len(layout.columns) - 1
    first = layout.top - 4
    page.cells[first, left] = Ink(TITLE, "wide_title")
    page.merges.append((first, left, first, right))
    page.cells[first + 1, left] = Ink(MARK_LINE, "mark")
    page.cells[first + 2, left] = Ink(LABEL, "line")
    page.cells[first + 2, left + 1] = Ink(LABELLED, "line")
    page.widths = {left + i: column.width for i, column in enumerate(layout.columns)}
    _headers(page, layout)
    for i, column in enumerate(layout.columns):
        page.cells[layout.body, left + i] = Ink("", "cell", _number_format(column, layout))
    return page


def _number_format(column: LayoutColumn, layout: NationalLayout) -> str | None:
    if column.field in DATES:
        # A built-in format is put in place of this one when the workbook is taken apart.
        return "yyyy/m/d" if isinstance(layout.date_format, int) else layout.date_format
    return layout.share.number_format if column.field == "progress" else None


def _headers(page: Page, layout: NationalLayout) -> None:
    """Write one to three header rows: the column's name below its group, below the year."""
    top, bottom = layout.top, layout.body - 1
    for place, column in enumerate(layout.columns):
        at = layout.left + place
        grouped = layout.header_rows > 1 and column.group is not None
        page.cells[bottom if grouped else top, at] = Ink(column.header, "header")
        if not grouped and bottom > top and layout.merged_header:
            page.merges.append((top, at, bottom, at))
    if layout.header_rows > 1:
        _bands(page, layout, bottom - 1, [column.group for column in layout.columns])
    if layout.header_rows == 3:
        _bands(page, layout, top, [_BAND if column.group else None for column in layout.columns])


def _bands(page: Page, layout: NationalLayout, row: int, groups: list[str | None]) -> None:
    """Write each group once over the columns that follow each other under it."""
    first = 0
    for i in range(1, len(groups) + 1):
        if i < len(groups) and groups[i] == groups[first]:
            continue
        group = groups[first]
        if group is not None:
            page.cells[row, layout.left + first] = Ink(group, "header")
            if layout.merged_header and i - 1 > first:
                page.merges.append((row, layout.left + first, row, layout.left + i - 1))
        first = i


def _guide() -> Page:
    page = Page("記入要領", widths={0: 70})
    page.cells = {(i, 0): Ink(line, "line" if i else "mark") for i, line in enumerate((MARK_LINE, *_GUIDE))}
    return page


def _choices() -> Page:
    page = Page("リスト", hidden=True, widths={0: 16})
    page.cells = {(i, 0): Ink(line, "line" if i else "mark") for i, line in enumerate((MARK_LINE, *_CHOICES))}
    return page


def _budget() -> Page:
    """A sheet of another matter, as departments leave them in: its table is none of ours."""
    page = Page("予算執行", widths={4: 30})
    page.cells[0, 0] = Ink(MARK_LINE, "mark")
    for column, header in enumerate(_BUDGET):
        page.cells[2, column] = Ink(header, "header")
    for row in range(3, 27):
        texts = ("2", "1", f"{row // 4}", f"{row % 4 + 10}", f"電子計算機等使用料（その{row}）")
        cells: tuple[str | int, ...] = (*texts, row * 318_000, row * 147_500, row * 170_500)
        for column, value in enumerate(cells):
            page.cells[row, column] = Ink(value, "cell", "#,##0" if column > 4 else None)
    return page


_EXTRA = {"guide": _guide, "choices": _choices, "budget": _budget}
