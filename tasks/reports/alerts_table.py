"""What an admin sees of the open alerts in Prefect: one table, with who answered and what waits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tasks.alerts.answers import Answer, OpenAlert
from tasks.reports.artifacts import Artifact, artifact_prefix, mark
from tasks.reports.text import plain_cell
from tasks.wareki import wareki_short, wareki_with_weekday


def alerts_artifact(town: str, alerts: Iterable[OpenAlert], as_of: date) -> Artifact:
    """Return the open alerts of a town as a table, in their order."""
    return Artifact(
        f"{artifact_prefix(town)}-alerts",
        "table",
        f"解消していない通知と回答（{wareki_with_weekday(as_of)}現在）",
        [_row(alert) for alert in alerts],
    )


def _row(alert: OpenAlert) -> dict[str, Any]:
    return {
        "番号": alert.id,
        "判定": mark(alert.verdict),
        "事業": plain_cell(f"{alert.project_id} {alert.project_name}"),
        "段階": plain_cell(alert.stage),
        "担当課": plain_cell("、".join(alert.departments)),
        "知らせた日": wareki_short(alert.opened_on),
        "回答なし（営業日）": alert.days,
        "回答": plain_cell(_answer(alert.answer) if alert.answer is not None else "—"),
        "承認を待つ上申": plain_cell("、".join(h.audience for h in alert.held) or "—"),
    }


def _answer(answer: Answer) -> str:
    return f"{answer.kind.label}（{answer.owner}、{wareki_short(answer.expires_on)}まで）：{answer.reason}"
