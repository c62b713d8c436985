"""Status snapshots of a portfolio of projects, read from a CSV: one row a project and date.

A row that cannot be used becomes a RowError with its cell, never an exception. Dates may be written in
English or Japanese; whether a day or a month comes first in 03/04/2024 is told by the column's other
dates, or given. A file in the code page of western Windows, which holds no Japanese, is read as such.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from config.portfolio import Portfolio, PortfolioField
from config.rules import ReaderLimits
from config.section import plain
from tasks.sheets.csv_text import DAMAGE, CsvTable, read_csv
from tasks.sheets.dates import read_date
from tasks.sheets.faults import Fault, FileFault
from tasks.sheets.grid import Cell, Grid
from tasks.sheets.records import Counts, RowError

Order = Literal["ymd", "dmy", "mdy"]
#: Far above any portfolio there is; what is longer is no list of projects.
MAX_ROWS = 1_000_000
_NEEDED = (PortfolioField.ID, PortfolioField.SNAPSHOT_ON, PortfolioField.ENDS_ON)
_MARKS = re.compile(r"[\s_\-‐–—/\\.,:;()（）\[\]・]+")
_NUMBERS = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[ T].*)?")
_DAYS = (
    "%d %B %Y",
    "%d %b %Y",
    "%d %b %y",
    "%B %d %Y",
    "%b %d %Y",
    "%d%b%Y",
    "%d%b%y",
    "%Y %b %d",
    "%Y %B %d",
)
_MONTHS = ("%B %Y", "%b %Y", "%b %y", "%Y %B", "%Y %b")
#: A year alone, also as tables write it that take it for a measured number.
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a portfolio said of one project on one day. ``rating`` is 0 (good) to 1 (bad)."""

    id: str
    name: str
    snapshot_on: date
    starts_on: date | None
    ends_on: date | None
    rating: float | None
    text: str


@dataclass(frozen=True, slots=True)
class SnapshotsRead:
    """The snapshots of a file, oldest first, the rows that were not taken, and what people should know."""

    format: str
    snapshots: tuple[Snapshot, ...]
    row_errors: tuple[RowError, ...]
    counts: Counts
    notes: tuple[str, ...]


def read_snapshots(
    data: bytes,
    title: str,
    rules: Portfolio,
    limits: ReaderLimits,
    columns: Mapping[PortfolioField, str] | None = None,
    order: Order | None = None,
) -> SnapshotsRead:
    """Read a portfolio; raise FileFault where the file cannot be read, ColumnsError where a column is missing.

    ``columns`` names headings outright, ``order`` how dates in figures are written.
    """
    table, notes = _table(data, title, limits)
    places = columns_of(table.grid, rules, columns or {})
    reader = _Reader(table.grid, places, rules, order or _order(table.grid, places))
    snapshots, errors = reader.read()
    rows = len(table.grid.rows) - 1
    return SnapshotsRead(
        table.format,
        tuple(sorted(snapshots, key=lambda s: (s.snapshot_on, s.id))),
        tuple(errors),
        Counts(rows=rows, accepted=len(snapshots), rejected=rows - len(snapshots), ignored=0),
        (*notes, *reader.notes),
    )


class ColumnsError(Exception):
    """Columns that must be there are not; ``missing`` and the headings that ``there`` are."""

    def __init__(self, missing: Sequence[str], there: Sequence[str]) -> None:
        super().__init__(f"missing columns: {', '.join(missing)}")
        self.missing = tuple(missing)
        self.there = tuple(there)


def columns_of(
    grid: Grid, rules: Portfolio, named: Mapping[PortfolioField, str]
) -> dict[PortfolioField, int]:
    """Return the place of each field's column: as named, else by the first synonym that is a heading."""
    headings = [str(cell) for cell in grid.rows[0]] if grid.rows else []
    by_text: dict[str, int] = {}
    for place, heading in enumerate(headings):
        by_text.setdefault(_word(heading), place)
    found: dict[PortfolioField, int] = {}
    for field in PortfolioField:
        words = (named[field],) if field in named else rules.columns.get(field, ())
        at = next((by_text[_word(w)] for w in words if _word(w) in by_text), None)
        if at is not None:
            found[field] = at
    missing = [f.value for f in PortfolioField if f not in found and (f in _NEEDED or f in named)]
    if missing:
        raise ColumnsError(missing, headings)
    return found


def _table(data: bytes, title: str, limits: ReaderLimits) -> tuple[CsvTable, tuple[str, ...]]:
    wide = limits.model_copy(update={"max_rows": MAX_ROWS})
    try:
        table = read_csv(data, title, wide)
    except FileFault as fault:
        text, note = _in_spite_of(fault, data)
        table = read_csv(text.encode(), title, wide)
        return table, (*table.notes, note)
    return table, table.notes


def _in_spite_of(fault: FileFault, data: bytes) -> tuple[str, str]:
    """Return a text that the reader of departments' sheets refuses, and what was done to it; raise the fault if none.

    A town's sheet is sent back rather than read with holes in it. A published list cannot be sent back, and
    only its dates, ratings and words are looked at, each of which is refused by itself where it is broken.
    """
    if fault.error.code == "text_encoding":
        try:
            return data.decode("cp1252"), "文字コードを Windows-1252（西欧）とみて読みました。"
        except UnicodeDecodeError:
            raise fault from None
    if fault.error.code == "text_damaged":
        text, count = DAMAGE.subn("?", data.decode("utf-8", "replace"))
        return text, f"壊れた文字{count}個を「?」として読みました。"
    raise fault


def _word(text: str) -> str:
    return _MARKS.sub("", plain(text))


