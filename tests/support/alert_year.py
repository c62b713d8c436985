"""A town's fiscal year, made up from a seed: 29 事業 whose departments slip, flap, go silent and answer.

``simulate`` runs the policy over every business day; ``expected`` works out anew, from the raw days alone
and without a line of the policy, who had to hear of what went unanswered.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

from findings import cell, finding, judged, reason
from time_line import Line

from config.channels import Channels
from config.town import load_town
from plan_data.loader import load_plan
from tasks.alerts.recipients import recipients
from tasks.alerts.records import EventKind
from tasks.progress.reasons import ReasonCode as C
from tasks.progress.reasons import Verdict as V
from tasks.sheets.matching import DepartmentIndex

TOWN = load_town("togitsu")
PROJECTS = [(p.id, p.name, p.departments) for _, _, p in load_plan("togitsu").revisions[-1].projects()]
ALERTS = ["critical", "delayed", "contradictory", "at_risk", "unreported"]
AUDIENCES = ("担当課", "事務局", "本部長補佐", "副本部長", "本部長")
ROUTES = Channels.model_validate(
    {
        "channels": {"mail": {"kind": "folder"}},
        "routes": [
            {"audience": a, "channel": "mail", "verdicts": "all" if a == "事務局" else ALERTS}
            for a in AUDIENCES
        ],
    }
)
SILENT = reason(C.NO_REPORT_THIS_CYCLE, V.UNREPORTED)
BROKEN = reason(C.FILE_UNREADABLE, None, evidence=(cell("", "", "課.xlsx"),))
#: How a 事業 goes on: its weight, and the verdicts of its days as (verdict, shortest, longest stay).
LIVES = {
    "tidy": (12, [(None, 30, 120), (V.AT_RISK, 5, 25)]),
    "slips": (
        7,
        [(None, 10, 60), (V.AT_RISK, 5, 25), (V.DELAYED, 10, 60), (V.CRITICAL, 5, 60), (V.AT_RISK, 3, 12)],
    ),
    "flaps": (3, [(None, 1, 3), (V.AT_RISK, 1, 4), (None, 1, 2), (V.DELAYED, 1, 3), (None, 15, 40)]),
    "silent": (4, [(None, 20, 60), (V.UNREPORTED, 5, 50)]),
    "doubtful": (3, [(None, 10, 50), (V.CONTRADICTORY, 2, 30)]),
}


@dataclass
class Year:
    """What came of a year. ``verdicts`` and ``answered`` are by 事業 and number of the business day."""

    days: list[date]
    verdicts: dict[str, list[V | None]]
    broken: dict[str, set[int]]
    answers: list[tuple[int, str, int]] = field(default_factory=list)
    line: Line = field(default_factory=Line)
    mails: Counter[tuple[str, int]] = field(default_factory=Counter)
    naive: Counter[tuple[str, int]] = field(default_factory=Counter)


def business_days(start: date, end: date) -> list[date]:
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [d for d in days if TOWN.calendar.is_business_day(d)]


def _life(chance: random.Random, count: int) -> list[V | None]:
    names = list(LIVES)
    (name,) = chance.choices(names, [LIVES[n][0] for n in names])
    days: list[V | None] = []
    stays = LIVES[name][1]
    days += [None] * chance.randint(0, 40)
    while len(days) < count:
        for verdict, shortest, longest in stays:
            days += [verdict] * chance.randint(shortest, longest)
            if verdict is not None and chance.random() < 0.3:
                break  # it was mended at this point
    return days[:count]


def simulate(seed: int) -> Year:
    """Run one fiscal year (R8) of the town."""
    chance = random.Random(seed)
    days = business_days(date(2026, 4, 1), date(2027, 3, 31))
    verdicts = {project_id: _life(chance, len(days)) for project_id, _, _ in PROJECTS}
    broken: dict[str, set[int]] = {project_id: set() for project_id in verdicts}
    for project_id in chance.sample(sorted(verdicts), 6):
        start = chance.randint(0, len(days) - 30)
        length = chance.randint(1, 8)
        broken[project_id] = set(range(start, start + length))
        verdicts[project_id][start : start + length + 4] = [V.UNREPORTED] * (length + 4)
    index = DepartmentIndex(TOWN.departments, TOWN.crosswalk)
    told = {r.role: r for r in recipients(ROUTES, TOWN.people, TOWN.departments)}
    year = Year(days, verdicts, broken, line=Line(told, TOWN.escalation, index))
    for number, day in enumerate(days):
        _one_day(year, chance, number, day)
    return year


def _one_day(year: Year, chance: random.Random, number: int, day: date) -> None:
    findings = [_finding(year, number, *project) for project in PROJECTS]
    events = year.line.look(judged(day.isoformat(), *findings))
    for role in {role for event in events for role in event.recipients}:
        year.mails[role, day.month] += 1
    for found in findings:
        if found.verdict.value in ALERTS:
            members = {m for d in found.departments for m in TOWN.departments.members(d)}
            for role in ("事務局", *(f"担当課:{m}" for m in members)):
                year.naive[role, day.month] += 1
    # After the morning's run some departments answer something.
    for episode in year.line.open:
        if episode.id not in year.line.answers and chance.random() < 0.04:
            last = min(number + chance.randint(3, 25), len(year.days) - 1)
            year.answers.append((number, episode.project_id, last))
            kind = chance.choice(["ack", "snooze"])
            keep = dict(year.line.answers)
            year.line.answer(kind, year.days[last])
            year.line.answers = {**keep, episode.id: year.line.answers[episode.id]}


def _finding(year: Year, number: int, project_id: str, name: str, departments: tuple[str, ...]):
    verdict = year.verdicts[project_id][number]
    more = {"project_name": name, "departments": departments}
    if verdict is V.UNREPORTED:
        because = (SILENT, BROKEN) if number in year.broken[project_id] else (SILENT,)
        return finding(project_id, verdict, *because, **more)
    return finding(project_id, verdict or V.ON_TRACK, **more)


def told(year: Year) -> set[tuple[str, str, int]]:
    """Return what the policy told: 事業, audience, number of the business day."""
    place = {day: n for n, day in enumerate(year.days)}
    return {
        (event.project_id, event.audience, place[day])
        for day, event in year.line.events
        if event.kind is EventKind.ESCALATED and event.told
    }


def expected(year: Year) -> set[tuple[str, str, int]]:
    """Return what had to be told, counted by position in the list of business days alone."""
    return {line for project_id, _, _ in PROJECTS for line in _expected(year, project_id)}


def _expected(year: Year, project_id: str) -> list[tuple[str, str, int]]:
    rules = TOWN.escalation
    limits = {r.audience: {V(v): n for v, n in r.after_business_days.items()} for r in rules.ladder}
    answers = {number: last for number, who, last in year.answers if who == project_id}
    found: list[tuple[str, str, int]] = []
    since: int | None = None  # the day its count began
    closed: int | None = None
    waits_from: int | None = None  # the first day of a broken file
    until: int | None = None  # the last day of an answer
    before: V | None = None
    reached: set[str] = set()
    held: dict[str, int] = {}
    for number, verdict in enumerate(year.verdicts[project_id]):
        if verdict is None:
            if before is not None:
                closed, until, held, waits_from = number, None, {}, None
            before = None
            continue
        if before is None:
            if closed is None or number - closed > rules.episodes.reopen_within_business_days:
                since, reached = None, set()
            if number in year.broken[project_id] and verdict is V.UNREPORTED:
                waits_from, since = number, None
            elif since is None:
                since = number
        elif (waits_from is None and verdict.rank < before.rank and until is not None) or (
            until is not None and number > until
        ):
            since, until = number, None
        if waits_from is not None and (
            number not in year.broken[project_id]
            or verdict is not V.UNREPORTED
            or number - waits_from >= rules.files.wait_business_days
        ):
            since, waits_from = number, None
        before = verdict
        if since is not None and until is None:
            for audience, own in limits.items():
                due = verdict in own and number - since >= own[verdict] and audience not in reached
                if not due:
                    held.pop(audience, None)
                elif audience in rules.hold.audiences and audience not in held:
                    held[audience] = number
                elif audience not in held or number - held[audience] >= rules.hold.business_days:
                    found.append((project_id, audience, number))
                    reached.add(audience)
                    held.pop(audience, None)
        else:
            held = {}
        if number in answers:
            until = answers[number]
    return found
