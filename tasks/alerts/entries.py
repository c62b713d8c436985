"""One event in words: what changed, by the plan and by what evidence, and what to do. Pure."""

from __future__ import annotations

from config.escalation import Escalation
from plan_data.record import record
from tasks.alerts.advice import ADVICE
from tasks.alerts.concerns import ALERTING, commitment_key, commitment_of
from tasks.alerts.digest import Change, Digest
from tasks.alerts.plain_text import one_line
from tasks.alerts.recipients import DEPARTMENT, SECRETARIAT
from tasks.alerts.records import AlertEvent, EventKind, Why
from tasks.progress.records import CellEvidence, Evidence, Finding, Reason
from tasks.wareki import wareki

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
    EventKind.ESCALATED: "未回答",
}
#: More is in the report; a message is read on the way to it.
MAX_REASONS = 3
MAX_EVIDENCE = 3


@record
class Entry:
    """One change as it is shown. ``reasons`` are sentences, each with the places that prove it.

    ``note`` says what is special about the event, ``command`` how the 事務局 records an answer.
    """

    kind: str
    verdict: str
    before: str | None
    id: str
    name: str
    departments: str
    plan: str | None
    note: str | None
    reasons: tuple[tuple[str, tuple[str, ...]], ...]
    more_reasons: int
    self_rating: str | None
    advice: str | None
    command: str | None
    url: str


def entry(change: Change, digest: Digest, report_url: str, rules: Escalation) -> Entry:
    """Return one change in words for the digest's recipient."""
    event, finding = change.event, change.finding
    reasons = _reasons(event, finding)
    # Whoever stands above the 事務局 is told by the rung's own words what to do.
    above = event.kind is EventKind.ESCALATED and event.audience != SECRETARIAT
    advice = ADVICE.get(reasons[0].code) if reasons and not above else None
    return Entry(
        kind=KIND_LABELS[event.kind],
        verdict=event.after.label,
        before=event.before.label if event.before and event.before is not event.after else None,
        id=event.project_id,
        name=one_line(finding.project_name) if finding else "（計画の改定により、今の計画にありません）",
        departments=_departments(finding),
        plan=_plan(change),
        note=_note(change, rules),
        reasons=tuple(_reason(r) for r in reasons[:MAX_REASONS]),
        more_reasons=max(len(reasons) - MAX_REASONS, 0),
        self_rating=one_line(finding.self_rating) if finding and finding.self_rating else None,
        advice=advice_for(digest, advice.department, advice.secretariat) if advice else None,
        command=_command(event, digest),
        url=f"{report_url}#{event.project_id}",
    )


def advice_for(digest: Digest, department: str, secretariat: str) -> str:
    """Return what the 担当課 is asked to do, or what everybody else is."""
    return department if digest.recipient.audience == DEPARTMENT else secretariat


def _departments(finding: Finding | None) -> str:
    return "・".join(map(one_line, finding.departments)) if finding else ""


def _reasons(event: AlertEvent, finding: Finding | None) -> list[Reason]:
    if finding is None:
        return []
    if event.after not in ALERTING:
        # A recovery is explained by what the 事業 rests on now.
        return list(finding.reasons[:1]) if finding.verdict not in ALERTING else []
    own = [r for r in finding.reasons if r.verdict in ALERTING and commitment_key(r) == event.commitment]
    # The worst leads; under the same verdict as before, what is new.
    if event.kind is EventKind.CHANGED:
        own.sort(key=lambda r: r.code not in event.new_reasons)
    return own


def _note(change: Change, rules: Escalation) -> str | None:
    event = change.event
    told = [_NOTES[event.kind](event)] if event.kind in _NOTES else [_BY_WHY.get(event.why, "")]
    if event.kind is EventKind.REMINDED:
        told = [_worded(rules.reminders.wording, change)]
    elif event.kind is EventKind.ESCALATED and event.audience is not None:
        rung = rules.rung(event.audience)
        told = [_worded(rung.wording, change) if rung else ""]
    elif event.kind is not EventKind.FLAPPED and event.times:
        told.append(f"この間の変化{event.times}回は、まとめました。")
    if change.finding and change.finding.verdict in ALERTING and event.after not in ALERTING:
        told.append("この事業には、ほかに続いている件があります。")
    text = "".join(told).replace("{file}", one_line(event.file or ""))
    return text or None


_BY_WHY = {
    Why.FILE_SOLVED: "「{file}」は届きましたが、この事業の報告がありません。",
    Why.FILE_WAITED_LONG_ENOUGH: "「{file}」の直しを待っていましたが、届いていません。",
}


def _reopened(event: AlertEvent) -> str:
    return "一度回復しましたが、再び手当てが必要になりました。"


def _answer_ended(event: AlertEvent) -> str:
    until = wareki(event.since) if event.since else ""
    return f"{one_line(event.note or '')}。この期限（{until}）が過ぎました。"


def _flapped(event: AlertEvent) -> str:
    since = f"{wareki(event.since)}から" if event.since else ""
    how = "落ち着いたため" if event.why is Why.SETTLED else "まだ続いているため"
    return f"{since}{event.times}回変わりました。{how}、まとめてお知らせします。"


_NOTES = {
    EventKind.REOPENED: _reopened,
    EventKind.ANSWER_ENDED: _answer_ended,
    EventKind.FLAPPED: _flapped,
}


def _worded(template: str, change: Change) -> str:
    event = change.event
    values = {
        "days": str(event.days or 0),
        "since": wareki(event.since) if event.since else "",
        "departments": _departments(change.finding) or "担当課",
    }
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", value)
    return template


def _command(event: AlertEvent, digest: Digest) -> str | None:
    if digest.recipient.audience != SECRETARIAT or event.kind not in (
        EventKind.ESCALATED,
        EventKind.ANSWER_ENDED,
    ):
        return None
    alert = f"{event.project_id}/{event.commitment}" if event.commitment else event.project_id
    return f"shinchoku ack {alert} --owner 対応者 --reason 内容"


def _plan(change: Change) -> str | None:
    found = commitment_of(change.finding, change.event.commitment) if change.finding else None
    if found is None:
        return None
    years = "・".join(f"令和{label[1:]}年度" for label in found.fiscal_years)
    late = f"、{found.days_late}日超過" if found.days_late else ""
    return f"{years}「{found.phase}」（期限 {wareki(found.due_on)}{late}{_first_plan(change)}）"


def _first_plan(change: Change) -> str:
    """Return how the deciding commitment stands by the first plan, where it was re-planned."""
    finding, key = change.finding, change.event.commitment
    if finding is None or not finding.baseline.replanned:
        return ""
    if key and finding.commitment is not None and finding.commitment.key != key:
        return ""
    baseline = finding.baseline
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
