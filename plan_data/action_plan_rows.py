"""Action plans as rows of a sheet that a department edits, and back; no file format is known here.

One row a step (節目), a KPI target (指標) or a number of times (回数). A 事業 without any has one
row with the right half blank, for the department to fill in. Bad rows come back as RowFaults with row
and column; while there is one the sheet decides nothing, so that no half of a ladder is taken over.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pydantic import ValidationError

from plan_data.action_plan import ActionPlan, ActionPlanBook, ProjectActions
from plan_data.explain import Fault, Path, first_fault
from plan_data.model import Plan, Project
from plan_data.phases import Phase

SHEET = "アクションプラン"
COLUMNS = ("年度", "事業ID", "事業名", "担当課", "種別", "名称", "期限", "累計の割合", "目標値", "単位")
STEP, KPI, HELD = "節目", "指標", "回数"
#: The columns that a row of each kind has and must have; its others stay blank.
_FILLED = {
    STEP: ("名称", "期限", "累計の割合"),
    KPI: ("名称", "期限", "目標値", "単位"),
    HELD: ("目標値",),
}

Value = str | int | float | date | None
Row = dict[str, Value]

#: From the fields of the model to the columns; ``held_target`` uses the column of the target value.
_COLUMN_OF = {
    "fiscal_year": "年度",
    "project_id": "事業ID",
    "name": "名称",
    "by": "期限",
    "weight": "累計の割合",
    "target": "目標値",
    "unit": "単位",
    "held_target": "目標値",
}


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row (numbered as given), in which column, and what would do."""

    row: int
    column: str
    message: str
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """The action plan a sheet makes, or (then None) at least the first fault of every faulty 事業."""

    plan: ActionPlan | None
    faults: tuple[RowFault, ...]


def rows_of(plan: Plan, book: ActionPlanBook, fiscal_year: str, as_of: date) -> list[Row]:
    """Return the sheet of one fiscal year (``R8``), in the order of the plan and of ``COLUMNS``.

    It has every 事業 that the plan lets do something that year, or that has an action plan.
    """
    rows: list[Row] = []
    for _, _, project in plan.projects():
        actions = book.in_force(project.id, fiscal_year, as_of)
        if actions is not None or project.phases[fiscal_year].phase is not Phase.NONE:
            filled = list(_rights(actions)) if actions else [{}]
            rows += [_row(project, fiscal_year, right) for right in filled]
    return rows


def actions_of(
    rows: Mapping[int, Mapping[str, object]], plan: Plan, fiscal_year: str, decided_on: date
) -> Imported:
    """Return what the rows (number in the sheet → column → value) decide for one fiscal year.

    Dates may be dates, times at midnight, or ISO text. The names of 事業 and 担当課 are for people only
    and not read. Raises ValueError where ``fiscal_year`` is none of the plan's.
    """
    if fiscal_year not in plan.fiscal_years:
        raise ValueError(f"{fiscal_year!r} is no fiscal year of {plan.revision}")
    drafts: dict[str, _Draft] = {}
    faults: list[RowFault] = []
    for number, cells in rows.items():
        row = {column: _plain(cells.get(column)) for column in COLUMNS}
        if all(row[column] is None for column in COLUMNS[4:]):
            continue
        fault = _misplaced(row, number, plan, fiscal_year)
        if fault is None:
            drafts.setdefault(str(row["事業ID"]), _Draft()).add(row, number)
        else:
            faults.append(fault)
    told = {str(rows[fault.row].get("事業ID")).strip() for fault in faults}
    projects = []
    for project_id, draft in drafts.items():
        made = draft.made(project_id, fiscal_year, decided_on)
        if isinstance(made, ProjectActions):
            projects.append(made)
        elif project_id not in told:
            faults.append(made)
    if faults:
        return Imported(None, tuple(sorted(faults, key=lambda fault: fault.row)))
    return Imported(ActionPlan(fiscal_year=fiscal_year, decided_on=decided_on, projects=tuple(projects)), ())


