"""The closed list of reason codes: why a verdict is what it is.

``docs/ja/判定理由.md`` documents each; a test holds the two lists equal.
"""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """The verdicts, from worst to best; a 事業 gets the worst that a reason gives it."""

    CRITICAL = "critical"
    DELAYED = "delayed"
    CONTRADICTORY = "contradictory"
    AT_RISK = "at_risk"
    UNREPORTED = "unreported"
    ON_TRACK = "on_track"
    DONE = "done"
    AHEAD = "ahead"
    NOT_DUE = "not_due"

    @property
    def rank(self) -> int:
        """0 is worst."""
        return _RANKS[self]

    @property
    def label(self) -> str:
        """The word people read."""
        return VERDICT_LABELS[self]


_RANKS = {verdict: rank for rank, verdict in enumerate(Verdict)}

VERDICT_LABELS: dict[Verdict, str] = {
    Verdict.CRITICAL: "重大な遅延",
    Verdict.DELAYED: "遅延",
    Verdict.CONTRADICTORY: "要確認",
    Verdict.AT_RISK: "注意",
    Verdict.UNREPORTED: "未報告",
    Verdict.ON_TRACK: "順調",
    Verdict.DONE: "完了",
    Verdict.AHEAD: "前倒し",
    Verdict.NOT_DUE: "対象外",
}


class ReasonCode(StrEnum):
    """Every reason a finding can carry."""

    # past due
    PAST_DUE = "past_due"
    STILL_IN_SERVICE = "still_in_service"
    OUT_OF_SERVICE = "out_of_service"
    # forecast
    OWN_DATE_PAST_DUE = "own_date_past_due"
    OWN_DATE_PASSED = "own_date_passed"
    FORECAST_PAST_DUE = "forecast_past_due"
    # signs of a delay to come (参考)
    END_JUMPING = "end_jumping"
    END_RISING = "end_rising"
    EARLY_WARNING = "early_warning"
    # within the year
    MILESTONE_OVERDUE = "milestone_overdue"
    NOT_UNDER_WAY = "not_under_way"
    BEHIND_PLANNED_VALUE = "behind_planned_value"
    # budget
    BUDGET_NOT_REQUESTED = "budget_not_requested"
    BUDGET_NOT_ADOPTED = "budget_not_adopted"
    # contradictions
    FINISHED_IN_FUTURE = "finished_in_future"
    STUDY_COMPLETE_UNDECIDED = "study_complete_undecided"
    START_AFTER_END = "start_after_end"
    FINISHED_BUT_NOT_STARTED = "finished_but_not_started"
    PHASE_MOVED_BACKWARDS = "phase_moved_backwards"
    DEPARTMENTS_DISAGREE = "departments_disagree"
    ROWS_DISAGREE = "rows_disagree"
    CANCELLED_AGAINST_PLAN = "cancelled_against_plan"
    # self-rating
    SELF_RATED_LATE = "self_rated_late"
    SELF_RATING_GAP = "self_rating_gap"
    # single signs, told as 参考
    SIMULTANEOUS_INTRODUCTION = "simultaneous_introduction"
    LATE_FILING = "late_filing"
    COPIED_TEXT = "copied_text"
    UNCHANGED_CELLS = "unchanged_cells"
    # re-planning
    REPLANNED = "replanned"
    # silence
    NO_REPORT_THIS_CYCLE = "no_report_this_cycle"
    NEVER_REPORTED = "never_reported"
    EARLIER_NEVER_REPORTED = "earlier_never_reported"
    MEMBERS_NOT_REPORTED = "members_not_reported"
    PHASE_NOT_REPORTED = "phase_not_reported"
    PROGRESS_NOT_REPORTED = "progress_not_reported"
    FILE_UNREADABLE = "file_unreadable"
    ROW_REJECTED = "row_rejected"
    # nothing against it
    KEPT = "kept"
    UNDER_WAY = "under_way"
    NOT_YET_DUE = "not_yet_due"
    MET = "met"
    MET_EARLY = "met_early"
    NOTHING_PLANNED = "nothing_planned"


#: Told beside the verdict; not one of them can move it.
FOR_INFORMATION = frozenset(
    {
        ReasonCode.END_RISING,
        ReasonCode.END_JUMPING,
        ReasonCode.EARLY_WARNING,
        ReasonCode.SIMULTANEOUS_INTRODUCTION,
        ReasonCode.LATE_FILING,
        ReasonCode.COPIED_TEXT,
        ReasonCode.UNCHANGED_CELLS,
        ReasonCode.SELF_RATING_GAP,
        ReasonCode.REPLANNED,
        ReasonCode.MEMBERS_NOT_REPORTED,
        ReasonCode.PROGRESS_NOT_REPORTED,
        ReasonCode.FILE_UNREADABLE,
        ReasonCode.ROW_REJECTED,
    }
)
