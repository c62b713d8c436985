"""対応記録: what a person answers to an alert, from a form."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from config.site import Site
from flows.engines import Engine
from flows.forms import chosen_id
from tasks.alerts.answering import ack, open_alerts, snooze
from tasks.alerts.answers import Answer
from tasks.reports.alerts_table import alerts_artifact

#: Something that is not white space.
SPOKEN = r"\S"


class AnswerOrder(BaseModel):
    """What an admin enters in 対応記録; the Prefect form is made from it."""

    model_config = ConfigDict(
        extra="forbid",
        title="対応記録",
        json_schema_extra={
            "description": "知らせのあった事業について、だれが、なぜ、いつまで対応（保留）するかを記録します。"
        },
    )

    town: str = Field(
        "togitsu",
        title="自治体",
        description="設定フォルダの名前です。",
        json_schema_extra={"choices": "towns"},
    )
    project: str = Field(
        title="事業",
        description="知らせのあった事業を選びます。",
        json_schema_extra={"choices": "projects"},
    )
    kind: Literal["対応中", "保留"] = Field(
        "対応中",
        title="回答",
        description="対応中は、督促と上申を止めます。保留は、期限まで知らせを休み、期限の後に改めて知らせます。",
    )
    owner: str = Field(
        title="対応者",
        description="対応する人又は課の名前です。",
        min_length=1,
        max_length=60,
        pattern=SPOKEN,
    )
    reason: str = Field(
        title="理由",
        description="何をしているか、なぜ保留するかを一文で書きます。",
        min_length=1,
        max_length=400,
        pattern=SPOKEN,
    )
    business_days: int = Field(
        20, title="期限（営業日後）", description="今日から何営業日後までかを、1～60で書きます。", ge=1, le=60
    )


def answer(engine: Engine, site: Site, order: AnswerOrder, at: datetime) -> tuple[Answer, ...]:
    """Record the answer to every open alert of a 事業; the same body under both engines.

    Raises AnswerError where the 事業 has no open alert, or the time asked for is too long.
    """
    day = at.date()
    until = site.config.calendar.add_business_days(day, order.business_days)
    step = ack if order.kind == "対応中" else snooze
    given = engine.call(step, site, chosen_id(order.project), order.owner, order.reason, until, at)
    engine.publish(lambda: [alerts_artifact(site.town, open_alerts(site, day), day)])
    return given
