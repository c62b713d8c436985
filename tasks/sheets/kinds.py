"""What the cells of a column are read by: the same for every table, of any file, with such a column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from tasks.sheets.dates import read_date
from tasks.sheets.eras import era_of_title
from tasks.sheets.faults import Fault
from tasks.sheets.grid import Broken, Cell
from tasks.sheets.header import Column
from tasks.sheets.meanings import STATUS_FIELDS
from tasks.sheets.records import DATE_FIELDS, FieldName
from tasks.sheets.shares import read_count
from tasks.sheets.vocabulary import Vocabulary
from tasks.sheets.words import key, one_line, tidy

Value = date | float | int | str
#: Gives the value of a cell, an empty text where it stands for none.
Reader = Callable[[Cell], Value | Fault]

#: Dates still to come, for which a month counts as its last day.
_PLANNED = frozenset({FieldName.DUE_ON, FieldName.MILESTONE_DUE_ON})
_NAMES = frozenset({FieldName.MILESTONE, FieldName.REPORTER})
#: What is kept as it was written.
_TEXTS = frozenset({FieldName.ISSUE, FieldName.REMEDY, FieldName.NOTE})


@dataclass(frozen=True, slots=True)
class Kind:
    """How the cells of a column are read.

    ``key`` is all that a cell's outcome depends on besides the cell. ``read`` is None for progress, where
    the cells of a column together tell what a number counts.
    """

    name: FieldName
    is_status: bool
    is_day: bool
    is_planned: bool
    is_text: bool
    era: str
    key: object
    read: Reader | None


def kind_of(column: Column, date1904: bool, words: Vocabulary) -> Kind:
    """Return how a column's cells are read; ``date1904`` is how the workbook counts serial numbers."""
    kind: Kind | None = words.kinds.get((column, date1904))
    if kind is None:
        kind = words.kinds[column, date1904] = _kind(column, date1904, words)
    return kind


def era_of_column(column: Column) -> str:
    """Return the era of a column's dates that are written without one; empty where nothing gives it."""
    return column.era or era_of_title(column.title)


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


def _kind(column: Column, date1904: bool, words: Vocabulary) -> Kind:
    name = FieldName(column.field)
    planned, era = name in _PLANNED, era_of_column(column)
    read = _reader(name, column, (planned, date1904, era), words)
    # Days are read alike whatever they are of, but for those to come.
    memo = (planned, date1904, era) if name in DATE_FIELDS else (name, column.words)
    return Kind(name, name in STATUS_FIELDS, name in DATE_FIELDS, planned, name in _TEXTS, era, memo, read)


def _reader(
    name: FieldName, column: Column, dates: tuple[bool, bool, str], words: Vocabulary
) -> Reader | None:
    if name in DATE_FIELDS:
        return lambda cell: read_date(cell, *dates)
    if name is FieldName.PROGRESS:
        return None
    if name is FieldName.HELD_COUNT:
        return read_count
    lookup = words.lookups.get(name) or (one_line if name in _NAMES else tidy)
    own = dict(column.words)
    if own:
        return lambda cell: own.get(key(raw_text(cell))) or lookup(raw_text(cell))
    return lambda cell: lookup(raw_text(cell))
