"""A town of one 事業, and what its department reported: the builder of the judging tests."""

from __future__ import annotations

from datetime import date
from functools import cache

from config.settings import settings
from config.site import Site
from plan_data.action_plan import ActionPlanBook
from plan_data.loader import PlanBook
from plan_data.model import Plan
from tasks.progress.judge import judge
from tasks.progress.records import Finding
from tasks.sheets.records import FileReading, Observation

DEPARTMENT = "税務課"


def plan_of(
    r7: str, r8: str, r9: str, *, departments=(DEPARTMENT,), revision="R8.3", facts=(), revised_on=None
) -> Plan:
    """A plan with one 事業 and these three phases."""
    phases = {
        label: {"phase": phase, "note": None}
        for label, phase in zip(("R7", "R8", "R9"), (r7, r8, r9), strict=True)
    }
    project = {"id": "DX-01", "name": "見本事業", "departments": list(departments), "phases": phases}
    measure = {
        "no": 1,
        "name": "施策",
        "national_items": [],
        "projects": [project],
        "achievements": list(facts),
    }
    return Plan.model_validate(
        {
            "town": "togitsu",
            "revision": revision,
            **({"revised_on": revised_on} if revised_on else {}),
            "policies": [{"no": 1, "name": "方針", "measures": [measure]}],
        }
    )


def row(received: str, *, department=DEPARTMENT, file="見本.xlsx", number=5, **fields) -> FileReading:
    """One file with one accepted row, received on a day."""
    cells = {
        name: {"value": value, "raw": str(value), "cell": f"{chr(65 + i)}{number}"}
        for i, (name, value) in enumerate(fields.items())
    }
    observation = {
        "sheet": "報告",
        "row": number,
        "project_id": "DX-01",
        "department": department,
        "match": {"method": "id", "score": 100},
        "fields": cells,
    }
    return FileReading(
        file=file,
        sha256="0" * 64,
        format="xlsx",
        received_on=date.fromisoformat(received),
        observations=(Observation.model_validate(observation),),
        counts={"rows": 1, "accepted": 1, "rejected": 0, "ignored": 0},
    )


@cache
def togitsu():
    """The rules and the calendar of the first town."""
    config = Site(town="togitsu", settings=settings({})).config
    return config.rules, config.calendar, config.forecast


def judged(plans, rows, as_of: str, *, forecast=None, action_plans=()) -> Finding:
    """The finding of the one 事業 as of a day. ``plans`` is one plan or a history of revisions."""
    rules, calendar, rules_of_forecast = togitsu()
    actions = ActionPlanBook("togitsu", tuple(action_plans))
    book = PlanBook("togitsu", tuple(plans) if isinstance(plans, (tuple, list)) else (plans,))
    day = date.fromisoformat(as_of)
    return judge(book, list(rows), day, rules, calendar, forecast or rules_of_forecast, actions).findings[0]


def codes(finding: Finding) -> list[str]:
    """The reason codes, worst first."""
    return [reason.code.value for reason in finding.reasons]
