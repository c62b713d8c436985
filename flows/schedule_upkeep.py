"""The schedules of a deployment when the cockpit starts: what registering it leaves behind is put right.

Registering updates schedules by their slugs and adds new ones, but keeps those that are no longer
given. And of the runs that fell due while the cockpit was off every single one waits to be executed.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort

MADE_UP = "止まっていた間の分"
#: The server gives no more runs than this at a time.
_PAGE = 200


def put_right(client: SyncPrefectClient, deployment: UUID, slugs: Collection[str], moment: datetime) -> None:
    """Keep only the schedules with these slugs; make up once for all the runs missed by ``moment``.

    Call it after the deployment is registered and before its runs are taken up. Runs that an admin
    asked for are not touched.
    """
    missed = _missed(client, deployment, moment)
    if missed:
        # First of all, and by the same key again if we are cut off here: one run, whatever happens.
        newest = missed[0]
        client.create_flow_run_from_deployment(
            deployment, parameters=newest.parameters, tags=[MADE_UP], idempotency_key=f"for {newest.id}"
        )
    for schedule in client.read_deployment_schedules(deployment):
        if schedule.slug not in slugs:
            # Takes its runs along, and those of the other schedules too.
            client.delete_deployment_schedule(deployment, schedule.id)
    for run in reversed(_missed(client, deployment, moment)):
        client.delete_flow_run(run.id)


def behind(client: SyncPrefectClient, deployments: Collection[UUID], moment: datetime) -> set[UUID]:
    """Return those of these deployments that may have missed runs: the ones for ``put_right``."""
    waiting = _waiting(client, deployments, moment)
    if len(waiting) == _PAGE:  # there may be more, of any of them
        return set(deployments)
    return {run.deployment_id for run in waiting if run.deployment_id is not None}


def _missed(client: SyncPrefectClient, deployment: UUID, moment: datetime) -> list[FlowRun]:
    """Return the runs a schedule planned and that should have begun by ``moment``, the newest first."""
    waiting = _waiting(client, [deployment], moment)
    return [run for run in waiting if run.auto_scheduled and run.run_count == 0]


def _waiting(client: SyncPrefectClient, deployments: Collection[UUID], moment: datetime) -> list[FlowRun]:
    return client.read_flow_runs(
        deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=list(deployments))),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
            expected_start_time=FlowRunFilterExpectedStartTime(before_=moment),
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_DESC,
        limit=_PAGE,
    )
