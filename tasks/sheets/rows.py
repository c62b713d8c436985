"""Rows of a table to observations and row errors; a row that is neither is counted as ignored.

A row is accepted when its 事業 is certain, its department may report it, at least one status field
can be read and no cell is faulty. Otherwise it is rejected with all its faults, or, where it
reports nothing (notes, totals, headings, repeated headers), ignored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from tasks.sheets.columns import ColumnReader, Value, joined
from tasks.sheets.context import ReadingContext
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Cell, a1
from tasks.sheets.identity import Identifier, Identity, PlacedCell
from tasks.sheets.layout import Table
from tasks.sheets.matching import ProjectMatch
from tasks.sheets.meanings import DEPARTMENT, PROJECT_ID, PROJECT_NAME
from tasks.sheets.records import Counts, FieldName, FieldValue, Match, Observation, RowError
from tasks.sheets.senders import Sender
from tasks.sheets.spans import first_day
from tasks.sheets.words import key, quoted
from tasks.sheets.workbook import Workbook

Hidden = Literal["sheet", "row", "column"] | None
Fields = dict[FieldName, FieldValue]


@dataclass(slots=True)
class Tally:
    """What has been read of one file so far.

    ``seen``: by 事業 and department, what accepted rows say, with the sheet and cell that name the 事業.
    """

    observations: list[Observation] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    rejected: int = 0
    ignored: int = 0
    seen: dict[tuple[str, str | None], list[tuple[dict[FieldName, Value], str, str]]] = field(
        default_factory=dict
    )

    def reject(self, *errors: RowError) -> None:
        """Count one rejected row with its errors."""
        self.rejected += 1
        self.errors.extend(errors)

    def counts(self) -> Counts:
        """Return the counts; every row that was looked at is in exactly one of them."""
        accepted = len(self.observations)
        rows = accepted + self.rejected + self.ignored
        return Counts(rows=rows, accepted=accepted, rejected=self.rejected, ignored=self.ignored)


@dataclass(frozen=True, slots=True)
class _Reported:
    """What the cells of one row report. ``own``: it reports something itself, not only by a merged cell."""

    fields: Fields
    errors: list[RowError]
    own: bool
    status: bool


class TableReader:
    """Reads the rows of one table into a tally."""

    def __init__(
        self, table: Table, workbook: Workbook, context: ReadingContext, sender: Sender, tally: Tally
    ) -> None:
        self._table = table
        self._grid = table.grid
        self._words = context.vocabulary
        self._identifier = Identifier(table, context, sender)
        self._tally = tally
        self._columns = [
            ColumnReader(column, table, workbook, context.vocabulary)
            for column in table.columns
            if column.field not in (PROJECT_ID, PROJECT_NAME, DEPARTMENT)
        ]

        hidden = self._grid.hidden_columns
        #: The fields whose column people do not see.
        self._hidden_fields = {
            c.field for c in table.columns if hidden and self._grid.left + c.index + 1 in hidden
        }

    def read(self) -> None:
        """Read every row of the table's body that holds anything."""
        rows, repeats = self._grid.rows, self._table.repeats
        for row in range(self._table.bottom + 1, self._table.end):
            values = rows[row]
            first = next((v for v in values if v != "" and (v.__class__ is not str or key(v))), None)
            if first is not None and (
                row in repeats or self._is_example(first) or not self._read_row(row, values)
            ):
                self._tally.ignored += 1

    def _read_row(self, row: int, values: list[Cell]) -> bool:
        """Accept or reject a row; return False where it is neither."""
        named = self._identifier.name_cell(row)
        match = self._identifier.project(row, named)
        reported = self._reported(row)
        if match is None and (not reported.own or self._is_remark(values)):
            return False
        identity = self._identifier.identify(row, named, match)
        if isinstance(identity, RowError):
            # An empty row of someone else's in a prefilled sheet is no report.
            if reported.own:
                self._reject(match, identity)
            return reported.own
        if reported.errors:
            self._reject(match, *reported.errors)
        elif reported.status:
            return self._accept(row, named, identity, reported.fields)
        elif self._grid.row_number(row) != named.row:
            # A merged 事業 covers this row, and its first row has reported.
            return False
        else:
            self._reject(match, self._nothing_reported(named, identity))
        return True

    def _reported(self, row: int) -> _Reported:
        """Read every reporting cell of a row, and of merged cells that cover it."""
        fields: Fields = {}
        errors: list[RowError] = []
        own = status = False
        values, turned = self._grid.rows[row], self._grid.turned
        number = self._grid.row_number(row)
        digits = str(number)
        for column in self._columns:
            value, at = values[column.index], digits
            if value == "" or column.span > 1:
                value, at = self._spread(column, row, digits)
                if value == "":
                    continue
            try:
                outcome = column.memo[value] if value.__class__ is not bool else column.outcome(value, row)
            except KeyError:
                outcome = column.outcome(value, row)
            if outcome is None:
                continue
            result, raw = outcome
            name = column.name
            own = own or at == digits
            status = status or column.is_status
            if name in fields and result.__class__ is not Fault:
                result = _second(column, fields[name], result) or ""  # type: ignore[arg-type]
            if isinstance(result, Fault):
                errors.append(
                    self._identifier.error(PlacedCell(value, int(at), column.letters), name, result)
                )
            elif name not in fields:
                cell = a1(column.letters, int(at)) if turned else column.letters + at
                first = first_day(raw) if column.is_planned else None
                fields[name] = FieldValue(result, raw, cell, first)
        return _Reported(fields, errors, own, status)

    def _spread(self, column: ColumnReader, row: int, digits: str) -> tuple[Cell, str]:
        """Return what a merged or divided cell holds and the number of its row; the value is empty where nothing does."""
        own = joined(self._grid.rows[row][column.index : column.index + column.span])
        anchor = self._table.filled.get((row, column.index)) if own == "" else None
        if anchor is None:
            return own, digits
        above = self._grid.rows[anchor][column.index : column.index + column.span]
        return joined(above), str(self._grid.row_number(anchor))

    def _is_example(self, first: Cell) -> bool:
        """Return whether a row is a filled-in example (記入例), which names a 事業 and yet reports nothing."""
        return isinstance(first, str) and "例" in first and self._words.is_note(first)

    def _is_remark(self, values: list[Cell]) -> bool:
        """Return whether a row without a 事業 is a note or a total."""
        texts = [value for value in values if isinstance(value, str) and key(value)]
        return bool(texts) and (self._words.is_note(texts[0]) or any(map(self._words.is_total, texts)))

    def _accept(self, row: int, named: PlacedCell, identity: Identity, fields: Fields) -> bool:
        """Take a row in, unless it says again (False) or says otherwise (rejected) what an earlier row said."""
        match, department = identity.match, identity.department
        if named.value != "":
            name = self._identifier.official_name(match)
            fields[FieldName.PROJECT_NAME] = FieldValue(name, named.text, named.address)
        earlier = self._tally.seen.setdefault((match.project_id, department), [])
        values = {name: field.value for name, field in fields.items()}
        if earlier:
            if any(other == values for other, _, _ in earlier):
                return False
            milestone = values.get(FieldName.MILESTONE)
            for other, sheet, cell in earlier:
                if other.get(FieldName.MILESTONE) == milestone:
                    self._reject(match, self._duplicate(named, identity, f"シート{quoted(sheet)}の{cell}"))
                    return True
        earlier.append((values, self._grid.name, named.address))
        number = self._grid.row_number(row)
        self._tally.observations.append(
            _observation(
                self._grid.name,
                number,
                match.project_id,
                department,
                match_record(match.method, match.score),
                fields,
                self._hidden(row, fields),
            )
        )
        return True

    def _reject(self, match: ProjectMatch | Fault | None, *errors: RowError) -> None:
        """Send a row back; each of its errors says whose row it is, where that is certain."""
        if isinstance(match, ProjectMatch):
            errors = tuple(error.model_copy(update={"project_id": match.project_id}) for error in errors)
        self._tally.reject(*errors)

    def _hidden(self, row: int, fields: Fields) -> Hidden:
        """Return what keeps people from seeing a row, or a value of it: its sheet, the row itself, or a column."""
        grid = self._grid
        if grid.hidden:
            return "sheet"
        # A turned grid's rows are the sheet's columns.
        if grid.row_number(row) in grid.hidden_rows:
            return "column" if grid.turned else "row"
        if self._hidden_fields and not self._hidden_fields.isdisjoint(fields):
            return "row" if grid.turned else "column"
        return None

    def _duplicate(self, named: PlacedCell, identity: Identity, place: str) -> RowError:
        name = quoted(self._identifier.official_name(identity.match))
        message = f"{name}の行は{place}にもあり内容が異なるため、1行にまとめるか、節目ごとの行に節目の名称を記入してください。"
        return self._identifier.row_error(named, RowCode.DUPLICATE_ROW, message)

    def _nothing_reported(self, named: PlacedCell, identity: Identity) -> RowError:
        name = quoted(self._identifier.official_name(identity.match))
        message = f"{name}の行に状況の記入がないため、段階、進捗率、完了日などの一つ以上を記入してください。"
        return self._identifier.row_error(named, RowCode.NOTHING_REPORTED, message)


