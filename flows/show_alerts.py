"""The open alerts on the terminal: a table, in Japanese."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.markup import escape
from rich.table import Table

from flows.show import console
from tasks.alerts.answers import OpenAlert
from tasks.wareki import wareki_short, wareki_with_weekday


def print_alerts(alerts: Sequence[OpenAlert], day: date) -> None:
    """Print the open alerts, worst first, with what was answered and what waits for a decision."""
    out = console()
    if not alerts:
        out.print("解消していない通知はありません。")
        return
    out.print(f"[bold]解消していない通知　{len(alerts)}件[/bold]（{wareki_with_weekday(day)}時点）")
    table = Table()
    for heading, fold in (
        ("番号", False),
        ("判定", False),
        ("事業", True),
        ("段階", False),
        ("担当課", True),
        ("始まり", False),
        ("未回答", False),
        ("知らせた上", True),
        ("回答・確認待ち", True),
    ):
        table.add_column(heading, no_wrap=not fold, overflow="fold" if fold else "ellipsis")
    for alert in sorted(alerts, key=lambda a: a.verdict.rank):
        table.add_row(*_row(alert))
    out.print(table)


def _row(alert: OpenAlert) -> tuple[str, ...]:
    said = []
    if alert.answer is not None:
        until = wareki_short(alert.answer.expires_on)
        said.append(f"{alert.answer.kind.label}（{alert.answer.owner}、{until}まで）{alert.answer.reason}")
    said += [f"確認待ち{h.id}：{h.audience}へ（{wareki_short(h.hold_until)}まで）" for h in alert.held]
    return (
        str(alert.id),
        alert.verdict.label,
        escape(f"{alert.project_id} {alert.project_name}"),
        alert.stage,
        "、".join(alert.departments),
        wareki_short(alert.opened_on),
        f"{alert.days}営業日" if alert.days else "",
        "、".join(alert.reached),
        escape(" ".join(said)),
    )
