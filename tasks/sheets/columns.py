"""From the cells of a column to a field's values, each with its raw text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from tasks.sheets.dates import read_date
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Broken, Cell
from tasks.sheets.layout import Column, Table
from tasks.sheets.meanings import STATUS_FIELDS
from tasks.sheets.records import DATE_FIELDS, FieldName
from tasks.sheets.shares import column_unit, read_count, read_progress
from tasks.sheets.vocabulary import Vocabulary
from tasks.sheets.words import one_line, tidy
from tasks.sheets.workbook import Workbook

Value = date | float | int | str
#: Takes a cell and its row in the grid.
Reader = Callable[[Cell, int], Value | Fault]
Outcome = tuple[Value | Fault, str] | None

#: Dates still to come, for which a month counts as its last day.
_PLANNED = frozenset({FieldName.DUE_ON, FieldName.MILESTONE_DUE_ON})
_NAMES = frozenset({FieldName.MILESTONE, FieldName.REPORTER})


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


def broken_fault(cell: Broken) -> Fault:
    """Return what is wrong with a cell that holds an error, or a formula without a stored result."""
    if cell.text == "=":
        message = (
            "は計算結果が保存されていないため、表計算ソフトで開いて保存し直すか、値を直接記入してください。"
        )
        return Fault(RowCode.FORMULA_NOT_CALCULATED, message)
    return Fault(RowCode.ERROR_VALUE, "は数式のエラーのため、数式を直すか、値を直接記入してください。")


class ColumnReader:
    """Reads the cells of one column, each different value once."""

    def __init__(self, column: Column, table: Table, workbook: Workbook, vocabulary: Vocabulary) -> None:
        self.index = column.index
        self.name = FieldName(column.field)
        self.letters = table.grid.letters[column.index]
        self.is_status = self.name in STATUS_FIELDS
        self._is_null = vocabulary.is_null
        self._read = _reader_for(self.name, column, table, workbook, vocabulary)
        # A number's reading can depend on its own format.
        self._repeats = str if self.name is FieldName.PROGRESS else object
        self._memo: dict[Cell, Outcome] = {}

    def outcome(self, value: Cell, row: int) -> Outcome:
        """Return what a cell gives and its raw text, None where it stands for no value.

        ``row`` is its row in the grid. An error in a column that proves nothing is no value.
        """
        # True equals 1, and would be found in its place.
        if value.__class__ is bool or not isinstance(value, self._repeats):
            return self._outcome(value, row)
        try:
            return self._memo[value]
        except KeyError:
            outcome = self._memo[value] = self._outcome(value, row)
            return outcome

    def _outcome(self, value: Cell, row: int) -> Outcome:
        if isinstance(value, Broken):
            # #N/A says of itself that there is no value; every other error has lost one.
            told = self.is_status and value.text != "#N/A"
            return (broken_fault(value), raw_text(value)) if told else None
        if isinstance(value, str) and self._is_null(value):
            return None
        return self._read(value, row), raw_text(value)


def _reader_for(
    name: FieldName, column: Column, table: Table, workbook: Workbook, words: Vocabulary
) -> Reader:
    if name in DATE_FIELDS:
        planned, date1904 = name in _PLANNED, workbook.date1904
        return lambda cell, row: read_date(cell, planned, date1904)
    if name is FieldName.PROGRESS:
        return _progress_reader(column, table, workbook)
    if name is FieldName.HELD_COUNT:
        return lambda cell, row: read_count(cell)
    lookups = {
        FieldName.PHASE: words.phase,
        FieldName.SELF_RATING: words.self_rating,
        FieldName.BUDGET: words.budget,
    }
    lookup = lookups.get(name) or (one_line if name in _NAMES else tidy)
    return lambda cell, row: lookup(raw_text(cell))


def _progress_reader(column: Column, table: Table, workbook: Workbook) -> Reader:
    grid = table.grid
    unit = column_unit((grid.rows[r][column.index] for r in range(table.bottom + 1, table.end)), column.title)

    def read(cell: Cell, row: int) -> float | Fault:
        address = grid.address(row, column.index)
        return read_progress(cell, unit, lambda: workbook.shows_percent(grid.name, address))

    return read
