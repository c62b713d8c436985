"""Word of a failed or crashed run to whoever looks after the service, by our own outbox.

Prefect's notification blocks would send past the outbox, without its retries and its one key a message.
A run that is marked from outside, because its machine or its server was lost, has nobody who would run
its hooks: ``tell_of_crashes`` looks for such runs, when the cockpit comes up and whenever 通知の送信 runs.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import FlowRun, State
from prefect.flows import Flow

from config.settings import settings
from config.site import Site
from flows.clock import now
from flows.prefect_secrets import with_blocks
from flows.recovery import AGAIN, crashed_of_late
from plan_data.mendable import MendableError
from tasks.alerts.operator import tell_operator
from tasks.alerts.steps import deliver

_LENGTH = 400


def tell_failed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect's hook on a failed run."""
    _tell(flow_run, state, "失敗しました", "原因を直してから、同じ内容でもう一度実行してください。")


def tell_crashed(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect's hook on a crashed run."""
    what, remedy = _crash(flow_run)
    _tell(flow_run, state, what, remedy)


def tell_of_crashes(client: SyncPrefectClient, moment: datetime) -> int:
    """Put word of every run that crashed of late into the outbox, once each; return of how many it is new.

    It goes out with the next sending.
    """
    return sum(
        _write(run, run.state, *_crash(run), moment)
        for run in crashed_of_late(client, moment)
        if run.state is not None
    )


def _crash(run: FlowRun) -> tuple[str, str]:
    if AGAIN in run.tags:
        return "続けて中断しました", "自動ではやり直しません。記録を確かめてください。"
    if run.deployment_id is None:
        return "中断しました", "自動ではやり直しません。同じ内容でもう一度実行してください。"
    return "中断しました", "自動で1回だけやり直します。続けて中断したときは、改めて知らせます。"


def _tell(run: FlowRun, state: State[Any], what: str, remedy: str) -> None:
    moment = now()
    _write(run, state, what, remedy, moment)
    # What cannot go out now goes out with the next 通知の送信.
    with suppress(MendableError):
        deliver(Site(_town(run), with_blocks(settings())), moment)


def _write(run: FlowRun, state: State[Any], what: str, remedy: str, moment: datetime) -> bool:
    """Put one message into the outbox; return False where this run was told of before."""
    text = (
        f"{run.name} が{what}（{moment:%Y-%m-%d %H:%M}）。\n\n{(state.message or '')[:_LENGTH]}\n\n{remedy}\n"
    )
    key = f"{state.type.value.lower()}/{run.id}"
    return tell_operator(Site(_town(run), settings()), key, f"{run.name} が{what}", text, moment)


def _town(run: FlowRun) -> str:
    return str(run.parameters.get("order", {}).get("town") or settings().town)
