"""What no file can say alone: whether the files of a town fit each other and the plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.people import DEPARTMENT_ROLE, DIVISION_ROLE
from config.section import Place
from config.town import LAYOUTS, TownConfig
from plan_data.model import Plan
from plan_data.source import SourceError, dotted
from plan_data.yaml_text import compose, locate


def check_town(config: TownConfig, plan: Plan) -> tuple[SourceError, ...]:
    """Return every fault between the files, each with file, line and key; empty when all is well.

    Raises SourceError where a single file is faulty.
    """
    checks = (
        _departments(config, plan),
        _people(config),
        _routes(config, plan),
        _crosswalk(config, plan),
        _layouts(config),
    )
    return tuple(fault for check in checks for fault in check)


def _fault(
    config: TownConfig, file: str, place: Place, message: str, allowed: Iterable[str] = ()
) -> SourceError:
    path = config.path(file)
    line, written = locate(compose(path.read_text(encoding="utf-8-sig")), place)
    return SourceError(path, line, dotted(written), message, tuple(allowed))


def _plan_departments(plan: Plan) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for _, _, project in plan.projects() for name in project.departments))


def _departments(config: TownConfig, plan: Plan) -> Iterator[SourceError]:
    for name in _plan_departments(plan):
        if name not in config.departments.names:
            message = f"計画（{plan.revision}）の担当課「{name}」がありません"
            yield _fault(config, "departments", ("departments",), message, [f"name: {name} の項を加える"])


def _people(config: TownConfig) -> Iterator[SourceError]:
    single = [d.name for d in config.departments.departments if not d.group]
    divisions = list(dict.fromkeys(d.division for d in config.departments.departments if d.division))
    for role in config.people.roles:
        for prefix, known, what in ((DEPARTMENT_ROLE, single, "課"), (DIVISION_ROLE, divisions, "部")):
            name = role.removeprefix(prefix)
            if role.startswith(prefix) and name not in known:
                message = f"「{name}」という{what}は departments.yaml にありません"
                yield _fault(config, "people", ("roles", role), message, known)


def _routes(config: TownConfig, plan: Plan) -> Iterator[SourceError]:
    for i, route in enumerate(config.channels.routes):
        for role in _missing_roles(config, plan, route.audience):
            message = f"people.yaml に「{role}」の宛先がありません"
            allowed = [f"people.yaml に {role} を加える"]
            yield _fault(config, "channels", ("routes", i, "audience"), message, allowed)


def _missing_roles(config: TownConfig, plan: Plan, audience: str) -> list[str]:
    if audience == "担当課":
        known = [name for name in _plan_departments(plan) if name in config.departments.names]
        named = (member for name in known for member in config.departments.members(name))
        return [
            DEPARTMENT_ROLE + name for name in dict.fromkeys(named) if config.people.department(name) is None
        ]
    return [] if config.people.get(audience) is not None else [audience]


def _crosswalk(config: TownConfig, plan: Plan) -> Iterator[SourceError]:
    ids = [project.id for _, _, project in plan.projects()]
    for i, project in enumerate(config.crosswalk.projects):
        for unknown in [one for one in project.ids if one not in ids]:
            message = f"計画（{plan.revision}）に事業「{unknown}」はありません"
            key = "project_id" if project.project_id else "project_ids"
            yield _fault(config, "crosswalk", ("projects", i, key), message, [f"{ids[0]}～{ids[-1]}"])
    for i, ruling in enumerate(config.crosswalk.departments):
        if ruling.department not in config.departments.names:
            message = f"「{ruling.department}」という課は departments.yaml にありません"
            yield _fault(
                config, "crosswalk", ("departments", i, "department"), message, config.departments.names
            )


def _layouts(config: TownConfig) -> Iterator[SourceError]:
    single = [d.name for d in config.departments.departments if not d.group]
    for name, layout in config.layouts.items():
        if layout.department is not None and layout.department not in single:
            message = f"「{layout.department}」という課は departments.yaml にありません"
            yield _fault(config, f"{LAYOUTS}/{name}", ("department",), message, single)
