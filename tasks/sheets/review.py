"""What a person has to rule on: names in the departments' sheets that nobody can be sure of. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from tasks.sheets.faults import RowCode
from tasks.sheets.matching import DepartmentIndex, ProjectIndex
from tasks.sheets.records import FileReading, RowError
from tasks.sheets.words import key

Table = Literal["projects", "departments"]

_TABLES: dict[str, Table] = {
    RowCode.UNKNOWN_PROJECT: "projects",
    RowCode.UNKNOWN_DEPARTMENT: "departments",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text stands: file, sheet and cell (A1)."""

    file: str
    sheet: str
    cell: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that a text could mean: a 事業 by its id, or a 担当課 by its name. ``likeness``: 0 to 100."""

    value: str
    name: str
    likeness: float


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A text that names no 事業 (``projects``) or 担当課 (``departments``) for certain.

    ``choices`` are the likest, best first; none of them counts until a person has ruled.
    """

    table: Table
    text: str
    places: tuple[Place, ...]
    choices: tuple[Choice, ...]


def open_questions(
    readings: Sequence[FileReading], projects: ProjectIndex, departments: DepartmentIndex
) -> tuple[OpenQuestion, ...]:
    """Return what is open in the newest reading of each file, in the order in which it was met.

    A text is asked about once, however it is spaced; one that has been ruled on since is not open.
    """
    asked: dict[tuple[Table, str], tuple[str, list[Place]]] = {}
    for reading in {r.file: r for r in readings}.values():
        for table, error in _unsure(reading.row_errors):
            if _is_settled(table, error.raw, projects, departments):
                continue
            _, places = asked.setdefault((table, key(error.raw)), (error.raw.strip(), []))
            places.append(Place(reading.file, error.sheet, error.cell))
    return tuple(
        OpenQuestion(table, text, tuple(places), _choices(table, text, projects, departments))
        for (table, _), (text, places) in asked.items()
    )


def _unsure(errors: Iterable[RowError]) -> Iterable[tuple[Table, RowError]]:
    return ((_TABLES[e.code], e) for e in errors if e.code in _TABLES and key(e.raw))


def _is_settled(table: Table, text: str, projects: ProjectIndex, departments: DepartmentIndex) -> bool:
    if table == "projects":
        return projects.by_name(text) is not None or projects.is_outside(text)
    return bool(departments.match_all(text))


def _choices(
    table: Table, text: str, projects: ProjectIndex, departments: DepartmentIndex
) -> tuple[Choice, ...]:
    if table == "departments":
        return tuple(Choice(name, name, likeness) for name, likeness in departments.ranked(text))
    ids = {name: project_id for project_id, name in projects.names.items()}
    return tuple(Choice(ids[name], name, likeness) for name, likeness in projects.ranked(text))
