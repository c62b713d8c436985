"""The words of the score, for the page and the command line."""

from __future__ import annotations

from tasks.progress.reasons import ReasonCode
from tasks.progress.score import VERDICT_RULE, RuleScore, Score
from tasks.wareki import wareki

RULE_LABELS = {
    VERDICT_RULE: "判定が「注意」以上",
    ReasonCode.OWN_DATE_PAST_DUE.value: "担当課の完了予定日が期限より後",
    ReasonCode.OWN_DATE_PASSED.value: "担当課の完了予定日を過ぎた",
    ReasonCode.FORECAST_PAST_DUE.value: "見込みが期限より後",
    ReasonCode.END_JUMPING.value: "完了予定日が一度に後ろへ",
    ReasonCode.END_RISING.value: "完了予定日が報告のたびに後ろへ",
    ReasonCode.EARLY_WARNING.value: "早期の警告",
    ReasonCode.MILESTONE_OVERDUE.value: "節目の遅れ",
    ReasonCode.NOT_UNDER_WAY.value: "着手の遅れ",
    ReasonCode.BEHIND_PLANNED_VALUE.value: "計画値との差",
    ReasonCode.BUDGET_NOT_REQUESTED.value: "予算要求の遅れ",
    ReasonCode.BUDGET_NOT_ADOPTED.value: "予算議決の遅れ",
    ReasonCode.SELF_RATED_LATE.value: "自己評価が遅れ",
}


def counted(score: Score) -> str:
    """Return, in one sentence, how many truths the score rests on."""
    if score.since is None:
        return "予測の記録はまだありません。"
    begun = f"{wareki(score.since)}からの予測の対象{score.commitments}件のうち、"
    if not score.known:
        return f"{begun}結果の出たものはまだありません。"
    few = "件数が少ないため、割合は5件以上のものだけを示します。" if score.known < 50 else ""
    return f"{begun}結果が出たのは{score.known}件（遅れ{score.late}件）です。{few}"


def spoken(score: Score) -> tuple[RuleScore, ...]:
    """Return the verdict as a whole, and the rules that warned at least once."""
    return tuple(r for r in score.rules if r.rule == VERDICT_RULE or r.hits + r.false_alarms)


def never_spoke(score: Score) -> str:
    """Return, in one sentence, the rules that never warned; empty where each did."""
    silent = [RULE_LABELS[rule.rule] for rule in score.rules if rule not in spoken(score)]
    return f"一度も遅れを知らせなかった理由：{'、'.join(silent)}。" if silent else ""


def remark(rule: RuleScore, score: Score) -> str:
    """Return a remark where a rule warns no better than chance, empty where it does or cannot be told."""
    if rule.precision is None or not score.known or rule.precision > score.late / score.known:
        return ""
    if rule.rule == VERDICT_RULE:
        return "（偶然と変わりません）"
    return "（偶然と変わらないため、外すことを検討してください）"
