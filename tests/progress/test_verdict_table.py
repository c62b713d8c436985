"""DOMAIN's table of commitments and verdicts, phase by situation.

Each line: the plan's R7, R8 and R9; the day; the rows (received on, fields); the verdict and the
first reason. R8 is 2026-04-01 to 2027-03-31. 2027-03-31 is a Wednesday, 2026-04-01 too.
"""

from __future__ import annotations

import pytest
from small_town import codes, judged, plan_of, row

# What each phase needs to be met, and to be under way, in a department's words.
CASES = [
    # --- 事業検討: a decision, or a later phase; FY end; under way by 9/30 -----------------------------
    ("study met early", ("—", "事業検討", "—"), "2026-11-24", [("2026-10-05", dict(phase="事業検討", finished_on="2026-09-30"))], "ahead", "met_early"),
    ("study met", ("—", "事業検討", "—"), "2027-03-20", [("2027-03-18", dict(phase="事業検討", finished_on="2027-03-15"))], "done", "met"),
    ("study met by a later phase", ("—", "事業検討", "導入"), "2026-11-24", [("2026-11-10", dict(phase="導入", budget="要求済"))], "ahead", "met_early"),
    ("study under way", ("—", "事業検討", "—"), "2026-11-24", [("2026-11-10", dict(phase="事業検討", progress=0.4))], "on_track", "under_way"),
    ("study not begun, before 9/30", ("—", "事業検討", "—"), "2026-09-29", [("2026-09-01", dict(phase="未着手"))], "on_track", "not_yet_due"),
    ("study 1 day late", ("—", "事業検討", "—"), "2027-04-01", [("2027-03-20", dict(phase="事業検討", progress=0.9))], "delayed", "past_due"),
    ("study 89 days late", ("—", "事業検討", "—"), "2027-06-28", [("2027-06-20", dict(phase="事業検討", progress=0.9))], "delayed", "past_due"),
    ("study 90 days late", ("—", "事業検討", "—"), "2027-06-29", [("2027-06-20", dict(phase="事業検討", progress=0.9))], "critical", "past_due"),
    ("study carried into the next year", ("事業検討", "導入", "運用"), "2026-05-01", [("2026-04-20", dict(phase="事業検討", progress=0.9))], "delayed", "past_due"),
    ("study carried, then decided", ("事業検討", "導入", "運用"), "2026-05-29", [("2026-05-20", dict(phase="導入", progress=0.1))], "on_track", "under_way"),
    ("study silent", ("—", "事業検討", "—"), "2026-11-24", [], "unreported", "never_reported"),
    ("study of two years is one, due at the end of the second", ("事業検討", "事業検討", "運用"), "2026-05-01", [("2026-04-20", dict(phase="事業検討", progress=0.5))], "on_track", "under_way"),
    # --- 導入: a go-live date, or 運用; FY end, by the ladder -------------------------------------------
    ("introduction met early", ("事業検討", "導入", "運用"), "2027-01-20", [("2027-01-15", dict(phase="導入", finished_on="2027-01-12", budget="要求済"))], "ahead", "met_early"),
    ("introduction met", ("事業検討", "導入", "運用"), "2027-03-20", [("2027-03-18", dict(phase="導入", finished_on="2027-03-15", budget="要求済"))], "done", "met"),
    ("introduction met, 運用 reached", ("事業検討", "導入", "運用"), "2027-03-20", [("2027-03-18", dict(phase="運用", budget="要求済"))], "done", "met"),
    ("introduction under way on its ladder", ("事業検討", "導入", "—"), "2026-11-24", [("2026-11-20", dict(phase="導入", progress=0.55))], "on_track", "under_way"),
    ("introduction 14 points behind", ("事業検討", "導入", "—"), "2027-01-29", [("2027-01-20", dict(phase="導入", progress=0.66))], "on_track", "under_way"),
    ("introduction 15 points behind", ("事業検討", "導入", "—"), "2027-01-29", [("2027-01-20", dict(phase="導入", progress=0.65))], "at_risk", "behind_planned_value"),
    ("introduction, milestone 1 day overdue", ("事業検討", "導入", "—"), "2026-07-01", [("2026-06-20", dict(phase="導入", progress=0.19))], "at_risk", "milestone_overdue"),
    ("introduction, milestone 29 days overdue", ("事業検討", "導入", "—"), "2026-07-29", [("2026-07-20", dict(phase="導入", progress=0.19))], "at_risk", "milestone_overdue"),
    ("introduction, milestone 30 days overdue", ("事業検討", "導入", "—"), "2026-07-30", [("2026-07-20", dict(phase="導入", progress=0.19))], "delayed", "milestone_overdue"),
    ("introduction, milestone reached by name", ("事業検討", "導入", "—"), "2026-07-30", [("2026-07-20", dict(phase="導入", milestone="仕様確定", milestone_done_on="2026-06-29"))], "on_track", "under_way"),
    ("introduction, own milestone overdue", ("事業検討", "導入", "—"), "2026-11-24", [("2026-11-20", dict(phase="導入", progress=0.6, milestone="住民周知", milestone_due_on="2026-11-20"))], "at_risk", "milestone_overdue"),
    ("introduction says nothing of progress", ("事業検討", "導入", "—"), "2026-11-24", [("2026-11-20", dict(phase="導入"))], "on_track", "under_way"),
    ("introduction, own date 89 days past due", ("事業検討", "導入", "—"), "2026-11-24", [("2026-11-20", dict(phase="導入", progress=0.6, due_on="2027-06-28"))], "at_risk", "own_date_past_due"),
    ("introduction, own date 90 days past due", ("事業検討", "導入", "—"), "2026-11-24", [("2026-11-20", dict(phase="導入", progress=0.6, due_on="2027-06-29"))], "critical", "own_date_past_due"),
    ("introduction, own date in time", ("事業検討", "導入", "—"), "2026-11-24", [("2026-11-20", dict(phase="導入", progress=0.6, due_on="2027-03-31"))], "on_track", "under_way"),
    ("introduction, own date passed unanswered", ("事業検討", "導入", "—"), "2026-11-24", [("2026-11-20", dict(phase="導入", progress=0.6, due_on="2026-11-20"))], "at_risk", "own_date_passed"),
    ("introduction 1 day late", ("事業検討", "導入", "—"), "2027-04-01", [("2027-03-20", dict(phase="導入", progress=0.9))], "delayed", "past_due"),
    ("introduction 89 days late", ("事業検討", "導入", "—"), "2027-06-28", [("2027-06-20", dict(phase="導入", progress=0.9))], "delayed", "past_due"),
    ("introduction 90 days late", ("事業検討", "導入", "—"), "2027-06-29", [("2027-06-20", dict(phase="導入", progress=0.9))], "critical", "past_due"),
    ("introduction 100 % but not in service stays open", ("事業検討", "導入", "—"), "2027-04-01", [("2027-03-20", dict(phase="導入", progress=1.0))], "delayed", "past_due"),
    ("introduction carried into the next year", ("導入", "運用", "運用"), "2026-04-30", [("2026-04-20", dict(phase="導入", progress=0.9))], "delayed", "past_due"),
    ("introduction carried, then live", ("導入", "運用", "運用"), "2026-06-01", [("2026-05-20", dict(phase="運用", finished_on="2026-05-11"))], "on_track", "kept"),
    ("introduction silent", ("—", "導入", "—"), "2026-11-24", [], "unreported", "never_reported"),
    ("introduction carried and silent", ("導入", "—", "—"), "2026-11-24", [], "unreported", "never_reported"),
    # --- 運用: in service; FY start where the year before had it or brought it in ------------------------
    ("operation kept", ("運用", "運用", "運用"), "2026-11-24", [("2026-11-10", dict(phase="運用"))], "on_track", "kept"),
    ("operation not in service on its first day", ("導入", "運用", "運用"), "2026-04-01", [("2026-04-01", dict(phase="導入", progress=0.9))], "delayed", "past_due"),
    ("operation, due at the FY end, under way", ("—", "運用", "運用"), "2026-11-24", [("2026-11-10", dict(phase="導入", progress=0.5))], "on_track", "under_way"),
    ("operation, due at the FY end, 1 day late", ("—", "運用", "運用"), "2027-04-01", [("2027-03-10", dict(phase="導入", progress=0.5))], "delayed", "past_due"),
    ("operation 89 days late", ("—", "運用", "運用"), "2027-06-28", [("2027-06-10", dict(phase="導入", progress=0.9))], "delayed", "past_due"),
    ("operation 90 days late", ("—", "運用", "運用"), "2027-06-29", [("2027-06-10", dict(phase="導入", progress=0.9))], "critical", "past_due"),
    ("operation, the study before it still going on", ("事業検討", "事業検討", "運用"), "2027-05-10", [("2027-05-06", dict(phase="事業検討", progress=0.9))], "delayed", "past_due"),
    ("operation stopped 1 day ago", ("運用", "運用", "運用"), "2026-11-11", [("2026-05-10", dict(phase="運用")), ("2026-11-10", dict(phase="運用停止"))], "delayed", "out_of_service"),
    ("operation stopped 90 days ago", ("運用", "運用", "運用"), "2026-11-24", [("2026-05-10", dict(phase="運用")), ("2026-11-10", dict(phase="運用停止", finished_on="2026-08-26"))], "critical", "out_of_service"),
    ("operation silent this cycle", ("運用", "運用", "運用"), "2026-11-24", [("2026-05-10", dict(phase="運用"))], "unreported", "no_report_this_cycle"),
    ("operation, row without a phase", ("運用", "運用", "運用"), "2026-11-24", [("2026-11-10", dict(self_rating="順調"))], "unreported", "earlier_never_reported"),
    ("operation silent", ("運用", "運用", "運用"), "2026-11-24", [], "unreported", "never_reported"),
    # --- 継続: held again in the FY; under way by 9/30 ---------------------------------------------------
    ("activity held", ("継続", "継続", "継続"), "2026-11-24", [("2026-11-10", dict(phase="継続", held_count=2))], "on_track", "kept"),
    ("activity under way", ("継続", "継続", "継続"), "2026-11-24", [("2026-11-10", dict(phase="継続"))], "on_track", "under_way"),
    ("activity not begun, 29 days after 9/30", ("—", "継続", "継続"), "2026-10-29", [("2026-10-20", dict(phase="未着手"))], "at_risk", "not_under_way"),
    ("activity not begun, 30 days after 9/30", ("—", "継続", "継続"), "2026-10-30", [("2026-10-20", dict(phase="未着手"))], "delayed", "not_under_way"),
    ("activity 1 day late", ("—", "継続", "—"), "2027-04-01", [("2027-03-20", dict(phase="継続", held_count=0))], "delayed", "past_due"),
    ("activity 89 days late", ("—", "継続", "—"), "2027-06-28", [("2027-03-20", dict(phase="継続", held_count=0)), ("2027-06-20", dict(phase="継続", held_count=0))], "delayed", "past_due"),
    ("activity 90 days late", ("—", "継続", "—"), "2027-06-29", [("2027-03-20", dict(phase="継続", held_count=0)), ("2027-06-20", dict(phase="継続", held_count=0))], "critical", "past_due"),
    ("activity carried, then held", ("継続", "継続", "—"), "2026-06-01", [("2026-03-20", dict(phase="継続", held_count=0)), ("2026-05-20", dict(phase="継続", held_count=1))], "on_track", "kept"),
    ("activity silent", ("—", "継続", "継続"), "2026-11-24", [], "unreported", "never_reported"),
    # --- 移行完了 / 改定 / 強化: done once, in this FY --------------------------------------------------
    *[
        case
        for phase in ("移行完了", "改定", "強化")
        for case in (
            (f"{phase} met early", ("—", phase, "—"), "2026-11-24", [("2026-11-10", dict(phase=phase, finished_on="2026-11-02"))], "ahead", "met_early"),
            (f"{phase} met 30 days early", ("—", phase, "—"), "2027-03-20", [("2027-03-10", dict(phase=phase, finished_on="2027-03-01"))], "ahead", "met_early"),
            (f"{phase} met 29 days early", ("—", phase, "—"), "2027-03-20", [("2027-03-10", dict(phase=phase, finished_on="2027-03-02"))], "done", "met"),
            (f"{phase} met, by 完了", ("—", phase, "—"), "2027-03-20", [("2027-03-10", dict(phase="完了"))], "done", "met"),
            (f"{phase} under way", ("—", phase, "—"), "2026-11-24", [("2026-11-10", dict(phase=phase, progress=0.5))], "on_track", "under_way"),
            (f"{phase} 1 day late", ("—", phase, "—"), "2027-04-01", [("2027-03-10", dict(phase=phase, progress=0.5))], "delayed", "past_due"),
            (f"{phase} 89 days late", ("—", phase, "—"), "2027-06-28", [("2027-06-10", dict(phase=phase, progress=0.5))], "delayed", "past_due"),
            (f"{phase} 90 days late", ("—", phase, "—"), "2027-06-29", [("2027-06-10", dict(phase=phase, progress=0.5))], "critical", "past_due"),
            (f"{phase} carried into the next year", (phase, "—", "—"), "2026-04-30", [("2026-04-20", dict(phase=phase, progress=0.5))], "delayed", "past_due"),
            (f"{phase} silent", ("—", phase, "—"), "2026-11-24", [], "unreported", "never_reported"),
        )
    ],
    # --- 運用停止: off, and stays off; FY start where the year before planned 運用 -------------------------
    ("stop met", ("運用", "運用停止", "運用停止"), "2026-11-24", [("2026-11-10", dict(phase="運用停止", finished_on="2026-03-31"))], "done", "met"),
    ("stop still in service on the day", ("運用", "運用停止", "運用停止"), "2026-04-01", [("2026-04-01", dict(phase="運用"))], "on_track", "under_way"),
    ("stop 1 day late", ("運用", "運用停止", "運用停止"), "2026-04-02", [("2026-04-01", dict(phase="運用"))], "delayed", "still_in_service"),
    ("stop 89 days late", ("運用", "運用停止", "運用停止"), "2026-06-29", [("2026-06-20", dict(phase="運用"))], "delayed", "still_in_service"),
    ("stop 90 days late", ("運用", "運用停止", "運用停止"), "2026-06-30", [("2026-06-20", dict(phase="運用"))], "critical", "still_in_service"),
    ("stop carried into the next year", ("運用", "運用停止", "—"), "2027-05-10", [("2027-05-06", dict(phase="運用"))], "critical", "still_in_service"),
    ("stop, in service again", ("運用", "運用停止", "運用停止"), "2026-11-24", [("2026-05-10", dict(phase="運用停止")), ("2026-11-10", dict(phase="運用"))], "contradictory", "phase_moved_backwards"),
    ("stop silent", ("運用", "運用停止", "運用停止"), "2026-11-24", [], "unreported", "never_reported"),
    # --- —: nothing -------------------------------------------------------------------------------------
    ("nothing planned, nothing open", ("改定", "—", "—"), "2026-11-24", [("2026-03-30", dict(phase="改定", finished_on="2026-03-20"))], "not_due", "nothing_planned"),
    ("nothing ever planned", ("—", "—", "—"), "2026-11-24", [], "not_due", "nothing_planned"),
    # --- rows that contradict themselves or the past -------------------------------------------------------
    ("finished in the future", ("—", "改定", "—"), "2026-11-24", [("2026-11-10", dict(phase="改定", finished_on="2026-11-11"))], "contradictory", "finished_in_future"),
    ("study at 100 % undecided", ("—", "事業検討", "—"), "2026-11-24", [("2026-11-10", dict(phase="事業検討", progress=1.0))], "contradictory", "study_complete_undecided"),
    ("start after end", ("—", "改定", "—"), "2026-11-24", [("2026-11-10", dict(phase="改定", started_on="2026-11-02", due_on="2026-11-01"))], "contradictory", "start_after_end"),
    ("not started but finished", ("—", "改定", "—"), "2026-11-24", [("2026-11-10", dict(phase="未着手", finished_on="2026-11-01"))], "contradictory", "finished_but_not_started"),
    ("phase moved backwards", ("運用", "運用", "運用"), "2026-11-24", [("2026-05-10", dict(phase="運用")), ("2026-11-10", dict(phase="導入"))], "contradictory", "phase_moved_backwards"),
    ("cancelled though planned", ("—", "導入", "—"), "2026-11-24", [("2026-11-10", dict(phase="中止"))], "contradictory", "cancelled_against_plan"),
    # --- the department's own word ------------------------------------------------------------------------
    ("self-rated late", ("運用", "運用", "運用"), "2026-11-24", [("2026-11-10", dict(phase="運用", self_rating="遅れ"))], "at_risk", "self_rated_late"),
    ("self-rated on track", ("運用", "運用", "運用"), "2026-11-24", [("2026-11-10", dict(phase="運用", self_rating="順調"))], "on_track", "kept"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("phases", "as_of", "rows", "verdict", "code"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_it_judges_as_the_table_says(phases, as_of, rows, verdict, code):
    finding = judged(plan_of(*phases), [row(day, **fields) for day, fields in rows], as_of)
    assert (finding.verdict.value, codes(finding)[0]) == (verdict, code), finding.reasons


# Boundary triples: the day before, the day, the day after.
BOUNDARIES = [
    # 9/30 (2026: a Wednesday): a study must be under way.
    ("9/30", ("—", "事業検討", "—"), dict(phase="未着手"), "2026-09-20", ["2026-09-29", "2026-09-30", "2026-10-01"], ["on_track", "on_track", "at_risk"]),
    # 11/15 (2027: a Monday): the budget of what comes next year must be requested. R9 is the last year,
    # so the boundary is shown in R7 for R8: 2025-11-15 is a Saturday and moves to Friday the 14th.
    ("11/15 on a Saturday", ("事業検討", "導入", "—"), dict(phase="事業検討", progress=0.3), "2025-11-04", ["2025-11-13", "2025-11-14", "2025-11-15"], ["on_track", "on_track", "at_risk"]),
    # 3/25 (2026: a Wednesday): the budget must be adopted.
    ("3/25", ("事業検討", "導入", "—"), dict(phase="事業検討", progress=0.3, budget="要求済"), "2026-03-20", ["2026-03-24", "2026-03-25", "2026-03-26"], ["on_track", "on_track", "at_risk"]),
    # 3/31 (2027: a Wednesday): the fiscal year ends.
    ("3/31", ("—", "改定", "—"), dict(phase="改定", progress=0.9), "2027-03-20", ["2027-03-30", "2027-03-31", "2027-04-01"], ["on_track", "on_track", "delayed"]),
    # 4/1 (2026: a Wednesday): what ran last year runs on the first day of this one.
    ("4/1", ("運用", "運用停止", "運用停止"), dict(phase="運用"), "2026-03-20", ["2026-03-31", "2026-04-01", "2026-04-02"], ["on_track", "on_track", "delayed"]),
    # A 閉庁日: the ladder's 10/31 of 2026 is a Saturday, so 契約 is due on Friday the 30th.
    ("a Saturday", ("事業検討", "導入", "—"), dict(phase="導入", progress=0.45), "2026-10-20", ["2026-10-29", "2026-10-30", "2026-10-31"], ["on_track", "on_track", "at_risk"]),
    # ≥ 90 days past due is critical: 2027-03-31 + 89, 90, 91.
    ("90 days", ("—", "改定", "—"), dict(phase="改定", progress=0.9), "2027-06-20", ["2027-06-28", "2027-06-29", "2027-06-30"], ["delayed", "critical", "critical"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("phases", "fields", "received", "days", "verdicts"),
    [b[1:] for b in BOUNDARIES],
    ids=[b[0] for b in BOUNDARIES],
)
def test_it_turns_on_the_day_after_the_boundary(phases, fields, received, days, verdicts):
    rows = [row(received, **fields)]
    assert [judged(plan_of(*phases), rows, day).verdict.value for day in days] == verdicts
