"""How an odd workbook of one department is laid out: a file in ``layouts/`` for each such workbook."""

import re
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from config.headers import BudgetStep, FieldName, ReportedPhase, SelfRating
from config.section import Section
from plan_data.explain import refuse

_ROW, _LETTERS = "[1-9][0-9]{0,6}", "[A-Z]{1,3}"
_IDENTITY: frozenset[FieldName] = frozenset({"project_id", "project_name"})
#: More than six rows of header are a title page.
_MAX_HEADER = 20


def _as_text(value: Any) -> Any:
    # 「6」 without quotes is a number in YAML.
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


Line = Annotated[str, BeforeValidator(_as_text, json_schema_input_type=int | str), Field(min_length=1)]
Places = Annotated[
    tuple[Line, ...],
    BeforeValidator(_as_list, json_schema_input_type=int | str | list[int | str]),
    Field(min_length=1),
]


class ValueWords(Section):
    """What the department's own words and signs stand for, beyond those of headers.yaml."""

    phase: dict[str, ReportedPhase] = Field({}, description="段階の書き方。例: 実施中: 運用")
    self_rating: dict[str, SelfRating] = Field({}, description="自己評価の書き方。例: A: 順調")
    budget: dict[str, BudgetStep] = Field({}, description="予算の状況の書き方。例: 計上見込: 要求済")


class TableLayout(Section):
    """One table. Rows are numbered, and columns lettered, as the spreadsheet shows them.

    With ``orientation: columns`` the 事業 stand side by side: what is said of rows is then said of
    columns (``first: C``), and the fields are rows (``phase: 5``).
    """

    sheet: str = Field("*", min_length=1, description="シートの名前。* は何文字でもよい。省くと全シート")
    orientation: Literal["rows", "columns"] = Field(
        "rows", description="事業が縦に並ぶ表は rows、横に並ぶ表は columns"
    )
    header: Line | None = Field(None, description="見出しの行。例: 4 又は 3-5（見出しのない表では省く）")
    first: Line = Field(description="事業を読み始める行。例: 6")
    last: Line | None = Field(None, description="事業を読み終える行（省くと表の終わりまで）")
    skip: tuple[Line, ...] = Field((), description="読まない行。例: [7, 10-12]")
    fields: dict[FieldName, Places] = Field(
        description="どの列が何か。列の記号（D、結合した列は D-F）又は見出しの文字。書かない列は読まない"
    )
    era: Literal["令和", "平成", "昭和"] | None = Field(
        None, description="元号のない日付（8.10.1）の元号。ない表では省く"
    )
    words: ValueWords = Field(ValueWords(), description="この表だけの言葉や記号の意味")

    def lines(self, text: str) -> tuple[int, int]:
        """Return the first and last line of ``6``, ``3-5`` or ``A-B``, counted from 0."""
        first, _, last = text.partition("-")
        return _number(first), _number(last or first)

    def place(self, text: str) -> tuple[int, int] | None:
        """Return the columns (rows, where the table is turned) a place names, from 0; None for a header's text."""
        shape = _LETTERS if self.orientation == "rows" else _ROW
        return self.lines(text) if re.fullmatch(f"{shape}(?:-{shape})?", text) else None

    @model_validator(mode="after")
    def _lines_are_lines(self) -> Self:
        shape, example = (_ROW, "6 又は 3-5") if self.orientation == "rows" else (_LETTERS, "C 又は A-B")
        for loc, text, may_span in (
            (("header",), self.header, True),
            (("first",), self.first, False),
            (("last",), self.last, False),
            *((("skip", i), text, True) for i, text in enumerate(self.skip)),
        ):
            if text is not None and not re.fullmatch(f"{shape}(?:-{shape})?" if may_span else shape, text):
                what = "行の番号" if self.orientation == "rows" else "列の記号"
                refuse(loc, f"「{text}」は{what}ではありません", [example if may_span else example[0]])
        return self

    @model_validator(mode="after")
    def _lines_are_in_order(self) -> Self:
        first = _number(self.first)
        if self.header is not None:
            top, bottom = self.lines(self.header)
            if not top <= bottom < first or bottom - top >= _MAX_HEADER:
                refuse(("header",), f"「{self.header}」は first「{self.first}」より前でなければなりません")
        if self.last is not None and _number(self.last) < first:
            refuse(("last",), f"「{self.last}」は first「{self.first}」より前にできません")
        return self

    @model_validator(mode="after")
    def _fields_make_a_table(self) -> Self:
        if not _IDENTITY & self.fields.keys():
            refuse(("fields",), "事業を表す列がありません", ["project_name", "project_id"])
        if not self.fields.keys() - _IDENTITY - {"department"}:
            refuse(
                ("fields",), "状況の列がありません。一つ以上書いてください", ["phase", "progress", "due_on"]
            )
        seen: dict[str, FieldName] = {}
        for name, places in self.fields.items():
            for i, text in enumerate(places):
                if self.header is None and self.place(text) is None:
                    message = f"「{text}」を見出しから探すには、header に見出しの行を書いてください"
                    refuse(("fields", name, i), message)
                if seen.setdefault(text, name) != name:
                    refuse(("fields", name, i), f"「{text}」は既に {seen[text]} に書かれています")
        return self


class Layout(Section):
    """Whose workbooks are laid out so, and how. A sheet it says nothing of is read as any other."""

    department: str | None = Field(None, min_length=1, description="送ってくる担当課の正式な名称")
    files: tuple[str, ...] = Field((), description="ファイル名の形。例: 進捗*.xlsx（* は何文字でもよい）")
    decided_on: date = Field(description="確認した日。例: 2026-10-01")
    by: str = Field(min_length=1, description="確認した者（役職・課名。個人名は書かない）")
    reason: str = Field(min_length=1, description="この表だけ読み方を決める理由")
    skip_sheets: tuple[str, ...] = Field((), description="読まないシートの名前。例: 前年度*")
    tables: tuple[TableLayout, ...] = Field((), description="表ごとの読み方")

    @model_validator(mode="after")
    def _says_whose_and_what(self) -> Self:
        if self.department is None and not self.files:
            refuse(
                (),
                "どの表に使うのか分かりません。department か files を書いてください",
                ["department", "files"],
            )
        if not self.tables and not self.skip_sheets:
            refuse((), "tables か skip_sheets を一つ以上書いてください", ["tables", "skip_sheets"])
        return self


def _number(text: str) -> int:
    """Return a row's number or a column's letters, counted from 0."""
    if text.isdigit():
        return int(text) - 1
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1
