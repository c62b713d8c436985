"""A verdict in words: one paragraph, what would turn it 順調, and three questions for the 担当課.

Pure, and a function of the finding alone: every number in the texts stands in the finding, so that
a stored finding is explained as it was, and a judgement of many towns does not pay for texts nobody reads.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from plan_data.phases import Phase, fiscal_year_of_label, fiscal_year_start
from tasks.progress.explanation_words import ALWAYS, MET_BY, PLANNED, RUNNING, WORDS, Words
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import (
    CellEvidence,
    Commitment,
    Evidence,
    Finding,
    PlanEvidence,
    Reason,
    Record,
)
from tasks.wareki import wareki

QUESTIONS = 3
_PAST = frozenset({ReasonCode.PAST_DUE, ReasonCode.STILL_IN_SERVICE, ReasonCode.OUT_OF_SERVICE})
_ON_THE_WAY = frozenset(
    {
        ReasonCode.OWN_DATE_PAST_DUE,
        ReasonCode.OWN_DATE_PASSED,
        ReasonCode.FORECAST_PAST_DUE,
        ReasonCode.MILESTONE_OVERDUE,
        ReasonCode.BEHIND_PLANNED_VALUE,
        ReasonCode.NOT_UNDER_WAY,
    }
)


class Question(Record):
    """One question for the 担当課 and the cell, of the plan or of its own workbook, that it is about."""

    text: str
    evidence: Evidence


class Explanation(Record):
    """The paragraph, what would turn the verdict 順調, and the questions, most pressing first."""

    text: str
    to_on_track: str
    questions: tuple[Question, ...]


def explain(finding: Finding) -> Explanation:
    """Explain a finding in Japanese."""
    head = _head(finding)
    sentences = (
        _planned(finding, head),
        _reported(finding, head),
        *_therefore(finding, head),
        *_beside(finding),
    )
    return Explanation(
        text="".join(sentences), to_on_track=_to_on_track(finding), questions=tuple(_questions(finding))
    )


def _head(finding: Finding) -> Reason | None:
    """Return the reason that gives the finding its verdict."""
    return next((r for r in finding.reasons if r.verdict is finding.verdict), None)


def _commitment(finding: Finding, reason: Reason | None) -> Commitment | None:
    by_key = {c.key: c for c in finding.commitments}
    return by_key.get(reason.commitment or "", finding.commitment) if reason else finding.commitment


def _planned(finding: Finding, head: Reason | None) -> str:
    commitment = _commitment(finding, head)
    if commitment is None:
        return "計画では、今年度に行うことはありません。"
    phase = Phase(commitment.phase)
    first_day = fiscal_year_start(fiscal_year_of_label(commitment.fiscal_years[0]))
    running = phase is Phase.OPERATE and commitment.due_on <= first_day
    words = RUNNING if running else PLANNED[phase]
    years = "・".join(f"令和{label[1:]}年度" for label in commitment.fiscal_years)
    return f"計画（{years}「{phase}」）では、{words.format(due=wareki(commitment.due_on))}。"


def _reported(finding: Finding, head: Reason | None) -> str:
    said = finding.reported
    if not said:
        return "報告は、まだ一度も受け付けていません。"
    facts = list(_facts(finding, head))
    who = f"{said.get('department') or '担当課'}の"
    when = f"{wareki(date.fromisoformat(str(day)))}に受け付けた" if (day := said.get("received_on")) else ""
    if not facts:
        return f"{when}{who}報告には、段階も進捗率もありません。"
    return f"{when}{who}報告では、{'、'.join(facts)}です。"


def _facts(finding: Finding, head: Reason | None) -> Iterator[str]:
    said = finding.reported
    if said.get("phase"):
        yield f"段階は「{said['phase']}」"
    if said.get("progress") is not None and not said.get("finished_on"):
        plan = finding.expected.progress
        beside = f"（基準日の計画値は{plan:.0%}）" if plan is not None else ""
        yield f"進捗率は{float(said['progress']):.0%}{beside}"
    if said.get("held_count") is not None:
        yield f"実施回数は{int(said['held_count'])}回"
    for name, label in (("finished_on", "完了日"), ("due_on", "完了予定日")):
        if said.get(name):
            yield f"{label}は{wareki(date.fromisoformat(str(said[name])))}"
            break
    if head and head.code in (ReasonCode.BUDGET_NOT_REQUESTED, ReasonCode.BUDGET_NOT_ADOPTED):
        yield f"予算は「{said.get('budget') or '記載なし'}」"


def _therefore(finding: Finding, head: Reason | None) -> Iterator[str]:
    label = f"判定は「{finding.verdict.label}」です。"
    if head is None:
        yield f"よって、{label}"
        return
    words = WORDS.get(head.code, Words())
    if words.follows:
        yield f"よって、{_filled(words.follows, finding, head)}{label}"
    else:
        until = "どれが正しいか確かめられるまで、" if finding.verdict is Verdict.CONTRADICTORY else ""
        yield f"{head.text}よって、{until}{label}"
    others = (r for r in _against(finding) if r.code is not head.code)
    yield from (f"また、{reason.text}" for reason, _ in zip(others, range(1), strict=False))


def _beside(finding: Finding) -> Iterator[str]:
    for reason in finding.reasons:
        if reason.code is ReasonCode.SELF_RATING_GAP:
            yield f"担当課の自己評価は「{finding.self_rating}」で、判定と開きがあります。"
        elif reason.code in (ReasonCode.FILE_UNREADABLE, ReasonCode.ROW_REJECTED):
            yield f"なお、{reason.text.rstrip('。')}。"
        elif reason.code is ReasonCode.REPLANNED:
            yield f"なお、{reason.text.removeprefix('参考：')}"
    if finding.last_known:
        when = wareki(finding.last_known.received_on)
        yield f"なお、最後の報告（{when}）による判定は「{finding.last_known.verdict.label}」でした。"


def _against(finding: Finding) -> list[Reason]:
    """Return the reasons that stand between the 事業 and 順調."""
    return [r for r in finding.reasons if r.verdict is not None and r.verdict.rank < Verdict.ON_TRACK.rank]


def _to_on_track(finding: Finding) -> str:
    against = _against(finding)
    if not against:
        return _stays(finding)
    past = {r.commitment for r in against if r.code in _PAST}
    needed = (
        _filled(WORDS[r.code].clears or "", finding, r)
        for r in against
        # What is past due has to be met; how far it is, or is planned to be, no longer matters.
        if r.code not in _ON_THE_WAY or r.commitment not in past
    )
    all_of_them = [c for c in dict.fromkeys(needed) if c]
    conditions = [c for c in all_of_them if not any(c in other and c != other for other in all_of_them)]
    if len(conditions) == 1:
        return f"{conditions[0]}が確かめられれば、「順調」か「完了」となります。"
    listed = "、".join(f"{chr(0x2460 + n)}{text}" for n, text in enumerate(conditions))
    return f"次の全てが確かめられれば、「順調」か「完了」となります。{listed}。"


def _stays(finding: Finding) -> str:
    commitment = finding.commitment
    if finding.verdict is not Verdict.ON_TRACK or commitment is None:
        return {
            Verdict.NOT_DUE: "今年度に行うことがないため、求めることはありません。",
            Verdict.ON_TRACK: "既に「順調」です。",
        }.get(finding.verdict, "既に終わっているため、求めることはありません。")
    if commitment.met_on is not None:
        return "既に「順調」です。次の報告期間にも同じ報告があれば、「順調」のままです。"
    met_by, due = MET_BY[Phase(commitment.phase)], wareki(commitment.due_on)
    return f"既に「順調」です。期限（{due}）までに、{met_by}が報告されれば、計画を果たしたことになります。"


def _questions(finding: Finding) -> Iterator[Question]:
    """Yield three questions: two about the head reason, one about each other, then what is left."""
    told = [_about(finding, reason) for reason in _speaking(finding)]
    asked: dict[str, Evidence] = {}
    for rank in range(QUESTIONS):
        for number, about in enumerate(told):
            for text, evidence in about[rank : rank + (2 if number == 0 else 1)]:
                asked.setdefault(text, evidence)
    anything = _proof(finding, [e for r in finding.reasons for e in r.evidence], CellEvidence)
    for text in ALWAYS:
        asked.setdefault(text, anything)
    yield from (Question(text=t, evidence=e) for t, e in list(asked.items())[:QUESTIONS])


def _speaking(finding: Finding) -> Iterator[Reason]:
    """Yield the reasons to ask about: a chain past due, or a group of departments that all keep it, is one story."""
    seen: set[ReasonCode] = set()
    for reason in finding.reasons:
        if reason.code in WORDS and reason.code not in seen:
            yield reason
            if reason.code in _PAST or (reason.verdict and reason.verdict.rank >= Verdict.ON_TRACK.rank):
                seen.add(reason.code)


def _about(finding: Finding, reason: Reason) -> list[tuple[str, Evidence]]:
    words = WORDS[reason.code]
    cell, plan = (_proof(finding, reason.evidence, kind) for kind in (CellEvidence, PlanEvidence))
    of_cells = [(_filled(text, finding, reason), cell) for text in words.questions]
    of_plan = [(_filled(text, finding, reason), plan) for text in words.about_plan]
    return [*of_cells[:1], *of_plan, *of_cells[1:]]


def _proof(
    finding: Finding, evidence: Sequence[Evidence], kind: type[CellEvidence] | type[PlanEvidence]
) -> Evidence:
    wanted = next((e for e in evidence if isinstance(e, kind)), None)
    found = wanted or next(iter(evidence), None)
    return found or PlanEvidence(ref=f"計画 {finding.project_id} {finding.project_name}")


def _filled(text: str, finding: Finding, reason: Reason) -> str:
    commitment = _commitment(finding, reason)
    step = re.search(r"節目「.*?」", reason.text)
    progress, planned = finding.reported.get("progress"), finding.expected.progress
    return text.format(
        days=reason.days,
        phase=commitment.phase if commitment else finding.expected.phase,
        due=wareki(commitment.due_on) if commitment else "年度末",
        met_on=wareki(commitment.met_on) if commitment and commitment.met_on else "既",
        met_by=MET_BY[Phase(commitment.phase)] if commitment else "",
        rating=finding.self_rating or "",
        step=step[0] if step else "節目",
        progress=f"{float(progress):.0%}" if progress is not None else "",
        planned=f"{planned:.0%}" if planned is not None else "",
    )
