"""The departments of the town, how they are written in practice, and groups of them."""

from functools import cached_property
from typing import Self

from pydantic import Field, model_validator

from config.section import Section, refuse_repeated
from plan_data.explain import refuse


class Department(Section):
    """A 担当課, or a group of them (各所管課). ``division`` is its 部, None where it belongs to none."""

    name: str = Field(min_length=1, description="計画書に書かれた正式な名称")
    division: str | None = Field(None, min_length=1, description="属する部（分からなければ省く）")
    aliases: tuple[str, ...] = Field((), description="実際の表に書かれる略称・別名")
    group: bool = Field(False, strict=True, description="複数の課をまとめた呼び名なら true")
    members: tuple[str, ...] = Field((), description="group: true のとき、含まれる課の名称")


class Departments(Section):
    """All departments, in the order of the headquarters' list."""

    departments: tuple[Department, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        named = ((("departments", i, "name"), d.name) for i, d in enumerate(self.departments))
        aliases = (
            (("departments", i, "aliases", j), alias)
            for i, d in enumerate(self.departments)
            for j, alias in enumerate(d.aliases)
        )
        refuse_repeated([*named, *aliases])
        return self

    @model_validator(mode="after")
    def _groups_are_sound(self) -> Self:
        plain_names = [d.name for d in self.departments if not d.group]
        for i, department in enumerate(self.departments):
            if department.group and not department.members:
                message = "group: true には members が必要です。members に課の名称を並べてください"
                refuse(("departments", i, "group"), message)
            if department.members and not department.group:
                message = "members は group: true の項だけに書けます。group: true を加えてください"
                refuse(("departments", i, "members"), message)
            for j, member in enumerate(department.members):
                if member not in plain_names or member in department.members[:j]:
                    refuse(
                        ("departments", i, "members", j),
                        f"「{member}」は課の名称でないか、重複しています",
                        [name for name in plain_names if name not in department.members],
                    )
        return self

    @cached_property
    def names(self) -> tuple[str, ...]:
        """All official names, groups included."""
        return tuple(d.name for d in self.departments)

    @cached_property
    def _by_name(self) -> dict[str, Department]:
        return {d.name: d for d in self.departments}

    def get(self, name: str) -> Department | None:
        """Return the department of this official name, None where there is none."""
        return self._by_name.get(name)

    def members(self, name: str) -> tuple[str, ...]:
        """Return the departments a group stands for; a department stands for itself."""
        department = self._by_name.get(name)
        return department.members if department is not None and department.group else (name,)
