"""The early warning: one score out of all signals, and how probable a delay is by it.

Pure. The score adds, signal by signal, the points that forecast.yaml gives it, in proportion up to
its full value; no signal can lower it. So it is monotone in each, and says by itself what it is made of.
The probability is a logistic curve over the score, whose two numbers stand in forecast.yaml as well.
"""

from __future__ import annotations

import math

from config.early_warning import SignalName, WarningRules
from plan_data.record import record
from tasks.progress.signals import Track, measured

#: Words for people, in the order in which the signals are looked at.
SIGNAL_LABELS = {
    SignalName.BEHIND_PLAN: "計画値より遅れている",
    SignalName.SLOW_PACE: "進み方が計画より遅い",
    SignalName.STEEP_REST: "残りを計画より速く進める必要がある",
    SignalName.DRIFT: "完了予定日が後ろへ動いてきた",
    SignalName.REPLANNED: "完了予定日を何度も延ばした",
    SignalName.END_PAST_DUE: "完了予定日が期限より後",
    SignalName.END_PASSED: "完了予定日を過ぎた",
    SignalName.CLOSENESS: "期限が近い",
    SignalName.LONG_PLAN: "計画の期間が長い",
    SignalName.RATING: "自己評価が悪い",
    SignalName.RATING_WORSE: "自己評価が悪くなった",
    SignalName.SILENCE: "報告が途絶えている",
    SignalName.COPIED_TEXT: "前回と同じ文のまま",
    SignalName.NO_PROGRESS: "進捗率が前回から進んでいない",
    SignalName.WORDS: "遅れをうかがわせる語がある",
    SignalName.DEPARTMENT: "担当課の過去の約束に遅れが多い",
}

#: The log odds of 99 %.
_SUREST = math.log(99)


@record
class Scored:
    """The score, the probability of a delay (0 to 1), and what made it: (signal, value, points), most first."""

    score: float
    probability: float
    signals: tuple[tuple[SignalName, float, float], ...]


def scored(track: Track, rules: WarningRules) -> Scored:
    """Score a track by the town's rules; a signal that is switched off adds nothing."""
    return combine(measured(track, rules), rules)


def combine(values: dict[SignalName, float], rules: WarningRules) -> Scored:
    """Return the score of measured signals."""
    parts = []
    for name, value in values.items():
        rule = rules.signals[name]
        points = rule.points * min(value / rule.full_at, 1.0) if rule.on else 0.0
        if points > 0:
            parts.append((name, value, points))
    score = sum(points for _, _, points in parts)
    odds = (score - rules.even_at) / rules.scale
    # No count of signs makes a delay certain, nor rules it out.
    probability = 1 / (1 + math.exp(-max(min(odds, _SUREST), -_SUREST)))
    return Scored(score, probability, tuple(sorted(parts, key=lambda part: -part[2])))
