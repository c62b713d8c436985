"""Which 事業 and which 担当課 a text means. What is not certain is never a match, only a suggestion.

In order: the plan's id, the exact name, a confirmed ruling of the crosswalk, the name without
regard to width, spaces, brackets, dashes and old character forms. A name that two 事業 would share
after such folding matches neither.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath

from config.crosswalk import Crosswalk, ProjectRuling
from config.departments import Departments
from plan_data.model import Plan
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.words import LONGEST, compact, key, name_key, unmarked

#: How alike a name must be, of 100, to be offered to a person, and how many are offered.
_ALIKE, _OFFERED = 55, 3
_ID = re.compile(r"([A-Z]+)-?0*(\d+)")
_LEADING_ID = re.compile(r"([A-Z]{2,8}-\d{2,3})[:._-]?(\D.*)")
_SEPARATORS = re.compile(r"[\s、，,;；/／&＆]+")
_NAME_PARTS = re.compile(r"[\s_\-－＿.．()（）【】\[\]「」]+")
#: 行政管理課情報政策係: who of the department it is.
_WITH_SECTION = re.compile(r"(.+?[課局室所館園])([^課・、,/／]{1,14})(?:係|班|担当|グループ|チーム)")
_ENDINGS = tuple("課局室所館園")
#: What surrounds a department's name in a sheet's: 01_税務課, 税務課分.
_AROUND = re.compile(r"^[\s\d①-⑳_.．－-]+|[\s\d①-⑳_.．－-]+$|(?<=[課局室所館園])[用分]$")
_BRACKETED = re.compile(r"[(（【\[][^()（）【】\[\]]*[)）】\]]")


@dataclass(frozen=True, slots=True)
class ProjectMatch:
    """The 事業 that a text means, and by which method that is known.

    ``also``: the further 事業 that it means by a ruling. ``is_part``: it names a part of the 事業, of
    which a sheet may hold several.
    """

    project_id: str
    method: str
    score: float = 100.0
    also: tuple[str, ...] = ()
    is_part: bool = False

    def each(self) -> tuple[ProjectMatch, ...]:
        """Return a match for every 事業 it means."""
        if not self.also:
            return (self,)
        return tuple(replace(self, project_id=one, also=()) for one in (self.project_id, *self.also))


class ProjectIndex:
    """The plan's 事業 by every certain way to name them."""

    def __init__(self, plan: Plan, crosswalk: Crosswalk) -> None:
        projects = [project for _, _, project in plan.projects()]
        self.names = {project.id: project.name for project in projects}
        self.owners = {project.id: frozenset(project.departments) for project in projects}
        self._ids = {_id_key(project.id): project.id for project in projects}
        self._exact = {project.name: project.id for project in projects}
        self._ruled = {key(r.text): _ruled(r, self.names) for r in crosswalk.projects if r.ids}
        self._outside = frozenset(key(r.text) for r in crosswalk.projects if r.not_of_plan)
        self._normalised = _unambiguous((name_key(project.name), project.id) for project in projects)
        self._remembered = lru_cache(maxsize=4096)(self._find)
        #: The 事業 of a row by the texts of its name and its id, None for none: None where it is not certain, a Fault
        #: where the two contradict.
        self.of_row: Callable[[str | None, str | None], ProjectMatch | Fault | None]
        self.of_row = lru_cache(maxsize=4096)(self._of_row)

    def by_id(self, text: str) -> ProjectMatch | None:
        """Return the match of an id, written with or without hyphen and leading zero."""
        project_id = self._ids.get(_id_key(text))
        return ProjectMatch(project_id, "id") if project_id else None

    def by_name(self, text: str) -> ProjectMatch | None:
        """Return the match of a name, None where it is not certain."""
        return self._remembered(text)

    def is_outside(self, text: str) -> bool:
        """Return whether a text is ruled to be none of the plan's 事業."""
        return bool(self._outside) and key(text) in self._outside

    def suggestions(self, text: str) -> tuple[str, ...]:
        """Return the official names most like a text, best first; empty where none is like it."""
        return tuple(name for name, _ in self.ranked(text))

    def ranked(self, text: str) -> tuple[tuple[str, float], ...]:
        """Return the official names most like a text, best first, each with its likeness (0 to 100)."""
        return _alike(text, {name: name_key(name) for name in self.names.values()})

    def _of_row(self, name: str | None, id_: str | None) -> ProjectMatch | Fault | None:
        by_name = self.by_name(name) if name is not None else None
        by_id = self.by_id(id_) if id_ is not None else None
        if by_id and by_name and by_id.project_id not in (by_name.project_id, *by_name.also):
            other = f"{by_id.project_id}（{self.names[by_id.project_id]}）"
            message = f"は同じ行の事業ID {other}と一致しないため、事業名か事業IDのどちらかを改めてください。"
            return Fault(RowCode.PROJECT_CONFLICT, message)
        # A part of a 事業 stays a part where the row gives the id as well.
        return by_name if by_name and by_name.is_part else by_id or by_name

    def _find(self, text: str) -> ProjectMatch | None:
        if len(text) > LONGEST:
            return None
        bare = text.strip()
        if bare in self._exact:
            return ProjectMatch(self._exact[bare], "exact")
        ruled = self._ruled.get(key(text))
        if ruled is not None:
            return ruled
        folded = name_key(text)
        if folded in self._normalised:
            return ProjectMatch(self._normalised[folded], "normalised")
        led = _LEADING_ID.fullmatch(compact(text).upper())
        if led is None:
            named = self._normalised.get(name_key(unmarked(bare)))
            return ProjectMatch(named, "normalised") if named else None
        by_id = self.by_id(led[1])
        # An id before a name of another 事業 is no match: one of the two is wrong.
        named = self._normalised.get(name_key(led[2]))
        return by_id if by_id and named in (None, by_id.project_id) else None


