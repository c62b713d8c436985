"""再現 as a Prefect flow: past judgements made again, from a form."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from config.settings import settings
from config.site import Site
from flows.clock import today
from flows.prefect_engine import PrefectEngine
from flows.prefect_names import run_name
from flows.replay_form import ReplayOrder, replay_cycle


def _replay_name() -> str:
    order = ReplayOrder.model_validate(flow_run.parameters["order"])
    whose = f"（{order.department}）" if order.department else ""
    return run_name(f"再現{whose}", order.town, today())


@flow(
    name="再現",
    description=(
        "照会の期間の開庁日ごとに、その日までに届いていた報告から判定を作り直し、判定の移り変わりと、"
        "記録との違いを示します。何も記録せず、だれにも知らせません。"
    ),
    flow_run_name=_replay_name,
)
def replay_flow(order: ReplayOrder) -> int:
    """Show a cycle again; return on how many days the record says otherwise."""
    site = Site(order.town, settings())
    site.prepare()
    return replay_cycle(PrefectEngine(), site, order, today())
