"""The layouts of the simulated towns: where the table stands, what its columns are called and how they write.

Layouts are drawn, not listed: each has its own number as its seed, so that layout 17 is always the
same one, whatever the seed of the corpus. What a reader stumbles over most (who reports, header rows,
dates, shares) goes round in turn, so that all of it occurs; the rest is left to chance.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Literal

from config.departments import Departments
from config.headers import Headers
from plan_data.model import Plan, Project
from tasks.samples.model import MARK
from tasks.samples.national_spelling import DAY_SPELLINGS, SHARE_STYLES, ShareStyle, spaced, wide

LAYOUTS = 48
#: What every sheet says of itself.
MARK_LINE = f"【{MARK}】模擬の自治体の表です。実在の報告ではありません。"
#: Stand-ins for what is another text in each file.
TITLE, LABEL, LABELLED = "{{title}}", "{{label}}", "{{labelled}}"
DEPARTMENTS_PER_TOWN = 19

#: How a table says who reports: a column, a column with merged cells, a label above, the file's name.
SenderStyle = Literal["column", "merged", "label", "file"]
_SENDERS: tuple[SenderStyle, ...] = ("column", "merged", "label", "merged", "column", "file", "merged")

#: The upper header over each field; 進捗状況 and その他 are names of columns elsewhere.
_GROUPS = {
    "due_on": "計画",
    "milestone": "計画",
    "milestone_due_on": "計画",
    "started_on": "進捗状況",
    "phase": "進捗状況",
    "progress": "進捗状況",
    "finished_on": "進捗状況",
    "held_count": "進捗状況",
    "milestone_done_on": "進捗状況",
    "self_rating": "評価等",
    "budget": "評価等",
    "issue": "その他",
    "remedy": "その他",
    "note": "その他",
    "reporter": "その他",
    "reported_on": "その他",
}
DATES = ("started_on", "due_on", "milestone_due_on", "finished_on", "milestone_done_on", "reported_on")
_WIDTHS = {"project_name": 30.0, "issue": 28.0, "remedy": 28.0, "note": 32.0}

#: Number formats of true dates: as Excel writes them out, and by number those it has built in for Japanese.
_DATE_FORMATS: tuple[str | int | None, ...] = (
    "yyyy/m/d",
    None,
    "[$-411]ge.m.d",
    None,
    '[$-411]ggge"年"m"月"d"日"',
    30,
    None,
    'yyyy"年"m"月"d"日"',
    57,
    None,
    31,
    "yyyy-mm-dd",
    27,
)


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """One column: what it holds, its header as written, and whether it is hidden."""

    field: str
    header: str
    hidden: bool = False

    @property
    def width(self) -> float:
        """Its width in characters."""
        return _WIDTHS.get(self.field, 12.0)

    @property
    def group(self) -> str | None:
        """The upper header above it, None where there is none."""
        return _GROUPS.get(self.field)


@dataclass(frozen=True, slots=True)
class NationalLayout:
    """One way to keep the table. Rows and columns count from 0; ``top`` is the first header row.

    ``date_format`` is a number format, the number of a built-in one, or None for dates as text;
    ``day_spelling`` indexes DAY_SPELLINGS. ``repeat_every``: rows between repeated headers, 0 for none.
    """

    number: int
    writer: Literal["openpyxl", "xlsxwriter"]
    suffix: Literal[".xlsx", ".xlsm"]
    sheet: str
    title: str
    label: str
    label_apart: bool
    top: int
    left: int
    columns: tuple[LayoutColumn, ...]
    header_rows: int
    merged_header: bool
    sender: SenderStyle
    date_format: str | int | None
    day_spelling: int
    date1904: bool
    share: ShareStyle
    merged_projects: bool
    repeat_every: int
    total: bool
    extra_sheets: tuple[Literal["guide", "choices", "budget"], ...]

    @property
    def body(self) -> int:
        """The first row below the header."""
        return self.top + self.header_rows

    @property
    def own(self) -> bool:
        """Whether the table holds the rows of its sender only."""
        return self.sender in ("label", "file")


@dataclass(frozen=True)
class Sources:
    """What the simulated towns have in common with the first: its 事業, departments and words."""

    plan: Plan
    departments: Departments
    headers: Headers

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The departments of a simulated town."""
        return tuple(d.name for d in self.departments.departments if not d.group)[:DEPARTMENTS_PER_TOWN]

    @cached_property
    def pairs(self) -> tuple[tuple[Project, str], ...]:
        """Every 事業 with each department that may report it; one of a group (各所管課), any department."""
        groups = {d.name for d in self.departments.departments if d.group}
        return tuple(
            (project, department)
            for _, _, project in self.plan.projects()
            for department in (self.names if groups & {*project.departments} else project.departments)
        )


