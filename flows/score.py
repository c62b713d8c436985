"""``shinchoku score``: the score from the store, as a document or as lines."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from config.site import Site
from tasks.progress.score import Calibration, Score, score
from tasks.reports.score_words import RULE_LABELS, counted, never_spoke, remark, spoken
from tasks.store.engine import transaction
from tasks.store.predictions import predictions_known
from tasks.wareki import wareki


def print_score(site: Site, as_of: date, *, as_json: bool) -> int:
    """Print the score as of a day; return the exit code."""
    with transaction(site.database_url) as connection:
        found = score(predictions_known(connection, site.town, as_of), as_of)
    if as_json:
        print(json.dumps(score_document(site.town, found), ensure_ascii=False))
    else:
        _show(found)
    return 0


def score_document(town: str, found: Score) -> dict[str, Any]:
    """Return the document of ``score --json``; a rate with too few cases is null."""
    values = asdict(found)
    since = found.since.isoformat() if found.since else None
    return {"town": town, **values, "as_of": found.as_of.isoformat(), "since": since}


def _show(found: Score) -> None:
    print(f"判定の成績（{wareki(found.as_of)}時点）")
    print(f"  {counted(found)}")
    if not found.known:
        return
    print("\n  理由                          当たり 空振り 見逃し  適合率  再現率  平均の先行日数")
    for rule in spoken(found):
        lead = "—" if rule.lead_days is None else f"{rule.lead_days:.0f}日"
        print(
            f"  {RULE_LABELS[rule.rule]:<16}\t{rule.hits:4} {rule.false_alarms:6} {rule.misses:6}"
            f"  {_rate(rule.precision)}  {_rate(rule.recall)}  {lead}{remark(rule, found)}"
        )
    if never_spoke(found):
        print(f"  {never_spoke(found)}")
    print(
        f"\n  五分五分の見込みに収まった割合 {_calibrated(found.p50)}、8割の見込み {_calibrated(found.p80)}"
    )
    if found.p50_error_days is not None:
        print(f"  五分五分の見込みと実際との差（中央値） {found.p50_error_days:.0f}日")
    if found.brier is not None:
        print(f"  早期の警告の Brier スコア {found.brier:.4f}（0 が最良）")
    for part in found.probabilities:
        print(f"    遅れる見込み約{part.said:.0%}と述べたもの：{_calibrated(part)}")


def _rate(value: float | None) -> str:
    return "少数 " if value is None else f"{value:5.0%}"


def _calibrated(found: Calibration) -> str:
    return f"{'少数のため示さない' if found.held is None else f'{found.held:.0%}'}（{found.cases}件）"
