"""The words of the explanations, as data: by phase what is planned, by reason what follows and what to ask.

In the texts ``{days}`` are the reason's days, ``{phase}`` and ``{due}`` the commitment's, ``{planned}`` and
``{progress}`` the shares of this day, ``{rating}`` the self-rating, ``{step}`` the milestone a reason names.
"""

from __future__ import annotations

from plan_data.phases import Phase
from plan_data.record import record
from tasks.progress.reasons import ReasonCode as Code

#: What the plan asks for, after 「計画では、」; a 運用 due at the start of its year is RUNNING instead.
PLANNED: dict[Phase, str] = {
    Phase.STUDY: "{due}までに検討し、結論を出すことになっています",
    Phase.INTRODUCE: "{due}までに導入することになっています",
    Phase.OPERATE: "{due}までに運用を始め、続けることになっています",
    Phase.CONTINUE: "{due}までに実施することになっています",
    Phase.MIGRATE: "{due}までに移行を完了することになっています",
    Phase.REVISE: "{due}までに改定することになっています",
    Phase.STRENGTHEN: "{due}までに強化することになっています",
    Phase.STOP: "{due}までに運用を停止することになっています",
}

RUNNING = "{due}から運用していることになっています"

#: What has to be reported for the commitment of a phase to be met.
MET_BY: dict[Phase, str] = {
    Phase.STUDY: "検討の結論が出た日（完了日）か、次の段階に進んだこと",
    Phase.INTRODUCE: "稼働した日（完了日）か、「運用」になったこと",
    Phase.OPERATE: "「運用」になったこと",
    Phase.CONTINUE: "実施したこと（実施回数）",
    Phase.MIGRATE: "移行が終わった日（完了日）",
    Phase.REVISE: "改定した日（完了日）",
    Phase.STRENGTHEN: "強化が終わった日（完了日）",
    Phase.STOP: "運用を停止した日（完了日）",
}


@record
class Words:
    """What follows from a reason (between 「よって、」 and 「判定は…」), what clears it, and what to ask about it.

    ``follows`` None: the reason's own text says it. ``clears`` None: it stands in nobody's way.
    ``questions`` cite a cell of the report where the reason has one, those of ``about_plan`` the plan's.
    """

    follows: str | None = None
    clears: str | None = None
    questions: tuple[str, ...] = ()
    about_plan: tuple[str, ...] = ()


_DONE = "{met_by}"
_SILENT = Words(
    "今の進み具合を確かめられず、",
    clears="今の報告期間の表が受け付けられ、遅れを示すものがないこと",
    about_plan=(
        "今の段階は、計画の「{phase}」のとおりですか。",
        "表を提出できない事情はありますか。いつ提出できますか。",
        "進める上で困っていることはありますか。",
    ),
)

