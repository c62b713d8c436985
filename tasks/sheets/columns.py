"""From the cells of a column to a field's values, each with its raw text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from tasks.sheets.dates import read_date
from tasks.sheets.eras import era_of_title
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Broken, Cell
from tasks.sheets.layout import Column, Table
from tasks.sheets.meanings import STATUS_FIELDS
from tasks.sheets.records import DATE_FIELDS, FieldName
from tasks.sheets.shares import Unit, column_unit, read_count, read_progress
from tasks.sheets.vocabulary import Vocabulary
from tasks.sheets.words import one_line, tidy
from tasks.sheets.workbook import Workbook

Value = date | float | int | str
#: Takes a cell and its row in the grid; gives its value, and whether the same cell in another row or file gives the same.
Reader = Callable[[Cell, int], tuple[Value | Fault, bool]]
Outcome = tuple[Value | Fault, str] | None

#: Dates still to come, for which a month counts as its last day.
_PLANNED = frozenset({FieldName.DUE_ON, FieldName.MILESTONE_DUE_ON})
#: Values of one kind of column that are remembered, at least.
_REMEMBERED = 16_384
#: Characters of a value that is met again, and of every word for none.
_SHORT = 32
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
    """Reads the cells of one column, each different value once: those of other files count as well.

    ``memo`` has the outcomes of values met before; a bool is never looked up there, as True equals 1.
    """

    def __init__(self, column: Column, table: Table, workbook: Workbook, vocabulary: Vocabulary) -> None:
        self.index = column.index
        self.name = FieldName(column.field)
        self.letters = table.grid.letters[column.index]
        self.span = column.span
        self.is_status = self.name in STATUS_FIELDS
        #: A date still to come, which may be written as a span.
        self.is_planned = self.name in _PLANNED
        self._is_null = vocabulary.is_null
        kind, self._read = _reader_for(self.name, column, table, workbook, vocabulary)
        self.memo: dict[Cell, Outcome] = vocabulary.outcomes.setdefault((self.name, kind), {})
        if len(self.memo) > _REMEMBERED:
            self.memo.clear()

    def outcome(self, value: Cell, row: int) -> Outcome:
        """Return what a cell gives and its raw text, None where it stands for no value.

        ``row`` is its row in the grid. An error in a column that proves nothing is no value.
        """
        if isinstance(value, Broken):
            # #N/A says of itself that there is no value; every other error has lost one.
            told = self.is_status and value.text != "#N/A"
            return (broken_fault(value), raw_text(value)) if told else None
        if isinstance(value, str) and len(value) <= _SHORT and self._is_null(value):
            return None
        read, holds_anywhere = self._read(value, row)
        if isinstance(read, str) and len(read) <= _SHORT and self._is_null(read):
            return None
        outcome = read, raw_text(value)
        # A longer text is hardly met again.
        if holds_anywhere and value.__class__ is not bool and len(outcome[1]) <= _SHORT:
            self.memo[value] = outcome
        return outcome


def _reader_for(
    name: FieldName, column: Column, table: Table, workbook: Workbook, words: Vocabulary
) -> tuple[object, Reader]:
    """Return what reads a column's cells, and before it all that its outcomes depend on besides the field and the cell."""
    if name in DATE_FIELDS:
        planned, date1904, era = name in _PLANNED, workbook.date1904, era_of_title(column.title)
        return (date1904, era), lambda cell, row: (read_date(cell, planned, date1904, era), True)
    if name is FieldName.PROGRESS:
        return _progress_reader(column, table, workbook)
    if name is FieldName.HELD_COUNT:
        return None, lambda cell, row: (read_count(cell), True)
    lookups = {
        FieldName.PHASE: words.phase,
        FieldName.SELF_RATING: words.self_rating,
        FieldName.BUDGET: words.budget,
    }
    lookup = lookups.get(name) or (one_line if name in _NAMES else tidy)
    return None, lambda cell, row: (lookup(raw_text(cell)), True)


def _progress_reader(column: Column, table: Table, workbook: Workbook) -> tuple[Unit, Reader]:
    grid = table.grid
    unit = column_unit((grid.rows[r][column.index] for r in range(table.bottom + 1, table.end)), column.title)

    def read(cell: Cell, row: int) -> tuple[float | Fault, bool]:
        asked = False

        def shows_percent() -> bool | None:
            nonlocal asked
            asked = True
            return workbook.shows_percent(grid.name, grid.address(row, column.index))

        share = read_progress(cell, unit, shows_percent)
        return share, not asked

    return unit, read