def layouts(headers: Headers) -> tuple[NationalLayout, ...]:
    """Return all layouts; the headers of their columns are drawn from the town's synonyms."""
    return tuple(_layout(number, headers) for number in range(LAYOUTS))


def _layout(number: int, headers: Headers) -> NationalLayout:
    rng = Random(f"layout {number}")  # noqa: S311 - a sample, not a secret
    sender = _SENDERS[number % len(_SENDERS)]
    share = SHARE_STYLES[number % len(SHARE_STYLES)]
    header_rows = (1, 2, 1, 3, 2)[number % 5]
    return NationalLayout(
        number=number,
        writer=rng.choice(("openpyxl", "xlsxwriter")),
        suffix=".xlsm" if number % 16 == 15 else ".xlsx",
        sheet=rng.choice(("進捗管理表", "様式1", "Sheet1", "R8.9", "進捗状況（R8 第2四半期）", "とりまとめ")),
        title=rng.choice(
            (
                "DX推進計画　進捗管理表",
                "DX関連事業 進捗状況調査票",
                "令和8年度　取組状況一覧",
                "アクションプラン進行管理表",
            )
        ),
        label=rng.choice(headers.department_labels),
        label_apart=rng.random() < 0.4,
        top=rng.randint(4, 9),
        left=rng.choice((0, 0, 1, 1, 2, 5)),
        columns=tuple(_columns(rng, sender, share, header_rows, headers)),
        header_rows=header_rows,
        merged_header=rng.random() < 0.7,
        sender=sender,
        date_format=_DATE_FORMATS[number % len(_DATE_FORMATS)],
        day_spelling=number % len(DAY_SPELLINGS),
        date1904=number % 23 == 7,
        share=share,
        merged_projects=sender in ("label", "file") and rng.random() < 0.7,
        repeat_every=12 if header_rows == 1 and rng.random() < 0.4 else 0,
        total=rng.random() < 0.5,
        extra_sheets=tuple(kind for kind in ("guide", "choices", "budget") if rng.random() < 0.65),
    )


def _columns(
    rng: Random, sender: SenderStyle, share: ShareStyle, header_rows: int, headers: Headers
) -> Iterator[LayoutColumn]:
    synonyms = {str(name): words for name, words in headers.fields.items()}
    own = sender in ("label", "file")
    identity = ["project_name"]
    if rng.random() < 0.3:
        identity.insert(0, "project_id")
    if not own:
        # Merged department cells stand at the left, single ones at either side of the name.
        identity.insert(0 if sender == "merged" or rng.random() < 0.5 else len(identity), "department")
    needed = {"phase", "progress", "due_on"} | (
        {"milestone", "milestone_due_on", "milestone_done_on"} if own else set()
    )
    fields = [field for field in _GROUPS if field in needed or rng.random() < 0.78]
    if header_rows == 1 and rng.random() < 0.5:
        rng.shuffle(fields)
    for field in (*identity, *fields):
        words = [w for w in synonyms[field] if "%" not in w and "パーセント" not in w]
        word = rng.choice(words)
        hidden = field in ("reporter", "note", "project_id") and rng.random() < 0.2
        yield LayoutColumn(field, _decorated(word, field == "progress" and share.says_percent, rng), hidden)


def _decorated(word: str, says_percent: bool, rng: Random) -> str:
    if says_percent:
        return f"{word}（％）"
    return rng.choice(
        (
            word,
            word,
            word,
            wide(word),
            spaced(word) if len(word) <= 3 else word,
            f"{word[:2]}\n{word[2:]}" if len(word) > 3 else word,
            f"{word}※1",
        )
    )
