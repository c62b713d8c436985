"""How a verdict looks: a symbol for those who see no colour, and two colours for those who do.

The symbols are in JIS X 0208, so that every Japanese font has them. The colours are those of the
デジタル庁デザインシステム (design tokens, MIT); ink on paper has a contrast of at least 7 : 1,
which a test computes.
"""

from __future__ import annotations

from plan_data.record import record
from tasks.progress.reasons import Verdict


@record
class Look:
    """A symbol, and the colours of text (``ink``), ground (``paper``) and border (``line``)."""

    symbol: str
    ink: str
    paper: str
    line: str


LOOKS: dict[Verdict, Look] = {
    Verdict.CRITICAL: Look("×", "#ffffff", "#a90000", "#a90000"),
    Verdict.DELAYED: Look("▲", "#850000", "#ffdada", "#ce0000"),
    Verdict.CONTRADICTORY: Look("？", "#41048e", "#ecddff", "#6f23d0"),
    Verdict.AT_RISK: Look("△", "#541e00", "#fff0b3", "#927200"),
    Verdict.UNREPORTED: Look("□", "#1a1a1a", "#e6e6e6", "#666666"),
    Verdict.ON_TRACK: Look("○", "#0c472a", "#e6f5ec", "#197a4b"),
    Verdict.DONE: Look("●", "#0c472a", "#c2e5d1", "#197a4b"),
    Verdict.AHEAD: Look("◎", "#00316a", "#dcf0ff", "#0066be"),
    Verdict.NOT_DUE: Look("－", "#4d4d4d", "#ffffff", "#767676"),
}


def meanings(critical_days: int, delayed_milestone_days: int, ahead_days: int) -> dict[Verdict, str]:
    """Return what each verdict says, for the reader of a report, with the town's own thresholds (days).

    Source: the verdict table in ``docs/ja/判定理由.md``.
    """
    return {
        Verdict.CRITICAL: (
            f"期限を{critical_days}日以上過ぎている、又は完了の見込みが期限の{critical_days}日以上後である。"
        ),
        Verdict.DELAYED: (
            f"期限を過ぎている（{critical_days - 1}日以内）、又は途中の節目が{delayed_milestone_days}日以上遅れている。"
        ),
        Verdict.CONTRADICTORY: "報告の内容が食い違っている。担当課に確かめるまで判断できない。",
        Verdict.AT_RISK: "期限前だが、節目、進捗、完了の見込み又は予算の手続に遅れの兆しがある。",
        Verdict.UNREPORTED: "今期の報告がない。直前の判定を併せて示す。",
        Verdict.ON_TRACK: "約束どおり実施している、又は予定どおり進んでいる。",
        Verdict.DONE: "今年度の目標を達成した。",
        Verdict.AHEAD: f"期限の{ahead_days}日以上前に達成した。",
        Verdict.NOT_DUE: "今年度の目標がなく、過年度の積み残しもない。",
    }
