"""Word of a failed or crashed run to whoever looks after the service, by our own outbox.

Prefect's notification blocks would send past the outbox, without its retries and its one key a message.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow

from config.settings import settings
from config.site import Site
from flows.clock import now
from flows.prefect_secrets import with_blocks
from flows.recovery import AGAIN
from plan_data.mendable import MendableError
from tasks.alerts.operator import tell_operator
from tasks.alerts.steps import deliver

_LENGTH = 400


def tell_failed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect's hook on a failed run."""
    _tell(flow_run, state, "失敗しました", "原因を直してから、同じ内容でもう一度実行してください。")


def tell_crashed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect's hook on a crashed run."""
    if AGAIN in flow_run.tags:
        _tell(flow_run, state, "続けて中断しました", "自動ではやり直しません。記録を確かめてください。")
    else:
        _tell(
            flow_run,
            state,
            "中断しました",
            "自動で1回だけやり直します。続けて中断したときは、改めて知らせます。",
        )


def _tell(run: FlowRun, state: State[Any], what: str, remedy: str) -> None:
    town = run.parameters.get("order", {}).get("town") or settings().town
    site = Site(town, settings())
    moment = now()
    text = (
        f"{run.name} が{what}（{moment:%Y-%m-%d %H:%M}）。\n\n{(state.message or '')[:_LENGTH]}\n\n{remedy}\n"
    )
    tell_operator(site, f"{state.type.value.lower()}/{run.id}", f"{run.name} が{what}", text, moment)
    # What cannot go out now goes out with the next 通知の送信.
    with suppress(MendableError):
        deliver(Site(town, with_blocks(settings())), moment)
