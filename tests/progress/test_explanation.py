"""Every verdict in words: what a person reads is held as it was once read and approved."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from histories import DAYS, HISTORIES, PLANS
from hypothesis import given, settings
from hypothesis import strategies as st
from small_town import judged, plan_of, row

from plan_data.phases import Phase
from tasks.progress.explanation import QUESTIONS, explain
from tasks.progress.explanation_words import MET_BY, PLANNED, WORDS
from tasks.progress.reasons import FOR_INFORMATION, ReasonCode, Verdict
from tasks.progress.records import CellEvidence

GOLDEN = Path(__file__).parent / "golden" / "explanations.txt"
NOV = "2026-11-24"

# name: (plan, day, reports)
CASES = {
    "導入 重大な遅延": (("導入", "運用", "運用"), NOV, [("2026-11-10", dict(phase="導入", progress=0.8, due_on="2027-01-04", self_rating="やや遅れ"))]),
    "導入 遅延（節目）": (("—", "導入", "運用"), NOV, [("2026-11-10", dict(phase="導入", progress=0.2, budget="要求済", self_rating="順調"))]),
    "導入 注意（計画値）": (("—", "導入", "—"), "2027-01-29", [("2027-01-20", dict(phase="導入", progress=0.65))]),
    "導入 注意（予定日）": (("—", "導入", "—"), NOV, [("2026-11-20", dict(phase="導入", progress=0.6, due_on="2027-05-31"))]),
    "導入 注意（予定日を過ぎた）": (("—", "導入", "—"), NOV, [("2026-11-20", dict(phase="導入", progress=0.6, due_on="2026-11-20"))]),
    "導入 注意（予算）": (("—", "事業検討", "導入"), NOV, [("2026-11-20", dict(phase="事業検討", progress=0.6, budget="未要求"))]),
    "導入 順調": (("—", "導入", "—"), NOV, [("2026-11-20", dict(phase="導入", progress=0.6))]),
    "導入 完了": (("—", "導入", "運用"), "2027-03-20", [("2027-03-18", dict(phase="導入", finished_on="2027-03-15", budget="要求済"))]),
    "導入 前倒し": (("—", "導入", "—"), "2027-01-20", [("2027-01-15", dict(phase="導入", finished_on="2027-01-12"))]),
    "導入 要確認（未来の完了日）": (("—", "導入", "—"), NOV, [("2026-11-20", dict(phase="導入", progress=0.6, finished_on="2027-03-26"))]),
    "導入 要確認（中止）": (("—", "導入", "—"), NOV, [("2026-11-20", dict(phase="中止"))]),
    "導入 未報告": (("—", "導入", "—"), NOV, []),
    "導入 未報告（今期）": (("—", "導入", "—"), NOV, [("2026-06-20", dict(phase="導入", progress=0.6))]),
    "事業検討 遅延": (("—", "事業検討", "—"), "2027-04-30", [("2027-04-20", dict(phase="事業検討", progress=0.9))]),
    "事業検討 注意（着手）": (("—", "事業検討", "—"), "2026-10-20", [("2026-10-12", dict(phase="未着手"))]),
    "事業検討 要確認（100%）": (("—", "事業検討", "—"), NOV, [("2026-11-20", dict(phase="事業検討", progress=1.0))]),
    "事業検討 順調": (("事業検討", "事業検討", "運用"), "2026-06-01", [("2026-05-20", dict(phase="事業検討", progress=0.5))]),
    "運用 順調": (("運用", "運用", "運用"), NOV, [("2026-11-10", dict(phase="運用"))]),
    "運用 遅延（停止）": (("運用", "運用", "運用"), "2026-11-11", [("2026-05-10", dict(phase="運用")), ("2026-11-10", dict(phase="運用停止"))]),
    "運用 要確認（後退）": (("運用", "運用", "運用"), NOV, [("2026-05-10", dict(phase="運用")), ("2026-11-10", dict(phase="導入"))]),
    "継続 順調": (("—", "継続", "—"), NOV, [("2026-11-10", dict(phase="継続", held_count=2))]),
    "継続 遅延": (("—", "継続", "—"), "2027-04-30", [("2027-03-20", dict(phase="継続", held_count=0)), ("2027-04-20", dict(phase="継続", held_count=0))]),
    "移行完了 順調": (("—", "移行完了", "—"), NOV, [("2026-11-10", dict(phase="移行完了", progress=0.5))]),
    "改定 完了": (("—", "改定", "—"), "2027-03-20", [("2027-03-18", dict(phase="改定", finished_on="2027-03-15"))]),
    "強化 遅延": (("—", "強化", "—"), "2027-04-30", [("2027-04-20", dict(phase="強化", progress=0.9))]),
    "運用停止 重大な遅延": (("運用", "運用停止", "—"), NOV, [("2026-11-10", dict(phase="運用"))]),
    "計画なし 対象外": (("改定", "—", "—"), NOV, [("2026-03-10", dict(phase="改定", finished_on="2026-02-27"))]),
}  # fmt: skip


def finding_of(name):
    plan, day, reports = CASES[name]
    return judged(plan_of(*plan), [row(received, **fields) for received, fields in reports], day)


def written(name):
    told = explain(finding_of(name))
    questions = [
        f"問 {q.text}（{f'{q.evidence.sheet}!{q.evidence.cell}' if isinstance(q.evidence, CellEvidence) else q.evidence.ref}）"
        for q in told.questions
    ]
    return "\n".join((f"■ {name}", told.text, f"→ {told.to_on_track}", *questions))


@pytest.mark.parametrize("name", CASES)
def test_it_reads_as_it_was_approved(name):
    golden = {text.splitlines()[0]: text.strip() for text in GOLDEN.read_text(encoding="utf-8").split("\n\n")}
    assert written(name) == golden[f"■ {name}"]


def test_the_approved_texts_show_every_verdict_and_every_phase():
    found = [finding_of(name) for name in CASES]
    assert {f.verdict for f in found} == set(Verdict)
    assert {c.phase for f in found for c in f.commitments} == {p.value for p in Phase} - {"—"}


def test_every_reason_that_counts_has_words_and_every_phase_a_promise():
    assert set(ReasonCode) - FOR_INFORMATION <= set(WORDS)
    assert set(PLANNED) == set(MET_BY) == set(Phase) - {Phase.NONE}


def numbers_of(value):
    """Every number a reader may find in a finding: of days in either count, shares as percent, and texts."""
    if isinstance(value, dict):
        return set().union(*(numbers_of(v) for v in value.values()), set())
    if isinstance(value, list | tuple):
        return set().union(*(numbers_of(v) for v in value), set())
    if isinstance(value, float):
        return {f"{value:.0%}"[:-1]}
    text = str(value)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return set(re.findall(r"\d+", text))
    return {str(n) for n in (day.year, day.year - 2018, day.month, day.day)}


@settings(max_examples=150, deadline=None)
@given(PLANS, HISTORIES, DAYS)
def test_every_number_stands_in_the_finding_and_every_question_cites_a_cell(phases, history, day):
    rows = [row(received, **fields) for received, fields in history]
    finding = judged(plan_of(*phases), rows, day.isoformat())
    told = explain(finding)
    words = (told.text, told.to_on_track, *(q.text for q in told.questions))
    assert set(re.findall(r"\d+", "".join(words))) <= numbers_of(finding.model_dump(mode="json"))
    assert len({q.text for q in told.questions}) == QUESTIONS
    assert all(q.evidence is not None for q in told.questions)
    assert told.text.startswith("計画") and f"「{finding.verdict.label}」" in told.text
    assert not any(word in text for text in words for word in ("None", "{", "。。", "「」"))


@pytest.mark.parametrize(
    ("name", "reported"),
    [
        ("導入 重大な遅延", dict(phase="運用", self_rating="順調")),
        ("導入 遅延（節目）", dict(phase="導入", progress=0.6, budget="要求済", self_rating="順調")),
        ("導入 注意（計画値）", dict(phase="導入", progress=0.8)),
        ("導入 注意（予定日）", dict(phase="導入", progress=0.6, due_on="2027-03-31")),
        ("導入 注意（予算）", dict(phase="事業検討", progress=0.6, budget="要求済")),
        ("導入 未報告", dict(phase="導入", progress=0.6)),
        ("事業検討 遅延", dict(phase="事業検討", finished_on="2027-04-21")),
        ("事業検討 注意（着手）", dict(phase="事業検討", progress=0.1)),
        ("運用 遅延（停止）", dict(phase="運用")),
        ("継続 遅延", dict(phase="継続", held_count=1)),
        ("運用停止 重大な遅延", dict(phase="運用停止")),
    ],
)
def test_what_would_turn_it_on_track_does(name, reported):
    plan, day, reports = CASES[name]
    rows = [row(received, **fields) for received, fields in reports[:-1]]
    better = judged(plan_of(*plan), [*rows, row(day, **reported)], day)
    assert better.verdict.rank >= Verdict.ON_TRACK.rank


@st.composite
def _renamed(draw):
    return draw(st.text("あいうえおかきくけこ", min_size=1, max_size=8))


@settings(max_examples=50, deadline=None)
@given(PLANS, HISTORIES, DAYS, _renamed())
def test_renaming_the_project_changes_no_verdict_and_no_reason(phases, history, day, name):
    rows = [row(received, **fields) for received, fields in history]
    plan = plan_of(*phases)
    project = plan.policies[0].measures[0].projects[0].model_copy(update={"name": name})
    measure = plan.policies[0].measures[0].model_copy(update={"projects": (project,)})
    policy = plan.policies[0].model_copy(update={"measures": (measure,)})
    renamed = plan.model_copy(update={"policies": (policy,)})
    one, other = (judged(p, rows, day.isoformat()) for p in (plan, renamed))
    assert other.verdict is one.verdict
    assert [(r.code, r.days, r.text) for r in other.reasons] == [
        (r.code, r.days, r.text) for r in one.reasons
    ]
