"""The forms of the deployments: a flow's order model, with the choices this town has.

A field of an order says by ``json_schema_extra={"choices": …}`` what is chosen from; here it becomes
the closed list that the form offers and that the server refuses any other entry by.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from config.site import Site

CHOICES = "choices"


def choices(site: Site, day: date) -> dict[str, list[str]]:
    """Return what can be chosen in this town on a day: its 事業 (id and name), its 担当課, the towns."""
    plan = site.plan_book.in_force(day)
    projects = [
        f"{project.id} {project.name}"
        for policy in plan.policies
        for measure in policy.measures
        for project in measure.projects
    ]
    return {
        "projects": projects,
        "departments": list(site.config.departments.names),
        "towns": [site.town],
    }


def with_choices(definitions: Mapping[str, Any], offered: Mapping[str, list[str]]) -> dict[str, Any]:
    """Return the definitions of a form's schema with the lists filled in.

    A field that may stay empty (its default is "") offers that as well.
    """

    def filled(field: Mapping[str, Any]) -> dict[str, Any]:
        kept = {key: value for key, value in field.items() if key != CHOICES}
        if CHOICES not in field:
            return kept
        empty = [""] if field.get("default") == "" else []
        return {**kept, "enum": [*empty, *offered[field[CHOICES]]]}

    return {
        name: {**model, "properties": {key: filled(field) for key, field in model["properties"].items()}}
        if "properties" in model
        else dict(model)
        for name, model in definitions.items()
    }


def chosen_id(entry: str) -> str:
    """Return the 事業 id of a choice: 「DX-23 書かない窓口」 is DX-23."""
    return entry.partition(" ")[0]