_OBSERVATION_FIELDS = frozenset(Observation.model_fields)


def _observation(
    sheet: str,
    row: int,
    project_id: str,
    department: str | None,
    match: Match,
    fields: Fields,
    hidden: Hidden,
) -> Observation:
    """Return an observation of values that have their fields' types: validating them again would cost more than reading them.

    What ``model_construct`` does, without its search for defaults and aliases, which takes as long as a row.
    """
    observation = Observation.__new__(Observation)
    given = {
        "sheet": sheet,
        "row": row,
        "project_id": project_id,
        "department": department,
        "match": match,
        "fields": fields,
        "hidden": hidden,
    }
    object.__setattr__(observation, "__dict__", given)
    object.__setattr__(observation, "__pydantic_fields_set__", set(_OBSERVATION_FIELDS))
    object.__setattr__(observation, "__pydantic_extra__", None)
    object.__setattr__(observation, "__pydantic_private__", None)
    return observation


@lru_cache(maxsize=64)
def match_record(method: str, score: float) -> Match:
    """Return the record of a match; frozen, so all rows may share it."""
    return Match(method=method, score=score)


def _second(column: ColumnReader, first: FieldValue, value: Value) -> Fault | None:
    """Return what is wrong where two columns of one meaning differ; of texts the first is kept."""
    if not column.is_status or first.value == value:
        return None
    message = (
        f"は同じ項目の別の列（{first.cell}の{quoted(first.raw)}）と異なるため、どちらか一つにしてください。"
    )
    return Fault(RowCode.COLUMN_TWICE, message)
