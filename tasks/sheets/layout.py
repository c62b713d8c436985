"""Finding the tables of a sheet: a header, wherever it stands, and the rows that belong to it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from tasks.sheets.grid import Cell, Grid
from tasks.sheets.header import Column, header_around
from tasks.sheets.meanings import STATUS_FIELDS
from tasks.sheets.vocabulary import Notable, Vocabulary
from tasks.sheets.words import key

#: Rows above a header that may be repeated with it.
_MOST_ABOVE = 5


@dataclass(slots=True)
class Table:
    """A recognised table: header rows ``top`` to ``bottom``, body rows from below it to before ``end``.

    ``repeats`` are rows of the grid that only repeat the header. ``filled`` gives, by column, for each row
    of the body that a vertical merge covers, the row that holds the value, both counted from the body's first.
    """

    grid: Grid
    top: int
    bottom: int
    columns: tuple[Column, ...]
    end: int = 0
    repeats: set[int] = field(default_factory=set)
    filled: dict[int, dict[int, int]] = field(default_factory=dict)

    @property
    def body(self) -> list[list[Cell]]:
        """The rows below the header."""
        return self.grid.rows[self.bottom + 1 : self.end]

    def filled_rows(self) -> int:
        """Return how many rows below the header hold anything."""
        return sum(any(value != "" for value in row) for row in self.body)

    def reports_any(self) -> bool:
        """Return whether any row has a value in a column that tells how a 事業 stands."""
        columns = [column.index for column in self.columns if column.field in STATUS_FIELDS]
        return any(row[c] != "" for row in self.body for c in columns)

    def row_numbers(self) -> range:
        """Return the numbers of the body's rows as the spreadsheet shows them."""
        first = self.grid.row_number(self.bottom + 1)
        return range(first, first + self.end - self.bottom - 1)


def find_tables(grid: Grid, vocabulary: Vocabulary, seen: Notable) -> list[Table]:
    """Return the tables of a sheet from top to bottom; empty where no header is recognised.

    ``seen`` are the sheet's texts that deserve a look (``Vocabulary.notable``).
    """
    naming = seen.naming
    tables: list[Table] = []
    next_row = 0
    for row, values in enumerate(grid.rows) if naming else ():
        if row < next_row or naming.isdisjoint(values):
            continue
        header = header_around(grid, row, next_row, vocabulary)
        if header is None:
            continue
        table = Table(grid, *header)
        # Under a label of its own it is another table, of another department perhaps.
        if (
            tables
            and _same_columns(tables[-1], table)
            and not _names_any(grid, next_row, header.top, seen.labels)
        ):
            tables[-1].repeats.update(range(_repeated_from(tables[-1], table), table.bottom + 1))
        else:
            tables.append(table)
        next_row = table.bottom + 1
    for i, table in enumerate(tables):
        table.end = tables[i + 1].top if i + 1 < len(tables) else len(grid.rows)
        table.filled = filled_cells(table)
    return tables


def _names_any(grid: Grid, first: int, end: int, texts: Set[Cell]) -> bool:
    return bool(texts) and not all(texts.isdisjoint(row) for row in grid.rows[first:end])


def _same_columns(one: Table, other: Table) -> bool:
    return [(c.index, c.field) for c in one.columns] == [(c.index, c.field) for c in other.columns]


def _repeated_from(first: Table, again: Table) -> int:
    """Return the first row of a repeated header: what stands above may say the same there, 進捗（続き）, say."""
    rows = again.grid.rows
    top = again.top
    while top > again.bottom - first.bottom + max(first.top - _MOST_ABOVE, 0) and _says_again(
        rows[first.bottom - again.bottom + top - 1], rows[top - 1]
    ):
        top -= 1
    return top


def _says_again(once: Sequence[Cell], again: Sequence[Cell]) -> bool:
    pairs = [(a, b) for a, b in zip(once, again, strict=True) if a != "" or b != ""]
    return bool(pairs) and all(a and b and key(str(b)).startswith(key(str(a))) for a, b in pairs)


def filled_cells(table: Table) -> dict[int, dict[int, int]]:
    """Return the rows below the first of every vertical merge in a recognised column, with its row."""
    wanted = {column.index + i: column.index for column in table.columns for i in range(column.span)}
    filled: dict[int, dict[int, int]] = {}
    first = table.bottom + 1
    for r0, c0, r1, _ in table.grid.merges:
        if c0 in wanted and r1 > r0 >= first:
            covered = dict.fromkeys(range(r0 + 1 - first, min(r1 + 1, table.end) - first), r0 - first)
            filled.setdefault(wanted[c0], {}).update(covered)
    return filled
