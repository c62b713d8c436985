"""Registering the deployments at a start: only what the server does not hold already is sent to it.

Sending a deployment takes Prefect 0.2 to 1.5 seconds, and a start after a night finds nearly all of them
as it left them. So the server is asked once what it holds. What was deleted, edited by hand, half
registered or is wanted otherwise today differs from what would be sent, and is sent in full: nobody has
to keep a record of what was sent before, which could be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import VersionInfo
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from pydantic import PrivateAttr

from flows.schedule_upkeep import behind, put_right

#: What a deployment has for itself, or says by another value beside it (see ``sent``).
_NOT_SENT = {"storage", "name", "flow_name", "triggers", "version_type", "schedules"}
_OF_A_SCHEDULE = ("schedule", "active", "parameters", "slug")


class Deployment(RunnerDeployment):
    """A deployment that Prefect's runner takes up, and that is sent only where ``kept_as`` is None."""

    _kept_as: UUID | None = PrivateAttr(default=None)

    async def aapply(
        self,
        schedules: list[dict[str, Any]] | None = None,
        work_pool_name: str | None = None,
        image: str | None = None,
        version_info: VersionInfo | None = None,
    ) -> UUID:
        """Return the id under which the server holds this; the runner asks for it."""
        if self._kept_as is not None:
            return self._kept_as
        # Told its version, Prefect does not look for one in whatever Git folder it was started in.
        told = version_info or VersionInfo(type="prefect:simple", version=self.version or "")
        return await super().aapply(schedules, work_pool_name, image, told)


def register(
    client: SyncPrefectClient, runner: Runner, wanted: Sequence[Deployment], moment: datetime
) -> list[UUID]:
    """Make the server hold these deployments and the runner execute them; return their ids, in order.

    Their schedules are put right, and what was missed by ``moment`` is made up for once. Cut off
    anywhere, it is completed by the next call.
    """
    held = _held(client, wanted)
    ids = []
    for deployment in wanted:
        there = held.get(deployment.name)
        deployment._kept_as = UUID(there["id"]) if there is not None and holds(there, deployment) else None
        ids.append(cast(UUID, runner.add_deployment(deployment)))
    late = behind(client, ids, moment)
    for deployment, its_id in zip(wanted, ids, strict=True):
        if deployment._kept_as is None or its_id in late:
            slugs = {schedule.slug for schedule in deployment.schedules or () if schedule.slug}
            put_right(client, its_id, slugs, moment)
    return ids


def _held(client: SyncPrefectClient, wanted: Sequence[Deployment]) -> dict[str, dict[str, Any]]:
    """Return what the server holds under the names of these deployments and their flows.

    As it is sent: Prefect's client would parse every schedule of ten years, only to have it written again.
    """
    asked = {
        "flows": {"name": {"any_": [deployment.flow_name for deployment in wanted]}},
        "deployments": {"name": {"any_": [deployment.name for deployment in wanted]}},
    }
    answer = client.request("POST", "/deployments/filter", json=asked)
    answer.raise_for_status()
    return {held["name"]: held for held in answer.json()}


def holds(held: Mapping[str, Any], wanted: Deployment) -> bool:
    """Say whether the server would be the same after ``wanted`` was sent and its schedules put right.

    ``held`` is a deployment as the server sends it.
    """
    sent = wanted.model_dump(mode="json", exclude_unset=True, exclude=_NOT_SENT)
    sent["parameter_openapi_schema"] = wanted._parameter_openapi_schema.model_dump(
        mode="json", exclude_unset=True
    )
    options = wanted.concurrency_options
    sent["concurrency_options"] = None if options is None else options.model_dump(mode="json")
    sent["pull_steps"] = None
    has = {key: held[key] for key in sent}
    has["pull_steps"] = held["pull_steps"] or None  # none at all, by either word
    limit = held["global_concurrency_limit"]
    has["concurrency_limit"] = None if limit is None else limit["limit"]
    schedules = [schedule.model_dump(mode="json") for schedule in wanted.schedules or ()]
    return has == sent and _by_slug(held["schedules"]) == _by_slug(schedules)


def _by_slug(schedules: Sequence[Mapping[str, Any]]) -> dict[str | None, Any]:
    return {schedule["slug"]: {key: schedule[key] for key in _OF_A_SCHEDULE} for schedule in schedules}
