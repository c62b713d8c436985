"""One file, read: the whole way from bytes to observations, row errors and counts.

Bad content is a value (FileError, RowError), never an exception.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

from tasks.sheets.beside import parted
from tasks.sheets.context import ReadingContext, reading_context
from tasks.sheets.faults import FileFault, file_error
from tasks.sheets.given_layout import GivenLayout
from tasks.sheets.grid import Grid
from tasks.sheets.json_text import document, failed_document
from tasks.sheets.labels import Label, nearest_label, only_label
from tasks.sheets.layout import Table, find_tables
from tasks.sheets.matching import DepartmentIndex
from tasks.sheets.periods import set_aside
from tasks.sheets.records import FileError, FileReading
from tasks.sheets.remarks import remark_of_other_times, remark_of_outside, remarks_of_cells
from tasks.sheets.rows import TableReader
from tasks.sheets.senders import Sender
from tasks.sheets.tally import Tally
from tasks.sheets.turned import find_turned_tables
from tasks.sheets.vocabulary import Notable
from tasks.sheets.words import quoted
from tasks.sheets.workbook import Workbook, open_workbook

__all__ = ["ReadingContext", "read_document", "read_file", "reading_context"]

Found = tuple[Grid, list[Table], Notable]

#: What no_table says it looked for.
_LOOKED_FOR = ("phase", "progress", "due_on", "finished_on", "self_rating")


def read_file(path: Path, file: str, sha256: str, received_on: date, context: ReadingContext) -> FileReading:
    """Read the workbook at ``path`` as ``read_document`` does; return its records."""
    return FileReading.model_validate_json(read_document(path, file, sha256, received_on, context))


def read_document(path: Path, file: str, sha256: str, received_on: date, context: ReadingContext) -> bytes:
    """Read the workbook at ``path``; never raises for what is in it. Return the JSON of a FileReading, UTF-8.

    ``file`` is the name people know it by (its folder and name can tell the department), ``sha256``
    and ``received_on`` are handed through.
    """

    def failed(error: FileError) -> bytes:
        suffix = path.suffix.lstrip(".").lower()
        return failed_document(file, sha256, suffix or "unknown", received_on, error)

    try:
        with path.open("rb", buffering=0) as opened:
            data = opened.readall()
    except OSError as error:
        return failed(file_error("unreadable", reason=error.strerror or type(error).__name__))
    try:
        workbook = open_workbook(data, context.limits, file)
        tally = _read_tables(workbook, file, received_on, context)
    except FileFault as fault:
        return failed(fault.error)
    return document(
        file,
        sha256,
        workbook.format,
        received_on,
        tally.observations,
        tally.errors,
        tally.counts(),
        workbook.notes,
    )


def _read_tables(workbook: Workbook, file: str, received_on: date, context: ReadingContext) -> Tally:
    # Visible sheets first: of two copies of a row the one that people see counts.
    grids = sorted(workbook.grids, key=lambda grid: grid.hidden)
    of_path = context.departments.of_path(file)
    given = context.layouts.of(file, of_path)
    found = [_looked_through(grid, context, given) for grid in grids]
    workbook.notes += tuple(remarks_of_cells((grid, seen.strange) for grid, _, seen in found if seen.strange))
    tables = [table for _, of_sheet, _ in found for table in of_sheet]
    if not tables:
        raise FileFault("no_table", looked_for=_looked_for(workbook, context))
    cover = only_label(
        ((grid, seen.labels) for grid, of_sheet, seen in found if not of_sheet),
        context.vocabulary,
        context.departments,
    )
    of_file = of_path or (given.layout.department if given else None)
    aside = _of_other_times(found, given, received_on)
    tally = Tally()
    for grid, of_sheet, seen in found:
        headers = [row for table in of_sheet for row in (*range(table.top, table.bottom + 1), *table.repeats)]
        if grid.name in aside:
            tally.ignored += sum(table.filled_rows() for table in of_sheet)
            continue
        for table in of_sheet:
            label = _label(grid, table, headers, seen, context) or cover
            sender = _sender(label, table, of_file, context.departments)
            TableReader(table, workbook, context, sender, tally).read(seen.examples)
    if aside:
        workbook.notes += (remark_of_other_times([g.name for g, _, _ in found if g.name in aside]),)
    if tally.outside:
        workbook.notes += (remark_of_outside(tally.outside),)
    if tally.is_empty():
        raise FileFault("no_rows", sheet=tables[0].grid.name, cell=_corner(tables[0]))
    return tally


def _of_other_times(found: Sequence[Found], given: GivenLayout | None, received_on: date) -> frozenset[str]:
    """Return the names of the sheets that are of another time than the one that was sent; none of which a layout tells."""
    names = [grid.name for grid, tables, _ in found if tables]
    if len(names) < 2:
        return frozenset()
    seen = {grid.name for grid, _, _ in found if not grid.hidden}
    reporting = {grid.name for grid, tables, _ in found if any(table.reports_any() for table in tables)}
    aside = set_aside(names, seen, reporting, received_on)
    return frozenset(name for name in aside if given is None or not given.tells_of(name))


def _looked_through(grid: Grid, context: ReadingContext, given: GivenLayout | None) -> Found:
    """Return a sheet with its tables and those of its texts that deserve a look."""
    vocabulary, projects = context.vocabulary, context.projects
    seen = vocabulary.notable(set(chain.from_iterable(grid.rows)))
    tables = given.tables(grid) if given else None
    if tables is None:
        tables = list(parted(find_tables(grid, vocabulary, seen), vocabulary, seen))
        tables = tables or find_turned_tables(grid, vocabulary, projects, seen)
    return grid, tables, seen


def _label(
    grid: Grid, table: Table, headers: Sequence[int], seen: Notable, context: ReadingContext
) -> Label | None:
    """Return the label of a table; with the 事業 side by side it may stand anywhere on the sheet."""
    if table.grid.turned:
        return only_label([(grid, seen.labels)], context.vocabulary, context.departments)
    words = seen.labels, context.vocabulary, context.departments
    beside = nearest_label(table, headers, *words)
    # Of tables beside each other one label may be all of theirs.
    return (
        beside if beside or table.grid is grid else nearest_label(replace(table, grid=grid), headers, *words)
    )


def _sender(label: Label | None, table: Table, of_file: str | None, departments: DepartmentIndex) -> Sender:
    """Return who sent a table; a sheet's name that may mean another department than the file's is asked about."""
    name = table.grid.name
    of_sheet = departments.of_sheet(name)
    may_be = departments.inside(name) if of_file and not (label or of_sheet) else None
    if of_file and may_be and may_be != of_file:
        at = table.grid.row_number(table.top), table.grid.letters[table.columns[0].index]
        return Sender(Label(name, *at, (may_be, of_file)), None)
    return Sender(label, of_sheet or of_file)


def _corner(table: Table) -> str:
    return table.grid.address(table.top, table.columns[0].index)


def _looked_for(workbook: Workbook, context: ReadingContext) -> str:
    wanted = "、".join(quoted(context.vocabulary.label(name)) for name in _LOOKED_FOR)
    sheets = "、".join(quoted(grid.name) for grid in workbook.grids[:5]) or "なし"
    return f"「事業名」の列と、状況の列（{wanted}など）が並ぶ見出しを探しました（調べたシート：{sheets}）。"
