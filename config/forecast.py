"""What the forecast of the end assumes, and from when it counts. Sources stand beside the data."""

from typing import Self

from pydantic import Field, model_validator

from config.early_warning import WarningRules
from config.section import Section
from plan_data.explain import refuse


class Prior(Section):
    """How much longer than planned comparable work takes, as a share of the planned time."""

    p50: float = Field(
        ge=0, le=5, strict=True, description="五分五分の見込みに使う、期間の延び（0.10 は1割）"
    )
    p80: float = Field(ge=0, le=5, strict=True, description="8割の見込みに使う、期間の延び（0.10 は1割）")
    source: str = Field(min_length=1, description="数字の出典（著者・年・表）")

    @model_validator(mode="after")
    def _more_certain_is_later(self) -> Self:
        if self.p80 < self.p50:
            refuse(("p80",), "p50 より小さくできません", [f"{self.p50} 以上の数"])
        return self


class HistoryRules(Section):
    """From when a 事業's own pace counts, and how much the prior weighs against it."""

    min_reports: int = Field(ge=2, le=100, strict=True, description="自らの速さを使うのに要る報告の日数")
    min_elapsed: float = Field(
        ge=0, le=1, strict=True, description="自らの速さを使い始める時期（計画期間に対する割合）"
    )
    prior_weight: float = Field(
        gt=0, le=10, strict=True, description="「期間の延び」の重み（計画期間の何回分の経験に当たるか）"
    )


class VerdictRules(Section):
    """Whether and from when a forecast moves a verdict; until then it is told as 参考."""

    moves_verdict: bool = Field(strict=True, description="見込みを判定に使うか（false の間は参考として示す）")
    at_risk_days: int = Field(
        ge=1, strict=True, description="8割の見込みが期限をこの日数以上過ぎたら「注意」"
    )


class TrendRules(Section):
    """The shapes of the line of expected ends."""

    min_reports: int = Field(ge=3, le=100, strict=True, description="傾きを見るのに要る報告の日数")
    rising_days_per_month: float = Field(
        gt=0, le=31, strict=True, description="「じりじり後ろ倒し」とする傾き（1か月当たりの日数）"
    )
    jump_days: int = Field(ge=1, strict=True, description="「一度に後ろ倒し」とする動き（日）")


class ForecastRules(Section):
    """Every number of the forecast and of the trend."""

    prior: Prior = Field(description="計画より延びる度合い（報告が少ない間の見込み）")
    history: HistoryRules = Field(description="事業自らの速さを使う条件")
    verdict: VerdictRules = Field(description="見込みを判定に使う条件")
    trend: TrendRules = Field(description="完了予定日の動きを見る基準")
    warning: WarningRules = Field(description="早期の警告（参考）の点数")
