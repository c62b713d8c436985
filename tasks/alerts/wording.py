"""A digest in words: subject, plain text and HTML. Pure; the templates lie in ``templates/``.

What changed comes first, worst first; every text from a spreadsheet stays text, on one line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tasks.alerts.advice import ADVICE
from tasks.alerts.digest import Change, Digest, FileNotice
from tasks.alerts.policy import ALERTING
from tasks.alerts.recipients import DEPARTMENT
from tasks.alerts.records import EventKind
from tasks.progress.records import CellEvidence, Evidence, Reason
from tasks.wareki import wareki, wareki_short, wareki_with_weekday

if TYPE_CHECKING:
    from jinja2 import Environment

KIND_LABELS: dict[EventKind, str] = {
    EventKind.OPENED: "新規",
    EventKind.REOPENED: "再発",
    EventKind.WORSENED: "悪化",
    EventKind.CHANGED: "変化",
    EventKind.ANSWER_ENDED: "期限切れ",
    EventKind.FLAPPED: "変動",
    EventKind.IMPROVED: "改善",
    EventKind.RECOVERED: "回復",
    EventKind.REMINDED: "督促",
    EventKind.ESCALATED: "上申",
}
RESEND_MARK = "【再送の可能性】"
RESEND_NOTE = (
    "この通知は、前に送ったものが届いたかどうかを確かめられなかったため、もう一度送っています。"
    "同じ内容が届いているときは、読み捨ててください。"
)
#: More is in the report; a message is read on the way to it.
MAX_REASONS = 3
MAX_EVIDENCE = 3
MAX_FAULTS = 10
MAX_CHARACTERS = 200

# Line breaks and other controls, halves of surrogate pairs, marks that turn the direction of text.
_UNFIT = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b\u200e\u200f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]+"
)
_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Entry:
    """One change as it is shown. ``reasons`` are sentences, each with the places that prove it."""

    kind: str
    verdict: str
    before: str | None
    id: str
    name: str
    departments: str
    plan: str | None
    reasons: tuple[tuple[str, tuple[str, ...]], ...]
    more_reasons: int
    self_rating: str | None
    advice: str | None
    url: str


@dataclass(frozen=True, slots=True)
class Wording:
    """A message in words."""

    subject: str
    text: str
    html: str


def wording(digest: Digest, town_name: str, report_url: str) -> Wording:
    """Return the message. ``report_url`` is the report's page; its entries are reached by ``#`` and the id."""
    view = {
        "town": town_name,
        "day": wareki_with_weekday(digest.as_of),
        "name": one_line(digest.recipient.name),
        "entries": [_entry(change, digest, report_url) for change in digest.changes],
        "silences": [
            (one_line(s.department), [f"{f.project_id} {one_line(f.project_name)}" for f in s.findings])
            for s in digest.silences
        ],
        "silence_advice": _advice_for(digest, "表を提出してください。", "各課に、表の提出を求めてください。"),
        "notices": [_notice(notice) for notice in digest.notices],
        "notice_advice": _advice_for(
            digest,
            "直した表を、同じ名前で提出し直してください。",
            "担当課に、直した表の提出を求めてください。",
        ),
        "standing": _standing(digest),
        "report_url": report_url,
    }
    return Wording(
        subject=_subject(digest, town_name),
        text=_environment(html=False).get_template("digest.txt").render(view),
        html=_environment(html=True).get_template("digest.html").render(view),
    )


def resent(words: Wording) -> Wording:
    """Return the message marked as one that may have been received before."""
    return Wording(
        subject=RESEND_MARK + words.subject,
        text=f"{RESEND_MARK}{RESEND_NOTE}\n\n{words.text}",
        html=words.html.replace("<main>", f"<main>\n<p><strong>{RESEND_MARK}</strong>{RESEND_NOTE}</p>", 1),
    )


