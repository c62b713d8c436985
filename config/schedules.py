"""When each flow runs: business-day rules as data. Compiling them to triggers is the flows' work."""

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.section import NAME, NAME_ALLOWED, Section, refuse_repeated, shaped
from config.times import TimeOfDay
from plan_data.explain import refuse

Weekday = Literal["月", "火", "水", "木", "金"]
WEEKDAYS: tuple[Weekday, ...] = ("月", "火", "水", "木", "金")


class EveryBusinessDay(Section):
    """Every business day."""

    kind: Literal["every_business_day"]

    def wording(self) -> str:
        """Return it as people say it."""
        return "毎営業日"


class NthBusinessDayOfMonth(Section):
    """The n-th business day of each month."""

    kind: Literal["nth_business_day_of_month"]
    n: int = Field(ge=1, le=15, strict=True, description="第何営業日か（1～15）")

    def wording(self) -> str:
        """Return it as people say it."""
        return f"毎月第{self.n}営業日"


class BusinessDaysBeforeQuarterEnd(Section):
    """n business days before the last day of each quarter (June, September, December, March)."""

    kind: Literal["business_days_before_quarter_end"]
    n: int = Field(ge=0, le=30, strict=True, description="四半期末日の何営業日前か（0～30）")

    def wording(self) -> str:
        """Return it as people say it."""
        return f"四半期末の{self.n}営業日前"


class Weekly(Section):
    """A weekday of every week; a closed day moves as ``if_closed`` says."""

    kind: Literal["weekly"]
    weekday: Weekday = Field(description="曜日")
    if_closed: Literal["next_business_day", "previous_business_day", "skip"] = Field(
        "next_business_day", description="その日が閉庁日のとき: 翌営業日・前営業日・行わない"
    )

    def wording(self) -> str:
        """Return it as people say it."""
        moved = {
            "next_business_day": "閉庁日なら翌営業日",
            "previous_business_day": "閉庁日なら前営業日",
            "skip": "閉庁日なら行わない",
        }
        return f"毎週{self.weekday}曜日（{moved[self.if_closed]}）"


DayRule = Annotated[
    EveryBusinessDay | NthBusinessDayOfMonth | BusinessDaysBeforeQuarterEnd | Weekly,
    Field(discriminator="kind", description="どの日に動かすか"),
]


ScheduleId = Annotated[
    str,
    AfterValidator(shaped(NAME, NAME_ALLOWED)),
    Field(
        description="この予定の名前（半角の英小文字・数字・_）", json_schema_extra={"pattern": f"^{NAME}$"}
    ),
]
FlowName = Annotated[
    Literal["watch", "deliver"],
    Field(description="動かす処理。watch は進捗監視、deliver は送信待ちの通知の送信"),
]


class Schedule(Section):
    """One moment of a day: which flow runs on which days, at which time of Asia/Tokyo."""

    id: ScheduleId
    flow: FlowName
    day: DayRule
    time: TimeOfDay

    @property
    def label(self) -> str:
        """The schedule as admins read it, such as 「毎営業日 8:30」."""
        hour, minute = self.time.split(":")
        return f"{self.day.wording()} {int(hour)}:{minute}"


class Entry(Section):
    """One entry of the file: which flow runs on which days, at one time or at several."""

    id: ScheduleId
    flow: FlowName
    day: DayRule
    time: TimeOfDay | None = None
    times: tuple[TimeOfDay, ...] = Field(
        (), description='時刻がいくつもあるとき。例: ["09:30", "13:30"]（time の代わりに書く）'
    )

    @model_validator(mode="after")
    def _has_its_times(self) -> Self:
        if (self.time is None) == (not self.times):
            refuse(("time",), "time か times の、どちらか一方を書いてください", ['time: "08:30"'])
        if len(set(self.times)) < len(self.times):
            refuse(("times",), "同じ時刻が二つあります。一つにしてください")
        return self

    def schedules(self) -> Iterator[Schedule]:
        """Yield a schedule a time; one of several has its time in its id."""
        for time in self.times or (self.time,):
            if time is not None:
                own = f"{self.id}_{time.replace(':', '')}" if self.times else self.id
                yield Schedule(id=own, flow=self.flow, day=self.day, time=time)


class Schedules(Section):
    """All entries. ``schedules`` has one for each time of an entry."""

    entries: tuple[Entry, ...] = Field(alias="schedules", description="予定の一覧")

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        refuse_repeated((("schedules", i, "id"), entry.id) for i, entry in enumerate(self.entries))
        return self

    @cached_property
    def schedules(self) -> tuple[Schedule, ...]:
        """One schedule for each time of each entry."""
        return tuple(schedule for entry in self.entries for schedule in entry.schedules())
