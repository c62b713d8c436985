"""The thresholds and ladders by which progress is judged. Source: the plan's chapter 3 and DOMAIN rules."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.early_signs import EarlySigns
from config.section import Section
from plan_data.explain import refuse

#: The phases of the plan that are met once and can therefore have a ladder.
LadderPhase = Literal["事業検討", "導入", "移行完了", "改定", "強化", "運用停止"]
BudgetKind = Literal["導入", "強化", "初年度運用"]
SelfRating = Literal["順調", "やや遅れ", "遅れ", "完了"]

_LEAP_YEAR = 2024


def _is_month_day(text: str) -> str:
    try:
        month, day = text.split("-")
        if len(month) != 2 or len(day) != 2:
            raise ValueError(text)
        date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        refuse((), f"「{text}」という月日はありません", ['"09-30" のような月-日'])
    return text


#: A day of every fiscal year, such as ``09-30``.
MonthDay = Annotated[
    str,
    AfterValidator(_is_month_day),
    Field(description='月-日。例: "09-30"', json_schema_extra={"pattern": r"^\d\d-\d\d$"}),
]


def fiscal_order(month_day: str) -> tuple[int, int]:
    """Return what sorts a month-day within a fiscal year, April first."""
    month, day = (int(part) for part in month_day.split("-"))
    return (month - 4) % 12, day


class LadderStep(Section):
    """One milestone: its name, its day in the fiscal year, and the share done by then (cumulative, 0 to 1)."""

    name: str = Field(min_length=1, description="節目の名前")
    by: MonthDay
    weight: float = Field(gt=0, le=1, strict=True, description="ここまでの累計の割合（0より大きく1.0以下）")


class Reporting(Section):
    """The reporting cycle; the answer is due this many business days after it begins."""

    kind: Literal["quarterly", "monthly"] = Field(
        description="照会の周期。quarterly（四半期ごと）又は monthly（毎月）"
    )
    answer_within_business_days: int = Field(
        ge=0, le=60, strict=True, description="回答期限（営業日数。初日を含む）"
    )


class ReaderLimits(Section):
    """What a department's file may cost before reading it is given up."""

    max_file_mb: int = Field(ge=1, le=200, strict=True, description="1ファイルの大きさの上限（MB）")
    max_unpacked_mb: int = Field(ge=1, le=2000, strict=True, description="展開後の大きさの上限（MB）")
    max_sheets: int = Field(ge=1, le=1000, strict=True, description="シート数の上限")
    max_rows: int = Field(ge=10, le=1_048_576, strict=True, description="1シートの行数の上限")
    max_columns: int = Field(ge=5, le=16_384, strict=True, description="1シートの列数の上限")
    memory_mb: int = Field(ge=256, le=16_384, strict=True, description="読取りに使うメモリの上限（MB）")
    seconds_per_file: int = Field(ge=1, le=600, strict=True, description="1ファイルを読む時間の上限（秒）")


class Rules(Section):
    """Every threshold of the judgement. Days are calendar days unless the name says otherwise."""

    critical_days: int = Field(ge=2, strict=True, description="「重大な遅延」とする遅れ（日）")
    delayed_milestone_days: int = Field(ge=2, strict=True, description="「遅延」とする節目の遅れ（日）")
    at_risk_milestone_days: int = Field(ge=1, strict=True, description="「注意」とする節目の遅れ（日）")
    behind_points: int = Field(
        ge=1, le=100, strict=True, description="「注意」とする計画値との差（ポイント、1～100の整数）"
    )
    ahead_days: int = Field(ge=1, strict=True, description="「前倒し」とする早さ（日）")
    under_way_by: MonthDay = Field(description="事業検討・継続の事業が着手しているべき日")
    budget_request_by: MonthDay = Field(description="予算要求が済んでいるべき日")
    budget_adopted_by: MonthDay = Field(description="予算が議決されているべき日")
    budget_kinds: tuple[BudgetKind, ...] = Field(description="予算の時期を確かめる段階")
    self_rated_late: tuple[SelfRating, ...] = Field(description="それだけで「注意」とする自己評価")
    held_target: int = Field(ge=1, strict=True, description="「継続」の事業が1年度に行うべき回数")
    reporting: Reporting = Field(description="照会の周期と回答期限")
    ladders: dict[LadderPhase, tuple[LadderStep, ...]] = Field(description="段階ごとの節目")
    reader: ReaderLimits = Field(description="表を読むときの上限")
    early_signs: EarlySigns | None = Field(
        None, description="参考として示す兆し（判定は動かしません）。書かなければ一つも示しません"
    )

    @model_validator(mode="after")
    def _thresholds_ascend(self) -> Self:
        if not self.at_risk_milestone_days < self.delayed_milestone_days:
            refuse(
                ("delayed_milestone_days",),
                "「注意」とする日数より大きくなければなりません",
                [f"{self.at_risk_milestone_days + 1}以上の整数"],
            )
        if fiscal_order(self.budget_adopted_by) <= fiscal_order(self.budget_request_by):
            refuse(
                ("budget_adopted_by",),
                "年度の中で予算要求の日より後でなければなりません",
                [f'"{self.budget_request_by}" より後の月日（3月まで）'],
            )
        return self

    @model_validator(mode="after")
    def _ladders_ascend(self) -> Self:
        for phase, steps in self.ladders.items():
            _check_ladder(phase, steps)
        return self


def _check_ladder(phase: str, steps: tuple[LadderStep, ...]) -> None:
    if not steps:
        refuse(("ladders", phase), "節目が一つもありません。要らない段階は、見出しごと取り除いてください")
    names: set[str] = set()
    for i, step in enumerate(steps):
        if step.name in names:
            refuse(
                ("ladders", phase, i, "name"),
                f"節目「{step.name}」が二つあります。互いに異なる名前にしてください",
            )
        names.add(step.name)
        if i and step.weight <= steps[i - 1].weight:
            refuse(
                ("ladders", phase, i, "weight"),
                "累計の割合が直前の節目より大きくありません",
                [f"{steps[i - 1].weight} より大きく 1.0 以下の数"],
            )
        if i and fiscal_order(step.by) <= fiscal_order(steps[i - 1].by):
            refuse(
                ("ladders", phase, i, "by"),
                "直前の節目より後の日ではありません（年度は4月に始まります）",
                [f'"{steps[i - 1].by}" より後の月日（3月まで）'],
            )
    if steps[-1].weight != 1.0:
        refuse(
            ("ladders", phase, len(steps) - 1, "weight"),
            "最後の節目の割合は 1.0 でなければなりません",
            ["1.0"],
        )
