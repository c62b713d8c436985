"""A sheet as rows of values that know their addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Broken:
    """A cell without a value to read: ``text`` is its error (#N/A), or ``=`` for a formula never calculated."""

    text: str


#: What a cell can hold; ``""`` is an empty cell, a datetime is a date.
Cell = str | float | bool | date | time | timedelta | Broken

#: First row, first column, last row, last column, counted from the grid's first cell.
Merge = tuple[int, int, int, int]


@lru_cache(maxsize=4096)
def column_letters(column: int) -> str:
    """Return the letters of a 0-based column: 0 is A, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the 0-based number of a column's letters: A is 0, AA is 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def a1(letters: str, row: int) -> str:
    """Return an A1 address; in a turned grid the letters are a row's number, and ``row`` counts columns."""
    return column_letters(row - 1) + letters if letters.isdigit() else f"{letters}{row}"


@dataclass(slots=True)
class Grid:
    """One sheet, without the blank rows and columns around its values.

    ``top`` and ``left`` are the 0-based row and column of ``rows[0][0]``: calamine trims, and a
    cell's address is its index plus this start. ``merges`` are clipped to the grid,
    ``letters`` are those of its columns.

    ``hidden_rows`` and ``hidden_columns`` are numbers as the spreadsheet counts, from 1.

    A ``turned`` grid has the sheet's columns as its rows: ``letters`` are then the numbers of the
    sheet's rows, and ``row_number`` counts the sheet's columns.
    """

    name: str
    rows: list[list[Cell]]
    top: int = 0
    left: int = 0
    merges: tuple[Merge, ...] = ()
    hidden: bool = False
    turned: bool = False
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    letters: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the columns' letters, which every address needs."""
        width = len(self.rows[0]) if self.rows else 0
        name = str if self.turned else column_letters
        self.letters = [name(self.left + c + self.turned) for c in range(width)]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.letters)

    def address(self, row: int, column: int) -> str:
        """Return the A1 address of a cell given by its place in the grid."""
        return a1(self.letters[column], self.top + row + 1)

    def row_number(self, row: int) -> int:
        """Return the number of a row as the spreadsheet shows it, from 1."""
        return self.top + row + 1

    def columns(self, first: int, end: int) -> Grid:
        """Return some of the columns as a grid of their own; every cell keeps its address."""
        merges = tuple(
            (r0, max(c0, first) - first, r1, min(c1, end - 1) - first)
            for r0, c0, r1, c1 in self.merges
            if first <= c0 < end
        )
        rows = [row[first:end] for row in self.rows]
        at = self.top, self.left + first
        return Grid(
            self.name, rows, *at, merges, self.hidden, self.turned, self.hidden_rows, self.hidden_columns
        )

    def turn(self) -> Grid:
        """Return the sheet with rows and columns changed over; every cell keeps its address."""
        rows = [list(column) for column in zip(*self.rows, strict=True)]
        merges = tuple((c0, r0, c1, r1) for r0, c0, r1, c1 in self.merges)
        return Grid(
            self.name,
            rows,
            self.left,
            self.top,
            merges,
            self.hidden,
            not self.turned,
            self.hidden_columns,
            self.hidden_rows,
        )
