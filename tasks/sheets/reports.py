"""What the rows of a table report, read column by column.

A column's cells are mostly alike (dates, words of a list), and what they mean is remembered by value:
so a column costs one look-up a cell, and no call. The JSON of the rows is put together for all of them
at once; a row is looked at by itself only where something about it is not plain.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import compress

from tasks.sheets.columns import NOTHING, ColumnReader, Told, Wrong
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Cell, a1
from tasks.sheets.identity import PlacedCell
from tasks.sheets.json_text import opening
from tasks.sheets.kinds import Value
from tasks.sheets.layout import Table
from tasks.sheets.meanings import STATUS_FIELDS
from tasks.sheets.records import FieldName
from tasks.sheets.words import quoted

#: What a row reports of its fields, each with the address of its cell.
Fields = dict[FieldName, tuple[Told, str]]
#: A cell that cannot be read, its field, and what is wrong.
CellFault = tuple[PlacedCell, FieldName, Fault]

#: Rows of a table whose addresses are remembered together.
_ROWS = 256


class Reports:
    """What the rows of a table's body report; a row is given by its place in the body, from 0.

    ``faulty`` are the rows with a cell that cannot be read, ``status`` those that say how a 事業 stands, and
    ``texts`` their JSON: each field with a comma behind it.
    """

    def __init__(
        self, table: Table, columns: Sequence[ColumnReader], cells: Sequence[Sequence[Cell]]
    ) -> None:
        """Read; ``cells`` are the columns of the body."""
        self._table = table
        self._numbers = table.row_numbers()
        self._rows: dict[int, tuple[Fields, list[CellFault]]] = {}
        lent = [(column, *column.cells(cells)) for column in columns]
        self._columns = [(column, values, rows, column.read(values)) for column, values, rows in lent]
        self._milestones = [told for one, _, _, told in self._columns if one.name is FieldName.MILESTONE]
        is_plain = not table.grid.turned and not any(rows for _, _, rows in lent)
        if is_plain and len({column.name for column in columns}) == len(columns):
            self._all_at_once()
        else:
            self._one_by_one()

    def own(self, i: int) -> bool:
        """Return whether a row reports something itself, not only by a merged cell above."""
        return any(told[i] is not NOTHING and i not in lent for _, _, lent, told in self._columns)

    def gives(self, i: int, *names: str) -> bool:
        """Return whether a row reports any of these fields."""
        return any(told[i].json and column.name in names for column, _, _, told in self._columns)

    def milestone(self, i: int) -> Value | Fault | None:
        """Return the name of the milestone that a row reports of, None for none."""
        for outcomes in self._milestones:
            if outcomes[i].json:
                return outcomes[i].value
        return None

    def values(self, i: int) -> dict[FieldName, Value | Fault]:
        """Return the values that a row reports."""
        return {name: told.value for name, (told, _) in self.row(i)[0].items()}

    def row(self, i: int) -> tuple[Fields, list[CellFault]]:
        """Return what a row reports, and what of it cannot be read."""
        if i not in self._rows:
            self._rows[i] = self._row(i)
        return self._rows[i]

    def _row(self, i: int) -> tuple[Fields, list[CellFault]]:
        fields: Fields = {}
        faults: list[CellFault] = []
        for column, values, lent, outcomes in self._columns:
            told, name = outcomes[i], column.name
            if told is NOTHING:
                continue
            number = self._numbers[lent.get(i, i)]
            value = told.value
            if name in fields and not isinstance(value, Fault):
                second = _second(column, fields[name], told)
                if second is None:
                    continue
                value = second
            if isinstance(value, Fault):
                faults.append((PlacedCell(values[i], number, column.letters), name, value))
            else:
                fields[name] = told, a1(column.letters, number)
        return fields, faults

    def _all_at_once(self) -> None:
        first, count = self._numbers.start, len(self._numbers)
        self.faulty: set[int] = set()
        self.status: set[int] = set()
        parts: list[Iterable[bytes]] = []
        for column, _, _, outcomes in self._columns:
            _, _, given = zip(*outcomes, strict=True) if count else ((),) * 3
            places = _openings(column.name, column.letters, first, -(-count // _ROWS))
            parts += ([place if told else b"" for told, place in zip(given, places, strict=False)], given)
            if column.is_status:
                self.status.update(compress(range(count), given))
            if Wrong in set(map(type, outcomes)):
                self.faulty.update(i for i, told in enumerate(outcomes) if isinstance(told, Wrong))
        self.texts: Sequence[bytes] = (
            list(map(b"".join, zip(*parts, strict=True))) if parts else [b""] * count
        )

    def _one_by_one(self) -> None:
        rows = [self.row(i) for i in range(len(self._numbers))]
        self.faulty = {i for i, (_, faults) in enumerate(rows) if faults}
        self.status = {i for i, (fields, _) in enumerate(rows) if not STATUS_FIELDS.isdisjoint(fields)}
        self.texts = [
            b"".join(opening(name, place) + told.json for name, (told, place) in fields.items())
            for fields, _ in rows
        ]


@lru_cache(maxsize=2048)
def _openings(name: FieldName, letters: str, first: int, blocks: int) -> tuple[bytes, ...]:
    """Return how the JSON of a column's cells begins, from row ``first`` on."""
    return tuple(opening(name, f"{letters}{row}") for row in range(first, first + blocks * _ROWS))


def _second(column: ColumnReader, first: tuple[Told, str], told: Told) -> Fault | None:
    """Return what is wrong where two columns of one meaning differ; of texts the first is kept."""
    other, place = first
    if not column.is_status or other.value == told.value:
        return None
    message = f"は同じ項目の別の列（{place}の{quoted(other.raw)}）と異なるため、どちらか一つにしてください。"
    return Fault(RowCode.COLUMN_TWICE, message)
