"""Whose row it is: the 事業 by id or name, the department, and whether that one may report it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Identity:
    """A row whose 事業 and sender are certain; ``department`` is None where nothing names one."""

    match: ProjectMatch
    department: str | None


class Identifier:
    """Identifies the rows of one table."""

    def __init__(self, table: Table, context: ReadingContext, sender: Sender) -> None:
        self._table = table
        self._projects = context.projects
        self._departments = context.departments
        self._words = context.vocabulary
        self._sender = sender
        #: The certain ones of this table's rows, by 事業, how it was found, and the text of the row's 担当課.
        self._certain: dict[tuple[str, str, str], Identity] = {}
        self._ids, self._names, self._senders = (
            [column.index for column in table.columns if column.field == name]
            for name in (PROJECT_ID, PROJECT_NAME, DEPARTMENT)
        )

    def name_cell(self, row: int) -> PlacedCell:
        """Return the cell that names the 事業 of a row: by name, or by id where there is no name."""
        named = self._cell(self._names, row)
        if named is None or (named.value == "" and self._ids):
            return self._cell(self._ids, row) or PlacedCell("", self._table.grid.row_number(row), "A")
        return named

    def project(self, row: int, named: PlacedCell) -> ProjectMatch | Fault | None:
        """Return the 事業 of a row, None where it is not certain, a Fault where id and name contradict."""
        by_name = self._projects.by_name(named.value) if isinstance(named.value, str) else None
        id_cell = self._cell(self._ids, row)
        by_id = self._projects.by_id(id_cell.text) if id_cell is not None else None
        if by_id and by_name and by_id.project_id != by_name.project_id:
            other = f"{by_id.project_id}（{self.official_name(by_id)}）"
            message = f"は同じ行の事業ID {other}と一致しないため、事業名か事業IDのどちらかを改めてください。"
            return Fault(RowCode.PROJECT_CONFLICT, message)
        return by_id or by_name

    def identify(
        self, row: int, named: PlacedCell, match: ProjectMatch | Fault | None
    ) -> Identity | RowError:
        """Return 事業 and department of a row, or why it cannot be taken as that department's."""
        if not isinstance(match, ProjectMatch):
            return self.error(named, PROJECT_NAME, match or self._no_project(named))
        own = self._cell(self._senders, row)
        if own is not None and not self._words.is_given(own.value):
            own = None
        if own is not None and isinstance(own.value, Broken):
            return self.error(own, DEPARTMENT, broken_fault(own.value))
        text = own.text if own else ""
        known = self._certain.get((match.project_id, match.method, text))
        if known is not None:
            return known
        sender = sender_of_row(text, self._departments, self._sender)
        if isinstance(sender, Fault):
            return self.error(own or self._sender_cell(named), DEPARTMENT, sender)
        owners = self._projects.owners[match.project_id]
        # 各所管課 is whoever owns a standardised system: the plan does not say who that is.
        if sender is None or sender in owners or owners & self._departments.groups:
            return self._certain.setdefault((match.project_id, match.method, text), Identity(match, sender))
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

    def _cell(self, columns: Sequence[int], row: int) -> PlacedCell | None:
        """Return the first filled cell of a row in these columns, an empty one if none is; None without a column."""
        placed = None
        for column in columns:
            placed = self._placed(row, column)
            if placed.value != "":
                break
        return placed

    def _placed(self, row: int, column: int) -> PlacedCell:
        grid = self._table.grid
        anchor = self._table.filled.get((row, column), row)
        value = grid.rows[anchor][column]
        while isinstance(value, str) and key(value) in _DITTO and anchor > self._table.bottom + 1:
            anchor = self._table.filled.get((anchor - 1, column), anchor - 1)
            value = grid.rows[anchor][column]
        if isinstance(value, str) and not key(value):
            value = ""
        return PlacedCell(value, grid.row_number(anchor), grid.letters[column])

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
