"""What to do about a reason: the wording, as data. One sentence for the 担当課, one for everybody else."""

from __future__ import annotations

from plan_data.record import record
from tasks.progress.reasons import ReasonCode as Code


@record
class Advice:
    """What the 担当課 should do, and what the 事務局 (and whoever stands above) should."""

    department: str
    secretariat: str


_LATE = Advice(
    "遅れの理由と、いつ終えるか（完了予定日）を表に記入し、提出し直してください。既に終えているときは、完了日を記入してください。",
    "担当課に、遅れの理由と完了の見込みを確かめてください。",
)
_SERVICE = Advice(
    "今の段階と、計画どおりにする日（完了予定日）を表に記入し、提出し直してください。",
    "担当課に、計画との違いの理由と、計画どおりになる日を確かめてください。",
)
_SIGN = Advice(
    "遅れを取り戻す方法（対応）と完了予定日を表に記入し、提出し直してください。",
    "担当課と、遅れを取り戻す方法を相談してください。",
)
_START = Advice(
    "着手していれば着手日を、まだであれば着手の予定と課題を表に記入し、提出し直してください。",
    "担当課に、着手の予定を確かめてください。",
)
_BUDGET = Advice(
    "来年度の予算の状況（要求済・議決）を表に記入し、まだであれば財政担当に相談してください。",
    "担当課と財政担当に、来年度の予算の手続を確かめてください。",
)
_DOUBT = Advice(
    "根拠に示したセルの値を確かめ、誤りを直して提出し直してください。",
    "担当課に、根拠に示したセルの値を確かめてください。",
)
_DISAGREE = Advice(
    "関係する担当課と内容をそろえ、提出し直してください。",
    "関係する担当課に、どちらの内容が正しいかを確かめてください。",
)
_SILENT = Advice(
    "表を提出してください。行がないときは、その事業の行を加えてください。",
    "担当課に、表の提出を求めてください。",
)

ADVICE: dict[Code, Advice] = {
    Code.PAST_DUE: _LATE,
    Code.STILL_IN_SERVICE: _SERVICE,
    Code.OUT_OF_SERVICE: _SERVICE,
    Code.OWN_DATE_PAST_DUE: _SIGN,
    Code.OWN_DATE_PASSED: _LATE,
    Code.FORECAST_PAST_DUE: _SIGN,
    Code.MILESTONE_OVERDUE: _SIGN,
    Code.NOT_UNDER_WAY: _START,
    Code.BEHIND_PLANNED_VALUE: _SIGN,
    Code.BUDGET_NOT_REQUESTED: _BUDGET,
    Code.BUDGET_NOT_ADOPTED: _BUDGET,
    Code.FINISHED_IN_FUTURE: _DOUBT,
    Code.STUDY_COMPLETE_UNDECIDED: Advice(
        "決定した日（完了日）を表に記入するか、進捗率を見直して、提出し直してください。",
        "担当課に、検討の結果が決まった日を確かめてください。",
    ),
    Code.START_AFTER_END: _DOUBT,
    Code.FINISHED_BUT_NOT_STARTED: _DOUBT,
    Code.PHASE_MOVED_BACKWARDS: _DOUBT,
    Code.DEPARTMENTS_DISAGREE: _DISAGREE,
    Code.ROWS_DISAGREE: _DOUBT,
    Code.CANCELLED_AGAINST_PLAN: Advice(
        "中止が決まっていれば事務局に知らせ、誤りであれば直して提出し直してください。",
        "担当課に中止の決定を確かめ、計画の改定が要るかを判断してください。",
    ),
    Code.SELF_RATED_LATE: _SIGN,
    Code.NO_REPORT_THIS_CYCLE: _SILENT,
    Code.NEVER_REPORTED: _SILENT,
    Code.EARLIER_NEVER_REPORTED: _SILENT,
    Code.PHASE_NOT_REPORTED: _SILENT,
}
