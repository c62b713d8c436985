"""The header of a table: which rows it is, and what its columns hold.

A block of one to six rows in which a column names the 事業 and at least one column names something
that is reported. With merged or stacked headers a column's name is the path from top to bottom
(マイルストーン → 完了日), of which the longest known part counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from tasks.sheets.eras import era_of_title
from tasks.sheets.grid import Cell, Grid, Merge
from tasks.sheets.meanings import (
    DEPARTMENT,
    IDENTITY,
    MILESTONE_MEANING,
    MILESTONE_NAMES,
    NOT_READ,
    STATUS_FIELDS,
    in_group,
)
from tasks.sheets.records import FieldName
from tasks.sheets.vocabulary import Vocabulary
from tasks.sheets.words import key

_MAX_HEADER_ROWS = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A recognised column: its place in the grid, what it holds, and its header as written.

    ``span``: how many of the grid's columns a merged header makes one (令和|8|年, or a 方眼紙 sheet).
    ``era`` and ``words`` are what a layout file says of its values: the era of dates without one, and
    what the department's own words, as compared, stand for.
    """

    index: int
    field: str
    title: str
    span: int = 1
    era: str = ""
    words: tuple[tuple[str, str], ...] = ()


class Header(NamedTuple):
    """The first and the last row of a header in its grid, and the columns that are read."""

    top: int
    bottom: int
    columns: tuple[Column, ...]


def header_around(grid: Grid, row: int, first: int, vocabulary: Vocabulary) -> Header | None:
    """Return the header around ``row``, which names the 事業, but not above ``first``; None where nothing is reported.

    Remembered by the texts and merges of the rows that can be header: departments keep theirs.
    """
    rows = grid.rows
    identity = _naming_columns(rows[row], vocabulary)
    top = row
    while top > max(first, row - _MAX_HEADER_ROWS + 1) and _can_be_group(rows[top - 1], identity):
        top -= 1
    _, last = _reach(grid, row, identity, vocabulary, grid.merges)
    merges = [m for m in grid.merges if m[0] <= last and m[2] >= top - 1]
    # What stands above them all counts where a merge reaches down from it, or where it names an era.
    reaches_down = any(m[0] < top <= m[2] or m[0] < top - 1 for m in merges)
    if reaches_down or not _is_text(rows[row]) or (top and any(map(era_of_title, _texts(rows[top - 1])))):
        return _header_at(grid, row, first, vocabulary)
    near = tuple((r0 - top, c0, r1 - top, c1) for r0, c0, r1, c1 in merges if r0 >= top)
    found = _remembered(tuple(map(tuple, rows[top : last + 1])), row - top, near, vocabulary)
    return Header(top + found.top, top + found.bottom, found.columns) if found else None


@lru_cache(maxsize=512)
def _remembered(
    rows: tuple[tuple[Cell, ...], ...], row: int, merges: tuple[Merge, ...], vocabulary: Vocabulary
) -> Header | None:
    return _header_at(Grid("", list(map(list, rows)), merges=merges), row, 0, vocabulary)


def _texts(row: Sequence[Cell]) -> Iterator[str]:
    return (value for value in row if isinstance(value, str) and value)


def _header_at(grid: Grid, row: int, first: int, vocabulary: Vocabulary) -> Header | None:
    """Return the best header block around ``row``, which names the 事業; None where none reports anything."""
    best: tuple[int, int] | None = None
    meanings: dict[int, str] = {}
    # A 方眼紙 sheet has tens of thousands of merges, and few of them near its header.
    merges = [m for m in grid.merges if m[0] < row + _MAX_HEADER_ROWS and m[2] > row - _MAX_HEADER_ROWS]
    for top, bottom in _blocks(grid, row, first, vocabulary, merges):
        found = _meanings(grid, top, row, bottom, vocabulary, merges)
        # More rows only where they name more columns, or name the same ones differently (完了日 over 予定).
        if (
            best is None
            or _known_of(found) > _known_of(meanings)
            or (_known_of(found) == _known_of(meanings) and found != meanings)
        ):
            best, meanings = (top, bottom), found
    fields = set(meanings.values())
    if best is None or not fields & IDENTITY or not fields & STATUS_FIELDS:
        return None
    return Header(*best, tuple(columns_of(grid, best, meanings, merges)))


def columns_of(
    grid: Grid, block: tuple[int, int], meanings: Mapping[int, str], merges: Sequence[Merge]
) -> Iterator[Column]:
    """Yield the columns that are read; those below one merged header cell are one."""
    top, bottom = block
    texts = header_texts(grid, top, bottom, merges)
    below: list[list[Cell]] = grid.rows[top : bottom + 1]
    # By the first of them, how many columns a header cell spans that has no other below it.
    spans = {
        c0: c1 - c0 + 1
        for r0, c0, r1, c1 in merges
        if c1 > c0
        and top <= r0 <= bottom
        and not any(value != "" for row in below[max(r1, r0) - top + 1 :] for value in row[c0 : c1 + 1])
    }
    above = header_texts(grid, top - 1, top - 1, merges)[0] if top else []
    done = 0
    for index, meaning in meanings.items():
        if meaning == NOT_READ or index < done:
            continue
        span = 1 if meaning in IDENTITY or meaning == DEPARTMENT else spans.get(index, 1)
        done = index + span
        # An era over a column counts, though it names no column.
        era = [above[index]] if above and era_of_title(above[index]) else []
        title = "／".join(dict.fromkeys([*era, *(t[index] for t in texts if t[index])]))
        yield Column(index, meaning, " ".join(title.split()), span)


