"""What the plan check hands on: one remark on the document, with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from plan_data.model import Measure, Plan, Project
from plan_data.phases import REIWA_OFFSET


class OddityCode(StrEnum):
    """Every kind of remark the check can make."""

    NO_INTRODUCTION = "no_introduction"
    NOTE_CITED_BEYOND_ITS_TEXT = "note_cited_beyond_its_text"
    NAME_SPELLED_DIFFERENTLY = "name_spelled_differently"
    NAME_NOT_IN_TEXT = "name_not_in_text"
    DEADLINE_AGAINST_TABLE = "deadline_against_table"
    DEADLINE_MISSED = "deadline_missed"
    DEADLINE_ALREADY_MET = "deadline_already_met"
    FACT_AFTER_ISSUE = "fact_after_issue"
    NO_RECORD_OF_PAST_YEAR = "no_record_of_past_year"
    MEMBER_LISTED_TWICE = "member_listed_twice"
    DEPARTMENT_OUTSIDE_HEADQUARTERS = "department_outside_headquarters"
    DEPARTMENT_NOT_AMONG_MEMBERS = "department_not_among_members"
    NATIONAL_ITEM_NOT_TAKEN_UP = "national_item_not_taken_up"
    MEASURE_WITHOUT_NATIONAL_ITEM = "measure_without_national_item"
    PERIOD_STATED_OTHERWISE = "period_stated_otherwise"
    PERIOD_UNLIKE_NATIONAL = "period_unlike_national"
    ACTION_PLAN_APART = "action_plan_apart"
    EDITION_NOT_HELD = "edition_not_held"
    TEXT_DOUBTFUL = "text_doubtful"


class Severity(StrEnum):
    """要確認 asks the secretariat for an answer; 参考 is good to know."""

    CONFIRM = "要確認"
    INFORM = "参考"


@dataclass(frozen=True, slots=True)
class Oddity:
    """One remark: its code, the place in the document, a Japanese sentence, and how much it weighs."""

    code: OddityCode
    place: str
    text: str
    severity: Severity


def measure_place(measure: Measure, part: str) -> str:
    """Return ``第5章 施策③ これまでの取組``."""
    return f"第5章 施策{circled(measure.no)} {part}"


def table_place(measure: Measure, project: Project) -> str:
    """Return ``第5章 施策① 事業概要の表 書かない窓口``."""
    return measure_place(measure, f"事業概要の表 {project.name}")


def circled(no: int) -> str:
    """Return ``③`` for 3, plain digits above 20."""
    return chr(ord("①") + no - 1) if no <= 20 else str(no)


def reiwa_day(day: date) -> str:
    """Return ``令和8年2月24日``."""
    return f"令和{day.year - REIWA_OFFSET}年{day.month}月{day.day}日"


def quoted(text: str) -> str:
    """Return the text in 「」, the brackets within it as 『』."""
    return f"「{text.replace('「', '『').replace('」', '』')}」"


def whole_text(measure: Measure) -> str:
    """Return all that the document says of a 施策 outside its table."""
    notes = [part for note in measure.notes.values() for part in (note.title, note.text)]
    return "\n".join((measure.issues, measure.efforts, measure.vision, *notes))


def has_text(plan: Plan) -> bool:
    """Whether the plan carries the document's text, which a document of ``plan export`` does not."""
    return any(measure.issues or measure.efforts or measure.vision for _, measure in plan.measures())


def name_parts(name: str) -> list[str]:
    """Return the parts of a 事業名 that a sentence would use: ``コンビニ交付``, ``税証明``."""
    return [part for part in re.split(r"[（）・]", name.replace("等", "")) if part]
