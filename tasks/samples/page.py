"""From a layout and its rows to a page: what stands in which cell. Pure; the writers only draw it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from tasks.columns import columns
from tasks.samples.model import MARK, Column, DateStyle, Layout, ShareStyle, TextSheet, Value, Workbook
from tasks.wareki import wareki

Look = Literal["title", "wide_title", "mark", "line", "header", "cell", "note"]
_MARK_LINE = f"【{MARK}】これは{MARK}です。実在の報告ではありません。"
_LINE_HEIGHT, _HEADER_HEIGHT = 14.0, 22.0
_WIDE = {**{i: i + 0xFEE0 for i in range(0x21, 0x7F)}, 0x20: 0x3000}


@dataclass(frozen=True, slots=True)
class Ink:
    """What one cell shows: its value, how it looks, and a number format where it needs one."""

    value: Value
    look: Look
    number_format: str | None = None


@dataclass
class Page:
    """One sheet. Rows and columns count from 0; a merge is (top, left, bottom, right), all inclusive."""

    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Ink] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)


def pages_of(workbook: Workbook, day: int) -> list[Page]:
    """Return the pages of a workbook as it is on a day."""
    rows = [row.on(day) for row in workbook.rows]
    return [_table_page(workbook.sheet, workbook.layout, rows), *map(_text_page, workbook.other_sheets)]


def _text_page(sheet: TextSheet) -> Page:
    page = Page(sheet.name, sheet.hidden, widths={0: 70})
    for row, line in enumerate((_MARK_LINE, *sheet.lines)):
        page.cells[row, 0] = Ink(line, "line" if row else "mark")
    return page


def _table_page(name: str, layout: Layout, rows: Sequence[dict[str, Value]]) -> Page:
    page = Page(name)
    top, left = _place(layout.start)
    right = left + len(layout.columns) - 1
    first = top - 2 - len(layout.lines)
    if first < 0:
        raise ValueError(f"{name}: the table at {layout.start} leaves no room for the lines above it")
    page.cells[first, left] = Ink(layout.title.text, "wide_title" if layout.title.merged else "title")
    page.cells[first + 1, left] = Ink(_MARK_LINE, "mark")
    for i, line in enumerate(layout.lines):
        page.cells[first + 2 + i, left] = Ink(line, "line")
    if layout.title.merged and right > left:
        page.merges.append((first, left, first, right))
    page.widths = {left + i: column.width for i, column in enumerate(layout.columns)}
    _headers(page, layout, top, left)
    below = _rows(page, layout, rows, top + layout.header_rows, left)
    for i, note in enumerate(layout.notes):
        page.cells[below + i, left] = Ink(note, "note")
    return page


def _headers(page: Page, layout: Layout, top: int, left: int) -> None:
    bottom = top + layout.header_rows - 1
    page.heights.update(dict.fromkeys(range(top, bottom + 1), _HEADER_HEIGHT))
    for i, column in enumerate(layout.columns):
        page.cells[bottom, left + i] = Ink(column.header, "header")
    if layout.header_rows == 1:
        return
    for first, last, column in _runs(layout.columns):
        if column.group is None:
            page.cells[top, left + first] = page.cells.pop((bottom, left + first))
            page.merges.append((top, left + first, bottom, left + first))
        else:
            page.cells[top, left + first] = Ink(column.group, "header")
            if last > first:
                page.merges.append((top, left + first, top, left + last))


def _runs(columns: Sequence[Column]) -> Iterator[tuple[int, int, Column]]:
    """Yield first and last index of the columns under one upper header; columns without one stand alone."""
    first = 0
    for i, column in enumerate(columns):
        following = columns[i + 1].group if i + 1 < len(columns) else None
        if column.group is None or following != column.group:
            yield first, i, column
            first = i + 1


def _rows(page: Page, layout: Layout, rows: Sequence[dict[str, Value]], top: int, left: int) -> int:
    """Write the rows and the total; return the first row below them."""
    table = [*rows, *([layout.total] if layout.total else [])]
    for i, row in enumerate(table):
        for j, column in enumerate(layout.columns):
            page.cells[top + i, left + j] = _ink(row.get(column.key, ""), layout)
        deepest = max(_lines(row.get(column.key, ""), column.width) for column in layout.columns)
        page.heights[top + i] = _LINE_HEIGHT * deepest + 4
    for j, column in enumerate(layout.columns):
        if column.merge:
            _merge_equal(page, [row.get(column.key, "") for row in rows], top, left + j)
    return top + len(table)


def _merge_equal(page: Page, values: Sequence[Value], top: int, column: int) -> None:
    first = 0
    for i in range(1, len(values) + 1):
        if i < len(values) and values[i] == values[first]:
            continue
        for below in range(first + 1, i):
            del page.cells[top + below, column]
        if i - 1 > first:
            page.merges.append((top + first, column, top + i - 1, column))
        first = i


def _lines(value: Value, width: float) -> int:
    """Return how many lines a wrapped text takes; East Asian wide characters count twice."""
    if not isinstance(value, str):
        return 1
    return -(-columns(value) // int(width)) or 1


def _ink(value: Value, layout: Layout) -> Ink:
    if isinstance(value, date):
        if layout.dates is DateStyle.TRUE_DATE:
            return Ink(value, "cell", "yyyy/m/d")
        return Ink(written_day(value, layout.dates), "cell")
    if isinstance(value, float):
        if layout.shares is ShareStyle.PERCENT_FORMAT:
            return Ink(value, "cell", "0%")
        return Ink(written_share(value, layout.shares), "cell")
    return Ink(value, "cell")


def written_day(day: date, style: DateStyle) -> str:
    """Return a day as a person types it in the style."""
    era = day.year - 2018
    match style:
        case DateStyle.ERA_FULL_WIDTH:
            return wareki(day).translate(_WIDE)
        case DateStyle.ERA_SPACED:
            return f"令 {era}.{day.month:2}.{day.day:2}"
        case DateStyle.ERA_DOTS:
            return f"R{era}.{day.month}.{day.day}"
        case DateStyle.ERA_SLASHES:
            return f"R{era:02}/{day.month:02}/{day.day:02}"
        case _:
            return wareki(day)


def written_share(share: float, style: ShareStyle) -> int | str:
    """Return a share of one as a person types it in the style."""
    percent = round(share * 100)
    if style is ShareStyle.NUMBER:
        return percent
    text = f"{percent}%"
    return text.translate(_WIDE) if style is ShareStyle.FULL_WIDTH else text


def _place(address: str) -> tuple[int, int]:
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1
