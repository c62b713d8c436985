"""The name of a reader: of the program that reads, and of everything it knows of a town.

Apart from the reading itself, so that a run with nothing to read need not load the reader.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.town import TownConfig
    from plan_data.model import Plan


#: Changes whenever the same bytes would be read differently, so that stored readings are made anew.
READER_VERSION = "14"


def reader_key(plan: Plan, town: TownConfig) -> str:
    """Return 64 hex digits: readings made under the same key from the same bytes are the same reading."""
    sections = (town.headers, town.departments, town.crosswalk, town.rules.reader)
    projects = [project for _, _, project in plan.projects()]
    parts = [READER_VERSION, plan.revision, *(part.model_dump_json() for part in (*projects, *sections))]
    parts += [f"{name} {layout.model_dump_json()}" for name, layout in town.layouts.items()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
