"""Which 担当課 sent a table: a label beside it, the sheet's name, or the file's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from tasks.sheets.grid import Cell, Grid
from tasks.sheets.layout import Table
from tasks.sheets.matching import DepartmentIndex
from tasks.sheets.vocabulary import Vocabulary
from tasks.sheets.words import key

#: A label is short; a sentence that begins with the word is none.
_MAX_LABEL = 60
#: How a department's name ends, known or not.
_ENDINGS = ("課", "部", "局", "室", "所", "館", "園", "署")
_OPENING, _CLOSING = "[(【〔<「『", "])】〕>」』"


@dataclass(frozen=True, slots=True)
class Label:
    """A label's value: 「税務課」 of 「担当課：税務課」, its cell, and the departments it names, if any."""

    text: str
    row: int
    letters: str
    departments: tuple[str, ...]


def nearest_label(
    table: Table, headers: Iterable[int], texts: Set[Cell], vocabulary: Vocabulary, index: DepartmentIndex
) -> Label | None:
    """Return the label above a table, the nearest first; ``headers`` are header rows of the sheet, which hold none.

    ``texts`` are those of the sheet that begin as a label does (``Vocabulary.notable``).
    """
    skipped = frozenset(headers)
    rows = (r for r in range(table.top - 1, -1, -1) if r not in skipped) if texts else ()
    return next(_labels(table.grid, rows, texts, vocabulary, index), None)


def only_label(
    sheets: Iterable[tuple[Grid, Set[Cell]]], vocabulary: Vocabulary, index: DepartmentIndex
) -> Label | None:
    """Return the label of sheets without a table (a cover sheet), where all labels name one department.

    With each sheet come its texts that begin as a label does.
    """
    labels = [
        label
        for grid, texts in sheets
        if texts
        for label in _labels(grid, range(len(grid.rows)), texts, vocabulary, index)
    ]
    return labels[0] if labels and len({label.departments for label in labels}) == 1 else None


def heading(
    grid: Grid, row: int, values: Sequence[Cell], vocabulary: Vocabulary, index: DepartmentIndex
) -> Label | None:
    """Return the department whose rows follow: a row between them that names it, and holds nothing else."""
    filled = [c for c, value in enumerate(values) if value != ""]
    text = values[filled[0]] if len(filled) == 1 else ""
    if not isinstance(text, str) or len(text) > _MAX_LABEL:
        return None
    after = _after_label(text, vocabulary)
    name = index.match(after or text)
    is_heading = name and (after or key(text).strip(_OPENING + _CLOSING).endswith(_ENDINGS))
    return (
        Label(text, grid.row_number(row), grid.letters[filled[0]], (name,)) if name and is_heading else None
    )


def _labels(
    grid: Grid, rows: Iterable[int], texts: Set[Cell], vocabulary: Vocabulary, index: DepartmentIndex
) -> Iterator[Label]:
    for row in rows:
        if texts.isdisjoint(grid.rows[row]):
            continue
        for column, value in enumerate(grid.rows[row]):
            if isinstance(value, str) and value in texts:
                label = _label_at(grid, row, column, value, vocabulary, index)
                if label:
                    yield label


def _label_at(
    grid: Grid, row: int, column: int, text: str, vocabulary: Vocabulary, index: DepartmentIndex
) -> Label | None:
    rest = _after_label(text, vocabulary)
    if rest is None:
        return None
    if rest:
        departments = index.match_all(rest)
        # Without a colon only a known department makes it a label: 「担当課長会議」 is none.
        says_so = ":" in unicodedata.normalize("NFKC", text)
        return (
            Label(rest, grid.row_number(row), grid.letters[column], departments)
            if departments or says_so
            else None
        )
    for right in range(column + 1, grid.width):
        value = grid.rows[row][right]
        if isinstance(value, str) and key(value):
            departments = index.match_all(value)
            # 「所属」 beside 「氏名」 is a column of another list, not a label.
            is_label = departments or key(value).endswith(_ENDINGS)
            return Label(value, grid.row_number(row), grid.letters[right], departments) if is_label else None
    return None


# Cover sheets and titles are met again in the next file.
@lru_cache(maxsize=16_384)
def _after_label(text: str, vocabulary: Vocabulary) -> str | None:
    """Return what follows a label word in a cell, ``""`` for the word alone, None where it does not begin so."""
    if len(text) > _MAX_LABEL or not key(text).lstrip(_OPENING).startswith(vocabulary.department_labels):
        return None
    plain = unicodedata.normalize("NFKC", text).strip().lstrip(_OPENING).strip()
    before, colon, after = plain.partition(":")
    if colon:
        return after.strip() if key(before.strip(_CLOSING)) in vocabulary.department_labels else None
    folded = key(plain)
    for word in vocabulary.department_labels:
        if folded.startswith(word):
            return folded[len(word) :].lstrip(_CLOSING)
    return None
