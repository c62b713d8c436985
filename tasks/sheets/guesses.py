"""What an unknown column could be: by a header like a known one, and by what its values can be read as."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tasks.sheets.context import ReadingContext
from tasks.sheets.dates import read_date
from tasks.sheets.faults import Fault
from tasks.sheets.grid import Cell
from tasks.sheets.kinds import raw_text
from tasks.sheets.meanings import DEPARTMENT
from tasks.sheets.records import FieldName
from tasks.sheets.shares import bare_number
from tasks.sheets.vocabulary import Vocabulary
from tasks.sheets.words import key, quoted

#: Part of a column's values that must read as a field for it to be offered as that field.
_MOST = 0.6
#: How alike, of 100, a header must be to a known one to be offered as that.
_ALIKE = 75


def likely_meanings(
    title: Sequence[str], values: Sequence[Cell], context: ReadingContext, as_of: date
) -> dict[str, str]:
    """Return the fields that a column could be, the likeliest first, each with why (a Japanese clause).

    ``title``: its header's path, maybe empty. ``values``: its cells that hold one. ``as_of``: dates after
    it are taken to be planned.
    """
    return dict(_by_header(title, context.vocabulary)) | dict(_by_values(values, context, as_of))


def _by_header(title: Sequence[str], vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    if title:
        near = vocabulary.like_header(title[-1], _ALIKE)
        if near is not None:
            yield near[0], f"知っている見出し{quoted(near[1])}に似ています"


def _by_values(values: Sequence[Cell], context: ReadingContext, as_of: date) -> Iterator[tuple[str, str]]:
    """Yield the fields as which most of these values can be read, with an example."""
    words, texts = context.vocabulary, [raw_text(value) for value in values]
    readers: Mapping[str, list[bool]] = {
        FieldName.PHASE: [not isinstance(words.phase(t), Fault) for t in texts],
        FieldName.SELF_RATING: [not isinstance(words.self_rating(t), Fault) for t in texts],
        FieldName.BUDGET: [not isinstance(words.budget(t), Fault) for t in texts],
        FieldName.PROGRESS: [_is_share(value) for value in values],
        DEPARTMENT: [bool(context.departments.match_all(t)) for t in texts],
    }
    for name, reads in readers.items():
        if sum(reads) >= _MOST * len(values):
            yield str(name), _example(texts, reads)
    days = [read_date(value, planned=True, era="令和") for value in values]
    are_days = [isinstance(day, date) for day in days]
    if sum(are_days) >= _MOST * len(values):
        late = sum(isinstance(day, date) and day > as_of for day in days) * 2 > sum(are_days)
        order = (FieldName.DUE_ON, FieldName.FINISHED_ON)
        for name in order if late else order[::-1]:
            yield name.value, _example(texts, are_days)


def _is_share(value: Cell) -> bool:
    number = bare_number(value)
    if number is not None:
        return 0 <= number <= 100
    return isinstance(value, str) and key(value).endswith("%")


def _example(texts: Sequence[str], reads: Sequence[bool]) -> str:
    example = next(text for text, is_read in zip(texts, reads, strict=True) if is_read)
    return f"{quoted(example)}など、{len(texts)}個の値のうち{sum(reads)}個がそう読めます"
