"""The plan check: what is odd in the document itself, found by rules and never repaired.

Faults of the data (an unknown phase, a note that is not there) do not come this far: loading
refuses them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from plan_data.apparatus import Role
from plan_data.check_tables import dated_facts, deadlines, names_in_text, no_introduction, notes_and_names
from plan_data.model import Plan
from plan_data.oddity import Oddity, OddityCode, Severity, measure_place, quoted
from plan_data.phases import REIWA_OFFSET

__all__ = ["Oddity", "OddityCode", "Severity", "check"]

_SPAN = re.compile(r"令和(\d+)年(\d+)月から令和(\d+)年(\d+)月までの(\d+)年間")


def check(plan: Plan) -> tuple[Oddity, ...]:
    """Return every oddity of the document, those to be confirmed first, then in the order of the rules."""
    found = [oddity for rule in _RULES for oddity in rule(plan)]
    return tuple(sorted(found, key=lambda oddity: oddity.severity is not Severity.CONFIRM))


def _members(plan: Plan) -> Iterator[Oddity]:
    for role in plan.headquarters:
        for member, times in Counter(role.members).items():
            if times > 1:
                yield Oddity(
                    OddityCode.MEMBER_LISTED_TWICE,
                    f"第3章 2. {role.name}",
                    f"「{member}」が{times}度書かれています。",
                    Severity.CONFIRM,
                )


def _departments(plan: Plan) -> Iterator[Oddity]:
    if not plan.headquarters:
        return
    role_of = {member.removesuffix("長"): role for role in plan.headquarters for member in role.members}
    listed = plan.headquarters[-1].name
    counts = Counter(name for _, _, project in plan.projects() for name in project.departments)
    for department, count in counts.items():
        role = role_of.get(department)
        if role is None or role.name != listed:
            yield _outside(department, count, role, listed)


def _outside(department: str, count: int, role: Role | None, listed: str) -> Oddity:
    place = f"第5章 事業概要の表 担当課「{department}」"
    if role is None:
        text = f"{count}事業の担当課ですが、推進本部（第3章）にこの名の課がなく、どの課を指すかが書かれていません。"
        return Oddity(OddityCode.DEPARTMENT_OUTSIDE_HEADQUARTERS, place, text, Severity.CONFIRM)
    text = f"{count}事業の担当課ですが、その長は{listed}ではなく{role.name}です。"
    return Oddity(OddityCode.DEPARTMENT_NOT_AMONG_MEMBERS, place, text, Severity.INFORM)


def _national_items(plan: Plan) -> Iterator[Oddity]:
    if not plan.national_items:
        return
    taken = {item for _, measure in plan.measures() for item in measure.national_items}
    for item in plan.national_items:
        if item.id not in taken:
            yield Oddity(
                OddityCode.NATIONAL_ITEM_NOT_TAKEN_UP,
                f"第1章 1. ③ {item.group}",
                f"{quoted(item.name)}に当たる施策がありません。",
                Severity.INFORM,
            )
    for _, measure in plan.measures():
        if not measure.national_items:
            yield Oddity(
                OddityCode.MEASURE_WITHOUT_NATIONAL_ITEM,
                measure_place(measure, measure.name),
                "国の取組事項のどれに当たるか、本文から読み取れません。",
                Severity.INFORM,
            )


def _period(plan: Plan) -> Iterator[Oddity]:
    stated = _SPAN.search(plan.period.statement) if plan.period else None
    if stated is not None:
        from_year, from_month, to_year, to_month, years = map(int, stated.groups())
        start, end = plan.period_start, plan.period_end
        said = ((from_year + REIWA_OFFSET, from_month), (to_year + REIWA_OFFSET, to_month), years)
        if said != ((start.year, start.month), (end.year, end.month), len(plan.fiscal_years)):
            text = f"「{stated.group()}」とありますが、表の年度は{'、'.join(plan.fiscal_years)}です。"
            yield Oddity(
                OddityCode.PERIOD_STATED_OTHERWISE,
                "第2章 2. 計画の位置付けと推進期間",
                text,
                Severity.CONFIRM,
            )
    for section in plan.chapters:
        if "計画期間を設けず" in section.text:
            text = (
                "国の自治体DX推進計画は計画期間を設けず毎年度更新されますが、本計画の期間は"
                f"{len(plan.fiscal_years)}年間のまま変わりません。国の更新のたびに見直しの要否を確かめてください。"
            )
            yield Oddity(
                OddityCode.PERIOD_UNLIKE_NATIONAL, f"{section.place} {section.title}", text, Severity.INFORM
            )


def _documents(plan: Plan) -> Iterator[Oddity]:
    for section in plan.chapters:
        if "アクションプラン" in section.text:
            text = "目標や具体的な取組はアクションプランに定めるとしていますが、計画書の中にはありません。"
            yield Oddity(
                OddityCode.ACTION_PLAN_APART, f"{section.place} {section.title}", text, Severity.INFORM
            )
    for edition in plan.editions:
        if not edition.held:
            text = f"{edition.issued}の版（{edition.revision}）はデータにありません。当初の約束との比較はできません。"
            yield Oddity(OddityCode.EDITION_NOT_HELD, "表紙", text, Severity.INFORM)


def _transcription(plan: Plan) -> Iterator[Oddity]:
    for note in plan.transcription_notes:
        if not note.corrected:
            text = f"{quoted(note.scanned)}：{note.reason}原本で確かめてください。"
            yield Oddity(OddityCode.TEXT_DOUBTFUL, note.place, text, Severity.CONFIRM)


_RULES: tuple[Callable[[Plan], Iterator[Oddity]], ...] = (
    no_introduction,
    notes_and_names,
    _members,
    _departments,
    deadlines,
    _period,
    _documents,
    names_in_text,
    dated_facts,
    _national_items,
    _transcription,
)