def _known_of(meanings: dict[int, str]) -> int:
    """Return how many different things are known of: fields, and each column known not to be read."""
    return len({index if field == NOT_READ else field for index, field in meanings.items()})


def _blocks(
    grid: Grid, row: int, first: int, vocabulary: Vocabulary, merges: Sequence[Merge]
) -> Iterator[tuple[int, int]]:
    """Yield the possible header blocks around ``row``, the smallest first."""
    identity = _naming_columns(grid.rows[row], vocabulary)
    least, last = _reach(grid, row, identity, vocabulary, merges)
    for height in range(1, _MAX_HEADER_ROWS + 1):
        for top in range(row, max(row - height, first - 1), -1):
            if least <= top + height - 1 <= last and all(
                _can_be_group(grid.rows[r], identity) for r in range(top, row)
            ):
                yield top, top + height - 1


def _reach(
    grid: Grid, row: int, identity: list[int], vocabulary: Vocabulary, merges: Sequence[Merge]
) -> tuple[int, int]:
    """Return the rows to which a header that names the 事業 in ``row`` reaches at least, and at most."""
    # Where the cell that names the 事業 is merged downwards, all of its rows are header.
    least = max((r1 for r0, c0, r1, _ in merges if r0 == row and c0 in identity), default=row)
    least = last = min(least, row + _MAX_HEADER_ROWS - 1)
    while last + 1 < min(len(grid.rows), row + _MAX_HEADER_ROWS) and _can_be_header(
        grid.rows[last + 1], identity, vocabulary
    ):
        last += 1
    return least, last


def _naming_columns(row: Sequence[Cell], vocabulary: Vocabulary) -> list[int]:
    return [c for c, value in enumerate(row) if _names_project(value, vocabulary)]


def _names_project(value: Cell, vocabulary: Vocabulary) -> bool:
    return isinstance(value, str) and vocabulary.header(value) in IDENTITY


def _can_be_header(row: Sequence[Cell], identity: list[int], vocabulary: Vocabulary) -> bool:
    """Return whether a row below can belong to the header: a row of data would name its 事業 here."""
    return _is_text(row) and all(not row[c] or _names_project(row[c], vocabulary) for c in identity)


def _can_be_group(row: Sequence[Cell], identity: list[int]) -> bool:
    """Return whether a row above can belong to the header: a title or a label stands at the left."""
    return _is_text(row) and any(row[identity[0] + 1 :])


def _is_text(row: Sequence[Cell]) -> bool:
    """Return whether a row holds text, and nothing but text."""
    return set(map(type, row)) == {str} and any(row)


def _meanings(
    grid: Grid, top: int, row: int, bottom: int, vocabulary: Vocabulary, merges: Sequence[Merge]
) -> dict[int, str]:
    """Return what the known columns of a header block hold, by their index."""
    texts = header_texts(grid, top, bottom, merges)
    meanings: dict[int, str] = {}
    for index in range(grid.width):
        path = [texts[r - top][index] for r in range(top, bottom + 1)]
        # What stands only above the row that names the 事業 is a title or a label, not a column.
        if any(path[row - top :]):
            found = _known(tuple(dict.fromkeys(filter(None, path))), vocabulary)
            if found is not None:
                meanings[index] = found
    return meanings


def header_texts(grid: Grid, top: int, bottom: int, merges: Sequence[Merge]) -> list[list[str]]:
    """Return the header's texts with merged ranges, and stacked groups that were not merged, filled."""
    texts = [[str(value) for value in grid.rows[r]] for r in range(top, bottom + 1)]
    for r0, c0, r1, c1 in merges:
        if r0 <= bottom and r1 >= top:
            for r in range(max(r0, top), min(r1, bottom) + 1):
                for c in range(c0, c1 + 1):
                    texts[r - top][c] = texts[r - top][c] or str(grid.rows[r0][c0])
    for upper, lower in pairwise(texts):
        for c in range(1, grid.width):
            # 「マイルストーン」 over 名称, and nothing over 完了日 beside it: the group goes on.
            if not upper[c] and lower[c] and lower[c - 1] and upper[c - 1] and lower[c - 1] != upper[c - 1]:
                upper[c] = upper[c - 1]
    return texts


# Departments keep their headers: most are met again in the next file.
@lru_cache(maxsize=4096)
def _known(path: tuple[str, ...], vocabulary: Vocabulary) -> str | None:
    """Return what a header path names: its longest known end, else its lowest known part."""
    for i in range(len(path)):
        end = path[i:]
        # 完了日 over 予定 is 完了日予定, and 完了日（予定） as people write it in one cell.
        joined = ("".join(end), f"{end[0]}({''.join(end[1:])})")
        found = vocabulary.header(end[0]) if len(end) == 1 else vocabulary.exact_header(*joined)
        if found is not None:
            return _of_milestone(in_group(found, path[:i]), path[:i], vocabulary)
    if key(path[-1]) in MILESTONE_NAMES and any(map(vocabulary.is_milestone, path[:-1])):
        return FieldName.MILESTONE.value
    for part in reversed(path):
        found = vocabulary.header(part)
        if found is not None:
            others = [other for other in path if other != part]
            return _of_milestone(in_group(found, others), others, vocabulary)
    return None


def _of_milestone(found: str, words: Sequence[str], vocabulary: Vocabulary) -> str:
    """Return what a column holds under these words: 完了日 under 次の節目 is the milestone's, not the 事業's."""
    is_milestone = any(map(vocabulary.is_milestone, words))
    return MILESTONE_MEANING.get(found, found) if is_milestone else found
