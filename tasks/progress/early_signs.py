"""Single signs that something may go wrong, told as 参考: none moves a verdict until it has been validated.

Each can be switched off in rules.yaml. What the plan piles up on one department next year is seen from
the plan alone; the kinds of silence are seen between the reports of two reporting cycles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from config.early_signs import EarlySigns
from config.section import plain
from plan_data.model import Plan
from plan_data.phases import Phase, fiscal_year_label, fiscal_year_of
from plan_data.record import record
from tasks.progress.case import Case, Ground, ground
from tasks.progress.commitments import plan_ref
from tasks.progress.outcomes import State
from tasks.progress.reasons import ReasonCode
from tasks.progress.records import PlanEvidence
from tasks.progress.report import Report
from tasks.progress.silence import answer_day
from tasks.sheets.records import FieldName
from tasks.wareki import wareki

#: What a department writes in its own words.
_TEXTS = (FieldName.ISSUE, FieldName.REMEDY)
#: What says nothing of the work: who reports, when, and the name of the 事業.
_NOT_COMPARED = frozenset({FieldName.PROJECT_NAME, FieldName.REPORTER, FieldName.REPORTED_ON})
_MOST_NAMED = 5


@record
class Load:
    """The 事業 (ids, and their plan cells) that one department is to introduce in one fiscal year."""

    department: str
    fiscal_year: str
    projects: tuple[str, ...]
    refs: tuple[str, ...]


def loads_of(plan: Plan, as_of: date, signs: EarlySigns | None) -> Mapping[str, tuple[Load, ...]]:
    """Return, by 事業, the departments that are to introduce too many at once next fiscal year."""
    label = fiscal_year_label(fiscal_year_of(as_of) + 1)
    if signs is None or not signs.simultaneous_introduction.on or label not in plan.fiscal_years:
        return {}
    before = fiscal_year_label(fiscal_year_of(as_of))
    by_department: dict[str, list[tuple[str, str]]] = {}
    for _, _, project in plan.projects():
        goes_on = before in project.phases and project.phases[before].phase is Phase.INTRODUCE
        if project.phases[label].phase is Phase.INTRODUCE and not goes_on:
            for department in project.departments:
                found = by_department.setdefault(department, [])
                found.append((project.id, plan_ref(plan, project, [label])))
    loads: dict[str, tuple[Load, ...]] = {}
    for department, found in by_department.items():
        if len(found) >= signs.simultaneous_introduction.from_count:
            load = Load(department, label, tuple(i for i, _ in found), tuple(r for _, r in found))
            loads |= {project_id: (*loads.get(project_id, ()), load) for project_id in load.projects}
    return loads


def early_signs(case: Case, loads: Sequence[Load]) -> Iterator[Ground]:
    """Yield the signs of one 事業, as 参考."""
    signs = case.rules.early_signs
    if signs is None:
        return
    for load in loads:
        yield _piled_up(case, load)
    for report in case.latest_by_department:
        earlier = [
            r for r in case.reports if r.department == report.department and r.received_on < case.cycle_from
        ]
        if report.received_on >= case.cycle_from and earlier:
            yield from _since_last_cycle(case, signs, earlier[-1], report)


def _piled_up(case: Case, load: Load) -> Ground:
    named = "、".join(load.projects[:_MOST_NAMED]) + ("など" if len(load.projects) > _MOST_NAMED else "")
    text = (
        f"参考：来年度（{load.fiscal_year}年度）は、{load.department}が始める「{Phase.INTRODUCE}」が"
        f"{len(load.projects)}件重なります（{named}）。"
    )
    evidence = tuple(PlanEvidence(ref=ref) for ref in load.refs)
    return ground(case, ReasonCode.SIMULTANEOUS_INTRODUCTION, text, None, evidence=evidence)


def _since_last_cycle(case: Case, signs: EarlySigns, before: Report, now: Report) -> Iterator[Ground]:
    if signs.late_filing.on:
        yield from _late_filing(case, now.department)
    same_text = signs.copied_text.on and _copied(before, now, signs.copied_text.from_characters)
    if same_text:
        text = f"参考：課題と対応の文が、前の報告期間の報告（{wareki(before.received_on)}）と同じです。"
        evidence = (*before.evidence(*_TEXTS), *now.evidence(*_TEXTS))
        yield ground(case, ReasonCode.COPIED_TEXT, text, None, evidence=evidence)
    going_on = any(o.state is State.OPEN and not o.promise.standing for o in case.outcomes)
    if signs.unchanged_cells.on and going_on and _unchanged(before, now):
        text = f"参考：報告の内容が、前の報告期間の報告（{wareki(before.received_on)}）から一つも変わっていません。"
        names = (FieldName.PROGRESS, FieldName.PHASE, FieldName.DUE_ON)
        evidence = (*before.evidence(*names), *now.evidence(*names))
        yield ground(case, ReasonCode.UNCHANGED_CELLS, text, None, evidence=evidence)


def _late_filing(case: Case, department: str | None) -> Iterator[Ground]:
    first = next(r for r in case.reports if r.department == department and r.received_on >= case.cycle_from)
    by = answer_day(case.cycle_from, case.rules, case.calendar)
    days = (first.received_on - by).days
    if days > 0:
        text = (
            f"参考：この報告期間の最初の報告（{wareki(first.received_on)}）は、"
            f"回答の期日（{wareki(by)}）を{days}日過ぎていました。"
        )
        yield ground(case, ReasonCode.LATE_FILING, text, None, days=days, evidence=first.evidence())


def _copied(before: Report, now: Report, from_characters: int) -> bool:
    texts = [plain("".join(str(r.value(name) or "") for name in _TEXTS)) for r in (before, now)]
    return texts[0] == texts[1] and len(texts[1]) >= from_characters


def _unchanged(before: Report, now: Report) -> bool:
    first, second = (
        {name: report.value(name) for name in report.cells if name not in _NOT_COMPARED}
        for report in (before, now)
    )
    return bool(second) and first == second and _steps(before) == _steps(now)


def _steps(report: Report) -> list[tuple[str, date | None, date | None]]:
    return [(m.name, m.due_on, m.done_on) for m in report.milestones]
