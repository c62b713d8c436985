"""A layout proposed from one workbook: what the reader finds by itself, and what it can only guess.

What is found for certain is proposed as it is. A column that no header explains is guessed from its
values and only offered: a person decides. Pure; runs where files are opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Literal

from tasks.sheets.beside import parted
from tasks.sheets.context import ReadingContext
from tasks.sheets.given_layout import column_with_header, header_paths
from tasks.sheets.grid import Cell, Grid
from tasks.sheets.guesses import likely_meanings
from tasks.sheets.layout import Table, find_tables
from tasks.sheets.matching import match_project
from tasks.sheets.meanings import PROJECT_NAME, STATUS_FIELDS
from tasks.sheets.periods import set_aside
from tasks.sheets.turned import find_turned_tables
from tasks.sheets.words import quoted

#: Characters of a header; a longer one is named by its letters.
_SHORT = 24
#: Rows above the first 事業 in which a header is looked for.
_HEADER_ROWS = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the proposal is unsure of: the cell it stands in, and one Japanese sentence.

    ``instead``: the line that could be written in ``fields``, field and place.
    """

    cell: str
    text: str
    instead: tuple[str, str] | None = None


@dataclass(slots=True)
class LearntTable:
    """A proposed table; ``guessed`` where the reader alone finds none."""

    sheet: str
    orientation: Literal["rows", "columns"]
    header: str | None
    first: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    doubts: list[Doubt] = field(default_factory=list)
    guessed: bool = False


def learn_tables(grids: Sequence[Grid], context: ReadingContext, as_of: date) -> list[LearntTable]:
    """Return a proposal for every table of a workbook, in the order of its sheets.

    ``as_of``: dates after it are taken to be planned.
    """
    learnt: list[LearntTable] = []
    by_sheet = [(grid, _found(grid, context)) for grid in grids]
    aside = set_aside(
        [grid.name for grid, found in by_sheet if found],
        {grid.name for grid in grids if not grid.hidden},
        {grid.name for grid, found in by_sheet if any(table.reports_any() for table in found)},
        as_of,
    )
    for grid, found in by_sheet:
        if grid.name in aside:
            continue
        # Forms below each other share their rows: the one's are no unknown columns of the other.
        taken = {c.index + i for table in found for c in table.columns for i in range(c.span)}
        of_all = taken if any(table.grid.turned for table in found) else set[int]()
        learnt += [_of_found(table, of_all, context, as_of) for table in found]
        if not found and grid.rows:
            guessed = max((_guess(g, context, as_of) for g in (grid, grid.turn())), key=_rank)
            learnt += [guessed] if guessed else []
    return learnt


def _found(grid: Grid, context: ReadingContext) -> list[Table]:
    seen = context.vocabulary.notable(set(chain.from_iterable(grid.rows)))
    found = list(parted(find_tables(grid, context.vocabulary, seen), context.vocabulary, seen))
    return found or find_turned_tables(grid, context.vocabulary, context.projects, seen)


def _rank(table: LearntTable | None) -> int:
    return len(table.fields) if table else 0


def _of_found(table: Table, taken: set[int], context: ReadingContext, as_of: date) -> LearntTable:
    """Return a table that the reader finds, with the columns that are not ``taken`` as doubts."""
    grid, top, bottom = table.grid, table.top, table.bottom
    learnt = _begun(grid, (top, bottom), bottom + 1)
    for column in table.columns:
        place = _place(grid, (top, bottom), column.index, column.span)
        learnt.fields.setdefault(column.field, []).append(place)
    taken = taken | {column.index + i for column in table.columns for i in range(column.span)}
    paths = header_paths(grid, top, bottom)
    body = range(bottom + 1, table.end)
    for index in range(grid.width):
        if index in taken or not paths[index] or (index and paths[index] == paths[index - 1]):
            continue
        learnt.doubts += _offers(grid, (top, bottom), index, body, context, as_of)
    return learnt


