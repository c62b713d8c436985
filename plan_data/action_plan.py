"""The アクションプラン: a 事業's own dated, weighted steps and KPI targets of one fiscal year.

The plan says that each 担当課 makes one every year and that it lies outside the plan document;
the files stand in ``<town>/action_plans/*.yaml``. A file is a decision of one day for one fiscal
year; a later file replaces the earlier one 事業 by 事業, so that a past day is still judged by what
was decided then.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from plan_data.apparatus import Name, Record
from plan_data.explain import Path as Place
from plan_data.explain import refuse
from plan_data.model import Label, Plan
from plan_data.phases import fiscal_year_end, fiscal_year_of_label, fiscal_year_start
from plan_data.source import SourceError, dotted, load_yaml
from plan_data.yaml_text import compose, locate

_ROOT = Path(__file__).resolve().parent
FOLDER = "action_plans"

#: As the plan's own; whether the plan has it is asked when loading.
ProjectId = Annotated[str, Field(pattern=r"^[A-Z]{2,8}-\d{2,3}$")]


class ActionStep(Record, title="節目"):
    """One step: its name, its last day, and the share of all work done by then (cumulative, 0 to 1)."""

    name: Name = Field(title="名称")
    by: date = Field(title="期限", description="年度の中の日。例：2026-06-30")
    weight: float = Field(
        gt=0, le=1, strict=True, title="累計の割合", description="ここまでに終わる割合（最後は 1.0）"
    )


class KpiTarget(Record, title="指標"):
    """One KPI target: the value that ``name`` is to reach, in ``unit``, by a day of the fiscal year."""

    name: Name = Field(title="名称")
    unit: Name = Field(title="単位", description="例：件、％、人")
    target: float = Field(strict=True, allow_inf_nan=False, title="目標値")
    by: date = Field(title="期限", description="年度の中の日。例：2027-03-31")


class ProjectActions(Record, title="事業のアクションプラン"):
    """What one 事業 does in the fiscal year: steps, KPI targets, or how often it is held (継続)."""

    project_id: ProjectId = Field(title="事業ID", description="計画書の事業のID（例：DX-01）")
    steps: tuple[ActionStep, ...] = Field((), title="節目", description="期限の早い順")
    kpis: tuple[KpiTarget, ...] = Field((), title="指標")
    held_target: int | None = Field(
        None, ge=1, strict=True, title="回数", description="「継続」の事業が年度に行う回数"
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not (self.steps or self.kpis or self.held_target):
            refuse((), "節目・指標・回数のいずれもありません。アクションプランのない事業は書かないでください")
        _refuse_repeated("steps", ((step.name,) for step in self.steps))
        _refuse_repeated("kpis", ((kpi.name, kpi.by.isoformat()) for kpi in self.kpis))
        _check_ascent(self.steps)
        return self


class ActionPlan(Record, title="アクションプラン"):
    """One decision: the アクションプラン of some 事業 for one fiscal year, counting from its day."""

    fiscal_year: Label = Field(title="年度", description="計画書の年度（例：R8）")
    decided_on: date = Field(title="決定日", description="この日から、それまでのものに代わる")
    projects: tuple[ProjectActions, ...] = Field(title="事業")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        year = fiscal_year_of_label(self.fiscal_year)
        first, last = fiscal_year_start(year), fiscal_year_end(year)
        for place, day in _days(self.projects):
            if not first <= day <= last:
                message = f"{day}は{self.fiscal_year}年度の日ではありません"
                refuse(place, message, [f"{first}～{last}"])
        _refuse_repeated("projects", ((actions.project_id,) for actions in self.projects), "project_id")
        return self


@dataclass(frozen=True)
class ActionPlanBook:
    """Every action plan of one town, in the order of the decisions; maybe none."""

    town: str
    plans: tuple[ActionPlan, ...] = ()

    def in_force(self, project_id: str, fiscal_year: str, as_of: date) -> ProjectActions | None:
        """Return what counts on ``as_of`` for a 事業 and fiscal year (``R8``); None before any decision."""
        decided = [
            actions
            for plan in self.plans
            if plan.fiscal_year == fiscal_year and plan.decided_on <= as_of
            for actions in plan.projects
            if actions.project_id == project_id
        ]
        return decided[-1] if decided else None


def load_action_plans(town: str, plan: Plan, root: Path | None = None) -> ActionPlanBook:
    """Load every ``<root>/<town>/action_plans/*.yaml``; an empty book where there is none.

    ``root`` is this package's folder unless given. Raises SourceError for a faulty file, a 事業 or
    fiscal year that ``plan`` does not have, and two files that decide the same on the same day.
    """
    plans: list[ActionPlan] = []
    decided: dict[tuple[str, str, date], Path] = {}
    for path in sorted(((root or _ROOT) / town / FOLDER).glob("*.yaml")):
        actions = load_yaml(path, ActionPlan)
        _check_against(plan, path, actions)
        for i, project in enumerate(actions.projects):
            key = (project.project_id, actions.fiscal_year, actions.decided_on)
            other = decided.setdefault(key, path)
            if other != path:
                message = f"同じ事業・年度・決定日のアクションプランが {other.name} にもあります"
                raise _fault(path, ("projects", i, "project_id"), message)
        plans.append(actions)
    return ActionPlanBook(town, tuple(sorted(plans, key=lambda p: p.decided_on)))


def _check_against(plan: Plan, path: Path, actions: ActionPlan) -> None:
    if actions.fiscal_year not in plan.fiscal_years:
        message = f"計画（{plan.revision}）に{actions.fiscal_year}年度はありません"
        raise _fault(path, ("fiscal_year",), message, plan.fiscal_years)
    ids = [project.id for _, _, project in plan.projects()]
    for i, project in enumerate(actions.projects):
        if project.project_id not in ids:
            message = f"計画（{plan.revision}）に事業「{project.project_id}」はありません"
            raise _fault(path, ("projects", i, "project_id"), message, [f"{ids[0]}～{ids[-1]}"])


def _fault(path: Path, place: Place, message: str, allowed: Iterable[str] = ()) -> SourceError:
    line, written = locate(compose(path.read_text(encoding="utf-8-sig")), place)
    return SourceError(path, line, dotted(written), message, tuple(allowed))


def _days(projects: Iterable[ProjectActions]) -> Iterator[tuple[Place, date]]:
    for i, project in enumerate(projects):
        for j, step in enumerate(project.steps):
            yield ("projects", i, "steps", j, "by"), step.by
        for j, kpi in enumerate(project.kpis):
            yield ("projects", i, "kpis", j, "by"), kpi.by


def _refuse_repeated(part: str, keys: Iterable[tuple[str, ...]], field: str = "name") -> None:
    seen: dict[tuple[str, ...], int] = {}
    for i, key in enumerate(keys):
        if seen.setdefault(key, i) != i:
            refuse((part, i, field), f"「{'・'.join(key)}」が二つあります。一つにしてください")


def _check_ascent(steps: tuple[ActionStep, ...]) -> None:
    for i, (before, step) in enumerate(pairwise(steps), 1):
        if step.by <= before.by:
            message = f"節目「{step.name}」の期限が、前の節目より後の日ではありません"
            refuse(("steps", i, "by"), message, [f"{before.by} より後の日"])
        if step.weight <= before.weight:
            message = f"節目「{step.name}」の累計の割合が、前の節目より大きくありません"
            refuse(("steps", i, "weight"), message, [f"{before.weight} より大きく 1.0 以下の数"])
    if steps and steps[-1].weight != 1.0:
        refuse(("steps", len(steps) - 1, "weight"), "最後の節目の累計の割合は 1.0 にしてください", ["1.0"])
