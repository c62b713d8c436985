"""Whose row it is: the 事業 by id or name, the department, and whether that one may report it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tasks.sheets.columns import broken_fault
from tasks.sheets.context import ReadingContext
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Broken, Cell, a1
from tasks.sheets.kinds import raw_text
from tasks.sheets.labels import heading
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

    def __init__(
        self, table: Table, cells: Sequence[Sequence[Cell]], context: ReadingContext, sender: Sender
    ) -> None:
        """Prepare; ``cells`` are the body's columns."""
        self._table = table
        self._projects = context.projects
        self._departments = context.departments
        self._words = context.vocabulary
        self._sender = sender
        self._ids, self._names, self._senders = (
            _column(table, cells, [column.index for column in table.columns if column.field == name])
            for name in (PROJECT_ID, PROJECT_NAME, DEPARTMENT)
        )
        #: The text of each row's own 担当課 cell, empty for none; and by that the department, or why it cannot be told.
        self._reporter_texts = self._senders and [
            raw_text(value) if self._words.is_given(value) else "" for value in self._senders.values
        ]
        self._reporters: dict[str, str | Fault | None] = {}

    def heads(self, i: int, values: Sequence[Cell]) -> None:
        """Take a row for the heading of the rows below it, where it names the department that these are of."""
        table = self._table
        label = heading(table.grid, table.bottom + 1 + i, values, self._words, self._departments)
        if label:
            self._sender = Sender(label, self._sender.named)
            self._reporters.clear()

    def name_cell(self, i: int) -> PlacedCell:
        """Return the cell that names the 事業 of a row: by name, or by id where there is no name."""
        names, ids = self._names, self._ids
        if ids and (names is None or names.values[i] == ""):
            return ids.cell(i)
        # Every table has a column of one or the other.
        return names.cell(i) if names else PlacedCell("", self._table.row_numbers()[i], "A")

    def projects(self) -> list[ProjectMatch | Fault | None]:
        """Return the 事業 of the rows, None where it is not certain, a Fault where id and name contradict."""
        of_row = self._projects.of_row
        names = self._names.values if self._names else [None] * len(self._table.row_numbers())
        texts = [name if name.__class__ is str else None for name in names]
        if not self._ids:
            return [of_row(text, None) for text in texts]
        return list(map(of_row, texts, map(raw_text, self._ids.values)))

    def is_outside(self, named: PlacedCell) -> bool:
        """Return whether a row is ruled to be none of the plan's."""
        return isinstance(named.value, str) and self._projects.is_outside(named.value)

    def no_match(self, named: PlacedCell, fault: Fault | None) -> RowError:
        """Return why the 事業 of a row is not certain."""
        return self.error(named, PROJECT_NAME, fault or self._no_project(named))

    def department(self, i: int, match: ProjectMatch) -> str | RowError | None:
        """Return the department of a row, None where nothing names one, or why the row cannot be taken as that one's."""
        text = self._reporter_texts[i] if self._reporter_texts else ""
        if text not in self._reporters:
            self._reporters[text] = self._reporter(i, text)
        sender = self._reporters[text]
        if isinstance(sender, Fault):
            return self.error(self._sender_cell(i, text), DEPARTMENT, sender)
        owners = self._projects.owners[match.project_id]
        # 各所管課 is whoever owns a standardised system: the plan does not say who that is.
        if sender is None or sender in owners or owners & self._departments.groups:
            return sender
        return self._not_owner(self._sender_cell(i, text), match, sender)

    def _reporter(self, i: int, text: str) -> str | Fault | None:
        own = self._senders.values[i] if self._senders and text else ""
        return (
            broken_fault(own)
            if isinstance(own, Broken)
            else sender_of_row(text, self._departments, self._sender)
        )

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

    def _sender_cell(self, i: int, text: str) -> PlacedCell:
        """Return the cell that names the sender of a row: its own, the label; without one, the row's own 事業."""
        if text and self._senders:
            return self._senders.cell(i)
        label = self._sender.label
        return PlacedCell(label.text, label.row, label.letters) if label else self.name_cell(i)

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


@dataclass(frozen=True, slots=True)
class _Column:
    """What a column, or the first filled of several, gives for each row of the body, and where that stands."""

    values: Sequence[Cell]
    numbers: Sequence[int]
    letters: Sequence[str]

    def cell(self, i: int) -> PlacedCell:
        return PlacedCell(self.values[i], self.numbers[i], self.letters[i])


def _column(table: Table, cells: Sequence[Sequence[Cell]], columns: Sequence[int]) -> _Column | None:
    """Return what these columns give, None for no column."""
    placed = [_placed(table, cells[column], column) for column in columns]
    if len(placed) <= 1:
        return placed[0] if placed else None
    rows = zip(*([one.cell(i) for i in range(len(one.values))] for one in placed), strict=True)
    filled = [next((cell for cell in row if cell.value != ""), row[-1]) for row in rows]
    return _Column([c.value for c in filled], [c.row for c in filled], [c.letters for c in filled])


def _placed(table: Table, values: Sequence[Cell], column: int) -> _Column:
    """Return what stands in a column for each row of the body, be it by a merged cell or by 〃."""
    letters = [table.grid.letters[column]] * len(values)
    filled = table.filled.get(column)
    anchors = [filled.get(i, i) for i in range(len(values))] if filled else list(range(len(values)))
    if filled:
        values = [values[anchor] for anchor in anchors]
    # Few columns have any.
    folded: dict[Cell, str] = {value: key(value) for value in set(values) if isinstance(value, str) and value}
    if any(text in _DITTO or not text for text in folded.values()):
        values = ["" if folded.get(value) == "" else value for value in values]
        for i, anchor in enumerate(anchors):
            if folded.get(values[i], "") in _DITTO and anchor:
                values[i], anchors[i] = values[anchor - 1], anchors[anchor - 1]
    numbers = table.row_numbers()
    return _Column(values, [numbers[anchor] for anchor in anchors], letters)
