"""Confirmed human rulings: which 事業 or 担当課 an unclear text means. A guess is never one."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from config.section import Section, refuse_repeated, shaped

_PROJECT_ID = "[A-Z]{2,4}-[0-9]{2,3}"


class Ruling(Section):
    """Who confirmed a reading, when, and why."""

    text: str = Field(min_length=1, description="表に書かれている文字")
    decided_on: date = Field(description="確認した日。例: 2026-10-01")
    by: str = Field(min_length=1, description="確認した者（役職・課名。個人名は書かない）")
    reason: str = Field(min_length=1, description="そう判断した理由")


class ProjectRuling(Ruling):
    """``text`` in a sheet means the 事業 ``project_id``."""

    project_id: Annotated[str, AfterValidator(shaped(_PROJECT_ID, "DX-03 のような事業ID"))] = Field(
        description="事業ID。例: DX-03", json_schema_extra={"pattern": f"^{_PROJECT_ID}$"}
    )


class DepartmentRuling(Ruling):
    """``text`` in a sheet means the 担当課 ``department``."""

    department: str = Field(min_length=1, description="担当課の正式な名称")


class Crosswalk(Section):
    """All rulings. Ids and departments are held against plan and departments by ``check_town``."""

    projects: tuple[ProjectRuling, ...] = Field(description="事業名の読替え")
    departments: tuple[DepartmentRuling, ...] = Field(description="課名の読替え")

    @model_validator(mode="after")
    def _texts_are_ruled_once(self) -> Crosswalk:
        tables: tuple[tuple[str, tuple[Ruling, ...]], ...] = (
            ("projects", self.projects),
            ("departments", self.departments),
        )
        for table, rulings in tables:
            refuse_repeated(((table, i, "text"), ruling.text) for i, ruling in enumerate(rulings))
        return self
