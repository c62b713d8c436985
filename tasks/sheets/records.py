"""What the reading station hands on: observations and row errors, each with its cell.

The shape is the public document of ``shinchoku read --json``, which ``shinchoku judge`` takes
back: names of fields and codes are stable.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Record(BaseModel):
    """A frozen record in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class FieldName(StrEnum):
    """The fields a row can report. Dates are ISO days, ``progress`` is 0 to 1."""

    PROJECT_NAME = "project_name"
    PHASE = "phase"
    PROGRESS = "progress"
    STARTED_ON = "started_on"
    DUE_ON = "due_on"
    FINISHED_ON = "finished_on"
    HELD_COUNT = "held_count"
    MILESTONE = "milestone"
    MILESTONE_DUE_ON = "milestone_due_on"
    MILESTONE_DONE_ON = "milestone_done_on"
    SELF_RATING = "self_rating"
    BUDGET = "budget"
    ISSUE = "issue"
    REMEDY = "remedy"
    NOTE = "note"
    REPORTER = "reporter"
    REPORTED_ON = "reported_on"


DATE_FIELDS = frozenset(
    {
        FieldName.STARTED_ON,
        FieldName.DUE_ON,
        FieldName.FINISHED_ON,
        FieldName.MILESTONE_DUE_ON,
        FieldName.MILESTONE_DONE_ON,
        FieldName.REPORTED_ON,
    }
)


class ReportedPhase(StrEnum):
    """The phase a row reports: a phase of the plan, or one of three words of its own."""

    STUDY = "事業検討"
    INTRODUCE = "導入"
    OPERATE = "運用"
    CONTINUE = "継続"
    MIGRATE = "移行完了"
    REVISE = "改定"
    STRENGTHEN = "強化"
    STOP = "運用停止"
    NOT_STARTED = "未着手"
    CANCELLED = "中止"
    FINISHED = "完了"


class SelfRating(StrEnum):
    """How the department rates itself; shown beside the verdict, never instead of it."""

    ON_TRACK = "順調"
    SLIGHTLY_LATE = "やや遅れ"
    LATE = "遅れ"
    DONE = "完了"


class BudgetStep(StrEnum):
    """How far next fiscal year's money is."""

    NOT_REQUESTED = "未要求"
    REQUESTED = "要求済"
    ADOPTED = "議決"


# Nobody changes one; but frozen it would take four times as long to make, and a sheet has hundreds.
@dataclass(slots=True, unsafe_hash=True)
class FieldValue:
    """One reported value: what it means, the text as it stood, and the cell (A1).

    A plain dataclass, because pydantic would take longer over them than the reading; the Observation
    around it types the value by its field's name. ``first_day`` is there where a planned date was
    written as a span (R8下期, 令和8年10月): ``value`` is then its last day, and no day was named.
    """

    value: date | float | int | str
    raw: str
    cell: str | None = None
    first_day: Annotated[date | None, Field(exclude_if=lambda day: day is None)] = None


class Match(Record):
    """How a row found its 事業: ``id``, ``exact``, ``normalised``, ``crosswalk`` or ``given``."""

    method: str
    score: float = Field(ge=0, le=100)


class Observation(Record):
    """One accepted row of a department's sheet. ``row`` is 1-based, as the spreadsheet shows it.

    In a table with the 事業 side by side it is the number of the column. ``hidden`` says that people
    who open the workbook do not see it: its ``sheet``, its ``row`` or the ``column`` of a value is hidden.

    A document written by another program may leave out where the row stood.
    """

    sheet: str = ""
    row: int = 0
    project_id: str | None = None
    department: str | None = None
    match: Match | None = None
    fields: dict[FieldName, FieldValue]
    hidden: Literal["sheet", "row", "column"] | None = Field(
        default=None, exclude_if=lambda hidden: hidden is None
    )

    @model_validator(mode="before")
    @classmethod
    def _type_values(cls, data: Any) -> Any:
        # JSON has no dates: the field's name says how its value is to be read.
        if isinstance(data, dict) and isinstance(data.get("fields"), dict):
            data = {**data, "fields": {k: typed_field(k, v) for k, v in data["fields"].items()}}
        return data


class RowError(Record):
    """Why a row was not taken: the cell, one Japanese sentence, and a value to offer where there is one.

    ``project_id`` is the 事業 of the row; the document has it only where that is certain.
    """

    sheet: str
    cell: str
    code: str
    message: str
    raw: str
    suggestion: str | None = None
    project_id: str | None = Field(default=None, exclude_if=lambda project_id: project_id is None)


class FileError(Record):
    """Why a whole file could not be read, and what to do about it."""

    code: str
    message: str
    remedy: str


class Counts(Record):
    """rows = accepted + rejected + ignored, always."""

    rows: int = Field(ge=0)
    accepted: int = Field(ge=0)
    rejected: int = Field(ge=0)
    ignored: int = Field(ge=0)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.rows != self.accepted + self.rejected + self.ignored:
            raise ValueError("rows must equal accepted + rejected + ignored")
        return self


class FileReading(Record):
    """All that was read from one file; a document of another program needs no more than its name.

    ``notes`` say what people should know of how it was read; the document has them only where there are any.
    """

    file: str
    sha256: str = ""
    format: str = ""
    received_on: date | None = None
    error: FileError | None = None
    observations: tuple[Observation, ...] = ()
    row_errors: tuple[RowError, ...] = ()
    counts: Counts = Counts(rows=0, accepted=0, rejected=0, ignored=0)
    notes: tuple[str, ...] = Field(default=(), exclude_if=lambda notes: not notes)


class ReadDocument(Record):
    """The document of ``shinchoku read --json``."""

    files: tuple[FileReading, ...]


_KEYS = frozenset({"value", "raw", "cell", "first_day"})


def typed_field(name: str, field: Any) -> FieldValue:
    """Return ``field`` with its value typed as its name says; raise ValueError where it cannot be."""
    if isinstance(field, FieldValue):
        return FieldValue(typed_value(name, field.value), field.raw, field.cell, field.first_day)
    if not isinstance(field, dict) or "value" not in field:
        raise ValueError(f"field {name} needs value, raw and cell")
    if not field.keys() <= _KEYS:
        raise ValueError(f"unknown keys {sorted(field.keys() - _KEYS)} in field {name}")
    value, cell, first = field["value"], field.get("cell"), field.get("first_day")
    return FieldValue(
        typed_value(name, value),
        _text(field.get("raw", value)),
        None if cell is None else _text(cell),
        None if first is None else _day(first),
    )


def typed_value(name: str, value: Any) -> date | float | int | str:
    """Return a value typed as its field's name says; raise ValueError where it cannot be."""
    return _TYPES.get(name, _text)(value)


def _text(value: Any) -> str:
    # A whole nation's readings come through here: nothing is made anew that is what it should be.
    return value if value.__class__ is str else str(value)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(_text(value))


def _share(value: Any) -> float:
    share = float(str(value))
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"progress must lie between 0 and 1, not {value}")
    return share


def _count(value: Any) -> int:
    count = int(str(value))
    if count < 0:
        raise ValueError(f"held_count must not be negative, not {value}")
    return count


_TYPES: dict[str, Callable[[Any], date | float | int | str]] = {
    **dict.fromkeys(DATE_FIELDS, _day),
    FieldName.PHASE: lambda value: ReportedPhase(_text(value)),
    FieldName.SELF_RATING: lambda value: SelfRating(_text(value)),
    FieldName.BUDGET: lambda value: BudgetStep(_text(value)),
    FieldName.PROGRESS: _share,
    FieldName.HELD_COUNT: _count,
}
