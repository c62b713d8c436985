"""What changed from one revision of a plan to another, 事業 by 事業."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plan_data.model import Measure, Plan, Project
from plan_data.oddity import circled, has_text


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``what`` names the item in Japanese (事業, 事業名, 施策, 担当課, ``R8年度``, …).

    ``before`` is None where the item is new, ``after`` where it is gone; ``project_id`` is None where
    the change concerns a text of a 施策 rather than one 事業.
    """

    project_id: str | None
    what: str
    before: str | None
    after: str | None


def diff(a: Plan, b: Plan) -> tuple[Change, ...]:
    """Return the changes from ``a`` to ``b`` in the order of ``a``, what is new last.

    事業 are the same by their id; the texts are compared only where both plans carry them.
    """
    return (*_projects(a, b), *_measures(a, b))


def _projects(a: Plan, b: Plan) -> Iterator[Change]:
    old, new = _placed(a), _placed(b)
    for project_id, (measure, project) in old.items():
        if project_id not in new:
            yield Change(project_id, "事業", project.name, None)
            continue
        for what, before, after in _items(a, b, (measure, project), new[project_id]):
            if before != after:
                yield Change(project_id, what, before, after)
    for project_id, (_, project) in new.items():
        if project_id not in old:
            yield Change(project_id, "事業", None, project.name)


def _items(
    a: Plan, b: Plan, old: tuple[Measure, Project], new: tuple[Measure, Project]
) -> Iterator[tuple[str, str | None, str | None]]:
    yield "事業名", old[1].name, new[1].name
    yield "施策", f"{circled(old[0].no)} {old[0].name}", f"{circled(new[0].no)} {new[0].name}"
    yield "担当課", "、".join(old[1].departments), "、".join(new[1].departments)
    for label in dict.fromkeys((*a.fiscal_years, *b.fiscal_years)):
        yield f"{label}年度", _cell(old[1], label), _cell(new[1], label)


def _measures(a: Plan, b: Plan) -> Iterator[Change]:
    if not (has_text(a) and has_text(b)):
        return
    old, new = _texts(a), _texts(b)
    for what in dict.fromkeys((*old, *new)):
        if old.get(what) != new.get(what):
            yield Change(None, what, old.get(what), new.get(what))


def _texts(plan: Plan) -> dict[str, str]:
    texts: dict[str, str] = {}
    for _, measure in plan.measures():
        name = f"施策{circled(measure.no)}"
        parts = {
            "現状・課題": measure.issues,
            "これまでの取組": measure.efforts,
            "目指すべき姿": measure.vision,
        }
        parts |= {mark: f"{note.title}\n{note.text}" for mark, note in measure.notes.items()}
        texts |= {f"{name} {part}": text for part, text in parts.items() if text}
    return texts


def _cell(project: Project, label: str) -> str | None:
    return str(project.phases[label]) if label in project.phases else None


def _placed(plan: Plan) -> dict[str, tuple[Measure, Project]]:
    return {project.id: (measure, project) for _, measure, project in plan.projects()}