def _guess(grid: Grid, context: ReadingContext, as_of: date) -> LearntTable | None:
    """Return a table found by its 事業 alone, its columns by their values; None where none reports anything."""
    named = {
        index: rows
        for index in range(grid.width)
        if (rows := [r for r, row in enumerate(grid.rows) if _is_project(row[index], context)])
    }
    if not named:
        return None
    index = max(named, key=lambda i: len(named[i]))
    first = named[index][0]
    header = _header_above(grid, first)
    learnt = _begun(grid, header, first)
    learnt.guessed = True
    body = range(first, len(grid.rows))
    learnt.fields[PROJECT_NAME] = [_place(grid, header, index, 1)]
    for other in range(grid.width):
        if other == index:
            continue
        for doubt in _offers(grid, header, other, body, context, as_of):
            # The likeliest meaning of each column is proposed, the others are offered.
            if doubt.instead and doubt.instead[0] not in learnt.fields and not _is_placed(learnt, doubt):
                learnt.fields[doubt.instead[0]] = [doubt.instead[1]]
                learnt.doubts.append(Doubt(doubt.cell, f"{doubt.text}そう読む案です。"))
            else:
                learnt.doubts.append(doubt)
    return learnt if learnt.fields.keys() & STATUS_FIELDS else None


def _is_placed(learnt: LearntTable, doubt: Doubt) -> bool:
    return doubt.instead is not None and any(doubt.instead[1] in places for places in learnt.fields.values())


def _is_project(value: Cell, context: ReadingContext) -> bool:
    return isinstance(value, str) and match_project(value, context.projects) is not None


def _header_above(grid: Grid, first: int) -> tuple[int, int] | None:
    """Return the header rows right above the first 事業: texts in more than one column."""
    top = first
    while top and first - top < _HEADER_ROWS and _is_header(grid.rows[top - 1]):
        top -= 1
    return (top, first - 1) if top < first else None


def _is_header(row: Sequence[Cell]) -> bool:
    return all(isinstance(value, str) for value in row) and sum(value != "" for value in row) > 1


def _begun(grid: Grid, header: tuple[int, int] | None, first: int) -> LearntTable:
    def line(row: int) -> str:
        address = grid.address(row, 0)
        return "".join(c for c in address if c.isalpha() == grid.turned)

    lines = None
    if header is not None:
        lines = line(header[0]) if header[0] == header[1] else f"{line(header[0])}-{line(header[1])}"
    return LearntTable(grid.name, "columns" if grid.turned else "rows", lines, line(first))


def _place(grid: Grid, header: tuple[int, int] | None, index: int, span: int) -> str:
    """Return how a layout names a column: by its header's text where that says which, else by its letters."""
    if header is not None:
        path = header_paths(grid, *header)[index]
        text = "／".join(path)
        if path and len(text) <= _SHORT and column_with_header(grid, *header, text) == index:
            return f"「{text}」" if text.isascii() else text
    first, last = grid.letters[index], grid.letters[index + span - 1]
    return first if span == 1 else f"{first}-{last}"


def _offers(
    grid: Grid,
    header: tuple[int, int] | None,
    index: int,
    body: Iterable[int],
    context: ReadingContext,
    as_of: date,
) -> Iterator[Doubt]:
    """Yield what an unknown column could be, the likeliest first; one doubt without an offer where nothing is."""
    values = [v for r in body if (v := grid.rows[r][index]) != "" and context.vocabulary.is_given(v)]
    if not values:
        return
    title = header_paths(grid, *header)[index] if header else ()
    cell = grid.address(header[1] if header else next(iter(body)), index)
    what = f"見出し{quoted(title[-1])}" if title else f"{grid.letters[index]}の列"
    place = _place(grid, header, index, 1)
    meanings = likely_meanings(title, values, context, as_of)
    for name, why in meanings.items():
        label = quoted(context.vocabulary.label(name))
        yield Doubt(cell, f"{what}は{label}かもしれません（{why}）。", (name, place))
    if not meanings:
        yield Doubt(cell, f"{what}は何の列か分からないため、読みません。")
