"""通知の送信: what lies in the outbox is sent between the runs of the watch, so that no retry waits for tomorrow's."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from config.site import Site
from flows.clock import now
from flows.engines import Engine
from tasks.alerts.records import Delivery
from tasks.alerts.steps import deliver


class DeliverOrder(BaseModel):
    """What an admin asks of 通知の送信; the Prefect form is made from it."""

    model_config = ConfigDict(
        extra="forbid",
        title="通知の送信",
        json_schema_extra={"description": "送信待ちの通知のうち、送る時刻になったものを送ります。"},
    )

    town: str = Field("togitsu", title="自治体", description="設定フォルダの名前（例：togitsu）")


def deliver_only(engine: Engine, site: Site) -> Delivery:
    """Send what is due; the same body under both engines."""
    return engine.call(deliver, site, now())


def outcome(delivery: Delivery) -> str:
    """Return what a dispatch came to, in one Japanese line."""
    accepted = f"（うち受付のみ{delivery.accepted}）" if delivery.accepted else ""
    parts = [f"送信{delivery.sent}通{accepted}", f"送信待ち{delivery.waiting}通"]
    if delivery.dead_letters:
        parts.append(f"配信不能{delivery.dead_letters}通（shinchoku outbox list で確かめてください）")
    return "、".join(parts) + "。" + " ".join(delivery.problems)
