"""Confirmed human rulings: which 事業 or 担当課 an unclear text means. A guess is never one."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.section import Section, refuse_repeated, shaped
from plan_data.explain import refuse

_PROJECT_ID = "[A-Z]{2,4}-[0-9]{2,3}"


class Ruling(Section):
    """Who confirmed a reading, when, and why."""

    text: str = Field(min_length=1, description="表に書かれている文字")
    decided_on: date = Field(description="確認した日。例: 2026-10-01")
    by: str = Field(min_length=1, description="確認した者（役職・課名。個人名は書かない）")
    reason: str = Field(min_length=1, description="そう判断した理由")


ProjectId = Annotated[
    str,
    AfterValidator(shaped(_PROJECT_ID, "DX-03 のような事業ID")),
    Field(json_schema_extra={"pattern": f"^{_PROJECT_ID}$"}),
]


class ProjectRuling(Ruling):
    """``text`` in a sheet means one 事業, several that the plan parts (split), or none of the plan.

    ``kind`` of one 事業: another spelling of it, its new or old name, or a part of it that the department
    keeps a row of its own for (merged).
    """

    project_id: ProjectId | None = Field(None, description="事業ID。例: DX-03")
    project_ids: tuple[ProjectId, ...] = Field(
        (), description="一つの行が複数の事業を表すとき（分割）の事業ID。例: [DX-05, DX-14]"
    )
    not_of_plan: bool = Field(False, strict=True, description="計画にない取組なら true（報告として扱わない）")
    kind: Literal["spelling", "renamed", "merged"] = Field(
        "spelling",
        description="spelling：書き方の違い。renamed：改名。merged：事業の一部の行（統合された事業。同じ表に何行あってもよい）",
    )

    @model_validator(mode="after")
    def _means_one_thing(self) -> Self:
        given = [self.project_id is not None, bool(self.project_ids), self.not_of_plan]
        if sum(given) != 1:
            choices = ["project_id", "project_ids", "not_of_plan: true"]
            refuse((), f"「{self.text}」が何を表すかを、どれか一つで書いてください", choices)
        if len(self.project_ids) == 1 or len(set(self.project_ids)) < len(self.project_ids):
            refuse(("project_ids",), "二つ以上の異なる事業IDを並べてください（一つなら project_id）")
        if self.kind != "spelling" and self.project_id is None:
            refuse(("kind",), f"{self.kind} は project_id とともに書いてください")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        """Every 事業 the text means; empty where it means none of the plan."""
        return (self.project_id,) if self.project_id is not None else self.project_ids


class DepartmentRuling(Ruling):
    """``text`` in a sheet means the 担当課 ``department``."""

    department: str = Field(min_length=1, description="担当課の正式な名称")


class Crosswalk(Section):
    """All rulings. Ids and departments are held against plan and departments by ``check_town``."""

    projects: tuple[ProjectRuling, ...] = Field(description="事業名の読替え")
    departments: tuple[DepartmentRuling, ...] = Field(description="課名の読替え")

    @model_validator(mode="after")
    def _texts_are_ruled_once(self) -> Self:
        tables: tuple[tuple[str, tuple[Ruling, ...]], ...] = (
            ("projects", self.projects),
            ("departments", self.departments),
        )
        for table, rulings in tables:
            refuse_repeated(((table, i, "text"), ruling.text) for i, ruling in enumerate(rulings))
        return self
