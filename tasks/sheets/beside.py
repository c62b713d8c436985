"""Two tables beside each other on one sheet: the 事業 and the same things of it are named again to the right."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.sheets.grid import Grid
from tasks.sheets.layout import Table, find_tables
from tasks.sheets.meanings import IDENTITY, STATUS_FIELDS
from tasks.sheets.vocabulary import Notable, Vocabulary


def parted(tables: list[Table], vocabulary: Vocabulary, seen: Notable) -> Iterator[Table]:
    """Yield the tables of a sheet, each that is several beside each other as those. ``seen`` as for ``find_tables``."""
    for table in tables:
        at = _begins_anew(table)
        sides = (table.grid.columns(0, at), table.grid.columns(at, table.grid.width)) if at else ()
        found = [one for side in sides for one in _there(table, side, vocabulary, seen)]
        # Both sides must be tables by themselves: else it is one, and says the same thing twice.
        yield from parted(found, vocabulary, seen) if len(found) > 1 else (table,)


def _begins_anew(table: Table) -> int:
    """Return the column from which a table says everything once more, 0 where it does not."""
    fields = [column.field for column in table.columns]
    for i in range(1, len(fields)):
        left, right = set(fields[:i]), set(fields[i:])
        if fields[i] == fields[0] and left & right & STATUS_FIELDS and left & IDENTITY and right & IDENTITY:
            between = range(table.columns[i - 1].index + table.columns[i - 1].span, table.columns[i].index)
            header = table.grid.rows[table.top : table.bottom + 1]
            # Behind the gap; without one, behind what is known to be the left one's: a 番号 is the right one's.
            gap = [c + 1 for c in between if all(row[c] == "" for row in header)]
            return gap[-1] if gap else table.columns[i - 1].index + table.columns[i - 1].span
    return 0


def _there(table: Table, side: Grid, vocabulary: Vocabulary, seen: Notable) -> Iterator[Table]:
    for found in find_tables(side, vocabulary, seen):
        if table.top <= found.top <= table.bottom:
            found.end = min(found.end, table.end)
            yield found
