"""``shinchoku schedule list``: what runs next, as the scheduler and as the cockpit have it, side by side."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, zip_longest

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from config.schedules import Schedule
from config.site import Site
from flows.clock import TOKYO
from flows.schedules import BusinessDayTrigger, written_out
from tasks.wareki import wareki_with_weekday

#: A moment and the entry that runs then.
Run = tuple[datetime, Schedule]


@dataclass(frozen=True)
class Upcoming:
    """The n-th run to come: of ``shinchoku schedule``, and of the cockpit (None where it has no more)."""

    scheduler: Run | None
    cockpit: Run | None


def upcoming(site: Site, count: int, moment: datetime) -> tuple[Upcoming, ...]:
    """Return the next ``count`` runs at or after ``moment`` of all entries, from each of the two."""
    entries = site.config.schedules.schedules
    calendar = site.config.calendar
    day = moment.astimezone(TOKYO).date()
    ours = [_of_trigger(entry, BusinessDayTrigger(entry, calendar), moment) for entry in entries]
    theirs = [_of_rrule(entry, written_out(entry, calendar, day).rrule, moment) for entry in entries]
    return tuple(Upcoming(*pair) for pair in zip_longest(_first(count, ours), _first(count, theirs)))


def _of_trigger(entry: Schedule, trigger: BusinessDayTrigger, moment: datetime) -> Iterator[Run]:
    run = trigger.get_next_fire_time(None, moment)
    while True:
        yield run, entry
        run = trigger.get_next_fire_time(run, moment)


def _of_rrule(entry: Schedule, rrule: str, moment: datetime) -> Iterator[Run]:
    # What Prefect's server does with it (a test holds the two equal): importing Prefect itself would
    # cost seconds, and on a terminal it asks an analytics host.
    for run in rrulestr(rrule).xafter(moment.astimezone(TOKYO).replace(tzinfo=None), inc=True):
        yield run.replace(tzinfo=TOKYO), entry


def _first(count: int, runs: list[Iterator[Run]]) -> list[Run]:
    return list(islice(heapq.merge(*runs, key=lambda run: (run[0], run[1].id)), count))


def list_schedules(site: Site, count: int, moment: datetime, *, as_json: bool) -> int:
    """Print the next ``count`` runs at or after ``moment``; return the exit code."""
    found = upcoming(site, count, moment)
    equal = all(row.scheduler == row.cockpit for row in found)
    if as_json:
        print(json.dumps(_document(site, found, equal), ensure_ascii=False))
    else:
        _print(site, found, equal)
    return 0


def _document(site: Site, found: tuple[Upcoming, ...], equal: bool) -> dict[str, object]:
    entries = site.config.schedules.schedules
    return {
        "town": site.town,
        "schedules": [{"id": entry.id, "flow": entry.flow, "label": entry.label} for entry in entries],
        "next": [{"scheduler": _plain(row.scheduler), "cockpit": _plain(row.cockpit)} for row in found],
        "equal": equal,
    }


def _plain(run: Run | None) -> dict[str, str] | None:
    return {"id": run[1].id, "at": run[0].isoformat()} if run else None


def _print(site: Site, found: tuple[Upcoming, ...], equal: bool) -> None:
    from rich.table import Table

    from flows.show import console

    out = console()
    if not found:
        out.print(f"予定がありません。{site.config.path('schedules')} に書いてください。")
        return
    table = Table("単体（shinchoku schedule）", "コックピット（shinchoku up）", "予定")
    for row in found:
        label = " / ".join(dict.fromkeys(run[1].label for run in (row.scheduler, row.cockpit) if run))
        table.add_row(_shown(row.scheduler), _shown(row.cockpit), label)
    out.print(table)
    out.print("二つの予定は一致しています。" if equal else "二つの予定が違います。開発元に知らせてください。")


def _shown(run: Run | None) -> str:
    return f"{wareki_with_weekday(run[0].date())} {run[0].hour}:{run[0].minute:02}" if run else "—"
