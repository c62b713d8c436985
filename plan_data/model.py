"""The plan as typed data: 基本方針 → 施策 → 事業 → one phase per fiscal year.

Everything beyond what ``plan export --json`` writes has a default, so that such a document is a
plan too. Source of the structure: 時津町DX推進計画（令和8年3月改訂）.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from plan_data.apparatus import (
    Colophon,
    Edition,
    Name,
    NationalItem,
    Period,
    Record,
    Role,
    Section,
    TranscriptionNote,
)
from plan_data.explain import refuse
from plan_data.phases import (
    Phase,
    fiscal_year_end,
    fiscal_year_label,
    fiscal_year_of,
    fiscal_year_of_label,
    fiscal_year_start,
)
from plan_data.rules import require_sound

_CELL = re.compile(r"(?P<phase>[^※]*)(?P<note>※.*)?")
_LABEL_PATTERN = r"^R[1-9]\d?$"
_MARK_PATTERN = r"^※[1-9]\d?$"
#: For the schema of a mapping whose keys have a pattern: no other key.
_CLOSED: dict[str, Any] = {"additionalProperties": False}

Label = Annotated[str, Field(pattern=_LABEL_PATTERN)]
Mark = Annotated[str, Field(pattern=_MARK_PATTERN)]


class PhaseCell(Record, title="段階"):
    """One cell of a table: a phase and the note mark it carries; written ``導入※1`` or as a mapping."""

    phase: Phase = Field(title="段階", description="この年度に約束した段階")
    note: Mark | None = Field(None, title="注の記号", description="表の下の注（例：※1）")

    @model_validator(mode="before")
    @classmethod
    def _split(cls, data: Any) -> Any:
        match = _CELL.fullmatch(data) if isinstance(data, str) else None
        if match is None and not isinstance(data, dict | PhaseCell):
            refuse((), "段階を書いてください", Phase)
        return match.groupdict() if match else data

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Let the schema take the short form too."""
        short = {"type": "string", "pattern": f"^({'|'.join(Phase)})(※[1-9]\\d?)?$", "examples": ["導入※1"]}
        long = {key: value for key, value in handler(core_schema).items() if key != "description"}
        return {"title": "段階", "anyOf": [short, long]}

    def __str__(self) -> str:
        """Return the cell as the table prints it: ``導入※1``."""
        return f"{self.phase}{self.note or ''}"


class Project(Record, title="事業"):
    """One 事業 with its departments (in the order of the table) and a cell per fiscal year."""

    id: str = Field(
        pattern=r"^[A-Z]{2,8}-\d{2,3}$", title="事業ID", description="版を越えて変えない番号（例：DX-01）"
    )
    name: Name = Field(title="事業名", description="事業概要の表のとおり")
    departments: tuple[Name, ...] = Field(min_length=1, title="担当課", description="表に書かれた順")
    phases: dict[Label, PhaseCell] = Field(
        title="年度別の段階",
        description="年度（R7 など）ごとに、段階と注の記号（例：導入※1）",
        json_schema_extra=_CLOSED,
    )


class Note(Record, title="注"):
    """A note under a table."""

    title: Name = Field(title="見出し")
    text: str = Field(min_length=1, title="本文")


class Achievement(Record, title="日付のある実績"):
    """A dated fact of the plan's text that shows how far a 事業 had come.

    ``achieved_on`` is the last day of the stated span (the month, the fiscal year), so the day by which
    it was surely so. ``completes`` tells whether ``phase`` was then reached as a whole; False is a part
    of it, or an activity held before the plan began.
    """

    project_id: str = Field(title="事業ID")
    phase: Phase = Field(title="段階", description="この記述が示す段階")
    achieved_on: date = Field(title="日付", description="書かれた期間（月・年度）の最後の日")
    precision: Literal["day", "month", "fiscal_year"] = Field(title="日付の細かさ")
    completes: bool = Field(
        title="段階の全体に達したか", description="一部だけのとき、計画期間前の実施のときは false"
    )
    text: str = Field(min_length=1, title="原文", description="計画書の文のとおり")
    place: Name = Field(title="場所", description="計画書の中の場所")


