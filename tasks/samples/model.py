"""The sample inbox as typed data: who sends what, in which layout, and which verdict is meant.

``inbox.yaml`` beside this module is the only content. Rows are data (dates, shares, texts) and layouts
are data (headers, places, how dates and shares are written); a text stands in the sheet as it is.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from plan_data.source import load_yaml
from tasks.progress.reasons import Verdict
from tasks.sheets.faults import RowCode

#: What every file, sheet and folder of the sample says of itself.
MARK = "見本"
#: The days of the demonstration; 2026-11-23 is a holiday (勤労感謝の日).
DAYS = {1: date(2026, 11, 24), 2: date(2026, 11, 25)}

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CELL = re.compile(r"[A-Z]{1,2}[1-9]\d?")


class Section(BaseModel):
    """A part of the file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _day_of(value: Any) -> Any:
    # The YAML loader leaves days as text; what is written as a day is one.
    return date.fromisoformat(value) if isinstance(value, str) and _ISO_DAY.fullmatch(value) else value


Value = Annotated[date | int | float | str, BeforeValidator(_day_of)]


class DateStyle(StrEnum):
    """How a column writes its dates."""

    TRUE_DATE = "2026/10/1（日付）"
    ERA_KANJI = "令和8年10月1日"
    ERA_FULL_WIDTH = "令和８年１０月１日"
    ERA_SPACED = "令 8.10. 1"
    ERA_DOTS = "R8.10.1"
    ERA_SLASHES = "R08/10/01"


class ShareStyle(StrEnum):
    """How a column writes shares of one; in the data they are always 0 to 1."""

    PERCENT_FORMAT = "0.45（％表示）"
    FULL_WIDTH = "４５％"
    TEXT = "45%"
    NUMBER = "45"


class Column(Section):
    """One column. ``key`` names it in the rows; ``group`` is the upper header of a two-row header."""

    key: str = Field(min_length=1)
    header: str = Field(min_length=1)
    group: str | None = None
    width: float = Field(12, gt=0, le=80)
    merge: bool = Field(False, description="上下に同じ値が続くセルを結合する")


class Title(Section):
    """The title above the table; ``merged`` over all its columns, as town halls like it."""

    text: str = Field(min_length=1)
    merged: bool = True


class Layout(Section):
    """Where the table stands and how it writes its values. ``start`` is the table's upper left cell.

    ``lines`` stand between title and table, ``notes`` in rows of the table's own under it.
    """

    start: str = Field(pattern=_CELL.pattern)
    title: Title
    lines: tuple[str, ...] = ()
    columns: tuple[Column, ...] = Field(min_length=1)
    header_rows: Literal[1, 2] = 1
    dates: DateStyle
    shares: ShareStyle
    notes: tuple[str, ...] = ()
    total: dict[str, Value] = {}
    font: str = "游ゴシック"


class TextSheet(Section):
    """A sheet without a table: 記入要領, or the hidden list of choices of a form."""

    name: str = Field(min_length=1)
    lines: tuple[str, ...] = Field(min_length=1)
    hidden: bool = False


class Row(Section):
    """One row: its cells by column key. ``on_day_2`` holds the cells that are different then."""

    cells: dict[str, Value]
    on_day_2: dict[str, Value] = {}
    faults: tuple[RowCode, ...] = Field((), description="この行が受け付けられない理由の符号")

    def on(self, day: int) -> dict[str, Value]:
        """Return the cells of a day."""
        return {**self.cells, **(self.on_day_2 if day == 2 else {})}


class Workbook(Section):
    """One file of one department. ``saved_on`` is what the document itself gives as its date.

    ``cut`` is the share of the bytes that is left of a file whose copying broke off.
    """

    file: str = Field(pattern=rf"^{MARK}_[^/\\]+\.xlsx$")
    department: str
    writer: Literal["openpyxl", "xlsxwriter"]
    saved_on: date
    saved_on_day_2: date | None = None
    sheet: str
    layout: Layout
    rows: tuple[Row, ...] = Field(min_length=1)
    other_sheets: tuple[TextSheet, ...] = ()
    cut: float | None = Field(None, gt=0, lt=1)
    lock_file: bool = Field(False, description="開いたままの印（~$…）が残っている")

    @property
    def changes(self) -> bool:
        """Whether the file is another one on day 2."""
        return any(row.on_day_2 for row in self.rows)

    def saved(self, day: int) -> date:
        """Return the document's own date on a day."""
        return self.saved_on_day_2 if day == 2 and self.saved_on_day_2 else self.saved_on

    @model_validator(mode="after")
    def _cells_have_columns(self) -> Workbook:
        keys = {column.key for column in self.layout.columns}
        for row in (*(r.on(2) for r in self.rows), self.layout.total):
            unknown = row.keys() - keys
            if unknown:
                raise ValueError(f"{self.file}: 列にない欄があります：{'、'.join(sorted(unknown))}")
        if self.changes != (self.saved_on_day_2 is not None):
            raise ValueError(f"{self.file}: on_day_2 のある表には saved_on_day_2 が要ります")
        return self


class Intended(Section):
    """The verdict a 事業 is meant to get on a day, and the reason a person would give."""

    verdict: Verdict
    why: str = Field(min_length=1)


class ProjectIntent(Intended):
    """The intent for day 1, and for day 2 where that is another one."""

    day_2: Intended | None = None

    def on(self, day: int) -> Intended:
        """Return the intent of a day."""
        return self.day_2 if day == 2 and self.day_2 else self


class Silent(Section):
    """A department that sends nothing."""

    department: str
    why: str


class Inbox(Section):
    """The whole sample: two days, what is meant, who is silent, and the files."""

    intends: dict[str, ProjectIntent]
    silent: tuple[Silent, ...]
    workbooks: tuple[Workbook, ...]


@cache
def inbox() -> Inbox:
    """Return the sample's content."""
    return load_yaml(Path(__file__).with_name("inbox.yaml"), Inbox)
