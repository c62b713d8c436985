"""進捗監視: collect what the departments sent, judge it against the plan, tell what changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from config.site import Site
from flows.ahead import loading
from flows.clock import now, today
from flows.engines import Engine
from tasks.intake.steps import collect, has_unseen
from tasks.sheets.steps import look_up, read_received, reading_pool, readings_of

if TYPE_CHECKING:
    from tasks.alerts.records import AlertEvent, Delivery
    from tasks.intake.records import Collected
    from tasks.progress.records import Judgement
    from tasks.reports.artifacts import Artifact
    from tasks.reports.steps import ReportFiles
    from tasks.sheets.pool import ReadingPool
    from tasks.sheets.records import FileReading

#: How many steps the watch has, for whoever shows how far it has come.
STEPS = 7
#: What the steps after reading need. It is loaded while other processes read, not before: a tenth of a first run.
_AFTER_READING = (
    "tasks.progress.steps",
    "tasks.alerts.steps",
    "tasks.reports.steps",
    "tasks.templates",
    "tasks.reports.html",
    "tasks.reports.workbook",
)


class WatchOrder(BaseModel):
    """What an admin asks of 進捗監視; the Prefect form is made from it."""

    model_config = ConfigDict(
        extra="forbid",
        title="進捗監視",
        # Prefect shows this above the form; the docstring would stand there otherwise.
        json_schema_extra={"description": "何も変えなければ、今日の時点で試します（記録も通知もしません）。"},
    )

    town: str = Field(
        "togitsu",
        title="自治体",
        description="設定フォルダの名前です。",
        json_schema_extra={"choices": "towns"},
    )
    mode: Literal["試行", "本番"] = Field(
        "試行",
        title="実行の種類",
        description="試行は、判定して見せるだけです。本番は、記録し、変わったことを知らせます。",
    )
    as_of: date = Field(
        default_factory=today, title="基準日", description="空欄なら今日。この日の時点で判定します。"
    )
    inbox: str = Field("", title="受付フォルダ", description="空欄なら設定の受付フォルダを使います。")


@dataclass(frozen=True)
class WatchResult:
    """What one run did and wrote."""

    run_id: int
    engine: str
    collected: Collected
    readings: Sequence[FileReading]
    judgement: Judgement
    events: tuple[AlertEvent, ...]
    delivery: Delivery
    files: ReportFiles
    #: What went wrong with the heartbeat, empty when nothing did.
    heartbeat: str = ""


def watch(
    engine: Engine,
    site: Site,
    inbox: Path,
    as_of: date,
    *,
    pool: ReadingPool | None = None,
    dry_run: bool = False,
    shown: Callable[[Artifact], Artifact] = lambda artifact: artifact,
) -> WatchResult:
    """Run the watch once, as of a day; the same body under both engines.

    With ``dry_run`` everything happens on a copy of the records, and nobody is told (see rehearsal).
    What is shown beside the run passes through ``shown``; ``pool`` are the reading processes, if there
    are some already.
    """
    if not dry_run:
        return _watch(engine, site, inbox, as_of, pool, shown)
    from flows.rehearsal import marked, rehearsal

    with rehearsal(site) as acting:
        return _watch(engine, acting, inbox, as_of, pool, marked)


def _watch(
    engine: Engine,
    site: Site,
    inbox: Path,
    as_of: date,
    pool: ReadingPool | None,
    shown: Callable[[Artifact], Artifact],
) -> WatchResult:
    started_at = now()
    with pool or reading_pool(site) as readers:
        if has_unseen(site, inbox, as_of):
            # It starts while the files are taken in.
            readers.warm_up()
        collected = engine.call(collect, site, inbox, as_of)
        received = engine.call(look_up, site, collected.submissions)
        with loading(_AFTER_READING if received else ()):
            read = engine.each(read_received, [(site, one, readers) for one in received])
    from tasks.alerts.steps import deliver, record
    from tasks.progress.steps import judge_town
    from tasks.reports.steps import publishable, write_report

    judgement = engine.call(judge_town, site, as_of)
    recorded = engine.call(record, site, judgement, engine.name, started_at, collected.new, collected.gone)
    files = engine.call(write_report, site, recorded.run_id)
    engine.publish(lambda: [shown(each) for each in publishable(site, recorded.run_id, files)])
    delivery = engine.call(deliver, site, now())
    readings = readings_of(site, collected.submissions, read)
    alive = _heartbeat(engine, site) if site.settings.heartbeat_url is not None else ""
    return WatchResult(
        recorded.run_id,
        engine.name,
        collected,
        readings,
        judgement,
        recorded.events,
        delivery,
        files,
        alive,
    )


def _heartbeat(engine: Engine, site: Site) -> str:
    from tasks.alerts.operator import heartbeat

    return engine.call(heartbeat, site)
