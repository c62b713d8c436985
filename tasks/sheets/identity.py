"""Whose row it is: the 事業 by id or name, the department, and whether that one may report it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.sheets.columns import broken_fault, raw_text
from tasks.sheets.context import ReadingContext
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Broken, Cell, a1
from tasks.sheets.layout import Table
from tasks.sheets.matching import ProjectMatch
from tasks.sheets.meanings import DEPARTMENT, PROJECT_ID, PROJECT_NAME
from tasks.sheets.records import RowError
from tasks.sheets.senders import Sender, sender_of_row
from tasks.sheets.words import key, quoted

#: 「同じ」: stands for the value above.
_DITTO = frozenset(map(key, ("〃", "同上")))


class PlacedCell(NamedTuple):
    """A value with its cell: of a merged one the first, of 〃 the one it repeats. ``row`` counts from 1."""

    value: Cell
    row: int
    letters: str

    @property
    def address(self) -> str:
        """The A1 address."""
        return a1(self.letters, self.row)

    @property
    def text(self) -> str:
        """The raw text."""
        return raw_text(self.value)


class Identifier:
    """Identifies the rows of one table's body; ``i`` counts them from 0."""

    def __init__(self, table: Table, context: ReadingContext, sender: Sender) -> None:
        self._table = table
        self._projects = context.projects
        self._departments = context.departments
        self._words = context.vocabulary
        self._sender = sender
        #: The department of rows, or why it cannot be told, by the text of their 担当課 cell.
        self._reporters: dict[str, str | Fault | None] = {}
        self._ids, self._names, self._senders = (
            _first_filled(table, [column.index for column in table.columns if column.field == name])
            for name in (PROJECT_ID, PROJECT_NAME, DEPARTMENT)
        )

    def name_cell(self, i: int) -> PlacedCell:
        """Return the cell that names the 事業 of a row: by name, or by id where there is no name."""
        if self._names and (self._names[i].value != "" or not self._ids):
            return self._names[i]
        return self._ids[i]

    def project(self, i: int, named: PlacedCell) -> ProjectMatch | Fault | None:
        """Return the 事業 of a row, None where it is not certain, a Fault where id and name contradict."""
        by_name = self._projects.by_name(named.value) if isinstance(named.value, str) else None
        by_id = self._projects.by_id(self._ids[i].text) if self._ids else None
        if by_id and by_name and by_id.project_id not in (by_name.project_id, *by_name.also):
            other = f"{by_id.project_id}（{self.official_name(by_id)}）"
            message = f"は同じ行の事業ID {other}と一致しないため、事業名か事業IDのどちらかを改めてください。"
            return Fault(RowCode.PROJECT_CONFLICT, message)
        # A part of a 事業 stays a part where the row gives the id as well.
        return by_name if by_name and by_name.is_part else by_id or by_name

    def is_outside(self, named: PlacedCell) -> bool:
        """Return whether a row is ruled to be none of the plan's."""
        return isinstance(named.value, str) and self._projects.is_outside(named.value)

    def no_match(self, named: PlacedCell, fault: Fault | None) -> RowError:
        """Return why the 事業 of a row is not certain."""
        return self.error(named, PROJECT_NAME, fault or self._no_project(named))

    def department(self, i: int, named: PlacedCell, match: ProjectMatch) -> str | RowError | None:
        """Return the department of a row, None where nothing names one, or why the row cannot be taken as that one's."""
        own = self._senders[i] if self._senders else None
        if own is not None and not self._words.is_given(own.value):
            own = None
        if own is not None and isinstance(own.value, Broken):
            return self.error(own, DEPARTMENT, broken_fault(own.value))
        text = own.text if own else ""
        if text not in self._reporters:
            self._reporters[text] = sender_of_row(text, self._departments, self._sender)
        sender = self._reporters[text]
        if isinstance(sender, Fault):
            return self.error(own or self._sender_cell(named), DEPARTMENT, sender)
        owners = self._projects.owners[match.project_id]
        # 各所管課 is whoever owns a standardised system: the plan does not say who that is.
        if sender is None or sender in owners or owners & self._departments.groups:
            return sender
        return self._not_owner(own or self._sender_cell(named), match, sender)

    def error(self, at: PlacedCell, field: str, fault: Fault) -> RowError:
        """Return the row error of a fault in a cell of this table."""
        text = quoted(at.text) if at.text else ""
        return self.row_error(
            at, fault.code, f"{self._words.label(field)}{text}{fault.message}", fault.suggestion
        )

    def row_error(
        self, at: PlacedCell, code: RowCode, message: str, suggestion: str | None = None
    ) -> RowError:
        """Return a row error at a cell of this table."""
        return RowError(
            sheet=self._table.grid.name,
            cell=at.address,
            code=code,
            message=message,
            raw=at.text,
            suggestion=suggestion,
        )

    def official_name(self, match: ProjectMatch) -> str:
        """Return the name of a 事業 as the plan writes it."""
        return self._projects.names[match.project_id]

    def _sender_cell(self, named: PlacedCell) -> PlacedCell:
        """Return the cell of the label that names the sender; without one, the row's own 事業."""
        label = self._sender.label
        return PlacedCell(label.text, label.row, label.letters) if label else named

    def _no_project(self, named: PlacedCell) -> Fault:
        if named.value == "":
            return Fault(RowCode.PROJECT_MISSING, "が空欄のため、計画書の事業名を記入してください。")
        if isinstance(named.value, Broken):
            return broken_fault(named.value)
        near = self._projects.suggestions(named.text)
        offered = f"（候補：{'、'.join(near)}）" if near else ""
        message = f"は計画の事業として確認できないため、計画書の事業名で記入してください{offered}。"
        return Fault(RowCode.UNKNOWN_PROJECT, message, near[0] if near else None)

    def _not_owner(self, at: PlacedCell, match: ProjectMatch, sender: str) -> RowError:
        owners = sorted(self._projects.owners[match.project_id])
        message = (
            f"{quoted(self.official_name(match))}の担当課は{'、'.join(owners)}であり、{sender}の報告としては"
            "受け付けられないため、事業名又は担当課を改めてください。"
        )
        return self.row_error(at, RowCode.NOT_OWNER, message, owners[0] if len(owners) == 1 else None)


def _first_filled(table: Table, columns: Sequence[int]) -> list[PlacedCell]:
    """Return, for each row of the body, its first filled cell in these columns, an empty one if none is."""
    if len(columns) == 1:
        return _placed(table, columns[0])
    rows = zip(*(_placed(table, column) for column in columns), strict=True)
    return [next((cell for cell in cells if cell.value != ""), cells[-1]) for cells in rows]


def _placed(table: Table, column: int) -> list[PlacedCell]:
    """Return what stands in a column for each row of the body, be it by a merged cell or by 〃."""
    letters = table.grid.letters[column]
    filled = table.filled.get(column, {})
    body = [row[column] for row in table.body]
    numbers = table.row_numbers()
    cells: list[PlacedCell] = []
    for i in range(len(body)):
        anchor = filled.get(i, i) if filled else i
        value = body[anchor]
        if value.__class__ is str and value:
            folded = key(value)
            if folded in _DITTO and anchor:
                cells.append(cells[anchor - 1])
                continue
            if not folded:
                value = ""
        cells.append(PlacedCell(value, numbers[anchor], letters))
    return cells
