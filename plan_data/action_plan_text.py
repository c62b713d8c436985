"""An action plan as the text of its YAML file, as a person would write it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from plan_data.action_plan import ActionPlan, ProjectActions

_FIRST_LINE = "# yaml-language-server: $schema=../../schemas/action_plan.schema.json"


def as_yaml(plan: ActionPlan) -> str:
    """Return the text; loading it gives the same plan again."""
    return "\n".join((*_lines(plan), ""))


def _lines(plan: ActionPlan) -> Iterator[str]:
    yield from (_FIRST_LINE, "", f"fiscal_year: {plan.fiscal_year}", f"decided_on: {plan.decided_on}")
    yield "projects:" if plan.projects else "projects: []"
    for project in plan.projects:
        yield from _project(project)


def _project(project: ProjectActions) -> Iterator[str]:
    yield f"  - project_id: {project.project_id}"
    if project.held_target is not None:
        yield f"    held_target: {project.held_target}"
    for part, records in (("steps", project.steps), ("kpis", project.kpis)):
        if records:
            yield f"    {part}:"
        for record in records:
            pairs = (f"{key}: {_scalar(value)}" for key, value in record)
            yield f"      - {{ {', '.join(pairs)} }}"


def _scalar(value: object) -> str:
    if isinstance(value, float):
        # Never with an exponent: YAML would take that for text.
        return f"{Decimal(repr(value)):f}"
    return value.isoformat() if isinstance(value, date) else _quoted(str(value))


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(char: str) -> str:
    if char in ('"', "\\"):
        return f"\\{char}"
    # What nobody sees on the screen is escaped, but for the full-width space.
    return char if char.isprintable() or char == "\u3000" else f"\\U{ord(char):08x}"