def one_line(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Return text that came from outside as one line without control characters, cut after ``limit``."""
    shown = " ".join(_UNFIT.sub(" ", text).split())
    return shown if len(shown) <= limit else f"{shown[:limit]}…"


def _subject(digest: Digest, town_name: str) -> str:
    kinds = [f"{KIND_LABELS[kind]}{count}" for kind, count in digest.kinds.items()]
    rows = sum(notice.rejected for notice in digest.notices)
    unreadable = sum(notice.error is not None for notice in digest.notices)
    news = [
        *kinds,
        *([f"差戻し{rows}行"] if rows else []),
        *([f"読取不可{unreadable}件"] if unreadable else []),
    ]
    return f"【進捗監視】{town_name} {wareki_short(digest.as_of)} {_standing(digest)}（{' '.join(news)}）"


def _standing(digest: Digest) -> str:
    return " ".join(f"{v.label}{n}" for v, n in digest.standing.items()) or "要対応なし"


def _advice_for(digest: Digest, department: str, secretariat: str) -> str:
    return department if digest.recipient.role.startswith(DEPARTMENT) else secretariat


def _entry(change: Change, digest: Digest, report_url: str) -> Entry:
    event, finding = change.event, change.finding
    reasons = [r for r in finding.reasons if r.verdict in ALERTING] if finding else []
    # The worst leads; under the same verdict as before, what is new; a recovery is explained by what
    # the 事業 rests on now.
    if event.kind is EventKind.CHANGED:
        reasons.sort(key=lambda r: r.code not in event.new_reasons)
    if event.kind is EventKind.RECOVERED and finding:
        reasons = list(finding.reasons[:1])
    advice = ADVICE.get(reasons[0].code) if reasons else None
    return Entry(
        kind=KIND_LABELS[event.kind],
        verdict=event.after.label,
        before=event.before.label if event.before and event.before is not event.after else None,
        id=event.project_id,
        name=one_line(finding.project_name) if finding else "（計画の改定により、今の計画にありません）",
        departments="・".join(map(one_line, finding.departments)) if finding else "",
        plan=_plan(change),
        reasons=tuple(_reason(r) for r in reasons[:MAX_REASONS]),
        more_reasons=max(len(reasons) - MAX_REASONS, 0),
        self_rating=one_line(finding.self_rating) if finding and finding.self_rating else None,
        advice=_advice_for(digest, advice.department, advice.secretariat) if advice else None,
        url=f"{report_url}#{event.project_id}",
    )


def _plan(change: Change) -> str | None:
    commitment = change.finding.commitment if change.finding else None
    if commitment is None:
        return None
    years = "・".join(f"令和{label[1:]}年度" for label in commitment.fiscal_years)
    late = f"、{commitment.days_late}日超過" if commitment.days_late else ""
    return f"{years}「{commitment.phase}」（期限 {wareki(commitment.due_on)}{late}{_first_plan(change)}）"


def _first_plan(change: Change) -> str:
    baseline = change.finding.baseline if change.finding else None
    if baseline is None or not baseline.replanned:
        return ""
    late = f"{baseline.days_late}日超過" if baseline.days_late else "期限内"
    return f"。当初の計画（{baseline.revision}）では{late}、見直し{baseline.replanned}回"


def _reason(reason: Reason) -> tuple[str, tuple[str, ...]]:
    department = f"〔{one_line(reason.department)}〕" if reason.department else ""
    proofs = dict.fromkeys(_proof(evidence) for evidence in reason.evidence)
    return department + one_line(reason.text), tuple(proofs)[:MAX_EVIDENCE]


def _proof(evidence: Evidence) -> str:
    if not isinstance(evidence, CellEvidence):
        return one_line(evidence.ref)
    place = "".join((f"［{one_line(evidence.sheet)}］" if evidence.sheet else "", evidence.cell or ""))
    raw = f"「{one_line(evidence.raw)}」" if evidence.raw else ""
    return f"{one_line(evidence.file)}{place}{raw}"


def _notice(notice: FileNotice) -> dict[str, Any]:
    return {
        "file": one_line(notice.file),
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
    }


@cache
def _environment(*, html: bool) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=html,  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
