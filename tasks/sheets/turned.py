"""Tables with the 事業 side by side: the sheet is turned, and its columns are read as rows.

A form with one 事業 (field names at the left, values beside them) is such a table too, and so are
several forms below each other. Field names down the left are also how a sheet explains how to fill
in another one: only where a column names a 事業 of the plan is it a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tasks.sheets.grid import Grid
from tasks.sheets.header import Column
from tasks.sheets.layout import Table, find_tables
from tasks.sheets.matching import ProjectIndex, match_project
from tasks.sheets.meanings import IDENTITY
from tasks.sheets.vocabulary import Notable, Vocabulary


def find_turned_tables(
    grid: Grid, vocabulary: Vocabulary, projects: ProjectIndex, seen: Notable
) -> list[Table]:
    """Return the tables of a sheet whose columns are 事業; empty where it has none. ``seen`` as for others."""
    # Most sheets without a table name no 事業 either, and need not be turned to know it.
    found = find_tables(grid.turn(), vocabulary, seen) if seen.naming else []
    return [
        form
        for table in found
        for form in _forms(table)
        if any(_is_project(form, row, projects) for row in range(form.bottom + 1, form.end))
    ]


def _forms(table: Table) -> Iterator[Table]:
    """Yield a table for each block of field names: one below another begins anew with the 事業."""
    columns: list[Column] = []
    for column in table.columns:
        if column.field in IDENTITY and any(c.field not in IDENTITY for c in columns):
            yield replace(table, columns=tuple(columns))
            columns = []
        columns.append(column)
    yield replace(table, columns=tuple(columns))


def _is_project(table: Table, row: int, projects: ProjectIndex) -> bool:
    values = (table.grid.rows[row][column.index] for column in table.columns if column.field in IDENTITY)
    return any(isinstance(value, str) and match_project(value, projects) for value in values)
