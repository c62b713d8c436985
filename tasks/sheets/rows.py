"""Rows of a table to observations and row errors; a row that is neither is counted as ignored.

A row is accepted when its 事業 is certain, its department may report it, at least one status field
can be read and no cell is faulty. Otherwise it is rejected with all its faults, or, where it
reports nothing (notes, totals, headings, repeated headers), ignored.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.sheets.columns import ColumnReader, Value
from tasks.sheets.context import ReadingContext
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Cell
from tasks.sheets.identity import Identifier, PlacedCell
from tasks.sheets.layout import Table
from tasks.sheets.matching import ProjectMatch
from tasks.sheets.meanings import DEPARTMENT, PROJECT_ID, PROJECT_NAME, STATUS_FIELDS
from tasks.sheets.records import FieldName, FieldValue, RowError
from tasks.sheets.reports import Fields, Reported, read_columns
from tasks.sheets.senders import Sender
from tasks.sheets.tally import Hidden, Tally, match_record, observation
from tasks.sheets.words import key, quoted
from tasks.sheets.workbook import Workbook

#: A 事業 that a row reports of, and the department that reports it.
Claim = tuple[ProjectMatch, str | None]


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
        self._numbers = table.row_numbers()
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
        body, repeats, above = self._table.body, self._table.repeats, self._table.bottom + 1
        reports = read_columns(self._table, self._columns)
        for i, (values, reported) in enumerate(zip(body, reports, strict=True)):
            first = next((v for v in values if v != "" and (v.__class__ is not str or key(v))), None)
            if first is not None and (
                above + i in repeats or self._is_example(first) or not self._read_row(i, values, reported)
            ):
                self._tally.ignored += 1

    def _read_row(self, i: int, values: list[Cell], reported: Reported) -> bool:
        """Accept or reject a row; return False where it is neither."""
        named = self._identifier.name_cell(i)
        match = self._identifier.project(i, named)
        if match is None and (not reported.own or self._is_remark(values)):
            return False
        if not isinstance(match, ProjectMatch):
            if self._identifier.is_outside(named):
                self._tally.outside.append((self._grid.name, named.address))
                return False
            return self._refuse(reported, match, self._identifier.no_match(named, match))
        return self._read_matched(i, named, match, reported)

    def _read_matched(self, i: int, named: PlacedCell, match: ProjectMatch, reported: Reported) -> bool:
        """Accept or reject a row of which the 事業 is certain; return False where it reports nothing itself."""
        departments = [(one, self._identifier.department(i, named, one)) for one in match.each()]
        claims = [(one, sender) for one, sender in departments if not isinstance(sender, RowError)]
        if not claims:
            # Of a row that reports of several 事業 the sender takes those that are its own.
            return self._refuse(reported, match, next(e for _, e in departments if isinstance(e, RowError)))
        if reported.faults:
            self._reject(match, *(self._identifier.error(*fault) for fault in reported.faults))
        elif not STATUS_FIELDS.isdisjoint(reported.fields):
            return self._accept(i, named, claims, reported.fields)
        elif self._numbers[i] != named.row:
            # A merged 事業 covers this row, and its first row has reported.
            return False
        else:
            self._reject(match, self._nothing_reported(named, match))
        return True

    def _refuse(self, reported: Reported, match: ProjectMatch | Fault | None, error: RowError) -> bool:
        """Reject a row that is not certainly the sender's; an empty one, as of others in a prefilled sheet, is no report."""
        if reported.own:
            self._reject(match, error)
        return reported.own

    def _is_example(self, first: Cell) -> bool:
        """Return whether a row is a filled-in example (記入例), which names a 事業 and yet reports nothing."""
        return isinstance(first, str) and "例" in first and self._words.is_note(first)

    def _is_remark(self, values: list[Cell]) -> bool:
        """Return whether a row without a 事業 is a note or a total."""
        texts = [value for value in values if isinstance(value, str) and key(value)]
        return bool(texts) and (self._words.is_note(texts[0]) or any(map(self._words.is_total, texts)))

    def _accept(self, i: int, named: PlacedCell, claims: Sequence[Claim], fields: Fields) -> bool:
        """Take a row in, unless it says again (False) or says otherwise (rejected) what an earlier row said."""
        fresh = []
        for match, department in claims:
            part = key(named.text) if match.is_part else ""
            earlier = self._tally.seen.setdefault((match.project_id, department, part), [])
            own = fields if len(claims) == 1 else dict(fields)
            if named.value != "":
                name = self._identifier.official_name(match)
                own[FieldName.PROJECT_NAME] = FieldValue(name, named.text, named.address)
            milestone = _milestone(own)
            same = [one for one in earlier if _milestone(one[0]) == milestone]
            if not same:
                fresh.append((match, department, own, earlier))
            elif not any(_values(other) == _values(own) for other, _, _ in same):
                _, sheet, cell = same[0]
                self._reject(match, self._duplicate(named, match, f"シート{quoted(sheet)}の{cell}"))
                return True
        for match, department, own, earlier in fresh:
            earlier.append((own, self._grid.name, named.address))
            self._observe(i, match, department, own)
        self._tally.also += max(len(fresh) - 1, 0)
        return bool(fresh)

    def _observe(self, i: int, match: ProjectMatch, department: str | None, fields: Fields) -> None:
        number = self._numbers[i]
        self._tally.observations.append(
            observation(
                self._grid.name,
                number,
                match.project_id,
                department,
                match_record(match.method, match.score),
                fields,
                self._hidden(number, fields),
            )
        )

    def _reject(self, match: ProjectMatch | Fault | None, *errors: RowError) -> None:
        """Send a row back; each of its errors says whose row it is, where that is certain."""
        if isinstance(match, ProjectMatch):
            errors = tuple(error.model_copy(update={"project_id": match.project_id}) for error in errors)
        self._tally.reject(*errors)

    def _hidden(self, number: int, fields: Fields) -> Hidden:
        """Return what keeps people from seeing a row, or a value of it: its sheet, the row itself, or a column."""
        grid = self._grid
        if grid.hidden:
            return "sheet"
        # A turned grid's rows are the sheet's columns.
        if number in grid.hidden_rows:
            return "column" if grid.turned else "row"
        if self._hidden_fields and not self._hidden_fields.isdisjoint(fields):
            return "row" if grid.turned else "column"
        return None

    def _duplicate(self, named: PlacedCell, match: ProjectMatch, place: str) -> RowError:
        name = quoted(self._identifier.official_name(match))
        message = f"{name}の行は{place}にもあり内容が異なるため、1行にまとめるか、節目ごとの行に節目の名称を記入してください。"
        return self._identifier.row_error(named, RowCode.DUPLICATE_ROW, message)

    def _nothing_reported(self, named: PlacedCell, match: ProjectMatch) -> RowError:
        name = quoted(self._identifier.official_name(match))
        message = f"{name}の行に状況の記入がないため、段階、進捗率、完了日などの一つ以上を記入してください。"
        return self._identifier.row_error(named, RowCode.NOTHING_REPORTED, message)


def _values(fields: Fields) -> dict[FieldName, Value]:
    return {name: field.value for name, field in fields.items()}


def _milestone(fields: Fields) -> Value | None:
    milestone = fields.get(FieldName.MILESTONE)
    return milestone.value if milestone else None
