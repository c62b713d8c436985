"""``shinchoku plan actions``: the departments' アクションプラン out as a workbook, and back as YAML."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import plan_data
from config.site import Site
from flows.cli_options import fail
from plan_data.action_plan import (
    FOLDER,
    ActionPlan,
    ActionPlanBook,
    ActionStep,
    ProjectActions,
    load_action_plans,
)
from plan_data.action_plan_rows import rows_of
from plan_data.action_plan_text import as_yaml
from plan_data.model import Plan
from plan_data.phases import Phase, fiscal_year_label, fiscal_year_of, fiscal_year_of_label
from plan_data.source import SourceError
from tasks.progress.commitments import promises_of
from tasks.progress.ladder import day_in_fiscal_year
from tasks.reports.action_plan_workbook import SheetOrder, action_plan_workbook
from tasks.sheets.action_plan_sheet import ReadActions, read_actions
from tasks.sheets.faults import FileFault


def export_actions(
    site: Site, file: Path, year: str, as_of: date, root: Path | None, *, as_json: bool
) -> int:
    """Write the workbook of one fiscal year (``R8``; "" for that of ``as_of``); return the exit code."""
    plan = site.plan_book.in_force(as_of)
    label = year or fiscal_year_label(fiscal_year_of(as_of))
    if label not in plan.fiscal_years:
        fail(
            f"計画に{label}年度はありません。",
            f"--year に {'、'.join(plan.fiscal_years)} のどれかを指定してください。",
        )
    decided = load_action_plans(site.town, plan, root)
    standing = ActionPlan(
        fiscal_year=label, decided_on=date.min, projects=tuple(default_actions(site, plan, label))
    )
    book = ActionPlanBook(site.town, (standing, *decided.plans))
    rows = rows_of(plan, book, label, as_of)
    phases = {p.id: p.phases[label].phase.value for _, _, p in plan.projects()}
    try:
        file.write_bytes(
            action_plan_workbook(SheetOrder(plan.title or "DX推進計画", label, phases, as_of), rows)
        )
    except OSError as fault:
        fail(f"{file} に書けません（{fault.strerror}）。", "開いていれば閉じ、フォルダを確かめてください。")
    projects = len({row["事業ID"] for row in rows})
    if as_json:
        document = {"file": str(file), "fiscal_year": label, "projects": projects, "rows": len(rows)}
        print(json.dumps(document, ensure_ascii=False))
    else:
        print(f"{file} に、{label}年度の{projects}事業のアクションプランを書きました。")
    return 0


def default_actions(site: Site, plan: Plan, fiscal_year: str) -> Iterator[ProjectActions]:
    """Yield what a 事業 without an action plan is judged by: the default ladder, or how often it is held."""
    rules, calendar = site.config.rules, site.config.calendar
    year = fiscal_year_of_label(fiscal_year)
    for _, _, project in plan.projects():
        promise = next((p for p in promises_of(plan, project, calendar) if p.years[-1] == year), None)
        if promise is None:
            continue
        ladder = next((steps for phase, steps in rules.ladders.items() if phase == promise.phase.value), ())
        if ladder:
            steps = (
                ActionStep(name=s.name, by=day_in_fiscal_year(s.by, year), weight=s.weight) for s in ladder
            )
            yield ProjectActions(project_id=project.id, steps=tuple(steps))
        elif promise.phase is Phase.CONTINUE:
            yield ProjectActions(project_id=project.id, held_target=rules.held_target)


def import_actions(site: Site, file: Path, decided_on: date, root: Path | None, *, as_json: bool) -> int:
    """Take over a filled-in workbook as a decision of ``decided_on``; return the exit code.

    With a fault in any cell nothing is written, every fault is told, and the code is 1.
    """
    plan = site.plan_book.in_force(decided_on)
    read = _read(site, file, plan, decided_on)
    if read.plan is None or read.fiscal_year is None:
        _tell_faults(file, read, as_json=as_json)
        return 1
    decision = _changed(site, plan, read.plan, root)
    if not decision.projects:
        _tell_written(None, decision, as_json=as_json)
        return 0
    folder = (root or Path(plan_data.__file__).parent) / site.town / FOLDER
    target = folder / f"{read.fiscal_year.lower()}_{decided_on.isoformat()}.yaml"
    _write(site, plan, target, as_yaml(decision))
    _tell_written(target, decision, as_json=as_json)
    return 0


def _tell_written(target: Path | None, decision: ActionPlan, *, as_json: bool) -> None:
    if as_json:
        document = {
            "file": str(target) if target else None,
            "fiscal_year": decision.fiscal_year,
            "decided_on": decision.decided_on.isoformat(),
            "projects": [project.project_id for project in decision.projects],
            "faults": [],
        }
        print(json.dumps(document, ensure_ascii=False))
    elif target is None:
        print("今の内容と同じです。何も書いていません。")
    else:
        print(
            f"{target} に、{len(decision.projects)}事業のアクションプラン（{decision.decided_on}決定）を書きました。"
        )


def _read(site: Site, file: Path, plan: Plan, decided_on: date) -> ReadActions:
    try:
        return read_actions(file.read_bytes(), site.config.rules.reader, plan, decided_on)
    except OSError as fault:
        fail(f"{file} を開けません（{fault.strerror}）。", "名前と読む権限を確かめてください。")
    except FileFault as fault:
        fail(f"{file}: {fault.error.message}", fault.error.remedy)


def _tell_faults(file: Path, read: ReadActions, *, as_json: bool) -> None:
    if as_json:
        faults = [
            {"sheet": f.sheet, "cell": f.cell, "message": f.message, "remedy": f.remedy} for f in read.faults
        ]
        print(
            json.dumps({"file": None, "fiscal_year": read.fiscal_year, "faults": faults}, ensure_ascii=False)
        )
        return
    print(f"{file} に誤りが{len(read.faults)}か所あります。何も書いていません。")
    for fault in read.faults:
        print(f"  [{fault.sheet}]{fault.cell}：{fault.message}。{fault.remedy}")


def _changed(site: Site, plan: Plan, read: ActionPlan, root: Path | None) -> ActionPlan:
    """Leave out what the sheet leaves as it is: a default ladder goes on following rules.yaml."""
    book = load_action_plans(site.town, plan, root)
    now = {actions.project_id: actions for actions in default_actions(site, plan, read.fiscal_year)}
    for actions in read.projects:
        decided = book.in_force(actions.project_id, read.fiscal_year, read.decided_on)
        if decided is not None:
            now[actions.project_id] = decided
    changed = tuple(actions for actions in read.projects if now.get(actions.project_id) != actions)
    return read.model_copy(update={"projects": changed})


def _write(site: Site, plan: Plan, target: Path, text: str) -> None:
    """Write the file if the town's action plans still load with it, whole or not at all."""
    with tempfile.TemporaryDirectory() as trial:
        beside = Path(trial) / site.town / FOLDER
        if target.parent.is_dir():
            shutil.copytree(target.parent, beside)
        beside.mkdir(parents=True, exist_ok=True)
        (beside / target.name).write_text(text, encoding="utf-8")
        try:
            load_action_plans(site.town, plan, Path(trial))
        except SourceError as fault:
            fail(
                f"このままでは取り込めません（{fault.message}）。", "決定日（--decided-on）を変えてください。"
            )
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(target)
