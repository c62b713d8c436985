"""What becomes of a run whose process was killed: it is marked, and started again once.

Prefect's own retries do not apply to a crash. A run that crashes while its serving process lives is
noted by that process at once, and its hook (``again``) starts it anew. When the serving process or the
server dies, ``shinchoku up`` ends every run along with it; the next serving process knows by this that
whatever still counts as running is not (``recover``). Starting anew has a key made of the crashed run:
however often it is asked for, it happens once. A run that was started anew and crashes too is left.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.flows import Flow
from prefect.states import Crashed

#: The tag of a run that was started anew; a run that has it is not started anew again.
AGAIN = "やり直し"
MARKED = "実行の途中で止められました（実行係又はサーバの停止）。"
#: A run that crashed before this is nobody's concern any more when the cockpit comes up.
_FRESH = timedelta(hours=24)
_AT_WORK = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


async def again(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Prefect's hook on a crashed run: start it anew, once, with what it was asked for."""
    if flow_run.deployment_id is None or AGAIN in flow_run.tags:
        return
    async with get_client() as client:
        await client.create_flow_run_from_deployment(
            flow_run.deployment_id,
            parameters=flow_run.parameters,
            tags=[AGAIN],
            idempotency_key=_key(flow_run),
        )


def recover(client: SyncPrefectClient, deployments: Collection[UUID], moment: datetime) -> list[FlowRun]:
    """Mark the runs that an earlier serving process left behind; return the runs started in their place.

    Call it before the first run is taken up: no process of any run of these deployments may be alive.
    """
    ours = DeploymentFilter(id=DeploymentFilterId(any_=list(deployments)))
    at_work = FlowRunFilterState(type=FlowRunFilterStateType(any_=_AT_WORK))
    for run in client.read_flow_runs(deployment_filter=ours, flow_run_filter=FlowRunFilter(state=at_work)):
        client.set_flow_run_state(run.id, Crashed(message=MARKED), force=True)
    return [
        client.create_flow_run_from_deployment(
            run.deployment_id, parameters=run.parameters, tags=[AGAIN], idempotency_key=_key(run)
        )
        for run in crashed_of_late(client, moment, ours)
        if run.deployment_id is not None and AGAIN not in run.tags
    ]


def crashed_of_late(
    client: SyncPrefectClient, moment: datetime, deployments: DeploymentFilter | None = None
) -> list[FlowRun]:
    """Return the runs that crashed in the last 24 hours, of these deployments or of whatever origin."""
    crashed = FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.CRASHED]))
    of_late = FlowRunFilterEndTime(after_=moment - _FRESH)
    return client.read_flow_runs(
        deployment_filter=deployments, flow_run_filter=FlowRunFilter(state=crashed, end_time=of_late)
    )


def _key(run: FlowRun) -> str:
    return f"again {run.id}"