WORDS: dict[Code, Words] = {
    Code.PAST_DUE: Words(
        "期限から{days}日の遅れであり、",
        _DONE,
        (
            "計画どおりにするまでに、何が残っていますか。",
            "いつ終える予定ですか。その日は、業者などの相手方と合意した日ですか。",
        ),
        ("計画の期限（{due}）に間に合わなかった主な原因は何ですか。",),
    ),
    Code.STILL_IN_SERVICE: Words(
        "停止の期限から{days}日の遅れであり、",
        _DONE,
        ("運用を停止していないのは、なぜですか。", "利用者への周知や契約の終了は、どこまで済んでいますか。"),
        ("いつ停止しますか。続けるのであれば、計画の見直しを求めますか。",),
    ),
    Code.OUT_OF_SERVICE: Words(
        "運用が{days}日止まっており、",
        "運用を再開したこと",
        ("運用が止まった原因は何ですか。", "止まっている間、利用者にどう案内していますか。"),
        ("いつ再開しますか。やめるのであれば、計画の見直しを求めますか。",),
    ),
    Code.OWN_DATE_PAST_DUE: Words(
        "担当課の予定どおりに進んでも期限から{days}日の遅れとなるため、",
        "期限（{due}）までの完了予定日",
        ("完了予定日が計画の期限より後になったのは、なぜですか。",),
        ("期限（{due}）に近づけるために、早められる手順はありますか。",),
    ),
    Code.OWN_DATE_PASSED: Words(
        "担当課の完了予定日を{days}日過ぎており、",
        "完了日か、期限（{due}）までの新しい完了予定日",
        ("完了予定日を過ぎていますが、終わっていますか。まだであれば、いつ終えますか。",),
    ),
    Code.FORECAST_PAST_DUE: Words(
        "今の進み方では期限から{days}日の遅れとなる見込みのため、",
        "進み方が計画に追い付いたこと",
        ("今の進み方では期限に間に合わない見込みです。何をすれば速められますか。",),
    ),
    Code.MILESTONE_OVERDUE: Words(
        "{step}が{days}日遅れており、",
        "{step}が終わったこと",
        ("{step}は終わっていますか。まだであれば、いつ終えますか。",),
    ),
    Code.NOT_UNDER_WAY: Words(
        "着手が{days}日遅れており、",
        "着手したこと（着手日か進捗率）",
        ("まだ着手していないのは、なぜですか。いつ着手しますか。", "担当者と予算は決まっていますか。"),
    ),
    Code.BEHIND_PLANNED_VALUE: Words(
        "進捗率が計画値を大きく下回っており、",
        "進捗率が、基準日の計画値（{planned}）に追い付いたこと",
        (
            "進捗率{progress}の内訳（終わった作業と残っている作業）は何ですか。",
            "計画値（{planned}）との差を、いつまでに、どう取り戻しますか。",
        ),
    ),
    Code.BUDGET_NOT_REQUESTED: Words(
        "来年度の予算要求が期日を{days}日過ぎても確かめられず、",
        "来年度の予算を要求したこと（予算の欄が「要求済」か「議決」）",
        (
            "来年度の予算は、いつ、どの予算で要求しますか。",
            "予算を要求しないときは、来年度の「{phase}」をどう行いますか。",
        ),
        ("来年度の「{phase}」に要る経費はいくらで、いつから要りますか。",),
    ),
    Code.BUDGET_NOT_ADOPTED: Words(
        "来年度の予算の議決が期日を{days}日過ぎても確かめられず、",
        "来年度の予算が議決されたこと（予算の欄が「議決」）",
        ("来年度の予算は議決されましたか。されていないのは、なぜですか。",),
        ("予算が付かないときは、来年度の「{phase}」をどう見直しますか。",),
    ),
    Code.FINISHED_IN_FUTURE: Words(
        None,
        "実際に終わった日（完了日）",
        ("完了日は、予定の日ではありませんか。終わっているのであれば、実際に終わった日はいつですか。",),
    ),
    Code.STUDY_COMPLETE_UNDECIDED: Words(
        None,
        "検討の結論が出た日（完了日）か、次の段階に進んだこと",
        (
            "検討の結論は出ましたか。出ているのであれば、いつ、どう決まりましたか。",
            "結論がまだであれば、進捗率は何を表していますか。",
        ),
    ),
    Code.START_AFTER_END: Words(
        None,
        "正しい着手日と完了日（完了予定日）",
        ("着手日と完了日（完了予定日）のどちらが誤りですか。正しい日はいつですか。",),
    ),
    Code.FINISHED_BUT_NOT_STARTED: Words(
        None,
        "正しい段階と完了日",
        ("「未着手」と完了日のどちらが正しいですか。",),
    ),
    Code.PHASE_MOVED_BACKWARDS: Words(
        None,
        "正しい段階（前の報告の段階か、その先）",
        ("段階が前の報告より戻ったのは、なぜですか。書き誤りではありませんか。",),
    ),
    Code.DEPARTMENTS_DISAGREE: Words(
        None,
        "どの課の報告が正しいか",
        (
            "どちらの課の報告が正しいですか。課ごとに受け持つ部分が違うのですか。",
            "この事業全体としては、今どの段階ですか。どの課がまとめて報告しますか。",
        ),
    ),
    Code.ROWS_DISAGREE: Words(
        None,
        "どの行が正しいか",
        ("二つの行のどちらが正しいですか。",),
    ),
    Code.CANCELLED_AGAINST_PLAN: Words(
        None,
        "計画が見直されるか、「中止」の報告が訂正されたこと",
        ("中止は決まったことですか。決めたのは、いつ、どの会議ですか。",),
        ("計画の「{phase}」は、別の方法で行いますか。計画の見直しを求めますか。",),
    ),
    Code.SELF_RATED_LATE: Words(
        "担当課が自ら「{rating}」と評価しており、",
        "遅れの理由がなくなり、自己評価が「順調」になったこと",
        ("自己評価を「{rating}」としたのは、どのような理由からですか。",),
    ),
    Code.SELF_RATING_GAP: Words(
        questions=("自己評価を「{rating}」としたのは、何を根拠にしてですか。",),
    ),
    Code.NO_REPORT_THIS_CYCLE: Words(
        _SILENT.follows,
        _SILENT.clears,
        ("前の報告から、変わったことはありますか。",),
        _SILENT.about_plan[1:],
    ),
    Code.NEVER_REPORTED: _SILENT,
    Code.EARLIER_NEVER_REPORTED: Words(
        "過年度の「{phase}」がどうなったかを確かめられず、",
        "過年度の「{phase}」が終わったこと（完了日か今の段階）",
        about_plan=("過年度の「{phase}」（期限{due}）は終わっていますか。終わった日はいつですか。",),
    ),
    Code.PHASE_NOT_REPORTED: Words(
        "今の段階を確かめられず、",
        "計画どおりの段階",
        ("今の段階は何ですか。計画の「{phase}」のとおりですか。",),
    ),
    Code.PROGRESS_NOT_REPORTED: Words(
        questions=("進捗率か、終わった節目を書き加えられますか。",),
    ),
    Code.FILE_UNREADABLE: Words(questions=("ファイルを開いて確かめ、保存し直して提出できますか。",)),
    Code.ROW_REJECTED: Words(questions=("差し戻したセルの正しい値は何ですか。",)),
    Code.KEPT: Words(
        "計画どおりであり、",
        None,
        ("前の報告から、利用や実施の状況に変わったことはありますか。",),
        ("続ける上で、困っていること（人手、経費、契約の更新など）はありますか。",),
    ),
    Code.UNDER_WAY: Words(
        "進行中で、遅れを示すものはなく、",
        None,
        ("前の報告から、何が進みましたか。",),
        ("期限（{due}）までに残っている作業のうち、最も時間のかかるものは何ですか。",),
    ),
    Code.NOT_YET_DUE: Words(
        "まだ着手の報告はないものの、期限の前であり、",
        None,
        ("いつ着手しますか。",),
        ("期限（{due}）までの段取りと担当者は決まっていますか。",),
    ),
    Code.MET: Words(
        "{met_on}に終わっており、",
        None,
        ("終わったことを確かめられる資料（検収調書、通知など）はありますか。",),
        ("「{phase}」の後、次に行うことは何ですか。",),
    ),
    Code.MET_EARLY: Words(
        "期限より{days}日早く終わっており、",
        None,
        ("終わったことを確かめられる資料（検収調書、通知など）はありますか。",),
        ("「{phase}」の後、次に行うことは何ですか。",),
    ),
    Code.NOTHING_PLANNED: Words(
        "今年度に行うことも過年度の積み残しもなく、",
        None,
        ("今年度に行ったことがあれば、何ですか。",),
        (
            "これまでの成果は、今も使われていますか。",
            "次の計画の見直しで、加えたいことはありますか。",
        ),
    ),
}

#: Asked where the reasons give fewer than three questions.
ALWAYS = (
    "課題とその対応に、前の報告から変わったことはありますか。",
    "ほかの課や業者との調整で、止まっていることはありますか。",
    "事務局に手伝ってほしいことはありますか。",
)
