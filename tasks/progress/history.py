"""From readings to what each department reported of a 事業, in the order in which we knew it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tasks.progress.records import CellEvidence
from tasks.progress.report import PHASE_RANK, Cell, Report, ReportedMilestone
from tasks.sheets.records import FieldName, FieldValue, FileReading, Observation, ReportedPhase


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
    groups: dict[tuple[str, date, str | None], list[tuple[FileReading, Observation]]] = {}
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


def cell_evidence(reading: FileReading, row: Observation, value: FieldValue) -> CellEvidence:
    """Return the evidence of one reported value."""
    return CellEvidence(
        file=reading.file, sha256=reading.sha256, sheet=row.sheet, cell=value.cell, raw=value.raw
    )


def _report(
    received: date, department: str | None, rows: Iterable[tuple[FileReading, Observation]]
) -> Report:
    found: dict[FieldName, list[Cell]] = {}
    milestones: list[ReportedMilestone] = []
    for reading, row in sorted(rows, key=lambda pair: (pair[0].file, pair[1].sheet, pair[1].row)):
        for name, value in row.fields.items():
            found.setdefault(name, []).append(Cell(value.value, cell_evidence(reading, row, value)))
        milestone = row.fields.get(FieldName.MILESTONE)
        if milestone is not None:
            due = row.fields.get(FieldName.MILESTONE_DUE_ON)
            milestones.append(
                ReportedMilestone(
                    str(milestone.value),
                    _day(row, FieldName.MILESTONE_DUE_ON),
                    _day(row, FieldName.MILESTONE_DONE_ON),
                    cell_evidence(reading, row, due or milestone),
                )
            )
    cells = {name: _PICK.get(name, _first_by_text)(values) for name, values in found.items()}
    return Report(
        received,
        department,
        cells,
        tuple(sorted(milestones, key=lambda m: (m.name, str(m.due_on)))),
        _clash(found),
    )


def _clash(found: Mapping[FieldName, list[Cell]]) -> tuple[CellEvidence, ...]:
    for name in (FieldName.PHASE, FieldName.FINISHED_ON):
        by_value = {cell.value: cell.evidence for cell in found.get(name, [])}
        if len(by_value) > 1:
            return tuple(by_value[value] for value in sorted(by_value, key=str))
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
