"""Who is told, by which way, of what: the routes of channels.yaml, spelled out. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from config.channels import Channels, Route
from config.departments import Departments
from config.people import DEPARTMENT_ROLE, DIVISION_ROLE, People, Person
from plan_data.record import record
from tasks.progress.reasons import Verdict

SECRETARIAT = "事務局"
DEPARTMENT = "担当課"
DIVISION_HEAD = "副本部長"


@record
class Recipient:
    """A role on a channel. ``departments`` are those it answers for; None is the whole town."""

    role: str
    name: str
    address: str
    channel: str
    verdicts: frozenset[Verdict]
    departments: frozenset[str] | None

    @property
    def audience(self) -> str:
        """The role without its 課 or 部: 担当課 for 担当課:税務課."""
        return self.role.partition(":")[0]

    @property
    def told_of_files(self) -> bool:
        """Whether rejected rows and unreadable files are this recipient's to see to."""
        return self.role == SECRETARIAT or self.role.startswith(DEPARTMENT_ROLE)


def recipients(channels: Channels, people: People, departments: Departments) -> tuple[Recipient, ...]:
    """Return everybody the routes lead to; a role nobody is named for is left out."""
    return tuple(r for route in channels.routes for r in _of_route(route, people, departments))


def _of_route(route: Route, people: People, departments: Departments) -> Iterator[Recipient]:
    if route.audience == DEPARTMENT:
        for department in departments.departments:
            role = DEPARTMENT_ROLE + department.name
            if not department.group:
                yield from _recipient(route, role, people.get(role), frozenset({department.name}))
    elif route.audience == DIVISION_HEAD:
        yield from _division_heads(route, people, departments)
    else:
        yield from _recipient(route, route.audience, people.get(route.audience), None)


def _division_heads(route: Route, people: People, departments: Departments) -> Iterator[Recipient]:
    """Yield each 副本部長 with the departments of the 部; whoever has none answers for the rest."""
    owned: dict[str, set[str]] = {}
    for department in departments.departments:
        if not department.group:
            own = f"{DIVISION_ROLE}{department.division}"
            owned.setdefault(own if people.get(own) else DIVISION_HEAD, set()).add(department.name)
    for role, names in owned.items():
        yield from _recipient(route, role, people.get(role), frozenset(names))


def _recipient(
    route: Route, role: str, person: Person | None, departments: frozenset[str] | None
) -> Iterator[Recipient]:
    if person is not None:
        verdicts = frozenset(Verdict(code) for code in route.verdicts)
        yield Recipient(role, person.name, person.address, route.channel, verdicts, departments)
