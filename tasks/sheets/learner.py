"""The process that proposes a layout: it opens one workbook, confined as every process that opens files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from config.layouts import Layout
from tasks.sheets import worker
from tasks.sheets.context import ReadingContext
from tasks.sheets.faults import FileFault
from tasks.sheets.given_layout import Layouts
from tasks.sheets.layout_text import layout_data
from tasks.sheets.learning import LearntTable, learn_tables
from tasks.sheets.reading import read_file
from tasks.sheets.records import Counts, FileError, RowError
from tasks.sheets.workbook import open_workbook

#: What the process runs after its path is set.
ENTRY = "from tasks.sheets.learner import main"
#: Row errors that are handed on; the proposal names the first.
_MOST_ERRORS = 200


class Proposal(BaseModel):
    """A proposed layout, and what reading the workbook with it gives.

    ``error``: why nothing is proposed. ``agrees``: where the reader finds tables by itself, it reads
    with the layout what it reads without.
    """

    model_config = ConfigDict(frozen=True)

    error: FileError | None = None
    format: str = ""
    tables: tuple[LearntTable, ...] = ()
    counts: Counts | None = None
    row_errors: tuple[RowError, ...] = ()
    agrees: bool = True


def learn_file(path: Path, file: str, sha256: str, received_on: date, context: ReadingContext) -> Proposal:
    """Propose a layout for the workbook at ``path``; never raises for what is in it."""
    bare = replace(context, layouts=Layouts({}))
    plainly = read_file(path, file, sha256, received_on, bare)
    try:
        workbook = open_workbook(path.read_bytes(), context.limits, file)
    except FileFault as fault:
        return Proposal(error=fault.error)
    tables = tuple(learn_tables(workbook.grids, bare, received_on))
    if not tables:
        return Proposal(error=plainly.error)
    department = context.departments.of_path(file)
    data = layout_data(tables, file, workbook.format, department, received_on, "")
    layout = Layout.model_validate(data)
    given = read_file(path, file, sha256, received_on, replace(bare, layouts=Layouts({"": layout})))
    found = not any(table.guessed for table in tables)
    return Proposal(
        error=given.error,
        format=workbook.format,
        tables=tables,
        counts=given.counts,
        row_errors=given.row_errors[:_MOST_ERRORS],
        agrees=not found or (given.observations, given.counts) == (plainly.observations, plainly.counts),
    )


def main(memory_mb: int, seconds: int) -> None:
    """Serve as the reading process does, with proposals as answers."""
    worker.main(memory_mb, seconds, lambda *job: learn_file(*job).model_dump_json().encode())
