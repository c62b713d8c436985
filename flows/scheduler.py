"""``shinchoku schedule``: runs what is due without a server, for ever (APScheduler).

Each entry's next moment is kept in ``scheduler.db`` below home and moves on only after its run has
ended. So what fell due while the machine was off, or was cut off by a kill, is made up for: once,
however often it was missed, as of the day on which it is made up for. A run that was cut off is
repeated; the watch tells nothing twice.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

from apscheduler.events import EVENT_SCHEDULER_STARTED
from apscheduler.executors.debug import DebugExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers import SchedulerNotRunningError
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import URL, select
from sqlalchemy.exc import SQLAlchemyError

from config.site import Site
from flows.clock import TOKYO, now
from flows.cockpit_state import cockpit_url
from flows.due import ready, run_due, say
from flows.only_one import only_one
from flows.schedules import BusinessDayTrigger
from plan_data.mendable import MendableError
from tasks.store.places import network_type
from tasks.wareki import wareki_with_weekday

#: A sleeping machine stops the clock that a wait is measured with, so no wait is longer than this.
LOOK_SECONDS = 60.0


class SchedulerError(MendableError):
    """Why the scheduler cannot run, and what to do: one Japanese line."""


def run_scheduler(site: Site) -> int:
    """Run what falls due until Ctrl+C or SIGTERM; return 0, also where another one does so already.

    Raises SchedulerError when there is nothing to run, or the record of next moments cannot be kept,
    and other kinds of MendableError for what no run could be done with.
    """
    ready(site, now().date())
    if not site.config.schedules.schedules:
        raise SchedulerError(
            f"予定がありません。{site.config.path('schedules')} に予定を書いてから、もう一度起動してください。"
        )
    record = site.home.absolute() / "scheduler.db"
    share = network_type(record.resolve())
    if share is not None:
        raise SchedulerError(
            f"予定の記録 {record} は共有フォルダ（{share}）にあり、壊れるおそれがあります。"
            "SHINCHOKU_HOME にこのパソコンのディスクを指定してください。"
        )
    try:
        with only_one(record.with_suffix(".lock")) as first:
            if first:
                _keep(site, record)
            else:
                print("予定は、すでに別の `shinchoku schedule` が動かしています。こちらは終わります。")
    except (SQLAlchemyError, OSError) as fault:
        raise SchedulerError(
            f"予定の記録 {record} を読み書きできません（{type(fault).__name__}）。空き容量と、ファイルの所有者・"
            "権限を確かめてください。壊れているときは、このファイルを別の場所へ移すと作り直します。"
        ) from fault
    return 0


def _keep(site: Site, record: Path) -> None:
    # Its owner alone may read and write it: what a job store holds is loaded as code.
    record.touch(mode=0o600)
    scheduler = prepared(site, record)
    for warning in site.warnings():
        say(f"注意: {warning}")
    if cockpit_url(site.home) is not None:
        say("コックピットが動いています。動いている間の予定は、コックピットに任せます。")
    with _ended_by_signals(scheduler):
        scheduler.start()
    say("予定の実行を終わります。")


class _Scheduler(BlockingScheduler):  # type: ignore[misc] # APScheduler is not typed
    """APScheduler's own, that looks at the clock at least every LOOK_SECONDS."""

    def _process_jobs(self) -> float:
        wait = super()._process_jobs()
        return LOOK_SECONDS if wait is None else min(wait, LOOK_SECONDS)


def prepared(site: Site, record: Path) -> BlockingScheduler:
    """Return a scheduler, not yet started, with the entries of schedules.yaml as they are now.

    What an earlier start left undone stays due; entries that are gone are forgotten.
    """
    store = SQLAlchemyJobStore(url=URL.create("sqlite", database=str(record)))
    scheduler = _Scheduler(
        timezone=TOKYO,
        jobstores={"default": store},
        # In the scheduler's own thread: the next moment is written down after the run, not before,
        # so that a kill in the middle leaves it due; and runs never overlap.
        executors={"default": DebugExecutor()},
    )
    store.start(scheduler, "default")
    left = _next_moments(store)
    moment = now()
    for entry in site.config.schedules.schedules:
        name = f"{site.town}:{entry.id}"
        trigger = BusinessDayTrigger(entry, site.config.calendar)
        due = left.pop(name, None)
        owed = due is not None and due <= moment
        if due is None or not owed:
            due = trigger.get_next_fire_time(None, moment)
        scheduler.add_job(
            run_due,
            trigger,
            args=(site.town, entry.flow, entry.label),
            id=name,
            name=entry.label,
            next_run_time=due,
            replace_existing=True,
            coalesce=True,
            misfire_grace_time=None,
            max_instances=1,
        )
        say(f"予定「{entry.label}」：{_when(due, owed)}")
    for name in left:
        store.remove_job(name)
        say(f"予定 {name.partition(':')[2]}：schedules.yaml からなくなったため、やめます。")
    return scheduler


def _next_moments(store: SQLAlchemyJobStore) -> dict[str, datetime]:
    """Return the next moment of each job an earlier start left; the rest of it is written anew and not read."""
    jobs = store.jobs_t.c
    with store.engine.begin() as connection:
        rows = connection.execute(select(jobs.id, jobs.next_run_time)).all()
    return {name: datetime.fromtimestamp(at, TOKYO) for name, at in rows}


def _when(due: datetime, owed: bool) -> str:
    due = due.astimezone(TOKYO)
    moment = f"{wareki_with_weekday(due.date())} {due.hour}:{due.minute:02}"
    return f"{moment}からの分を、これから1回だけ動かします。" if owed else f"次は{moment}です。"


@contextmanager
def _ended_by_signals(scheduler: BlockingScheduler) -> Iterator[None]:
    """Inside the block Ctrl+C, SIGTERM and a closed terminal end the scheduler, after the run at work."""
    started = Event()
    scheduler.add_listener(lambda _: started.set(), EVENT_SCHEDULER_STARTED)

    def end() -> None:
        started.wait()
        with suppress(SchedulerNotRunningError):
            scheduler.shutdown()

    def told(*_: Any) -> None:
        # In a thread of its own: ending waits for the run at work, which this very thread does.
        Thread(target=end, daemon=True).start()

    numbers = [number for number in signal.Signals if number.name in ("SIGINT", "SIGTERM", "SIGHUP")]
    # What is ignored stays so: nohup keeps a scheduler alive when its terminal is closed.
    heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, told) for number in heeded}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
