"""From the cells of a column to a field's values, each with its raw text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from tasks.sheets.dates import read_date
from tasks.sheets.eras import era_of_title
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Broken, Cell
from tasks.sheets.header import Column
from tasks.sheets.layout import Table
from tasks.sheets.meanings import STATUS_FIELDS
from tasks.sheets.records import DATE_FIELDS, FieldName
from tasks.sheets.shares import Unit, column_unit, read_count, read_progress
from tasks.sheets.spans import first_day
from tasks.sheets.vocabulary import Vocabulary
from tasks.sheets.words import key, one_line, tidy
from tasks.sheets.workbook import Workbook

Value = date | float | int | str
#: Takes a cell and its row in the body; gives its value, and whether the same cell in another row or file gives the same.
Reader = Callable[[Cell, int], tuple[Value | Fault, bool]]
#: A value or its fault, the raw text, and of a planned span the first day; empty where a cell stands for no value.
Outcome = tuple[()] | tuple[Value | Fault, str, date | None]

#: Dates still to come, for which a month counts as its last day.
_PLANNED = frozenset({FieldName.DUE_ON, FieldName.MILESTONE_DUE_ON})
#: Values of one kind of column that are remembered, at least.
_REMEMBERED = 16_384
#: Characters of a value that is met again, and of every word for none.
_SHORT = 32
_NAMES = frozenset({FieldName.MILESTONE, FieldName.REPORTER})
#: What is kept as it was written.
_TEXTS = frozenset({FieldName.ISSUE, FieldName.REMEDY, FieldName.NOTE})


def raw_text(cell: Cell) -> str:
    """Return a cell's text as it stands; of a number, a date or a formula, the nearest to what is shown."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        return f"{cell:.15g}"
    if isinstance(cell, Broken):
        return "（計算結果のない数式）" if cell.text == "=" else cell.text
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    return str(cell)


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


class ColumnReader:
    """Reads the cells of one column, each different value once: those of other files count as well."""

    def __init__(self, column: Column, table: Table, workbook: Workbook, vocabulary: Vocabulary) -> None:
        self.index = column.index
        self.name = FieldName(column.field)
        self.letters = table.grid.letters[column.index]
        self.is_status = self.name in STATUS_FIELDS
        self._span = column.span
        self._table = table
        self._is_null = vocabulary.is_null
        self._is_text = self.name in _TEXTS
        self._era = era_of_column(column)
        kind, self._read = _reader_for(self.name, column, table, workbook, vocabulary)
        #: The outcomes of values met before; a bool is never looked up there, as True equals 1.
        self._memo: dict[Cell, Outcome] = vocabulary.outcomes.setdefault(kind, {})
        if len(self._memo) > _REMEMBERED:
            self._memo.clear()
        self._memo[""] = ()

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

    def read(self, values: Sequence[Cell]) -> list[Outcome]:
        """Return what the cells of the body's rows give."""
        if bool in set(map(type, values)):
            return [self._outcome(value, i) for i, value in enumerate(values)]
        known = map(self._memo.get, values)
        return [
            self._outcome(value, i) if outcome is None else outcome
            for i, (outcome, value) in enumerate(zip(known, values, strict=True))
        ]

    def _outcome(self, value: Cell, i: int) -> Outcome:
        """Read a cell of row ``i`` of the body. An error in a column that proves nothing is no value."""
        if isinstance(value, Broken):
            # #N/A says of itself that there is no value; every other error has lost one.
            told = self.is_status and value.text != "#N/A"
            return (broken_fault(value), raw_text(value), None) if told else ()
        raw = raw_text(value)
        is_short = len(raw) <= _SHORT
        if self._is_text and len(text := tidy(raw)) > _SHORT:
            # Hardly met again, and longer than every word for nothing.
            return text, raw, None
        if is_short and isinstance(value, str) and self._is_null(value):
            read, holds_anywhere = None, True
        else:
            read, holds_anywhere = self._read(value, i)
        if read is None or (isinstance(read, str) and len(read) <= _SHORT and self._is_null(read)):
            outcome: Outcome = ()
        else:
            can_be_span = self.name in _PLANNED and isinstance(read, date) and not isinstance(value, date)
            outcome = read, raw, first_day(raw, self._era) if can_be_span else None
        if is_short and holds_anywhere and value.__class__ is not bool:
            self._memo[value] = outcome
        return outcome


def era_of_column(column: Column) -> str:
    """Return the era of a column's dates that are written without one; empty where nothing gives it."""
    return column.era or era_of_title(column.title)


def _reader_for(
    name: FieldName, column: Column, table: Table, workbook: Workbook, words: Vocabulary
) -> tuple[object, Reader]:
    """Return what reads a column's cells, and before it all that its outcomes depend on besides the field and the cell."""
    if name in DATE_FIELDS:
        planned, date1904 = name in _PLANNED, workbook.date1904
        era = era_of_column(column)
        return (planned, date1904, era), lambda cell, i: (read_date(cell, planned, date1904, era), True)
    if name is FieldName.PROGRESS:
        return _progress_reader(column, table, workbook)
    if name is FieldName.HELD_COUNT:
        return name, lambda cell, i: (read_count(cell), True)
    lookup = words.lookups.get(name) or (one_line if name in _NAMES else tidy)
    own = dict(column.words)
    if own:
        return (name, column.words), lambda cell, i: (
            own.get(key(raw_text(cell))) or lookup(raw_text(cell)),
            True,
        )
    return (None if lookup is tidy else name), lambda cell, i: (lookup(raw_text(cell)), True)


def _progress_reader(column: Column, table: Table, workbook: Workbook) -> tuple[Unit, Reader]:
    grid, first = table.grid, table.bottom + 1
    unit = column_unit((row[column.index] for row in table.body), column.title)

    def read(cell: Cell, i: int) -> tuple[float | Fault, bool]:
        asked = False

        def shows_percent() -> bool | None:
            nonlocal asked
            asked = True
            return workbook.shows_percent(grid.name, grid.address(first + i, column.index))

        share = read_progress(cell, unit, shows_percent)
        return share, not asked

    return unit, read