def _order(grid: Grid, places: Mapping[PortfolioField, int]) -> Order | None:
    """Tell from numbers above 12 whether the day or the month comes first; None where nothing tells."""
    firsts, seconds = set(), set()
    dated = [places[f] for f in (*_NEEDED[1:], PortfolioField.STARTS_ON) if f in places]
    for row in grid.rows[1:]:
        for place in dated:
            match = _NUMBERS.fullmatch(str(row[place]).strip())
            if match:
                firsts.add(int(match[1]) > 12)
                seconds.add(int(match[2]) > 12)
    if True in firsts:
        return "dmy"
    return "mdy" if True in seconds else None


class _Reader:
    def __init__(
        self, grid: Grid, places: Mapping[PortfolioField, int], rules: Portfolio, order: Order | None
    ) -> None:
        self._grid = grid
        self._places = places
        self._order = order
        self._nulls = {_word(word) for word in rules.nulls}
        self._ratings = {_word(word): bad for word, bad in rules.ratings.items()}
        self._unknown: dict[str, int] = {}
        self._unclear = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What people should know of how the rows were read."""
        notes = []
        if self._unknown:
            words = "、".join(f"「{word}」{count}件" for word, count in sorted(self._unknown.items())[:8])
            notes.append(f"評価として読めない語は、評価なしとしました（{words}）。")
        if self._unclear:
            notes.append(
                f"日と月のどちらが先か分からない日付{self._unclear}件は、日を先とみました（--date-order で指定できます）。"
            )
        return tuple(notes)

    def read(self) -> tuple[list[Snapshot], list[RowError]]:
        snapshots: dict[tuple[str, date], Snapshot] = {}
        errors: list[RowError] = []
        for number, row in enumerate(self._grid.rows[1:], 1):
            found = self._row(row, number)
            if isinstance(found, Snapshot) and (found.id, found.snapshot_on) in snapshots:
                found = self._error(
                    number,
                    PortfolioField.SNAPSHOT_ON,
                    "duplicate",
                    "同じ事業の同じ基準日の行が、上にもあります。",
                )
            if isinstance(found, RowError):
                errors.append(found)
            else:
                snapshots[found.id, found.snapshot_on] = found
        return list(snapshots.values()), errors

    def _row(self, row: Sequence[Cell], number: int) -> Snapshot | RowError:
        identity = self._text(row, PortfolioField.ID)
        if not identity:
            return self._error(number, PortfolioField.ID, "id_missing", "事業を見分ける番号がありません。")
        days: dict[PortfolioField, date | None] = {}
        for field in (PortfolioField.SNAPSHOT_ON, PortfolioField.ENDS_ON, PortfolioField.STARTS_ON):
            text = self._text(row, field)
            days[field] = self._day(text, field) if text else None
            if text and days[field] is None:
                return self._error(number, field, "date_unreadable", "日付として読めません。")
        snapshot_on = days[PortfolioField.SNAPSHOT_ON]
        if snapshot_on is None:
            return self._error(number, PortfolioField.SNAPSHOT_ON, "date_missing", "基準日がありません。")
        return Snapshot(
            identity,
            self._text(row, PortfolioField.NAME),
            snapshot_on,
            days[PortfolioField.STARTS_ON],
            days[PortfolioField.ENDS_ON],
            self._rating(self._text(row, PortfolioField.RATING)),
            self._text(row, PortfolioField.TEXT),
        )

    def _text(self, row: Sequence[Cell], field: PortfolioField) -> str:
        place = self._places.get(field)
        text = "" if place is None else str(row[place]).strip()
        return "" if _word(text) in self._nulls else text

    def _rating(self, text: str) -> float | None:
        if not text:
            return None
        bad = self._ratings.get(_word(text))
        if bad is None:
            self._unknown[text[:20]] = self._unknown.get(text[:20], 0) + 1
        return bad

    def _day(self, text: str, field: PortfolioField) -> date | None:
        match = _NUMBERS.fullmatch(text)
        if match:
            return self._in_figures(int(match[1]), int(match[2]), match[3])
        english = _in_english(text)
        if english is not None:
            return english
        year = _YEAR.fullmatch(text) if field is PortfolioField.SNAPSHOT_ON else None
        if year:
            return date(int(year[1]), 12, 31)
        found = read_date(text, planned=True)
        return None if isinstance(found, Fault) else found

    def _in_figures(self, a: int, b: int, year: str) -> date | None:
        if self._order is None and a != b:
            self._unclear += 1
        day, month = (b, a) if self._order == "mdy" else (a, b)
        try:
            return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        except ValueError:
            return None

    def _error(self, number: int, field: PortfolioField, code: str, message: str) -> RowError:
        place = self._places[field]
        raw = str(self._grid.rows[number][place])
        cell = self._grid.address(number, place)
        return RowError(sheet=self._grid.name, cell=cell, code=code, message=message, raw=raw)


def _in_english(text: str) -> date | None:
    words = " ".join(
        re.sub(r"(?<=\d)(?:st|nd|rd|th)\b", "", text.replace(",", " ").replace("-", " ")).split()
    )
    if not re.search("[A-Za-z]{3}", words):
        return None
    for form in _forms(words):
        return form
    return None


def _forms(words: str) -> Iterator[date]:
    for pattern in _DAYS + _MONTHS:
        try:
            day = datetime.strptime(words.replace("Sept ", "Sep "), pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        # A month alone ends with its last day: a promise for October is kept until October ends.
        last = calendar.monthrange(day.year, day.month)[1]
        yield day.replace(day=last) if pattern in _MONTHS else day
