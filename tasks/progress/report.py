"""What one department reported of one 事業 on one day, and what that says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import islice

from plan_data.record import record
from tasks.progress.records import CellEvidence
from tasks.sheets.records import FieldName, FieldValue, FileReading, Observation, ReportedPhase

#: The rank of a service that runs.
RUNNING_RANK = 3
#: How far along a reported phase is. 中止 and 完了 say nothing of a place in this order.
PHASE_RANK = {
    ReportedPhase.NOT_STARTED: 0,
    ReportedPhase.STUDY: 1,
    ReportedPhase.INTRODUCE: 2,
    ReportedPhase.MIGRATE: 2,
    ReportedPhase.OPERATE: RUNNING_RANK,
    ReportedPhase.CONTINUE: RUNNING_RANK,
    ReportedPhase.STRENGTHEN: RUNNING_RANK,
    ReportedPhase.STOP: 4,
}
_PHASES: dict[str, ReportedPhase] = {phase.value: phase for phase in ReportedPhase}


#: A row with the file it stands in.
Row = tuple[FileReading, Observation]


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """A reported value and where it stands.

    Of thousands of values a judgement cites some dozens: the evidence is made out only when asked for.
    """

    field: FieldValue
    row: Observation
    reading: FileReading

    @property
    def value(self) -> date | float | int | str:
        """What the cell means."""
        return self.field.value

    @property
    def evidence(self) -> CellEvidence:
        """The cell as evidence."""
        return CellEvidence(
            file=self.reading.file,
            sha256=self.reading.sha256,
            sheet=self.row.sheet,
            cell=self.field.cell,
            raw=self.field.raw,
        )


@record
class ReportedMilestone:
    """A milestone of the department's own naming; ``cell`` says when it is due, or else what it is."""

    name: str
    due_on: date | None
    done_on: date | None
    cell: Cell

    @property
    def evidence(self) -> CellEvidence:
        """The cell as evidence."""
        return self.cell.evidence


@dataclass(frozen=True)
class Report:
    """What one department said of one 事業 on one day; rows of that day are taken together.

    What a judgement asks for hundreds of times is worked out once.
    """

    received_on: date
    department: str | None
    cells: Mapping[FieldName, Cell]
    rows: tuple[Row, ...]

    @cached_property
    def milestones(self) -> tuple[ReportedMilestone, ...]:
        """The milestones of its rows, by name and date."""
        found = [
            ReportedMilestone(
                str(milestone.value),
                _day(row, FieldName.MILESTONE_DUE_ON),
                _day(row, FieldName.MILESTONE_DONE_ON),
                Cell(row.fields.get(FieldName.MILESTONE_DUE_ON) or milestone, row, reading),
            )
            for reading, row in self.rows
            if (milestone := row.fields.get(FieldName.MILESTONE)) is not None
        ]
        return tuple(sorted(found, key=lambda m: (m.name, str(m.due_on))))

    @cached_property
    def clash(self) -> tuple[CellEvidence, ...]:
        """The cells of rows that do not agree with each other, of the first field in which they do not."""
        for name in (FieldName.PHASE, FieldName.FINISHED_ON):
            said = {
                row.fields[name].value: Cell(row.fields[name], row, reading)
                for reading, row in self.rows
                if name in row.fields
            }
            if len(said) > 1:
                return tuple(said[value].evidence for value in sorted(said, key=str))
        return ()

    def day(self, name: FieldName) -> date | None:
        """Return a date field, None where the row has none."""
        value = self.value(name)
        return value if isinstance(value, date) else None

    def value(self, name: FieldName) -> date | float | int | str | None:
        """Return a field's value, None where the row has none."""
        return self.cells[name].field.value if name in self.cells else None

    def evidence(self, *names: FieldName) -> tuple[CellEvidence, ...]:
        """Return the cells of the named fields that the row has; without any, its first cell."""
        found = tuple(self.cells[n].evidence for n in names if n in self.cells)
        return found or tuple(self.cells[n].evidence for n in islice(self.cells, 1))

    @cached_property
    def phase(self) -> ReportedPhase | None:
        """The phase the row reports."""
        value = self.value(FieldName.PHASE)
        # A reader may hand the phase on as the plain text it is: a look-up costs less than the enum's call.
        return _PHASES[value] if isinstance(value, str) else None

    @cached_property
    def rank(self) -> int | None:
        """How far along the reported phase is; None without one that has a place in the order."""
        return PHASE_RANK.get(self.phase) if self.phase else None

    @cached_property
    def progress(self) -> float | None:
        """The reported share done, 0 to 1."""
        value = self.value(FieldName.PROGRESS)
        return float(value) if isinstance(value, (int, float)) else None

    @property
    def held_count(self) -> int | None:
        """How often the activity was held."""
        value = self.value(FieldName.HELD_COUNT)
        return int(value) if isinstance(value, (int, float)) else None

    @cached_property
    def finished_on(self) -> date | None:
        """The completion date; a date after the report itself proves nothing and is left out."""
        day = self.day(FieldName.FINISHED_ON)
        return day if day is not None and day <= self.received_on else None

    @property
    def known_on(self) -> date:
        """The day the report speaks of: its own date where it has a believable one, else its arrival."""
        day = self.day(FieldName.REPORTED_ON)
        return day if day is not None and day <= self.received_on else self.received_on

    @property
    def in_service(self) -> bool:
        """Whether it says that the service runs: a phase that says so, or a go-live date."""
        if self.phase in (ReportedPhase.OPERATE, ReportedPhase.CONTINUE, ReportedPhase.STRENGTHEN):
            return True
        return self.phase in (ReportedPhase.INTRODUCE, ReportedPhase.MIGRATE) and self.finished_on is not None

    @property
    def under_way(self) -> bool:
        """Whether it says that work has begun: progress, a start date, or a phase word."""
        started = self.day(FieldName.STARTED_ON)
        return (
            (self.progress or 0) > 0
            or (self.held_count or 0) > 0
            or (started is not None and started <= self.received_on)
            or self.phase not in (None, ReportedPhase.NOT_STARTED, ReportedPhase.CANCELLED)
        )


def _day(row: Observation, name: FieldName) -> date | None:
    value = row.fields.get(name)
    return value.value if value is not None and isinstance(value.value, date) else None