def _row(project: Project, fiscal_year: str, right: Row) -> Row:
    left: Row = {
        "年度": fiscal_year,
        "事業ID": project.id,
        "事業名": project.name,
        "担当課": "・".join(project.departments),
    }
    return {**dict.fromkeys(COLUMNS), **left, **right}


def _rights(actions: ProjectActions) -> Iterator[Row]:
    for step in actions.steps:
        yield {"種別": STEP, "名称": step.name, "期限": step.by, "累計の割合": step.weight}
    for kpi in actions.kpis:
        yield {"種別": KPI, "名称": kpi.name, "期限": kpi.by, "目標値": kpi.target, "単位": kpi.unit}
    if actions.held_target is not None:
        yield {"種別": HELD, "目標値": actions.held_target}


def _plain(value: object) -> object:
    if isinstance(value, datetime) and not value.time():
        return value.date()
    return (value.strip() or None) if isinstance(value, str) else value


def _misplaced(row: Mapping[str, object], number: int, plan: Plan, fiscal_year: str) -> RowFault | None:
    ids = [project.id for _, _, project in plan.projects()]
    checks: tuple[tuple[str, Collection[str], Iterable[str]], ...] = (
        ("年度", (fiscal_year,), (fiscal_year,)),
        ("事業ID", ids, (f"{ids[0]}～{ids[-1]}",)),
        ("種別", _FILLED, _FILLED),
    )
    for column, known, allowed in checks:
        if row[column] not in known:
            said = "空欄です" if row[column] is None else f"「{row[column]}」は使えません"
            return RowFault(number, column, said, tuple(allowed))
    kind = str(row["種別"])
    for column in COLUMNS[COLUMNS.index("種別") + 1 :]:
        if (row[column] is None) is (column in _FILLED[kind]):
            said = "空欄です" if row[column] is None else f"「{kind}」の行では空欄にしてください"
            return RowFault(number, column, said)
    return None


def _fields(row: Mapping[str, object]) -> dict[str, object]:
    names = {_COLUMN_OF[name]: name for name in ("name", "by", "weight", "target", "unit")}
    return {names[column]: row[column] for column in _FILLED[str(row["種別"])]}


@dataclass(slots=True)
class _Draft:
    """The rows of one 事業 on their way into the model, with the row numbers of its parts."""

    data: dict[str, Any] = field(default_factory=lambda: {"steps": [], "kpis": []})
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    repeated: RowFault | None = None

    def add(self, row: Mapping[str, object], number: int) -> None:
        """Take over one row of a known kind."""
        if row["種別"] == HELD:
            if "held_target" in self.data:
                self.repeated = RowFault(number, "種別", "「回数」の行が二つあります。一つにしてください")
            self.data["held_target"] = _whole(row["目標値"])
            self.numbers["held_target", 0] = number
            return
        part = "steps" if row["種別"] == STEP else "kpis"
        self.numbers[part, len(self.data[part])] = number
        self.data[part].append(_fields(row))

    def made(self, project_id: str, fiscal_year: str, decided_on: date) -> ProjectActions | RowFault:
        """Return the 事業's action plan, or the first fault in its rows."""
        if self.repeated is not None:
            return self.repeated
        project = {"project_id": project_id, **self.data}
        whole = {"fiscal_year": fiscal_year, "decided_on": decided_on, "projects": [project]}
        try:
            return ActionPlan.model_validate(whole).projects[0]
        except ValidationError as error:
            return self._told(first_fault(error, ActionPlan))

    def _told(self, fault: Fault) -> RowFault:
        below: Path = fault.path[2:]  # after ("projects", 0)
        part, place = str(below[0]), below[1] if len(below) > 1 else 0
        number = self.numbers.get((part, int(place)), min(self.numbers.values()))
        return RowFault(number, _COLUMN_OF.get(str(below[-1]), "種別"), fault.message, fault.allowed)


def _whole(value: object) -> object:
    # A sheet knows no integers: 4 comes as 4.0.
    return int(value) if isinstance(value, float) and value.is_integer() else value
