"""進捗監視, 通知の送信 and 見本 as Prefect flows: the forms an admin fills in, around the plain bodies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner
from prefect.utilities.annotations import quote

from config.settings import settings
from config.site import Site
from flows.clock import now, today
from flows.deliver import DeliverOrder, deliver_only
from flows.demo import SampleOrder, sample
from flows.prefect_engine import PrefectEngine
from flows.prefect_names import run_name
from flows.prefect_secrets import with_blocks
from flows.prefect_word import tell_crashed, tell_failed, tell_of_crashes
from flows.recovery import again
from flows.watch import STEPS, WatchOrder, watch
from tasks.alerts.records import Delivery

#: The store takes one writer at a time and reading is bound to the processor: more threads than this
#: only wait for each other.
_RUNNER: Any = ThreadPoolTaskRunner(max_workers=2)


def _watch_name() -> str:
    """Return 「進捗監視 時津町 R8-11-24」 for the run at hand."""
    order = WatchOrder.model_validate(flow_run.parameters["order"])
    trial = "（試行）" if order.mode == "試行" else ""
    return run_name(f"進捗監視{trial}", order.town, order.as_of)


@flow(
    name="進捗監視",
    description=(
        "各課の表を集めて読み、計画と突き合わせて判定し、変わったことだけを知らせ、報告書を書きます。"
        "同じ表で何度実行しても、同じことを二度は知らせません。"
    ),
    flow_run_name=_watch_name,
    on_failure=[tell_failed],
    on_crashed=[again, tell_crashed],
    task_runner=_RUNNER,
)
def watch_flow(order: WatchOrder) -> quote:
    """Run the watch once, as ordered; return its WatchResult, quoted.

    Prefect would look through every record of it for futures, which takes as long as to judge the town.
    """
    site = Site(order.town, with_blocks(settings()))
    site.prepare()
    inbox = Path(order.inbox) if order.inbox else site.inbox
    dry_run = order.mode == "試行"
    result = watch(PrefectEngine(STEPS), site, inbox, order.as_of, dry_run=dry_run)
    if not dry_run:
        # Imported last: what a run loads before its first step is time from Submit to work.
        from flows.prefect_answers import ask_for_releases

        ask_for_releases(site, order.as_of)
    return quote(result)


def _deliver_name() -> str:
    order = DeliverOrder.model_validate(flow_run.parameters["order"])
    return run_name("通知の送信", order.town, today())


@flow(
    name="通知の送信",
    description="送信待ちの通知のうち、送る時刻になったものを送ります。送れなかったものは、時間をおいて送り直します。",
    flow_run_name=_deliver_name,
    on_failure=[tell_failed],
    on_crashed=[again, tell_crashed],
)
def deliver_flow(order: DeliverOrder) -> Delivery:
    """Send what is due in the outbox."""
    site = Site(order.town, with_blocks(settings()))
    site.prepare()
    with get_client(sync_client=True) as client:
        tell_of_crashes(client, now())
    return deliver_only(PrefectEngine(), site)


def _sample_name() -> str:
    order = SampleOrder.model_validate(flow_run.parameters["order"])
    return run_name(f"見本（{order.day}）", order.town, today())


@flow(
    name="見本",
    description=(
        "架空の報告（見本の表）で進捗監視を動かし、何がどう見えるかを示します。本番の記録には触れず、だれにも知らせません。"
    ),
    flow_run_name=_sample_name,
    task_runner=_RUNNER,
)
def sample_flow(order: SampleOrder) -> quote:
    """Run the watch on the sample inbox."""
    return quote(sample(PrefectEngine(STEPS), Site(order.town, settings()), order))
