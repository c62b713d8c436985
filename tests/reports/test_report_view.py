"""What the view says of a judgement."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Reason
from tasks.reports.changes import Trend, changes, trend
from tasks.reports.palette import LOOKS, meanings
from tasks.reports.summary import next_steps
from tasks.reports.view import build_view


def test_it_counts_every_verdict_with_its_change(view):
    counts = {c.verdict: (c.count, c.change) for c in view.counts}
    assert list(counts) == list(Verdict)
    assert sum(count for count, _ in counts.values()) == 29
    assert counts[Verdict.CRITICAL] == (2, 1)
    assert counts[Verdict.DELAYED] == (2, -1)
    assert counts[Verdict.ON_TRACK] == (12, -1)
    assert counts[Verdict.NOT_DUE] == (1, 0)


def test_it_lists_the_worst_first_and_then_in_plan_order(view):
    order = [(p.verdict.rank, p.id) for p in view.projects]
    assert order == sorted(order)
    assert [p.id for p in view.projects][:4] == ["DX-02", "DX-08", "DX-03", "DX-16"]


def test_it_counts_a_shared_project_for_each_of_its_departments(view):
    totals = {row.name: row.total for row in view.departments}
    assert totals["行政管理課"] == 17
    assert totals["社会教育課"] == 4
    # 29 事業, of which three have two 担当課.
    assert sum(totals.values()) == 32


def test_it_keeps_the_order_of_the_towns_own_list(view, departments):
    assert [row.name for row in view.departments] == [n for n in departments.names]


def test_it_names_who_did_not_report(view):
    silent = {s.name: s for s in view.silent}
    assert set(silent) == {"社会教育課", "総務課", "高齢者支援課"}
    assert silent["社会教育課"].projects == ("DX-09",)
    assert not silent["社会教育課"].whole
    assert silent["社会教育課"].last_received_on == date(2026, 10, 5)
    assert silent["高齢者支援課"].whole
    assert silent["高齢者支援課"].last_received_on is None


def test_it_names_a_department_that_sent_nothing_though_another_answered(
    plan, judgement, readings, departments
):
    """指定避難所等へのフリーWi-Fi整備 has two 担当課; one answering does not speak for the other."""
    without = [r for r in readings if not r.file.startswith("社会教育課")]
    view = _view(plan, judgement, without, departments)
    silent = {s.name: s for s in view.silent}["社会教育課"]
    assert silent.whole
    assert "DX-11" in silent.projects


def test_it_does_not_expect_a_group_of_departments_to_send_a_file(plan, judgement, readings, departments):
    without = [r for r in readings if not r.file.startswith("各所管課")]
    assert "各所管課" not in {s.name for s in _view(plan, judgement, without, departments).silent}


def test_it_lists_the_newest_version_of_each_file_of_the_cycle(view):
    names = [f.file for f in view.files]
    assert len(names) == len(set(names))
    assert {f.received_on for f in view.files if f.file == "税務課_進捗報告.xlsx"} == {date(2026, 10, 5)}
    # What needs somebody's hand comes first.
    assert view.files[0].error is not None
    assert view.files[1].row_errors


@pytest.mark.parametrize(
    ("since", "listed"),
    [
        pytest.param(date(2026, 10, 6), True, id="the day before"),
        pytest.param(date(2026, 10, 7), True, id="the day"),
        pytest.param(date(2026, 10, 8), False, id="the day after"),
    ],
)
def test_it_lists_files_from_the_first_day_of_the_cycle(
    plan, judgement, readings, departments, since, listed
):
    view = _view(plan, judgement, readings, departments, since=since)
    assert bool(view.rejected) is listed


def test_it_marks_the_fiscal_year_of_the_report(view):
    assert {tuple(y.current for y in p.years) for p in view.projects} == {(False, True, False)}
    strip = {p.id: [f"{y.phase}{y.note or ''}" for y in p.years] for p in view.projects}
    assert strip["DX-11"] == ["事業検討", "導入※1", "運用"]


def test_it_gives_the_title_of_the_note_a_cell_refers_to(view):
    notes = {p.id: p.notes for p in view.projects}
    assert [mark for mark, _ in notes["DX-24"]] == ["※2"]
    assert notes["DX-01"] == ()


def test_it_marks_a_self_rating_that_is_too_good(view):
    assert {p.id for p in view.projects if p.optimistic} == {
        p.id for p in view.projects if p.verdict.rank <= Verdict.AT_RISK.rank and p.id != "DX-03"
    }


def test_it_tells_what_moved(view):
    moved = [(p.id, p.trend) for p in view.moved]
    assert moved == [("DX-02", Trend.WORSE), ("DX-09", Trend.WORSE), ("DX-05", Trend.BETTER)]


@pytest.mark.parametrize(
    ("before", "now", "moved"),
    [
        pytest.param("delayed", "critical", Trend.WORSE, id="worse"),
        pytest.param("critical", "delayed", Trend.BETTER, id="better, though still late"),
        pytest.param("on_track", "unreported", Trend.WORSE, id="silence after good news"),
        pytest.param("delayed", "unreported", Trend.OTHER, id="silence is no cure"),
        pytest.param("critical", "contradictory", Trend.OTHER, id="nor is a doubt"),
        pytest.param("unreported", "on_track", Trend.BETTER, id="an answer at last"),
        pytest.param("at_risk", "at_risk", Trend.SAME, id="the same"),
    ],
)
def test_it_says_how_a_verdict_moved(judgement, before, now, moved):
    finding = judgement.findings[0]
    was, is_ = (finding.model_copy(update={"verdict": Verdict(word)}) for word in (before, now))
    assert trend(is_, was) is moved


def test_it_tells_what_changed_in_a_project(view):
    lines = next(p.changes for p in view.projects if p.id == "DX-04")
    assert lines == ("報告の段階：事業検討 → 導入", "進捗率：10% → 30%", "自己評価：遅れ → 順調")


def test_it_takes_days_that_went_by_for_no_change(judgement):
    finding = judgement.findings[1]
    reason = finding.reasons[0].model_copy(update={"days": 239, "text": "239日過ぎています。"})
    later = finding.model_copy(update={"reasons": (reason, *finding.reasons[1:])})
    assert changes(later, finding) == ()
    assert trend(later, finding) is Trend.SAME


def test_it_tells_a_reason_that_went_away(judgement):
    finding = judgement.findings[1]
    silent = Reason(code=ReasonCode.ROW_REJECTED, text="差戻しの行があります。")
    before = finding.model_copy(update={"reasons": (*finding.reasons, silent)})
    assert changes(finding, before) == ("解消した理由：差戻しの行があります。",)
    assert changes(before, finding) == ("新たな理由：差戻しの行があります。",)


def test_it_has_nothing_to_compare_on_the_first_run(plan, judgement, readings, departments):
    view = _view(plan, judgement, readings, departments)
    assert {c.change for c in view.counts} == {None}
    assert view.moved == ()
    assert {p.trend for p in view.projects} == {Trend.FIRST}


def test_it_says_what_to_do_next_most_urgent_first(view):
    steps = {step.text: [p.id for p in step.projects] or list(step.names) for step in next_steps(view)}
    assert next(iter(steps.values())) == ["DX-02", "DX-08", "DX-03", "DX-16"]
    assert steps["報告のない担当課に督促する。"] == ["社会教育課", "総務課", "高齢者支援課"]
    assert steps["読めなかったファイルの再提出を求める。"] == ["総務課_進捗報告.xlsx"]


def test_it_asks_for_nothing_when_all_is_well(plan, judgement, departments, readings):
    well = judgement.model_copy(
        update={"findings": tuple(f for f in judgement.findings if f.verdict is Verdict.NOT_DUE)}
    )
    view = _view(plan, well, [], departments)
    assert next_steps(view) == ()


def test_it_marks_a_report_that_holds_a_sample(view):
    assert view.mark == ""
    sample = view.files[0].model_copy(update={"file": "見本_税務課.xlsx"})
    assert replace(view, files=(*view.files, sample)).mark == "【見本】"


def test_every_verdict_has_a_symbol_of_its_own_and_a_meaning():
    assert set(LOOKS) == set(meanings(90, 30, 30)) == set(Verdict)
    assert len({look.symbol for look in LOOKS.values()}) == len(Verdict)


def _view(plan, judgement, readings, departments, since=date(2026, 10, 1)):
    made_at = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
    return build_view(
        plan,
        judgement,
        readings,
        [],
        None,
        made_at,
        since=since,
        departments=departments,
        meanings=meanings(90, 30, 30),
    )
