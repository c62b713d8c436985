"""From readings to what each department reported of a 事業, in the order in which we knew it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tasks.progress.records import CellEvidence
from tasks.progress.report import PHASE_RANK, Cell, Report, ReportedMilestone
from tasks.sheets.records import FieldName, FileReading, Observation, ReportedPhase

_Row = tuple[FileReading, Observation]


def reports_by_project(readings: Sequence[FileReading], as_of: date) -> dict[str, list[Report]]:
    """Return every report known by ``as_of``, oldest first, under its 事業's id.

    A file that came again on the same day under the same name replaces the first; rows without a
    ``project_id`` are left out.
    """
    newest: dict[tuple[str, date], FileReading] = {}
    for reading in readings:
        received = reading.received_on or as_of
        if received <= as_of:
            newest[reading.file, received] = reading
    groups: dict[tuple[str, date, str | None], list[_Row]] = {}
    for (_, received), reading in newest.items():
        for row in reading.observations:
            if row.project_id is not None:
                groups.setdefault((row.project_id, received, row.department), []).append((reading, row))
    result: dict[str, list[Report]] = {}
    for (project_id, received, department), rows in groups.items():
        result.setdefault(project_id, []).append(_report(received, department, rows))
    for reports in result.values():
        # Of one day's reports the least favourable comes last, where "the latest" is looked for.
        reports.sort(key=lambda r: (r.received_on, -(r.rank or 0), -(r.progress or 0), r.department or ""))
    return result


class _Cells(Mapping[FieldName, Cell]):
    """The cells of a report, each picked when it is first asked for: a judgement reads few of them."""

    __slots__ = ("_names", "_picked", "_rows")

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._rows = rows
        self._names: dict[FieldName, None] = {}
        for _, row in rows:
            self._names.update(dict.fromkeys(row.fields))
        self._picked: dict[FieldName, Cell] = {}

    def told(self, name: FieldName) -> list[Cell]:
        """Return the cells of this name, in the order of the rows."""
        return [Cell(row.fields[name], row, reading) for reading, row in self._rows if name in row.fields]

    def values_of(self, name: FieldName) -> set[date | float | int | str]:
        """Return the different values of this name."""
        return {row.fields[name].value for _, row in self._rows if name in row.fields}

    def __getitem__(self, name: FieldName) -> Cell:
        cell = self._picked.get(name)
        if cell is None:
            if name not in self._names:
                raise KeyError(name)
            told = self.told(name)
            cell = told[0] if len(told) == 1 else _PICK.get(name, _first_by_text)(told)
            self._picked[name] = cell
        return cell

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[FieldName]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _report(received: date, department: str | None, rows: Iterable[_Row]) -> Report:
    in_order = sorted(rows, key=_place)
    cells = _Cells(in_order)
    milestones = [
        ReportedMilestone(
            str(milestone.value),
            _day(row, FieldName.MILESTONE_DUE_ON),
            _day(row, FieldName.MILESTONE_DONE_ON),
            Cell(row.fields.get(FieldName.MILESTONE_DUE_ON) or milestone, row, reading),
        )
        for reading, row in in_order
        if (milestone := row.fields.get(FieldName.MILESTONE)) is not None
    ]
    return Report(
        received,
        department,
        cells,
        tuple(sorted(milestones, key=lambda m: (m.name, str(m.due_on)))),
        _clash(cells) if len(in_order) > 1 else (),
    )


def _place(row: _Row) -> tuple[str, str, int]:
    reading, observation = row
    return reading.file, observation.sheet, observation.row


def _clash(cells: _Cells) -> tuple[CellEvidence, ...]:
    for name in (FieldName.PHASE, FieldName.FINISHED_ON):
        if len(cells.values_of(name)) > 1:
            by_value = {cell.value: cell for cell in cells.told(name)}
            return tuple(by_value[value].evidence for value in sorted(by_value, key=str))
    return ()


def _first_by_text(cells: list[Cell]) -> Cell:
    return min(cells, key=lambda cell: str(cell.value))


def _lowest_phase(cells: list[Cell]) -> Cell:
    return min(cells, key=lambda cell: (PHASE_RANK.get(ReportedPhase(str(cell.value)), 0), str(cell.value)))


def _least(cells: list[Cell]) -> Cell:
    return min(cells, key=_comparable)


def _most(cells: list[Cell]) -> Cell:
    return max(cells, key=_comparable)


def _comparable(cell: Cell) -> Any:
    return cell.value


# Several rows of one day are one report: where they differ, the less favourable value counts, so
# that neither the order of the rows nor splitting a table over sheets changes a verdict.
_PICK: dict[FieldName, Callable[[list[Cell]], Cell]] = {
    FieldName.PHASE: _lowest_phase,
    FieldName.PROGRESS: _least,
    FieldName.STARTED_ON: _least,
    FieldName.HELD_COUNT: _most,
    FieldName.DUE_ON: _most,
    FieldName.FINISHED_ON: _most,
}


def _day(row: Observation, name: FieldName) -> date | None:
    value = row.fields.get(name)
    return value.value if value is not None and isinstance(value.value, date) else None
