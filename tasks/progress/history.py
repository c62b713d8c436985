"""From readings to what each department reported of a 事業, in the order in which we knew it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from tasks.progress.report import PHASE_RANK, Cell, Report, Row
from tasks.sheets.records import FieldName, FieldValue, FileReading, Observation, ReportedPhase

#: A value with the row and the file it stands in.
_Told = tuple[FieldValue, Observation, FileReading]


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
    groups: dict[tuple[str, date, str | None], list[Row]] = {}
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

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._names: dict[FieldName, None] = {}
        for _, row in rows:
            self._names.update(dict.fromkeys(row.fields))
        self._picked: dict[FieldName, Cell] = {}

    def __getitem__(self, name: FieldName) -> Cell:
        cell = self._picked.get(name)
        if cell is None:
            if name not in self._names:
                raise KeyError(name)
            told = [(row.fields[name], row, reading) for reading, row in self._rows if name in row.fields]
            one = told[0] if len(told) == 1 else _PICK.get(name, _first_by_text)(told)
            cell = self._picked[name] = Cell(*one)
        return cell

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[FieldName]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _report(received: date, department: str | None, rows: Iterable[Row]) -> Report:
    in_order = tuple(sorted(rows, key=_place))
    return Report(received, department, _Cells(in_order), in_order)


def _place(row: Row) -> tuple[str, str, int]:
    reading, observation = row
    return reading.file, observation.sheet, observation.row


def _first_by_text(told: list[_Told]) -> _Told:
    return min(told, key=lambda one: str(one[0].value))


def _lowest_phase(told: list[_Told]) -> _Told:
    return min(told, key=_phase_order)


def _phase_order(one: _Told) -> tuple[int, str]:
    text = str(one[0].value)
    return PHASE_RANK.get(ReportedPhase(text), 0), text


def _least(told: list[_Told]) -> _Told:
    return min(told, key=_comparable)


def _most(told: list[_Told]) -> _Told:
    return max(told, key=_comparable)


def _comparable(one: _Told) -> Any:
    return one[0].value


# Several rows of one day are one report: where they differ, the less favourable value counts, so
# that neither the order of the rows nor splitting a table over sheets changes a verdict.
_PICK: dict[FieldName, Callable[[list[_Told]], _Told]] = {
    FieldName.PHASE: _lowest_phase,
    FieldName.PROGRESS: _least,
    FieldName.STARTED_ON: _least,
    FieldName.HELD_COUNT: _most,
    FieldName.DUE_ON: _most,
    FieldName.FINISHED_ON: _most,
}
