"""上申の承認: an escalation to 副本部長 or above waits for somebody of the 事務局 to look at it.

Each waiting escalation is a flow run of its own, suspended until somebody decides: it costs no process
meanwhile. How long it waits and what happens where nobody decides stands in the town's escalation.yaml;
the watch itself keeps that, so that nothing hangs on Prefect.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from config.site import Site
from flows.engines import Engine
from tasks.alerts.answering import open_alerts, release
from tasks.alerts.answers import Decision, Held, OpenAlert
from tasks.alerts.steps import deliver
from tasks.reports.alerts_table import alerts_artifact
from tasks.wareki import wareki_short

RELEASE = "上申の承認"
SEND, STOP = "送る", "送らない"
DECISIONS = {SEND: Decision.SEND, STOP: Decision.STOP}


class ReleaseOrder(BaseModel):
    """Which escalation is to be decided on; the watch fills it in."""

    model_config = ConfigDict(
        extra="forbid",
        title=RELEASE,
        json_schema_extra={"description": "承認を待つ上申があると、進捗監視が自動で始めます。"},
    )

    town: str = Field(
        "togitsu",
        title="自治体",
        description="設定フォルダの名前です。",
        json_schema_extra={"choices": "towns"},
    )
    held: int = Field(
        0, title="上申の番号", description="0 のときは、待っている上申のうち最も古いものです。", ge=0
    )


def waiting(site: Site, day: date) -> list[tuple[OpenAlert, Held]]:
    """Return the escalations that wait for a decision, each with its alert, the oldest first."""
    found = [(alert, held) for alert in open_alerts(site, day) for held in alert.held]
    return sorted(found, key=lambda pair: pair[1].id)


def asked(site: Site, order: ReleaseOrder, day: date) -> tuple[OpenAlert, Held] | None:
    """Return the escalation an order is about, None where it does not wait any more."""
    return next((pair for pair in waiting(site, day) if order.held in (0, pair[1].id)), None)


def question(site: Site, alert: OpenAlert, held: Held) -> str:
    """Return what the person who decides is to know, as Markdown."""
    default = "そのまま送ります" if site.config.escalation.hold.if_undecided == "send" else "送りません"
    return (
        f"**{held.audience}** に、次の通知を送ろうとしています。\n\n"
        f"- 事業：{alert.project_id} {alert.project_name}（{alert.stage}）\n"
        f"- 担当課：{'、'.join(alert.departments)}\n"
        f"- 判定：{alert.verdict.label}（{held.days}営業日、回答がありません）\n\n"
        f"{wareki_short(held.hold_until)} までに決定がないときは、{default}。"
    )


def decide(
    engine: Engine, site: Site, held: Held, choice: str, approver: str, note: str, at: datetime
) -> int:
    """Record the decision (SEND or STOP) on an escalation and send; return 1, or 0 where it waited no more."""
    decided = engine.call(release, site, (held.id,), approver, DECISIONS[choice], at, note)
    engine.call(deliver, site, at)
    engine.publish(lambda: [alerts_artifact(site.town, open_alerts(site, at.date()), at.date())])
    return decided
