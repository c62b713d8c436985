"""Tables whose place and columns a person has written down: the layout files of a town.

A layout is never stretched to fit: where the sheet has changed from what was written, the file is
sent back and says so, because a column read as another one would go unnoticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from config.section import plain
from tasks.sheets.eras import era_of_title
from tasks.sheets.faults import FileFault
from tasks.sheets.grid import Grid
from tasks.sheets.header import Column, columns_of, header_texts
from tasks.sheets.layout import Table, filled_cells
from tasks.sheets.meanings import IDENTITY
from tasks.sheets.words import key

if TYPE_CHECKING:
    from config.layouts import Layout, TableLayout

#: Where a header's text stands twice.
_TWICE = -1


class Layouts:
    """The layouts of a town by the names of their files (without ``.yaml``)."""

    def __init__(self, named: Mapping[str, Layout]) -> None:
        # A file's own name says more than its department, and both say more than one.
        self._given = sorted(
            (GivenLayout(name, layout) for name, layout in named.items()),
            key=lambda g: (not g.layout.files, g.layout.department is None, g.name),
        )

    def of(self, file: str, department: str | None) -> GivenLayout | None:
        """Return the layout of a file by its name and the department that its name or folder gives."""
        return next((given for given in self._given if _is_for(given.layout, file, department)), None)


def _is_for(layout: Layout, file: str, department: str | None) -> bool:
    if layout.files and not any(_fits(PurePosixPath(file).name, pattern) for pattern in layout.files):
        return False
    # A file whose name says nothing of its sender is told by its name alone.
    return layout.department == department or (bool(layout.files) and None in (layout.department, department))


def _fits(name: str, pattern: str) -> bool:
    return fnmatchcase(plain(name), plain(pattern))


@dataclass(frozen=True, slots=True)
class GivenLayout:
    """A layout with the name of its file."""

    name: str
    layout: Layout

    def tables(self, grid: Grid) -> list[Table] | None:
        """Return the tables of a sheet; None where the layout says nothing of it.

        Raises FileFault where the sheet lacks a header that the layout names.
        """
        if any(_fits(grid.name, pattern) for pattern in self.layout.skip_sheets):
            return []
        specs = [spec for spec in self.layout.tables if _fits(grid.name, spec.sheet)]
        if not specs or not grid.rows:
            return None
        turned = grid.turn() if any(spec.orientation == "columns" for spec in specs) else grid
        placed = [self._table(turned if s.orientation == "columns" else grid, s) for s in specs]
        for table, spec in zip(placed, specs, strict=True):
            if IDENTITY.isdisjoint(column.field for column in table.columns):
                raise self._mismatch(grid, "事業の列", "ありません")
            below = [t.top for t in placed if t.grid is table.grid and t.top > table.top]
            _finish(table, spec, min([len(table.grid.rows), *below]))
        return placed

    def tells_of(self, sheet: str) -> bool:
        """Return whether the layout says how a sheet's tables are read."""
        return any(_fits(sheet, spec.sheet) for spec in self.layout.tables)

    def _mismatch(self, grid: Grid, what: str, how: str) -> FileFault:
        return FileFault("layout_mismatch", layout=self.name, sheet=grid.name, what=what, how=how)

    def _table(self, grid: Grid, spec: TableLayout) -> Table:
        first = max(spec.lines(spec.first)[0] - grid.top, 0)
        if spec.header is None:
            columns = (
                Column(index, name, "", span)
                for name, texts in spec.fields.items()
                for index, span in (_span(grid, spec, text) for text in texts)
            )
            return Table(grid, first, first - 1, _told(columns, grid, spec))
        top, bottom = (min(max(n - grid.top, 0), len(grid.rows) - 1) for n in spec.lines(spec.header))
        places = {
            text: self._place(grid, spec, top, bottom, text) for t in spec.fields.values() for text in t
        }
        named = [(*places[text], name) for name, texts in spec.fields.items() for text in texts]
        spans = {index: span for index, span, _ in named}
        # A column beyond the sheet's last value is empty this time.
        meanings = {index: name for index, _, name in sorted(named) if 0 <= index < grid.width}
        found = columns_of(grid, (top, bottom), meanings, grid.merges)
        columns = (replace(c, span=max(spans[c.index], c.span)) for c in found)
        return Table(grid, top, max(first - 1, bottom), _told(columns, grid, spec))

    def _place(self, grid: Grid, spec: TableLayout, top: int, bottom: int, text: str) -> tuple[int, int]:
        """Return index and span of a column, named by its letters or by its header's text."""
        if spec.place(text) is not None:
            return _span(grid, spec, text)
        index = column_with_header(grid, top, bottom, text)
        if index is None or index == _TWICE:
            how = "ありません" if index is None else "二つ以上あります"
            raise self._mismatch(grid, f"見出し「{text}」", how)
        return index, 1


