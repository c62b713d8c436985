"""Rows of a table to observations and row errors; a row that is neither is counted as ignored.

A row is accepted when its 事業 is certain, its department may report it, at least one status field
can be read and no cell is faulty. Otherwise it is rejected with all its faults, or, where it
reports nothing (notes, totals, headings, repeated headers), ignored.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from tasks.sheets.columns import ColumnReader
from tasks.sheets.context import ReadingContext
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Cell
from tasks.sheets.identity import Identifier, PlacedCell
from tasks.sheets.json_text import Hidden, name_closing, observation, opening
from tasks.sheets.layout import Table
from tasks.sheets.matching import ProjectMatch
from tasks.sheets.meanings import DEPARTMENT, PROJECT_ID, PROJECT_NAME
from tasks.sheets.records import FieldName, RowError
from tasks.sheets.reports import Reports
from tasks.sheets.senders import Sender
from tasks.sheets.tally import Tally
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
        self._tally = tally
        self._numbers = table.row_numbers()
        cells = list(zip(*table.body, strict=True)) or [()] * table.grid.width
        self._identifier = Identifier(table, cells, context, sender)
        columns = [
            ColumnReader(column, table, workbook, context.vocabulary)
            for column in table.columns
            if column.field not in (PROJECT_ID, PROJECT_NAME, DEPARTMENT)
        ]
        self._reports = Reports(table, columns, cells)
        hidden = self._grid.hidden_columns
        #: The fields whose column people do not see.
        self._hidden_fields = {
            c.field for c in table.columns if hidden and self._grid.left + c.index + 1 in hidden
        }
        self._nothing_hidden = not (self._grid.hidden or self._grid.hidden_rows or self._hidden_fields)

    def read(self, examples: Set[Cell]) -> None:
        """Read every row of the table's body that holds anything.

        ``examples`` are the texts of the sheet that can begin a filled-in example (記入例).
        """
        repeats, above = self._table.repeats, self._table.bottom + 1
        # A row with a 事業 of its own is neither blank nor, where there are no examples, one of them.
        is_plain = not (repeats or examples or self._table.filled)
        for i, (match, values) in enumerate(zip(self._identifier.projects(), self._table.body, strict=True)):
            if is_plain and isinstance(match, ProjectMatch):
                if not self._read_matched(i, match):
                    self._tally.ignored += 1
                continue
            first = next((v for v in values if v != "" and (v.__class__ is not str or key(v))), None)
            if first is not None and (
                above + i in repeats or first in examples or not self._read_row(i, values, match)
            ):
                self._tally.ignored += 1

    def _read_row(self, i: int, values: list[Cell], match: ProjectMatch | Fault | None) -> bool:
        """Accept or reject a row; return False where it is neither."""
        if isinstance(match, ProjectMatch):
            return self._read_matched(i, match)
        if match is None and (not self._reports.own(i) or self._is_remark(values)):
            self._identifier.heads(i, values)
            return False
        named = self._identifier.name_cell(i)
        if self._identifier.is_outside(named):
            self._tally.outside.append((self._grid.name, named.address))
            return False
        return self._refuse(i, match, self._identifier.no_match(named, match))

    def _read_matched(self, i: int, match: ProjectMatch) -> bool:
        """Accept or reject a row of which the 事業 is certain; return False where it reports nothing itself."""
        claims: list[Claim] = []
        refused: RowError | None = None
        for one in match.each():
            sender = self._identifier.department(i, one)
            if isinstance(sender, RowError):
                refused = refused or sender
            else:
                claims.append((one, sender))
        if refused and not claims:
            # Of a row that reports of several 事業 the sender takes those that are its own.
            return self._refuse(i, match, refused)
        if i in self._reports.faulty:
            _, faults = self._reports.row(i)
            self._reject(match, *(self._identifier.error(*fault) for fault in faults))
        elif i in self._reports.status:
            return self._accept(i, claims)
        else:
            named = self._identifier.name_cell(i)
            if self._numbers[i] != named.row:
                # A merged 事業 covers this row, and its first row has reported.
                return False
            self._reject(match, self._nothing_reported(named, match))
        return True

    def _refuse(self, i: int, match: ProjectMatch | Fault | None, error: RowError) -> bool:
        """Reject a row that is not certainly the sender's; an empty one, as of others in a prefilled sheet, is no report."""
        own = self._reports.own(i)
        if own:
            self._reject(match, error)
        return own

    def _is_remark(self, values: list[Cell]) -> bool:
        """Return whether a row without a 事業 is a note or a total."""
        texts = [value for value in values if isinstance(value, str) and key(value)]
        return bool(texts) and (self._words.is_note(texts[0]) or any(map(self._words.is_total, texts)))

    def _accept(self, i: int, claims: Sequence[Claim]) -> bool:
        """Take a row in, unless it says again (False) or says otherwise (rejected) what an earlier row said."""
        named = self._identifier.name_cell(i)
        fresh = []
        for match, department in claims:
            part = key(named.text) if match.is_part else ""
            earlier = self._tally.seen.setdefault((match.project_id, department, part), [])
            if earlier:
                same = [one for one in earlier if one[0].milestone(one[1]) == self._reports.milestone(i)]
                if any(reports.values(row) == self._reports.values(i) for reports, row, _, _ in same):
                    continue
                if same:
                    *_, sheet, cell = same[0]
                    self._reject(match, self._duplicate(named, match, f"シート{quoted(sheet)}の{cell}"))
                    return True
            fresh.append((match, department, earlier))
        for match, department, earlier in fresh:
            earlier.append((self._reports, i, self._grid.name, named.address))
            self._observe(i, named, match, department)
        self._tally.also += max(len(fresh) - 1, 0)
        return bool(fresh)

    def _observe(self, i: int, named: PlacedCell, match: ProjectMatch, department: str | None) -> None:
        number = self._numbers[i]
        named_json = name_closing(self._identifier.official_name(match), named.text)
        whose = match.project_id, department, match.method, match.score
        fields = self._reports.texts[i] + opening(FieldName.PROJECT_NAME, named.address) + named_json
        hidden = None if self._nothing_hidden else self._hidden(i)
        self._tally.observations.append(observation(self._grid.name, number, whose, fields, hidden))

    def _reject(self, match: ProjectMatch | Fault | None, *errors: RowError) -> None:
        """Send a row back; each of its errors says whose row it is, where that is certain."""
        if isinstance(match, ProjectMatch):
            errors = tuple(error.model_copy(update={"project_id": match.project_id}) for error in errors)
        self._tally.reject(*errors)

    def _hidden(self, i: int) -> Hidden:
        """Return what keeps people from seeing a row, or a value of it: its sheet, the row itself, or a column."""
        grid = self._grid
        if grid.hidden:
            return "sheet"
        # A turned grid's rows are the sheet's columns.
        if self._numbers[i] in grid.hidden_rows:
            return "column" if grid.turned else "row"
        if PROJECT_NAME in self._hidden_fields or self._reports.gives(i, *self._hidden_fields):
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