class Measure(Record, title="施策"):
    """One 施策: its texts (paragraphs divided by an empty line), its notes and its 事業."""

    no: int = Field(ge=1, title="施策の番号")
    name: Name = Field(title="施策名")
    national_items: tuple[Name, ...] = Field(
        (), title="国の取組事項", description="国の取組事項のID（一覧がない計画では名称）"
    )
    issues: str = Field("", title="現状・課題")
    efforts: str = Field("", title="これまでの取組")
    vision: str = Field("", title="目指すべき姿")
    projects: tuple[Project, ...] = Field(min_length=1, title="事業")
    notes: dict[Mark, Note] = Field({}, title="注", json_schema_extra=_CLOSED)
    achievements: tuple[Achievement, ...] = Field((), title="日付のある実績")


class Policy(Record, title="基本方針"):
    """One 基本方針."""

    no: int = Field(ge=1, title="基本方針の番号")
    name: Name = Field(title="基本方針")
    intro: str = Field("", title="前文")
    measures: tuple[Measure, ...] = Field(min_length=1, title="施策")


class Plan(Record, title="計画"):
    """One revision of a town's plan."""

    town: str = Field(
        pattern=r"^[a-z][a-z0-9_-]*$", title="自治体", description="フォルダの名前（例：togitsu）"
    )
    town_name: str = Field("", title="自治体名")
    title: str = Field("", title="計画の名称")
    revision: str = Field(pattern=r"^R\d{1,2}\.\d{1,2}$", title="版", description="改訂の年と月（例：R8.3）")
    issued_on: date | None = Field(None, title="初版の発行日")
    revised_on: date | None = Field(None, title="改訂日")
    period: Period | None = Field(None, title="計画期間")
    editions: tuple[Edition, ...] = Field((), title="版の一覧", description="古い順")
    colophon: Colophon | None = Field(None, title="奥付")
    headquarters: tuple[Role, ...] = Field((), title="推進本部")
    national_items: tuple[NationalItem, ...] = Field((), title="国の取組事項")
    chapters: tuple[Section, ...] = Field((), title="第1章から第4章までの本文")
    policies: tuple[Policy, ...] = Field(min_length=1, title="基本方針")
    transcription_notes: tuple[TranscriptionNote, ...] = Field((), title="転記の記録")

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        require_sound(self)
        return self

    @cached_property
    def fiscal_years(self) -> tuple[str, ...]:
        """The labels of the period's fiscal years in order, such as ``("R7", "R8", "R9")``."""
        if self.period is None:
            labels = {label for _, _, project in self.projects() for label in project.phases}
            return tuple(sorted(labels, key=fiscal_year_of_label))
        first, last = fiscal_year_of(self.period.start), fiscal_year_of(self.period.end)
        return tuple(fiscal_year_label(year) for year in range(first, last + 1))

    @property
    def period_start(self) -> date:
        """The first day of the period."""
        return (
            self.period.start
            if self.period
            else fiscal_year_start(fiscal_year_of_label(self.fiscal_years[0]))
        )

    @property
    def period_end(self) -> date:
        """The last day of the period."""
        return (
            self.period.end if self.period else fiscal_year_end(fiscal_year_of_label(self.fiscal_years[-1]))
        )

    @property
    def in_force_from(self) -> date:
        """The day from which this revision counts: of its revision, else of its issue, else of the period."""
        return self.revised_on or self.issued_on or self.period_start

    def measures(self) -> Iterator[tuple[Policy, Measure]]:
        """Yield every 施策 with its 基本方針, in the order of the plan."""
        for policy in self.policies:
            for measure in policy.measures:
                yield policy, measure

    def projects(self) -> Iterator[tuple[Policy, Measure, Project]]:
        """Yield every 事業 with its 基本方針 and 施策, in the order of the plan."""
        for policy, measure in self.measures():
            for project in measure.projects:
                yield policy, measure, project

    @cached_property
    def _by_id(self) -> dict[str, Project]:
        return {project.id: project for _, _, project in self.projects()}

    def project(self, project_id: str) -> Project:
        """Return the 事業 with this id; raise KeyError where there is none."""
        return self._by_id[project_id]

    def achievements(self) -> Iterator[Achievement]:
        """Yield every dated fact of the text, in the order of the plan."""
        for _, measure in self.measures():
            yield from measure.achievements

    def national_item_names(self, measure: Measure) -> tuple[str, ...]:
        """Return the names of the national items a 施策 takes up."""
        names = {item.id: item.name for item in self.national_items}
        return tuple(names.get(item, item) for item in measure.national_items)
