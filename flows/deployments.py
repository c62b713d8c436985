"""Every deployment, computed in one place, and the process that serves them (``python -m flows.deployments``)."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from config.schedules import Schedule
from config.settings import settings
from config.site import Site
from flows.automations import put_in_place
from flows.clock import now, today
from flows.cockpit_state import is_ready
from flows.forms import choices, with_choices
from flows.prefect_answers import answer_flow, release_flow
from flows.prefect_app import deliver_flow, sample_flow, watch_flow
from flows.prefect_replay import replay_flow
from flows.prefect_word import tell_of_crashes
from flows.recovery import recover
from flows.registration import Deployment, register
from flows.replay_form import cycles
from flows.schedules import description, prefect_schedules
from plan_data.mendable import MendableError
from tasks.reports.artifacts import artifact_prefix

#: From a click to the run's start this many seconds may pass; Prefect's own default is 10.
POLL_SECONDS = 2
#: The store has one writer: a second run waits until the first has ended.
RUNS_AT_ONCE = 1
LOOK_SECONDS = 0.05


@dataclass(frozen=True)
class Served:
    """One flow as an admin meets it. ``how`` says how to start it; 「Quick run」 takes the order ``order``.

    ``scheduled`` is the order of the runs that the entries of schedules.yaml with this ``schedule``
    start; a flow without one starts only where somebody asks for it. ``needs`` are the entries without
    which it does not start; ``shows`` are the artifacts its page leads to, by key and title.
    """

    flow: Flow[..., Any]
    how: str
    order: dict[str, Any] = field(default_factory=dict)
    schedule: str | None = None
    scheduled: dict[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    shows: tuple[tuple[str, str], ...] = ()


SERVED = (
    Served(
        watch_flow,
        how="「Quick run」は試行です。今日の時点の判定を、設定の受付フォルダについて見せるだけで、記録も通知も"
        "しません。本番にするとき、日付やフォルダを変えるときは「Custom run」を使います。",
        order={"mode": "試行"},
        schedule="watch",
        scheduled={"mode": "本番"},
        shows=(
            ("verdicts", "最新の判定"),
            ("departments", "担当課別の集計"),
            ("changes", "何が変わったか"),
            ("alerts", "今の通知の一覧"),
        ),
    ),
    Served(
        deliver_flow,
        how="「Quick run」で、送る時刻になった通知を今送ります。何度行っても、同じ通知は一度しか送りません。",
        schedule="deliver",
    ),
    Served(
        answer_flow,
        how="「Custom run」で、事業・対応者・理由を入れて「Submit」を押します。今の通知は一覧で確かめられます。",
        shows=(("alerts", "今の通知の一覧"),),
        needs=("project", "owner", "reason"),
    ),
    Served(
        release_flow,
        how="承認を待つ上申があると自動で始まり、「Suspended」（保留中）になります。「Runs」からその実行を開き、"
        "右上の「Resume」を押して、決定と確認した人の名前を入れてください。",
    ),
    Served(
        replay_flow,
        how="「Quick run」で、今の照会の期間の全事業を示します。期間や担当課は「Custom run」で選びます。",
        shows=(("replay", "最新の再現"),),
    ),
    Served(
        sample_flow,
        how="「Quick run」で1日目を動かします。2日目は「Custom run」で選びます。",
    ),
)


def deployments(town: str, town_name: str) -> tuple[Deployment, ...]:
    """Return the deployments of one town; their names are what an admin sees in the list.

    Their schedules are those of the town's schedules.yaml, written out anew from this month on, and their
    forms offer what the town's plan and configuration hold today.
    """
    site = Site(town, settings())
    offered = {**choices(site, today()), "cycles": cycles(site, today())}
    return tuple(_deployment(served, site, town_name, offered) for served in SERVED)


def _deployment(served: Served, site: Site, town_name: str, offered: dict[str, list[str]]) -> Deployment:
    # From the first of the month on: what a start sends is the same on the next day, and need not be sent.
    calendar, start = site.config.calendar, today().replace(day=1)
    entries = _entries(site, served)
    made: Deployment = Deployment.from_flow(  # type: ignore[assignment] # Prefect's type says less
        served.flow,
        version=served.flow.version,
        name=f"{served.flow.name} {town_name}",
        description="\n\n".join(
            [
                served.flow.description or "",
                served.how,
                *_links(served, site.town),
                description(entries, calendar, start),
            ]
        ),
        tags=[served.flow.name, town_name],
        parameters={"order": {"town": site.town, **served.order}},
        schedules=prefect_schedules(
            entries, calendar, start, {"order": {"town": site.town, **served.scheduled}}
        ),
        # One run at a time also where several processes serve the town; the second one waits.
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE
        ),
        # A file entrypoint would put flows/ first on sys.path, and flows/config would be ours no more.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    form = made._parameter_openapi_schema
    made._parameter_openapi_schema = form.model_copy(
        update={"definitions": with_choices(form.definitions, offered)}
    )
    return made


def _links(served: Served, town: str) -> list[str]:
    """Return the way to the newest artifacts: V1 has no entry for them in its menu."""
    ours = artifact_prefix(town)
    links = [f"[{title}](/artifacts/key/{ours}-{key})" for key, title in served.shows]
    return ["最新の結果：" + "　".join(links)] if links else []


def _entries(site: Site, served: Served) -> Sequence[Schedule]:
    return [entry for entry in site.config.schedules.schedules if entry.flow == served.schedule]


def serve_all(town: str, town_name: str, port: int, ready: Path) -> None:
    """Register every deployment, touch ``ready``, and run what is asked for until stopped.

    Started together with the server: while that one starts, this one imports.
    """
    ours = deployments(town, town_name)
    # Stopping the cockpit for a night must not switch the schedules off.
    runner = Runner(name="shinchoku", query_seconds=POLL_SECONDS, limit=RUNS_AT_ONCE, pause_on_shutdown=False)
    with get_client(sync_client=True) as client:
        while not is_ready(port):
            time.sleep(LOOK_SECONDS)
        ids = register(client, runner, ours, now())
        put_in_place(client, town, ids[[served.flow for served in SERVED].index(deliver_flow)])
        recover(client, ids, now())
        with suppress(MendableError):  # the next 通知の送信 says why it cannot
            tell_of_crashes(client, now())
    ready.touch()
    asyncio.run(runner.start())


if __name__ == "__main__":
    serve_all(sys.argv[1], sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