def column_with_header(grid: Grid, top: int, bottom: int, text: str) -> int | None:
    """Return the column whose header reads so: the whole path (節目／完了日), else its lowest part, else any.

    None where there is none, a negative number where there are several.
    """
    paths = header_paths(grid, top, bottom)
    wanted = key(text.strip("「」"))
    matches: tuple[Callable[[tuple[str, ...]], bool], ...] = (
        lambda path: key("／".join(path)) == wanted,
        lambda path: key(path[-1]) == wanted,
        lambda path: wanted in map(key, path),
    )
    for is_it in matches:
        found = [i for i, path in enumerate(paths) if path and is_it(path)]
        # A merged header stands over all of its columns, of which the first counts.
        apart = [i for i in found if i - 1 not in found or _is_written(grid, top, bottom, i)]
        if apart:
            return apart[0] if len(apart) == 1 else _TWICE
    return None


def _is_written(grid: Grid, top: int, bottom: int, index: int) -> bool:
    """Return whether a column has a header cell of its own, and not only one that is merged over it."""
    return any(row[index] != "" for row in grid.rows[top : bottom + 1])


def header_paths(grid: Grid, top: int, bottom: int) -> list[tuple[str, ...]]:
    """Return what stands over each column, from top to bottom, each text once."""
    texts = header_texts(grid, top, bottom, grid.merges)
    return [
        tuple(dict.fromkeys(" ".join(row[c].split()) for row in texts if row[c])) for c in range(grid.width)
    ]


def _span(grid: Grid, spec: TableLayout, text: str) -> tuple[int, int]:
    first, last = spec.place(text) or (0, 0)
    return first - grid.left, last - first + 1


def _told(columns: Iterable[Column], grid: Grid, spec: TableLayout) -> tuple[Column, ...]:
    """Return the columns that the sheet has, in its order, with what the layout says of their values."""
    words = {
        name: tuple((key(word), str(value)) for word, value in meaning.items())
        for name, meaning in (
            ("phase", spec.words.phase),
            ("self_rating", spec.words.self_rating),
            ("budget", spec.words.budget),
        )
    }
    told = (
        replace(
            c,
            span=min(c.span, grid.width - c.index),
            era=spec.era or era_of_title(c.title),
            words=words.get(c.field, ()),
        )
        for c in columns
        if c.index in range(grid.width)
    )
    return tuple(sorted(told, key=lambda column: column.index))


def _finish(table: Table, spec: TableLayout, end: int) -> None:
    """Set what depends on where the table ends: skipped and repeated rows, merged cells."""
    grid = table.grid
    table.end = min(end, spec.lines(spec.last)[1] - grid.top + 1) if spec.last else end
    for first, last in map(spec.lines, spec.skip):
        table.repeats.update(range(first - grid.top, last - grid.top + 1))
    if spec.header is not None:
        table.repeats.update(_repeated(table))
    table.filled = filled_cells(table)


def _repeated(table: Table) -> Iterator[int]:
    """Yield the rows of the body that only say again what a header row says."""
    at = [column.index for column in table.columns]

    def said(row: Sequence[object]) -> tuple[str, ...]:
        return tuple(key(str(row[index])) for index in at)

    headers = {said(table.grid.rows[row]) for row in range(table.top, table.bottom + 1)} - {("",) * len(at)}
    yield from (row for row in range(table.bottom + 1, table.end) if said(table.grid.rows[row]) in headers)
