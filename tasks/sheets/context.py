"""Everything reading needs to know of the town, compiled once and used for every file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from config.rules import ReaderLimits
from config.town import TownConfig
from plan_data.model import Plan
from tasks.sheets.matching import DepartmentIndex, ProjectIndex
from tasks.sheets.vocabulary import Vocabulary

#: Changes whenever the same bytes would be read differently, so that stored readings are made anew.
READER_VERSION = "2"


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """The plan's 事業, the town's departments and words, and the limits of a file.

    ``key`` (64 hex digits) names all of it and the reader's version: a reading made under the same
    key from the same bytes is the same reading.
    """

    projects: ProjectIndex
    departments: DepartmentIndex
    vocabulary: Vocabulary
    limits: ReaderLimits
    key: str


def reading_context(plan: Plan, town: TownConfig) -> ReadingContext:
    """Compile a plan and a town's configuration for reading."""
    sections = (town.headers, town.departments, town.crosswalk, town.rules.reader)
    projects = [project for _, _, project in plan.projects()]
    parts = [READER_VERSION, plan.revision, *(part.model_dump_json() for part in (*projects, *sections))]
    return ReadingContext(
        ProjectIndex(plan, town.crosswalk),
        DepartmentIndex(town.departments, town.crosswalk),
        Vocabulary(town.headers),
        town.rules.reader,
        hashlib.sha256("\n".join(parts).encode()).hexdigest(),
    )
