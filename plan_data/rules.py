"""What must hold between the parts of a plan; a breach is refused with its place.

These are faults of the data. What is odd in the document itself is ``check.py``'s business.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from plan_data.explain import Path, refuse

if TYPE_CHECKING:
    from plan_data.model import Measure, Plan, Project

#: Stands in a quoted fact for the words left out between two parts of the sentence.
OMISSION = "（中略）"


def require_sound(plan: Plan) -> None:
    """Refuse the plan (a ValidationError, for a validator) at the first rule it breaks."""
    for rule in _RULES:
        rule(plan)


def _measures(plan: Plan) -> Iterator[tuple[Path, Measure]]:
    for p, policy in enumerate(plan.policies):
        for m, measure in enumerate(policy.measures):
            yield ("policies", p, "measures", m), measure


def _projects(plan: Plan) -> Iterator[tuple[Path, Project]]:
    for loc, measure in _measures(plan):
        for i, project in enumerate(measure.projects):
            yield (*loc, "projects", i), project


def _refuse_repeated(what: str, found: Iterable[tuple[Path, str]]) -> None:
    seen: set[str] = set()
    for loc, value in found:
        if value in seen:
            refuse(loc, f"{what}「{value}」が2回使われています")
        seen.add(value)


def _period(plan: Plan) -> None:
    if plan.period is None:
        return
    start, after = plan.period.start, plan.period.end + timedelta(days=1)
    if (start.month, start.day) != (4, 1):
        refuse(("period", "start"), "計画期間の始まりは4月1日にしてください")
    if (after.month, after.day) != (4, 1):
        refuse(("period", "end"), "計画期間の終わりは3月31日にしてください")
    if after <= start:
        refuse(("period", "end"), "計画期間の終わりが始まりより前です")


def _identities(plan: Plan) -> None:
    policies = [(("policies", i, "no"), str(policy.no)) for i, policy in enumerate(plan.policies)]
    _refuse_repeated("基本方針の番号", policies)
    _refuse_repeated("施策の番号", [((*loc, "no"), str(m.no)) for loc, m in _measures(plan)])
    _refuse_repeated("事業ID", [((*loc, "id"), p.id) for loc, p in _projects(plan)])
    for loc, measure in _measures(plan):
        names = [((*loc, "projects", i, "name"), p.name) for i, p in enumerate(measure.projects)]
        _refuse_repeated("事業名", names)
    for loc, project in _projects(plan):
        _refuse_repeated("担当課", [((*loc, "departments", i), d) for i, d in enumerate(project.departments)])


def _cells(plan: Plan) -> None:
    years = plan.fiscal_years
    for loc, project in _projects(plan):
        for label in years:
            if label not in project.phases:
                refuse((*loc, "phases"), f"「{project.name}」に{label}年度の段階がありません", years)
        for label in project.phases:
            if label not in years:
                refuse((*loc, "phases", label), f"{label}年度は計画期間の外です", years)


def _notes(plan: Plan) -> None:
    if not any(measure.notes for _, measure in _measures(plan)):
        return  # A document of ``plan export`` carries the marks but not the notes.
    for loc, measure in _measures(plan):
        cited: set[str] = set()
        for i, project in enumerate(measure.projects):
            for label, cell in project.phases.items():
                if cell.note is not None and cell.note not in measure.notes:
                    where = (*loc, "projects", i, "phases", label)
                    refuse(where, f"注「{cell.note}」が施策{measure.no}の注にありません", measure.notes)
                cited.add(cell.note or "")
        for mark in measure.notes:
            if mark not in cited:
                refuse((*loc, "notes", mark), f"注「{mark}」はどの段階からも引かれていません")


def _national_items(plan: Plan) -> None:
    items = plan.national_items
    _refuse_repeated("ID", [(("national_items", i, "id"), item.id) for i, item in enumerate(items)])
    if not items:
        return  # A document of ``plan export`` names the items without listing them.
    known = [item.id for item in items]
    for loc, measure in _measures(plan):
        for i, item_id in enumerate(measure.national_items):
            if item_id not in known:
                refuse((*loc, "national_items", i), f"国の取組事項「{item_id}」がありません", known)


def _achievements(plan: Plan) -> None:
    for loc, measure in _measures(plan):
        known = [project.id for project in measure.projects]
        for i, fact in enumerate(measure.achievements):
            where = (*loc, "achievements", i)
            if fact.project_id not in known:
                refuse(
                    (*where, "project_id"), f"施策{measure.no}に事業「{fact.project_id}」がありません", known
                )
            if not _quoted(fact.text, measure):
                refuse((*where, "text"), f"施策{measure.no}の本文にない文です。本文のとおりに引いてください")


def _quoted(text: str, measure: Measure) -> bool:
    notes = [note.text for note in measure.notes.values()]
    whole = "\n".join((measure.issues, measure.efforts, measure.vision, *notes))
    # Without any text there is nothing to hold the quotation against.
    return not whole.strip() or all(part in whole for part in text.split(OMISSION))


def _editions(plan: Plan) -> None:
    revisions = [edition.revision for edition in plan.editions]
    _refuse_repeated("版", [(("editions", i, "revision"), r) for i, r in enumerate(revisions)])
    if revisions and plan.revision not in revisions:
        refuse(("revision",), f"版「{plan.revision}」が版の一覧にありません", revisions)


_RULES: tuple[Callable[[Plan], None], ...] = (
    _period,
    _identities,
    _cells,
    _notes,
    _national_items,
    _achievements,
    _editions,
)
