"""A digest in words: subject, plain text and HTML. Pure; the templates lie in ``templates/``.

What changed comes first, worst first; every text from a spreadsheet stays text, on one line.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from config.escalation import Escalation
from plan_data.record import record
from tasks.alerts.digest import Change, Digest, FileNotice
from tasks.alerts.entries import KIND_LABELS, Entry, advice_for, entry
from tasks.alerts.plain_text import folded, one_line
from tasks.wareki import wareki_short, wareki_with_weekday

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["KIND_LABELS", "Wording", "one_line", "resent", "wording"]

RESEND_MARK = "【再送の可能性】"
RESEND_NOTE = (
    "この通知は、前に送ったものが届いたかどうかを確かめられなかったため、もう一度送っています。"
    "同じ内容が届いているときは、読み捨ててください。"
)
MAX_FAULTS = 10
_TEMPLATES = Path(__file__).parent / "templates"


@record
class Wording:
    """A message in words."""

    subject: str
    text: str
    html: str


def wording(digest: Digest, town_name: str, report_url: str, rules: Escalation) -> Wording:
    """Return the message. ``report_url`` is the report's page; its entries are reached by ``#`` and the id."""
    view = {
        "town": town_name,
        "day": wareki_with_weekday(digest.as_of),
        "name": one_line(digest.recipient.name),
        "entries": [entry(change, digest, report_url, rules) for change in digest.changes],
        "waits": [entry(change, digest, report_url, rules) for change in digest.waits],
        "holds": [_hold(change, entry(change, digest, report_url, rules)) for change in digest.holds],
        "hold_if_undecided": "知らせます" if rules.hold.if_undecided == "send" else "知らせません",
        "hold_days": rules.hold.business_days,
        "silences": [
            (one_line(s.department), [f"{f.project_id} {one_line(f.project_name)}" for f in s.findings])
            for s in digest.silences
        ],
        "silence_advice": advice_for(digest, "表を提出してください。", "各課に、表の提出を求めてください。"),
        "notices": [_notice(notice) for notice in digest.notices],
        "notice_advice": advice_for(
            digest,
            "直した表を、同じ名前で提出し直してください。",
            "担当課に、直した表の提出を求めてください。",
        ),
        "standing": _standing(digest),
        "report_url": report_url,
    }
    return Wording(
        subject=_subject(digest, town_name),
        text=folded(_environment(html=False).get_template("digest.txt").render(view)),
        html=_environment(html=True).get_template("digest.html").render(view),
    )


def resent(words: Wording) -> Wording:
    """Return the message marked as one that may have been received before."""
    return Wording(
        subject=RESEND_MARK + words.subject,
        text=f"{folded(RESEND_MARK + RESEND_NOTE)}\n\n{words.text}",
        html=words.html.replace("<main>", f"<main>\n<p><strong>{RESEND_MARK}</strong>{RESEND_NOTE}</p>", 1),
    )


def _subject(digest: Digest, town_name: str) -> str:
    kinds = [f"{KIND_LABELS[kind]}{count}" for kind, count in digest.kinds.items()]
    rows = sum(notice.rejected for notice in digest.notices)
    missing = sum(notice.missing for notice in digest.notices)
    unreadable = sum(notice.error is not None for notice in digest.notices) - missing
    news = [
        *kinds,
        *([f"確認待ち{len(digest.holds)}"] if digest.holds else []),
        *([f"差戻し{rows}行"] if rows else []),
        *([f"読取不可{unreadable}件"] if unreadable else []),
        *([f"見当たらない表{missing}件"] if missing else []),
    ]
    return f"【進捗監視】{town_name} {wareki_short(digest.as_of)} {_standing(digest)}（{' '.join(news)}）"


def _standing(digest: Digest) -> str:
    return " ".join(f"{v.label}{n}" for v, n in digest.standing.items()) or "要対応なし"


def _hold(change: Change, shown: Entry) -> dict[str, Any]:
    return {"audience": change.event.audience, "days": change.event.days, "entry": shown}


def _notice(notice: FileNotice) -> dict[str, Any]:
    return {
        "file": one_line(notice.file),
        "trouble": "見当たりません" if notice.missing else "読めません",
        "error": one_line(f"{notice.error.message}{notice.error.remedy}") if notice.error else None,
        "rejected": notice.rejected,
        "faults": [
            {
                "place": f"［{one_line(row.sheet)}］{one_line(row.cell)}",
                "raw": one_line(row.raw),
                "message": one_line(row.message),
                "suggestion": one_line(row.suggestion) if row.suggestion else None,
            }
            for row in notice.faults[:MAX_FAULTS]
        ],
        "more": max(len(notice.faults) - MAX_FAULTS, 0),
        "waiting": [f"{f.project_id} {one_line(f.project_name)}" for f in notice.waiting],
    }


@cache
def _environment(*, html: bool) -> Environment:
    from tasks.templates import environment

    return environment(_TEMPLATES, escape=html, keep_trailing_newline=True)
