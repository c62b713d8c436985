"""The sentences and names the simulated towns fill their sheets with, and the mistakes they make."""

from __future__ import annotations

from random import Random

from tasks.samples.national_spelling import Written
from tasks.sheets.faults import RowCode

_SUBJECTS = (
    "ベンダーとの調整",
    "近隣市町との共同調達",
    "庁内の運用ルール",
    "職員向けの操作研修",
    "住民への周知",
    "既存システムとの連携",
    "個人情報の取扱い",
    "機器の納入時期",
    "国の補助金の内示",
    "仕様書の作成",
    "LGWAN接続の設計",
    "窓口の動線",
    "予算の確保",
    "契約の変更手続",
    "データの移行手順",
    "業務量の見積り",
)
_STATES = (
    "について担当者会議で協議している。",
    "に想定より時間を要している。",
    "を10月の課内会議で決定した。",
    "は、先行団体の事例を確認した上で進める。",
    "は、来年度に持ち越す見込みである。",
    "について\n①関係課の意見を聴取\n②結果を本部会議に報告",
    "が完了し、次の工程に移った。",
    "を見直し、件数を42件から57件に増やした。",
    "は、=要確認= の扱いとして再度照会する。",
    "のため、<現行業務>と並行して作業する。",
    "に関する要望を県に提出した（R8.9.30）。",
    "は順調で、特に支障はない。",
)
REPORTERS = ("見本 一郎", "見本 花子", "模擬　次郎", "模擬 三千代", "例示 太郎", "ﾐﾎﾝ ﾊﾅｺ")
MILESTONES = (
    "要件整理",
    "仕様確定",
    "調達公告",
    "業者選定",
    "契約",
    "設計",
    "構築・試験",
    "データ移行",
    "職員研修",
    "住民周知",
    "本稼働",
    "効果測定",
)
NOTES = (
    "※ 進捗率は各年度末を100％とする。",
    "※1 完了予定日は現時点の見込みである。",
    "（注）基準日は令和8年9月30日とする。",
    "注1　予算の欄は次年度分を記入すること。",
)
HEADINGS = ("１　行政サービスの向上", "２　業務の効率化", "３　推進体制の整備")

#: What people write that means no one value, by field, with the code the reader is to give.
FAULTS: dict[str, tuple[tuple[Written, RowCode], ...]] = {
    "finished_on": (
        ("令和8年2月30日", RowCode.DATE_IMPOSSIBLE),
        ("平成32年4月1日", RowCode.DATE_WRONG_ERA),
        ("令和元年3月29日", RowCode.DATE_WRONG_ERA),
        ("10月中旬に議会説明のうえ決定", RowCode.DATE_NOT_A_DAY),
    ),
    "due_on": (("2026/13/1", RowCode.DATE_IMPOSSIBLE), ("平成38年3月31日", RowCode.DATE_WRONG_ERA)),
    "started_on": (("昭和65年4月1日", RowCode.DATE_WRONG_ERA), ("04/05/2026", RowCode.DATE_UNCLEAR)),
    "progress": (
        ("約5割", RowCode.PERCENT_VAGUE),
        ("120%", RowCode.PERCENT_OUT_OF_RANGE),
        ("順調に進行中", RowCode.PERCENT_UNREADABLE),
    ),
    "held_count": (("数回", RowCode.COUNT_UNREADABLE),),
    "phase": (("ベンダーと協議のうえ対応", RowCode.PHASE_UNKNOWN),),
    "self_rating": (("ぼちぼち", RowCode.SELF_RATING_UNKNOWN),),
    "project_name": (
        ("ふるさと納税の返礼品PR動画", RowCode.UNKNOWN_PROJECT),
        ("市民農園の貸出台帳", RowCode.UNKNOWN_PROJECT),
    ),
}


def sentence(rng: Random) -> str:
    """Return a remark of one or two sentences."""
    one = rng.choice(_SUBJECTS) + rng.choice(_STATES)
    return one if rng.random() < 0.6 else f"{one}{rng.choice(_SUBJECTS)}{rng.choice(_STATES)}"
