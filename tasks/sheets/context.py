"""Everything reading needs to know of the town, compiled once and used for every file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tasks.sheets.given_layout import Layouts
from tasks.sheets.matching import DepartmentIndex, ProjectIndex
from tasks.sheets.reader_key import reader_key
from tasks.sheets.vocabulary import Vocabulary

if TYPE_CHECKING:
    from config.rules import ReaderLimits
    from config.town import TownConfig
    from plan_data.model import Plan


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """The plan's 事業, the town's departments, words and layouts, and the limits of a file.

    ``key`` names all of it (``reader_key``).
    """

    projects: ProjectIndex
    departments: DepartmentIndex
    vocabulary: Vocabulary
    limits: ReaderLimits
    key: str
    layouts: Layouts


def reading_context(plan: Plan, town: TownConfig) -> ReadingContext:
    """Compile a plan and a town's configuration for reading."""
    return ReadingContext(
        ProjectIndex(plan, town.crosswalk),
        DepartmentIndex(town.departments, town.crosswalk),
        Vocabulary(town.headers),
        town.rules.reader,
        reader_key(plan, town),
        Layouts(town.layouts),
    )
