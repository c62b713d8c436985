"""Every deployment, computed in one place, and the process that serves them (``python -m flows.deployments``)."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from typing import cast
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from config.settings import settings
from config.site import Site
from flows.clock import now, today
from flows.cockpit_state import is_ready
from flows.prefect_app import watch_flow
from flows.schedule_upkeep import put_right
from flows.schedules import description, prefect_schedules

#: From a click to the run's start this many seconds may pass; Prefect's own default is 10.
POLL_SECONDS = 2
#: The store has one writer: a second run waits until the first has ended.
RUNS_AT_ONCE = 1
LOOK_SECONDS = 0.25


def deployments(town: str, town_name: str) -> tuple[RunnerDeployment, ...]:
    """Return the deployments of one town; their names are what an admin sees in the list.

    Their schedules are those of the town's schedules.yaml, written out anew from today on.
    """
    config, start = Site(town, settings()).config, today()
    watches = [entry for entry in config.schedules.schedules if entry.flow == "watch"]
    return (
        RunnerDeployment.from_flow(
            watch_flow,
            name=f"進捗監視 {town_name}",
            description=(watch_flow.description or "")
            + "\n\n「Quick run」で、今日の時点の判定を、設定の受付フォルダについて行います。"
            "日付やフォルダを変えるときは「Custom run」を使います。\n\n"
            + description(watches, config.calendar, start),
            tags=["進捗監視", town_name],
            parameters={"order": {"town": town}},
            schedules=prefect_schedules(watches, config.calendar, start),
            # A file entrypoint would put flows/ first on sys.path, and flows/config would be ours no more.
            entrypoint_type=EntrypointType.MODULE_PATH,
        ),
    )


def serve_all(town: str, town_name: str, port: int, ready: Path) -> None:
    """Register every deployment, touch ``ready``, and run what is asked for until stopped.

    Started together with the server: while that one starts, this one imports.
    """
    ours = deployments(town, town_name)
    while not is_ready(port):
        time.sleep(LOOK_SECONDS)
    # Stopping the cockpit for a night must not switch the schedules off.
    runner = Runner(name="shinchoku", query_seconds=POLL_SECONDS, limit=RUNS_AT_ONCE, pause_on_shutdown=False)
    with get_client(sync_client=True) as client:
        for deployment in ours:
            slugs = {schedule.slug for schedule in deployment.schedules or () if schedule.slug}
            put_right(client, cast(UUID, runner.add_deployment(deployment)), slugs, now())
    ready.touch()
    asyncio.run(runner.start())


if __name__ == "__main__":
    serve_all(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
