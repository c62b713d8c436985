"""What the rows of a table report, read column by column.

A column's cells are mostly alike (dates, words of a list), and what they mean is remembered by value:
so a column costs one look-up a cell, and no call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.sheets.columns import ColumnReader, Value
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import a1
from tasks.sheets.identity import PlacedCell
from tasks.sheets.layout import Table
from tasks.sheets.records import FieldName, FieldValue
from tasks.sheets.words import quoted

Fields = dict[FieldName, FieldValue]


@dataclass(slots=True)
class Reported:
    """What the cells of one row report. ``own``: it reports something itself, not only by a merged cell above.

    ``faults`` are those of its cells: the cell, its field and what is wrong.
    """

    fields: Fields
    faults: list[tuple[PlacedCell, FieldName, Fault]]
    own: bool = False


def read_columns(table: Table, columns: Sequence[ColumnReader]) -> list[Reported]:
    """Return what the rows of a table's body report, in order."""
    body, turned = table.body, table.grid.turned
    reports = [Reported({}, []) for _ in body]
    cells = list(zip(*body, strict=True)) or [()] * table.grid.width
    numbers = table.row_numbers()
    digits = list(map(str, numbers))
    done: set[FieldName] = set()
    new = FieldValue.__new__
    for column in columns:
        name, letters = column.name, column.letters
        is_second = name in done
        values, borrowed = column.cells(cells)
        rows = [numbers[borrowed.get(i, i)] for i in range(len(body))] if borrowed else numbers
        if turned:
            addresses = [a1(letters, row) for row in rows]
        else:
            addresses = [letters + row for row in (map(str, rows) if borrowed else digits)]
        for i, outcome in enumerate(column.read(values)):
            if not outcome:
                continue
            value, raw, first_day = outcome
            reported = reports[i]
            if i not in borrowed:
                reported.own = True
            if is_second and name in reported.fields and not isinstance(value, Fault):
                second = _second(column, reported.fields[name], value)
                if second is None:
                    continue
                value = second
            if isinstance(value, Fault):
                reported.faults.append((PlacedCell(values[i], rows[i], letters), name, value))
            else:
                # As its own __init__ would, in a third of the time: a sheet has hundreds.
                reported.fields[name] = one = new(FieldValue)
                one.value, one.raw, one.cell, one.first_day = value, raw, addresses[i], first_day
        done.add(name)
    return reports


def _second(column: ColumnReader, first: FieldValue, value: Value) -> Fault | None:
    """Return what is wrong where two columns of one meaning differ; of texts the first is kept."""
    if not column.is_status or first.value == value:
        return None
    message = (
        f"は同じ項目の別の列（{first.cell}の{quoted(first.raw)}）と異なるため、どちらか一つにしてください。"
    )
    return Fault(RowCode.COLUMN_TWICE, message)
