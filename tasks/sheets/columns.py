"""From the cells of a column to a field's values, each with its raw text and its JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Broken, Cell
from tasks.sheets.header import Column
from tasks.sheets.json_text import closing
from tasks.sheets.kinds import Value, kind_of, raw_text
from tasks.sheets.layout import Table
from tasks.sheets.shares import Unit, column_unit, read_progress
from tasks.sheets.spans import first_day
from tasks.sheets.vocabulary import Vocabulary
from tasks.sheets.words import tidy
from tasks.sheets.workbook import Workbook

#: Values of one kind of column that are remembered, at least.
_REMEMBERED = 16_384
#: Characters of a value that is met again, and of every word for none.
_SHORT = 32


class Told(NamedTuple):
    """What a cell gives: its value, or as Wrong what is the matter with it, and the text as it stood.

    ``json`` is what stands behind the cell's address in the JSON of the field.
    """

    value: Value | Fault
    raw: str = ""
    json: bytes = b""


class Wrong(Told):
    """A cell that gives no value though it should: ``value`` is the fault, and there is no JSON."""

    __slots__ = ()


#: Of a cell that stands for no value; no other outcome is this one.
NOTHING = Told("")


def joined(cells: Sequence[Cell]) -> Cell:
    """Return what stands in the cells below one merged header as one value: 令和|8|10|1 is 令和8.10.1."""
    filled = [cell for cell in cells if cell != ""]
    if len(filled) <= 1:
        return filled[0] if filled else ""
    text = ""
    for part in map(raw_text, filled):
        text += "." + part if text[-1:].isdigit() and part[:1].isdigit() else part
    return text


def broken_fault(cell: Broken) -> Fault:
    """Return what is wrong with a cell that holds an error, or a formula without a stored result."""
    if cell.text == "=":
        message = (
            "は計算結果が保存されていないため、表計算ソフトで開いて保存し直すか、値を直接記入してください。"
        )
        return Fault(RowCode.FORMULA_NOT_CALCULATED, message)
    return Fault(RowCode.ERROR_VALUE, "は数式のエラーのため、数式を直すか、値を直接記入してください。")


def month_fault(cell: date) -> Fault:
    """Return what is wrong with a date cell of which people see the month alone."""
    shown = f"{cell.year}年{cell.month}月"
    message = f"はセルに「{shown}」としか表示されず、一つの日に定まらないため、「令和8年10月1日」のように年月日で記入してください。"
    return Fault(RowCode.DATE_NOT_A_DAY, message)


class ColumnReader:
    """Reads the cells of one column, each different value once: those of other files count as well."""

    def __init__(self, column: Column, table: Table, workbook: Workbook, vocabulary: Vocabulary) -> None:
        kind = kind_of(column, workbook.date1904, vocabulary)
        self.index, self.name, self.is_status = column.index, kind.name, kind.is_status
        self.letters = table.grid.letters[column.index]
        self._span = column.span
        self._kind = kind
        self._table = table
        self._workbook = workbook
        self._is_null = vocabulary.is_null
        #: What numbers of a progress column count.
        self._unit: Unit | None = None
        if kind.read is None:
            self._unit = column_unit((row[column.index] for row in table.body), column.title)
        #: The outcomes of values met before; a bool is never looked up there, as True equals 1.
        self._memo: dict[Cell, Told] = vocabulary.outcomes.setdefault(self._unit or kind.key, {})
        if len(self._memo) > _REMEMBERED:
            self._memo.clear()
        self._memo[""] = NOTHING

    def cells(self, columns: Sequence[Sequence[Cell]]) -> tuple[Sequence[Cell], dict[int, int]]:
        """Return the cells of the body's rows, and of those whose value a merged cell above holds the row of that one.

        ``columns`` are those of the body; of several under one merged header the values are joined.
        """
        values = columns[self.index]
        if self._span > 1:
            values = [
                joined(parts) for parts in zip(*columns[self.index : self.index + self._span], strict=True)
            ]
        filled = self._table.filled.get(self.index)
        if not filled:
            return values, {}
        borrowed = {i: anchor for i, anchor in filled.items() if values[i] == ""}
        return [values[borrowed.get(i, i)] for i in range(len(values))], borrowed

    def read(self, values: Sequence[Cell]) -> list[Told]:
        """Return what the cells of the body's rows give."""
        if self._kind.is_text:
            # Sentences are hardly met again.
            return [self._sentence(value, i) if value != "" else NOTHING for i, value in enumerate(values)]
        if bool in set(map(type, values)):
            return [self._outcome(value, i) for i, value in enumerate(values)]
        known = list(map(self._memo.get, values))
        if None in known:
            return [self._outcome(values[i], i) if told is None else told for i, told in enumerate(known)]
        return known  # type: ignore[return-value]

    def _sentence(self, value: Cell, i: int) -> Told:
        """Read a cell of a column of texts: longer than every word for nothing, it is what it is."""
        if isinstance(value, str) and len(text := tidy(value)) > _SHORT:
            return Told(text, value, closing(text, value))
        known = None if value.__class__ is bool else self._memo.get(value)
        return known or self._outcome(value, i)

    def _outcome(self, value: Cell, i: int) -> Told:
        """Read a cell of row ``i`` of the body. An error in a column that proves nothing is no value."""
        if isinstance(value, Broken):
            # #N/A says of itself that there is no value; every other error has lost one.
            told = self.is_status and value.text != "#N/A"
            return Wrong(broken_fault(value), raw_text(value)) if told else NOTHING
        raw = raw_text(value)
        may_be_null = len(raw) <= _SHORT and isinstance(value, str)
        # No word for nothing is a day, and looking for one takes longer than reading a day.
        if not self._kind.is_day and may_be_null and self._is_null(raw):
            outcome, holds_anywhere = NOTHING, True
        else:
            outcome, holds_anywhere = self._read(value, raw, i)
            if self._kind.is_day and may_be_null and outcome.__class__ is Wrong and self._is_null(raw):
                outcome = NOTHING
        if holds_anywhere and len(raw) <= _SHORT and value.__class__ is not bool:
            self._memo[value] = outcome
        return outcome

    def _read(self, value: Cell, raw: str, i: int) -> tuple[Told, bool]:
        """Return what a cell gives, and whether the same cell in another row or file gives the same."""
        kind, holds_anywhere = self._kind, True
        if kind.is_day and isinstance(value, date) and value.day == 1:
            holds_anywhere = False
            if self._shows_month(i):
                if not kind.is_planned:
                    return Wrong(month_fault(value), raw), False
                # As it is shown, and would be read of a text: a month is no day.
                value = raw = f"{value.year}年{value.month}月"
        read: Value | Fault = ""
        if self._unit is not None:
            read, holds_anywhere = self._progress(value, self._unit, i)
        elif kind.read is not None:
            read = kind.read(value)
        if isinstance(read, Fault):
            return Wrong(read, raw), holds_anywhere
        if isinstance(read, str) and len(read) <= _SHORT and self._is_null(read):
            return NOTHING, holds_anywhere
        can_be_span = kind.is_planned and isinstance(read, date) and not isinstance(value, date)
        first = first_day(raw, kind.era) if can_be_span else None
        return Told(read, raw, closing(read, raw, first)), holds_anywhere

    def _progress(self, cell: Cell, unit: Unit, i: int) -> tuple[float | Fault, bool]:
        """Return a cell's progress, and whether the number alone gave it."""
        asked = False

        def scale() -> float | None:
            nonlocal asked
            asked = True
            return self._workbook.formats.percent_scale(self._table.grid.name, self._address(i))

        share = read_progress(cell, unit, scale)
        return share, not asked

    def _shows_month(self, i: int) -> bool:
        """Return whether the date in row ``i`` of the body is shown as a month."""
        return self._span == 1 and self._workbook.formats.shows_month(self._table.grid.name, self._address(i))

    def _address(self, i: int) -> str:
        return self._table.grid.address(self._table.bottom + 1 + i, self.index)
