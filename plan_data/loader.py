"""Loading the revisions of a town's plan, and writing one as the stable export document."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from plan_data.apparatus import Edition
from plan_data.model import Plan
from plan_data.source import SourceError, load_yaml

_ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class PlanBook:
    """All held revisions of one town's plan, oldest first; at least one."""

    town: str
    revisions: tuple[Plan, ...]

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every edition known of, held or not, oldest first, as the newest revision lists them."""
        return self.revisions[-1].editions

    def in_force(self, as_of: date) -> Plan:
        """Return the newest revision that counts on ``as_of``; before the first, the oldest held."""
        return self.known(as_of)[-1]

    def known(self, as_of: date) -> tuple[Plan, ...]:
        """Return the revisions that count or have counted by ``as_of``, oldest first; never none."""
        begun = tuple(plan for plan in self.revisions if plan.in_force_from <= as_of)
        return begun or self.revisions[:1]


def load_plan(town: str, root: Path | None = None) -> PlanBook:
    """Load every ``<root>/<town>/*.yaml``; raise SourceError where there is none or one is faulty.

    ``root`` is this package's folder unless given.
    """
    base = root or _ROOT
    towns = sorted({path.parent.name for path in base.glob("*/*.yaml")})
    if town not in towns:
        raise SourceError(base, None, None, f"自治体「{town}」の計画がありません", towns)
    revisions: dict[str, Plan] = {}
    for path in sorted((base / town).glob("*.yaml")):
        plan = load_plan_file(path)
        if plan.town != town:
            raise SourceError(path, None, "town", f"「{plan.town}」の計画がこのフォルダにあります", (town,))
        if plan.revision in revisions:
            raise SourceError(path, None, "revision", f"版「{plan.revision}」のファイルが二つあります")
        revisions[plan.revision] = plan
    return PlanBook(town, tuple(sorted(revisions.values(), key=lambda plan: plan.in_force_from)))


def load_plan_file(path: Path) -> Plan:
    """Load one revision from YAML or from a document of ``plan export --json``; raise SourceError."""
    return load_yaml(path, Plan)


def export(plan: Plan) -> dict[str, Any]:
    """Return the plan as the stable document of ``plan export --json``."""
    return {
        "town": plan.town,
        "revision": plan.revision,
        "policies": [
            {
                "no": policy.no,
                "name": policy.name,
                "measures": [
                    {
                        "no": measure.no,
                        "name": measure.name,
                        "national_items": list(plan.national_item_names(measure)),
                        "projects": [
                            {
                                "id": project.id,
                                "name": project.name,
                                "departments": list(project.departments),
                                "phases": {
                                    label: {
                                        "phase": project.phases[label].phase.value,
                                        "note": project.phases[label].note,
                                    }
                                    for label in plan.fiscal_years
                                },
                            }
                            for project in measure.projects
                        ],
                    }
                    for measure in policy.measures
                ],
            }
            for policy in plan.policies
        ],
    }