class DepartmentIndex:
    """The town's departments by name, alias, division and name, and confirmed ruling."""

    def __init__(self, departments: Departments, crosswalk: Crosswalk) -> None:
        self.names = departments.names
        #: The official name of the one department that a text names, None where it is not certain.
        self.match: Callable[[str], str | None] = lru_cache(maxsize=4096)(self._find)
        self._in_name = lru_cache(maxsize=4096)(self._find_in_name)
        self.groups = frozenset(d.name for d in departments.departments if d.group)
        self.members = departments.members
        self._texts: dict[str, str] = {}
        for department in departments.departments:
            for text in (department.name, *department.aliases):
                self._texts[name_key(text)] = department.name
            if department.division:
                self._texts.setdefault(name_key(department.division + department.name), department.name)
        self._texts |= {
            name_key(r.text): r.department for r in crosswalk.departments if r.department in self.names
        }

    def match_all(self, text: str) -> tuple[str, ...]:
        """Return the departments that a text lists (税務課、会計課); empty where any part is unknown."""
        whole = self.match(text)
        if whole:
            return (whole,)
        for parts in (_SEPARATORS.split(text.strip()), re.split(r"[\s、，,;；/／&＆・･]+", text.strip())):
            found = [self.match(part) for part in parts if part]
            if found and all(found):
                return tuple(dict.fromkeys(name for name in found if name))
        return ()

    def suggestions(self, text: str) -> tuple[str, ...]:
        """Return the official names most like a text, best first."""
        return tuple(name for name, _ in self.ranked(text))

    def ranked(self, text: str) -> tuple[tuple[str, float], ...]:
        """Return the official names most like a text, best first, each with its likeness (0 to 100)."""
        return _alike(text, {name: name_key(name) for name in self.names})

    def of_path(self, file: str) -> str | None:
        """Return the department that a file's name or else its folder names, the nearest first.

        A part of the name between separators may be any spelling; inside a longer word only an
        official name counts, and only if it is the only one.
        """
        parts = [part for part in file.split("/") if part not in ("", ".")]
        name = parts.pop() if parts else ""
        # The last folder has the most to say.
        for text in (PurePosixPath(name).stem, *reversed(parts)):
            found = self._in_name(text)
            if found is not None:
                return found
        return None

    def of_sheet(self, name: str) -> str | None:
        """Return the department that a sheet's name says it is of, be it numbered or noted; None where it says none."""
        if len(name) > LONGEST:
            return None
        return self.match(name) or self.match(_AROUND.sub("", name)) or self._ending(name)

    def inside(self, name: str) -> str | None:
        """Return the one department that is named anywhere in a name, None where it is not one."""
        return self._in_name(name)

    def _ending(self, name: str) -> str | None:
        """Return the one department that stands by itself, with its 課, in a name."""
        parts = [part for part in _NAME_PARTS.split(name) if part.endswith(_ENDINGS)]
        named = {found for part in parts if (found := self.match(part)) and found not in self.groups}
        return named.pop() if len(named) == 1 else None

    def _find(self, text: str) -> str | None:
        if len(text) > LONGEST:
            return None
        found = self._texts.get(name_key(text)) or self._texts.get(name_key(_BRACKETED.sub("", text)))
        section = None if found else _WITH_SECTION.fullmatch(compact(text))
        return self._texts.get(name_key(section[1])) if section else found

    def _find_in_name(self, text: str) -> str | None:
        named = {self._texts.get(name_key(part)) for part in _NAME_PARTS.split(text)} - {None}
        if not named:
            inside = [name for name in self.names if compact(name) in compact(text)]
            # 福祉課 also stands in 高齢福祉課: the longer name is meant.
            named = {n for n in inside if not any(n != other and n in other for other in inside)}
        certain = {name for name in named if name not in self.groups}
        return certain.pop() if len(certain) == 1 else None


def match_project(text: str, index: ProjectIndex) -> ProjectMatch | None:
    """Return the 事業 that a text certainly means, by id or name."""
    return index.by_id(text) or index.by_name(text)


def match_department(text: str, index: DepartmentIndex) -> str | None:
    """Return the official name of the department that a text certainly means."""
    return index.match(text)


def _ruled(ruling: ProjectRuling, known: Container[str]) -> ProjectMatch | None:
    """Return what a ruling says, as far as the plan in force has its 事業."""
    ids = [one for one in ruling.ids if one in known]
    if not ids:
        return None
    return ProjectMatch(ids[0], "crosswalk", also=tuple(ids[1:]), is_part=ruling.kind == "merged")


def _id_key(text: str) -> str:
    match = _ID.fullmatch(compact(text).upper().replace("‐", "-").replace("ー", "-").replace("−", "-"))
    return f"{match[1]}-{match[2]}" if match else ""


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    twice: set[str] = set()
    for text, value in pairs:
        if found.setdefault(text, value) != value:
            twice.add(text)
    return {text: value for text, value in found.items() if text not in twice}


def _alike(text: str, names: dict[str, str]) -> tuple[tuple[str, float], ...]:
    from rapidfuzz import process
    from rapidfuzz.fuzz import WRatio

    found = process.extract(name_key(text), names, scorer=WRatio, limit=_OFFERED, score_cutoff=_ALIKE)
    return tuple((name, round(likeness, 1)) for _, likeness, name in found)
