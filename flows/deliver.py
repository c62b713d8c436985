"""通知の送信: what lies in the outbox is sent between the runs of the watch, so that no retry waits for tomorrow's."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from config.site import Site
from flows.clock import now
from flows.engines import Engine
from tasks.alerts.operator import report_due, report_operation
from tasks.alerts.records import Delivery
from tasks.alerts.steps import deliver


class DeliverOrder(BaseModel):
    """What an admin asks of 通知の送信; the Prefect form is made from it."""

    model_config = ConfigDict(
        extra="forbid",
        title="通知の送信",
        json_schema_extra={"description": "送信待ちの通知のうち、送る時刻になったものを送ります。"},
    )

    town: str = Field(
        "togitsu",
        title="自治体",
        description="設定フォルダの名前です。",
        json_schema_extra={"choices": "towns"},
    )


def deliver_only(engine: Engine, site: Site) -> Delivery:
    """Send what is due, and once a day the 稼働報告; the same body under both engines."""
    moment = now()
    if report_due(site, moment):
        engine.call(report_operation, site, moment, next_watch(site, moment))
    return engine.call(deliver, site, moment)


def next_watch(site: Site, moment: datetime) -> datetime | None:
    """Return when the watch runs next by schedules.yaml, None where it never does."""
    from flows.schedules import occurrences

    watches = [entry for entry in site.config.schedules.schedules if entry.flow == "watch"]
    return min((next(occurrences(entry, site.config.calendar, moment)) for entry in watches), default=None)


def outcome(delivery: Delivery) -> str:
    """Return what a dispatch came to, in one Japanese line."""
    accepted = f"（うち受付のみ{delivery.accepted}）" if delivery.accepted else ""
    parts = [f"送信{delivery.sent}通{accepted}", f"送信待ち{delivery.waiting}通"]
    if delivery.dead_letters:
        parts.append(f"配信不能{delivery.dead_letters}通（shinchoku outbox list で確かめてください）")
    return "、".join(parts) + "。" + " ".join(delivery.problems)
