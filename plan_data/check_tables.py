"""The check's rules on the tables of chapter 5: each 事業 against its notes and the text around it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import pairwise

from plan_data.model import Achievement, Measure, Note, Plan, Project
from plan_data.oddity import (
    Oddity,
    OddityCode,
    Severity,
    circled,
    has_text,
    measure_place,
    name_parts,
    reiwa_day,
    table_place,
    whole_text,
)
from plan_data.phases import (
    ONE_OFF_PHASES,
    REIWA_OFFSET,
    Phase,
    fiscal_year_end,
    fiscal_year_of,
    fiscal_year_of_label,
)

#: Above this a title means the 事業 although it is spelled otherwise (「等」 or a particle differs).
_SAME_NAME = 0.8
_DEADLINE = re.compile(r"令和(\d+)年度末?まで")
_BRINGS_INTO_SERVICE = frozenset({Phase.INTRODUCE, Phase.MIGRATE, Phase.OPERATE, Phase.STRENGTHEN})


def no_introduction(plan: Plan) -> Iterator[Oddity]:
    """Find 運用 that follows 事業検討 with no year in which the service is introduced."""
    for _, measure, project in plan.projects():
        for before, after in pairwise(plan.fiscal_years):
            if project.phases[before].phase is Phase.STUDY and project.phases[after].phase is Phase.OPERATE:
                yield Oddity(
                    OddityCode.NO_INTRODUCTION,
                    table_place(measure, project),
                    f"{before}年度の「事業検討」の次の年度（{after}）が「運用」で、「導入」の年度がありません。",
                    Severity.CONFIRM,
                )


def notes_and_names(plan: Plan) -> Iterator[Oddity]:
    """Find notes cited by a 事業 they do not speak of, and titles that spell its name otherwise."""
    for _, measure in plan.measures():
        for mark, note in measure.notes.items():
            citing = [p for p in measure.projects if any(c.note == mark for c in p.phases.values())]
            for project in citing:
                if not _speaks_of(note, project):
                    yield Oddity(
                        OddityCode.NOTE_CITED_BEYOND_ITS_TEXT,
                        table_place(measure, project),
                        f"注「{mark}」を引いていますが、その注（{note.title}）はこの事業のことを述べていません。"
                        f"「{mark}」を引く事業は{len(citing)}件あります。",
                        Severity.CONFIRM,
                    )
                elif project.name not in f"{note.title}{note.text}":
                    yield _spelled(measure, project, f"{mark}の見出し", note.title)


def names_in_text(plan: Plan) -> Iterator[Oddity]:
    """Find 事業 that the text spells otherwise, or never names although something is still to be done."""
    if not has_text(plan):
        return
    for _, measure, project in plan.projects():
        body = "\n".join((measure.issues, measure.efforts, measure.vision))
        short = project.name.replace("等", "")
        if short != project.name and short in body and project.name not in body:
            yield _spelled(measure, project, "本文", short)
        ahead = any(cell.phase in ONE_OFF_PHASES for cell in project.phases.values())
        if ahead and not all(
            part in whole_text(measure).replace("等", "") for part in name_parts(project.name)
        ):
            yield Oddity(
                OddityCode.NAME_NOT_IN_TEXT,
                table_place(measure, project),
                "新たに行うことのある事業ですが、施策の本文にも注にも事業名が出てこず、内容の説明がありません。",
                Severity.INFORM,
            )


def deadlines(plan: Plan) -> Iterator[Oddity]:
    """Hold the deadline that the text states for 移行完了 against the table and the dated facts."""
    for _, measure, project in plan.projects():
        planned = [
            fiscal_year_of_label(y) for y in plan.fiscal_years if project.phases[y].phase is Phase.MIGRATE
        ]
        stated = _DEADLINE.search(measure.issues)
        if not planned or stated is None:
            continue
        year = int(stated.group(1)) + REIWA_OFFSET
        done = next((f for f in _facts(measure, project) if f.phase is Phase.MIGRATE and f.completes), None)
        yield from _deadline(plan, measure, project, (planned[-1], year), done)


def dated_facts(plan: Plan) -> Iterator[Oddity]:
    """Find facts told before their day, and past one-off phases of which no fact tells the outcome."""
    for _, measure in plan.measures():
        for fact in measure.achievements:
            if fact.achieved_on >= plan.in_force_from:
                yield Oddity(
                    OddityCode.FACT_AFTER_ISSUE,
                    fact.place,
                    f"「{fact.text}」は、この版の発行より後（{reiwa_day(fact.achieved_on)}）のことで、"
                    "書かれた時点では予定です。",
                    Severity.INFORM,
                )
    if has_text(plan):
        yield from _unrecorded(plan)


def _unrecorded(plan: Plan) -> Iterator[Oddity]:
    this_year = fiscal_year_of(plan.in_force_from)
    for _, measure, project in plan.projects():
        facts = [f for f in _facts(measure, project) if f.completes]
        for label in plan.fiscal_years:
            phase = project.phases[label].phase
            past = fiscal_year_of_label(label) <= this_year
            to_tell = past and phase in ONE_OFF_PHASES - {Phase.STUDY}
            if to_tell and not any(f.phase is phase or f.phase in _BRINGS_INTO_SERVICE for f in facts):
                yield Oddity(
                    OddityCode.NO_RECORD_OF_PAST_YEAR,
                    table_place(measure, project),
                    f"{label}年度に「{phase}」とありますが、この版の本文に、行った日の記述がありません。",
                    Severity.INFORM,
                )


def _deadline(
    plan: Plan, measure: Measure, project: Project, years: tuple[int, int], done: Achievement | None
) -> Iterator[Oddity]:
    planned, stated = years
    place = measure_place(measure, "現状・課題")
    until = f"令和{stated - REIWA_OFFSET}年度まで"
    if planned > stated:
        text = f"本文は期限を{until}としていますが、表の「移行完了」は令和{planned - REIWA_OFFSET}年度です。"
        yield Oddity(OddityCode.DEADLINE_AGAINST_TABLE, table_place(measure, project), text, Severity.CONFIRM)
    if done is None:
        return
    if done.achieved_on > fiscal_year_end(stated):
        text = f"期限は{until}ですが、{done.place}は{reiwa_day(done.achieved_on)}の完了を記しています。"
        yield Oddity(OddityCode.DEADLINE_MISSED, place, text, Severity.CONFIRM)
    elif done.achieved_on < plan.in_force_from:
        text = (
            f"{until}の移行をこれからのこととして書いていますが、施策{circled(measure.no)}の"
            f"これまでの取組は{reiwa_day(done.achieved_on)}の稼働までを記しています（期限内）。"
        )
        yield Oddity(OddityCode.DEADLINE_ALREADY_MET, place, text, Severity.INFORM)


def _facts(measure: Measure, project: Project) -> list[Achievement]:
    return [fact for fact in measure.achievements if fact.project_id == project.id]


def _subject(note: Note) -> str:
    # 「LINE決済機能導入」 speaks of 「LINE決済機能」.
    return next((note.title.removesuffix(p) for p in Phase if note.title.endswith(p)), note.title)


def _speaks_of(note: Note, project: Project) -> bool:
    named = project.name in f"{note.title}{note.text}"
    return named or difflib.SequenceMatcher(None, _subject(note), project.name).ratio() >= _SAME_NAME


def _spelled(measure: Measure, project: Project, where: str, spelling: str) -> Oddity:
    return Oddity(
        OddityCode.NAME_SPELLED_DIFFERENTLY,
        table_place(measure, project),
        f"表では「{project.name}」、{where}では「{spelling}」と書かれています。",
        Severity.INFORM,
    )
