"""進捗監視 as a Prefect flow: the form an admin fills in, around the body in ``flows/watch.py``."""

from __future__ import annotations

from pathlib import Path

from prefect import flow
from prefect.runtime import flow_run
from prefect.task_runners import ThreadPoolTaskRunner

from config.settings import settings
from config.site import Site
from flows.prefect_engine import PrefectEngine
from flows.prefect_secrets import with_blocks
from flows.recovery import again
from flows.watch import WatchOrder, WatchResult, watch
from tasks.wareki import wareki_short


def _run_name() -> str:
    """Return 「進捗監視 時津町 R8-11-24」 for the run at hand."""
    order = WatchOrder.model_validate(flow_run.parameters["order"])
    plan = Site(order.town, settings()).plan_book.in_force(order.as_of)
    trial = "（試行）" if order.mode == "試行" else ""
    return f"進捗監視{trial} {plan.town_name} {wareki_short(order.as_of)}"


@flow(
    name="進捗監視",
    description=(
        "各課の表を集めて読み、計画と突き合わせて判定し、変わったことだけを知らせ、報告書を書きます。"
        "同じ表で何度実行しても、同じことを二度は知らせません。"
    ),
    flow_run_name=_run_name,
    # The store takes one writer at a time and reading is bound to the processor: more threads than
    # this only wait for each other.
    on_crashed=[again],
    task_runner=ThreadPoolTaskRunner(max_workers=2),  # type: ignore[arg-type] # Prefect's own class
)
def watch_flow(order: WatchOrder) -> WatchResult:
    """Run the watch once, as ordered."""
    site = Site(order.town, with_blocks(settings()))
    site.prepare()
    inbox = Path(order.inbox) if order.inbox else site.inbox
    return watch(PrefectEngine(), site, inbox, order.as_of, dry_run=order.mode == "試行")
