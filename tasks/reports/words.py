"""Labels and values as people read them: 公用文 style, one way for every output."""

from __future__ import annotations

from datetime import date

from tasks.alerts.records import AlertEvent, WhyNot
from tasks.progress.records import Finding
from tasks.sheets.records import DATE_FIELDS
from tasks.wareki import wareki_with_weekday

#: The reported fields in the order in which they are shown.
FIELD_LABELS: dict[str, str] = {
    "phase": "報告の段階",
    "progress": "進捗率",
    "held_count": "実施回数",
    "started_on": "着手日",
    "due_on": "完了予定日",
    "finished_on": "完了日",
    "milestone": "節目",
    "milestone_due_on": "節目の予定日",
    "milestone_done_on": "節目の完了日",
    "budget": "予算",
    "issue": "課題",
    "remedy": "対応",
    "note": "備考",
    "reporter": "報告者",
    "reported_on": "報告日",
}
#: Why nobody was told of a change.
WHY_NOT: dict[WhyNot, str] = {
    WhyNot.NO_RECIPIENT: "宛先が登録されていないため",
    WhyNot.INHIBITED: "元のファイルの直しを待っているため",
    WhyNot.FLAPPING: "変化が続いており、落ち着いてからまとめて知らせるため",
    WhyNot.SNOOZED: "保留中のため",
    WhyNot.NEVER_TOLD: "元の通知をだれにも送っていないため",
    WhyNot.KNOWN_BEFORE: "既にお知らせした内容のため",
    WhyNot.HELD: "事務局の確認を待っているため",
    WhyNot.STOPPED: "事務局がやめることにしたため",
}
#: Each is shown in a place of its own.
_SHOWN_ELSEWHERE = frozenset({"phase", "progress", "self_rating", "project_name"})


def reported(finding: Finding, name: str) -> date | float | int | str | None:
    """Return a reported value, dates as dates (the store hands them back as ISO text), None if absent."""
    value = finding.reported.get(name)
    if value is None or value == "":
        return None
    if name in DATE_FIELDS and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(value, date | float | int):
        return value
    return str(value)


def shown(name: str, value: date | float | int | str | None) -> str:
    """Return a reported value for people: 令和8年11月24日（火）, 45%, 3回; なし for None."""
    if value is None:
        return "なし"
    if isinstance(value, date):
        return wareki_with_weekday(value)
    if name == "progress":
        return percent(float(value))
    return f"{value:,}回" if name == "held_count" else str(value)


def details(finding: Finding) -> tuple[tuple[str, str], ...]:
    """Return the label and text of every reported value that has no place of its own in a report."""
    return tuple(
        (label, shown(name, value))
        for name, label in FIELD_LABELS.items()
        if name not in _SHOWN_ELSEWHERE and (value := reported(finding, name)) is not None
    )


def percent(share: float) -> str:
    """Return ``45%`` for 0.45; a share never reads 100% before it is reached."""
    points = round(share * 100)
    return f"{99 if points == 100 and share < 1 else points}%"


def day(value: date | None) -> str:
    """Return ``令和8年11月24日（火）``, or なし."""
    return wareki_with_weekday(value) if value else "なし"


def signed(number: int) -> str:
    """Return ``＋2``, ``－1`` or ``±0``: a change in a count."""
    return f"{'＋' if number > 0 else '－'}{abs(number)}" if number else "±0"


def edition(revision: str) -> str:
    """Return ``令和8年3月版`` for the plan revision ``R8.3``."""
    year, month = revision.removeprefix("R").split(".")
    return f"令和{year}年{month}月版"


def told(event: AlertEvent) -> str:
    """Return whether the change was told, and why not."""
    if event.why_not is None:
        return "この変化は、今回の通知でお知らせしました。"
    return f"この変化は、{WHY_NOT[event.why_not]}通知していません。"
