"""稼働報告: a few lines a day on the service itself, so that its silence is noticed. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from tasks.wareki import wareki_short, wareki_with_weekday


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened on a day. ``last_run`` and ``next_run`` are in the town's own time; counts in pieces."""

    day: date
    runs: int
    last_run: datetime | None
    files: int
    sent: int
    waiting: int
    dead_letters: int
    next_run: datetime | None


def subject(facts: Facts, town_name: str) -> str:
    """Return the subject: what calls for a look comes first."""
    told = [
        *([] if facts.runs else ["進捗監視が動いていません"]),
        *([f"配信不能{facts.dead_letters}通"] if facts.dead_letters else []),
    ]
    return f"【稼働報告】{town_name} {wareki_short(facts.day)} {' '.join(told) or '異常なし'}"


def text(facts: Facts) -> str:
    """Return the text, one fact a line."""
    runs = f"{facts.runs}回" if facts.runs else "動いていません。予定とコックピットを確かめてください"
    last = f"（最後は{_time(facts.last_run)}）" if facts.last_run is not None else ""
    dead = f"配信不能{facts.dead_letters}通"
    if facts.dead_letters:
        dead += "（shinchoku outbox list で確かめてください）"
    following = (
        f"{wareki_with_weekday(facts.next_run.date())} {_time(facts.next_run)}"
        if facts.next_run is not None
        else "予定がありません"
    )
    lines = [
        f"{wareki_with_weekday(facts.day)}の稼働状況です。",
        "",
        f"・進捗監視：{runs}{last}",
        f"・新しく受け付けた表：{facts.files}件",
        f"・通知：送信{facts.sent}通、送信待ち{facts.waiting}通、{dead}",
        f"・次の進捗監視：{following}",
        "",
        "営業日にこの報告が届かないときは、しくみが止まっています。動かしている機械を確かめてください。",
    ]
    return "\n".join(lines) + "\n"


def _time(moment: datetime) -> str:
    return f"{moment.hour}:{moment.minute:02}"


def html(plain: str, title: str) -> str:
    """Return a plain text as a page a mailer shows: the same lines, nothing else."""
    lines = "<br>\n".join(escape(line) for line in plain.strip().splitlines())
    return (
        f'<!doctype html>\n<html lang="ja"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f"<body><main>\n<p>{lines}</p>\n</main></body></html>\n"
    )
