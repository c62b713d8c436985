"""How long an alert waits for an answer, whom it then climbs to, and when it is kept back."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.channels import Audience
from config.section import Section
from config.times import TimeOfDay
from plan_data.explain import refuse

AlertingVerdict = Literal["critical", "delayed", "contradictory", "at_risk", "unreported"]
#: The rungs of the ladder, lowest first. The first is told at once, the others of what is unanswered.
RUNGS: tuple[Audience, ...] = ("担当課", "事務局", "本部長補佐", "副本部長", "本部長")
#: What a wording may name in braces.
PLACEHOLDERS = ("days", "departments", "since")


def _is_wording(text: str) -> str:
    for name in re.findall(r"\{(\w*)\}", text):
        if name not in PLACEHOLDERS:
            refuse((), f"「{{{name}}}」は使えません", [f"{{{known}}}" for known in PLACEHOLDERS])
    return text


Wording = Annotated[
    str,
    AfterValidator(_is_wording),
    Field(
        min_length=1,
        max_length=200,
        description="本文に書く一文。{days} は営業日数、{since} は知らせた日、{departments} は担当課",
    ),
]
Days = Annotated[int, Field(ge=0, le=250, strict=True, description="営業日数")]


class Episodes(Section):
    """When something that comes back is still the same trouble."""

    reopen_within_business_days: int = Field(
        ge=0, le=60, strict=True, description="回復からこの営業日数のうちに戻れば、同じ件の再発とする"
    )


class Flapping(Section):
    """From how many changes on an alert that comes and goes is told of in one piece."""

    changes: int = Field(ge=2, le=50, strict=True, description="この回数を超えて変わったら、まとめて知らせる")
    within_business_days: int = Field(ge=1, le=60, strict=True, description="変化を数える期間（営業日）")
    settle_business_days: int = Field(
        ge=1, le=60, strict=True, description="この営業日数だけ変わらなければ、落ち着いたとみる"
    )

    @model_validator(mode="after")
    def _settles_within(self) -> Self:
        if self.settle_business_days > self.within_business_days:
            refuse(
                ("settle_business_days",),
                "within_business_days より長くできません",
                [f"{self.within_business_days} 以下の整数"],
            )
        return self


class Files(Section):
    """How long a file's own trouble stands for the silence it causes."""

    wait_business_days: int = Field(
        ge=0,
        le=60,
        strict=True,
        description="読めない・見当たらないファイルの直しを待つ営業日数（この間、未報告は知らせない）",
    )


class Reminder(Section):
    """A reminder every so many business days, so many times."""

    every_business_days: int = Field(ge=1, le=60, strict=True, description="何営業日ごとに知らせ直すか")
    at_most: int = Field(ge=0, le=20, strict=True, description="知らせ直す回数の上限（0なら知らせ直さない）")


class Reminders(Section):
    """Reminders to the 担当課, by verdict."""

    by_verdict: dict[AlertingVerdict, Reminder] = Field(
        description="判定ごとの間隔と回数。書かない判定は知らせ直さない"
    )
    wording: Wording


class Rung(Section):
    """One rung: after how many business days without an answer it is told, by verdict."""

    audience: Audience = Field(description="だれに")
    after_business_days: dict[AlertingVerdict, Days] = Field(
        description="回答のないまま何営業日たったら知らせるか（判定ごと）。書かない判定では知らせない"
    )
    wording: Wording


class Answers(Section):
    """How long an answer keeps an alert still."""

    ack_business_days: int = Field(
        ge=1, le=250, strict=True, description="対応中（ack）の期限を書かないときの長さ（営業日）"
    )
    at_most_business_days: int = Field(
        ge=1, le=250, strict=True, description="対応中・保留の期限として認める最長の長さ（営業日）"
    )

    @model_validator(mode="after")
    def _default_is_allowed(self) -> Self:
        if self.ack_business_days > self.at_most_business_days:
            refuse(
                ("ack_business_days",),
                "at_most_business_days より長くできません",
                [f"{self.at_most_business_days} 以下の整数"],
            )
        return self


class Hold(Section):
    """Escalations that the 事務局 may look at before they go out."""

    audiences: tuple[Audience, ...] = Field(description="事務局の確認を待つ宛先。空なら待たない")
    business_days: int = Field(ge=1, le=20, strict=True, description="何営業日まで待つか")
    if_undecided: Literal["send", "stop"] = Field(
        description="決まらなかったとき。send（知らせる）又は stop（知らせない）"
    )


class Sending(Section):
    """When messages may leave; what is made at another time waits for the next such moment."""

    not_before: TimeOfDay
    not_after: TimeOfDay
    on_closed_days: bool = Field(strict=True, description="閉庁日にも送るなら true")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.not_after <= self.not_before:
            refuse(("not_after",), "not_before より後の時刻にしてください", ['"20:00"'])
        return self


class Escalation(Section):
    """Everything about alerts that nobody has answered yet."""

    episodes: Episodes
    flapping: Flapping
    files: Files
    reminders: Reminders
    ladder: tuple[Rung, ...] = Field(description="段階。下から順に書く")
    answers: Answers
    hold: Hold
    sending: Sending

    @model_validator(mode="after")
    def _ladder_climbs(self) -> Self:
        places = [RUNGS.index(rung.audience) for rung in self.ladder]
        for i, place in enumerate(places):
            if place == 0:
                refuse(
                    ("ladder", i, "audience"),
                    "担当課には初めから知らせるため、段階には書けません",
                    list(RUNGS[1:]),
                )
            if i and place <= places[i - 1]:
                refuse(
                    ("ladder", i, "audience"),
                    f"「{RUNGS[place]}」は、より下の段階より前に書きます",
                    ["→".join(RUNGS[1:])],
                )
        return self

    @model_validator(mode="after")
    def _delays_grow(self) -> Self:
        known: dict[str, int] = {}
        for i, rung in enumerate(self.ladder):
            for verdict, days in rung.after_business_days.items():
                if days < known.get(verdict, 0):
                    refuse(
                        ("ladder", i, "after_business_days", verdict),
                        "下の段階より早くできません",
                        [f"{known[verdict]} 以上の整数"],
                    )
                known[verdict] = days
        return self

    def rung(self, audience: str) -> Rung | None:
        """Return the rung of an audience, None where the ladder has none."""
        return next((rung for rung in self.ladder if rung.audience == audience), None)
