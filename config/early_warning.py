"""The early warning: which signals count, how much, from what value on wholly, and why. Data of forecast.yaml."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from config.section import Section
from plan_data.explain import refuse


class SignalName(StrEnum):
    """Every signal there is. Each is 0 where nothing speaks, and grows with what speaks for a delay."""

    #: Points (0 to 100) by which what was earned lies behind the planned value.
    BEHIND_PLAN = "behind_plan"
    #: 1 - SPI(t): the share of the time passed that has earned nothing.
    SLOW_PACE = "slow_pace"
    #: TSPI - 1: how much faster than planned the rest would have to go.
    STEEP_REST = "steep_rest"
    #: Days a year by which the expected end has moved later, over all reports.
    DRIFT = "drift"
    #: How often the expected end was moved later.
    REPLANNED = "replanned"
    #: Days by which the expected end lies past the due date.
    END_PAST_DUE = "end_past_due"
    #: 1 where the expected end has passed without completion.
    END_PASSED = "end_passed"
    #: 1 at the end, 0.5 where half_way_days are left, a quarter at three times that.
    CLOSENESS = "closeness"
    #: Years that the plan takes in all.
    LONG_PLAN = "long_plan"
    #: The last self-rating, 0 (good) to 1 (bad).
    RATING = "rating"
    #: By how much the self-rating is worse than the one before, 0 to 1.
    RATING_WORSE = "rating_worse"
    #: Days since the last report beyond one reporting cycle.
    SILENCE = "silence"
    #: How many reports on end repeat the text of the one before.
    COPIED_TEXT = "copied_text"
    #: How many reports on end tell no more progress than the one before.
    NO_PROGRESS = "no_progress"
    #: How many of the warning words the last text has.
    WORDS = "words"
    #: By how much more of the department's earlier commitments were late than is usual, 0 to 1.
    DEPARTMENT = "department"


class SignalRule(Section):
    """One signal: ``points`` where its value reaches ``full_at`` or more, in proportion below."""

    on: bool = Field(strict=True, description="使うか（false なら数えません）")
    points: float = Field(ge=0, le=100, description="満点のときの点数（0～100）")
    full_at: float = Field(gt=0, description="この値以上を満点とする")
    why: str = Field(min_length=1, description="点数の理由と、模擬で測った数字")


class WarningRules(Section):
    """The combined score. It moves no verdict: it is told as 参考 from ``told_from`` points on."""

    told_from: float = Field(gt=0, description="参考として知らせる点数")
    even_at: float = Field(gt=0, description="遅れる見込みが五分五分となる点数")
    scale: float = Field(gt=0, description="見込みの傾き（この点数ごとに、遅れる・遅れないの比が約2.7倍）")
    half_way_days: int = Field(ge=1, strict=True, description="残り期間がこの日数なら、近さを 0.5 とする")
    moved_days: int = Field(ge=1, strict=True, description="完了予定日の変更と数える日数")
    cycle_days: int = Field(ge=1, strict=True, description="報告の間隔がこの日数を超えたら沈黙と数える")
    copied_from: int = Field(ge=1, strict=True, description="書き写しと数える文の長さ（文字）")
    usual_late: float = Field(ge=0, le=1, description="ふつうに遅れる割合")
    usual_weight: float = Field(gt=0, description="上の割合に、過去の約束の何件分の重みを置くか")
    words: tuple[str, ...] = Field(description="遅れをうかがわせる語")
    signals: dict[SignalName, SignalRule] = Field(description="手掛かりごとの点数")

    @model_validator(mode="after")
    def _every_signal_is_ruled(self) -> Self:
        missing = [name.value for name in SignalName if name not in self.signals]
        if missing:
            refuse(("signals",), f"手掛かり「{missing[0]}」がありません", ["使わないときは on: false"])
        return self

    def with_points(self, points: Mapping[SignalName, float]) -> Self:
        """Return the rules for another kind of data: these signals count, by these points, and no other."""
        signals = {
            name: rule.model_copy(update={"on": name in points, "points": points.get(name, 0.0)})
            for name, rule in self.signals.items()
        }
        return self.model_copy(update={"signals": signals})
