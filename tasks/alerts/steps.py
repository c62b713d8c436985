"""通知: the steps that record a run with what it has to tell, and send what lies in the outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import Connection

from config.site import Site
from tasks.alerts.compose import due_at, gone_by_department, gone_notices, messages_about, report_url
from tasks.alerts.facts import Planned
from tasks.alerts.outbox import Dispatcher
from tasks.alerts.policy import plan_events
from tasks.alerts.recipients import recipients
from tasks.alerts.records import AlertEvent, Delivery, RunRecord
from tasks.alerts.telling import addressed
from tasks.alerts.transports import transport_for
from tasks.progress.records import Judgement
from tasks.progress.score import predictions_of
from tasks.sheets.matching import DepartmentIndex
from tasks.sheets.records import FileReading
from tasks.step import step
from tasks.store.answers import answer_end, answers_that_hold, hold_add, hold_decide, holds_open
from tasks.store.engine import open_store
from tasks.store.episodes import episode_apply, episodes_since, events_add, telling_lock
from tasks.store.messages import Outbox, messages_add, messages_of_run
from tasks.store.predictions import predictions_put
from tasks.store.repositories import (
    events_of_run,
    files_received_since,
    findings_put,
    latest_run,
    readings_known,
    run_add,
    run_find,
)

#: Closed episodes are looked at this long: far longer than any of the town's own limits for them.
_REMEMBERED = timedelta(days=180)

__all__ = ["Delivery", "RunRecord", "deliver", "record", "report_url"]


@step(
    name="記録と通知の作成",
    description="判定の結果を記録し、前回から変わったことだけを、宛先ごとに一通の通知にまとめます。",
    timeout=300,
    retries=2,
)
def record(
    site: Site,
    judgement: Judgement,
    engine: str,
    started_at: datetime,
    newly_read: tuple[str, ...],
    gone: tuple[str, ...] = (),
) -> RunRecord:
    """Record a run, its findings, what changed, and the messages about it: all of it, or nothing.

    Recorded again (same day, engine and ``started_at``), it returns what is there. A run as of a day
    before the latest one is a look back: it is recorded, and nobody is told. ``newly_read`` are the
    files that came in with this run; those of a run that broke off before it got here are told of too.
    ``gone`` are files that were received before and are no longer in the inbox.
    """
    store = open_store(site.database_url)
    index = DepartmentIndex(site.config.departments, site.config.crosswalk)
    told_to_whom = recipients(site.config.channels, site.config.people, site.config.departments)
    with store.begin() as connection:
        telling_lock(connection, judgement.town)
        known = run_find(connection, judgement, engine, started_at)
        if known is not None:
            return _as_recorded(connection, known)
        latest = latest_run(connection, judgement.town)
        run_id = run_add(connection, judgement, engine, started_at, datetime.now(UTC))
        findings_put(connection, run_id, judgement)
        if latest is not None and judgement.as_of < latest.as_of:
            return RunRecord(run_id=run_id, events=(), messages=0)
        predictions_put(connection, judgement.town, run_id, predictions_of(judgement))
        since = latest.recorded_at if latest is not None else None
        files = {*newly_read, *files_received_since(connection, judgement.town, since)}
        readings = readings_known(connection, judgement.town, judgement.as_of)
        lost = gone_by_department(readings, gone, index) if gone else {}
        planned = addressed(_plan(connection, site, judgement, lost), judgement, told_to_whom, index)
        events = _store_events(connection, judgement, run_id, planned, started_at)
        received = [*_newest(readings, files - set(gone)), *gone_notices(readings, gone, events)]
        messages = messages_about(site, judgement, run_id, events, received, told_to_whom, index, started_at)
        messages_add(
            connection,
            messages,
            due_at=lambda message: due_at(site, message, started_at),
            recorded_at=datetime.now(UTC),
        )
    return RunRecord(run_id=run_id, events=events, messages=len(messages))


@step(
    name="通知の送信",
    description="送信待ちの通知を送ります。送れなかったものは、時間をおいてもう一度送ります。",
    timeout=3600,
)
def deliver(site: Site, now: datetime) -> Delivery:
    """Send what is due in the outbox at ``now``, and return what came of it."""
    began = monotonic()
    dispatcher = Dispatcher(
        Outbox(open_store(site.database_url), site.town),
        connect=lambda channel: transport_for(site, channel),
        # Time goes on while messages are sent, and a lease counts from its own claim.
        clock=lambda: now + timedelta(seconds=monotonic() - began),
        channels=site.config.channels,
    )
    return dispatcher.run()


def _as_recorded(connection: Connection, run_id: int) -> RunRecord:
    return RunRecord(
        run_id=run_id,
        events=tuple(events_of_run(connection, run_id)),
        messages=len(messages_of_run(connection, run_id)),
    )


def _newest(readings: Iterable[FileReading], files: set[str]) -> list[FileReading]:
    """Return the newest reading of each of these files."""
    return list({r.file: r for r in readings if r.file in files}.values())


def _plan(
    connection: Connection, site: Site, judgement: Judgement, lost: dict[str, str]
) -> tuple[Planned, ...]:
    return plan_events(
        judgement,
        episodes_since(connection, judgement.town, judgement.as_of - _REMEMBERED),
        site.config.escalation,
        site.config.calendar,
        answers_that_hold(connection, judgement.town),
        holds_open(connection, judgement.town),
        lost,
    )


def _store_events(
    connection: Connection,
    judgement: Judgement,
    run_id: int,
    planned: Sequence[Planned],
    started_at: datetime,
) -> tuple[AlertEvent, ...]:
    town, as_of = judgement.town, judgement.as_of
    stored: list[tuple[int, AlertEvent]] = []
    for plan in planned:
        episode_id = episode_apply(connection, town, run_id, as_of, plan.change)
        stored.extend((episode_id, event) for event in plan.events)
        if plan.answer_end is not None:
            answer_end(connection, episode_id, as_of, plan.answer_end)
        for hold in plan.new_holds:
            hold_add(connection, town, run_id, episode_id, hold.audience, hold.days, hold.until)
        for hold_id, state in plan.hold_ends:
            hold_decide(connection, (hold_id,), state, started_at)
    events_add(connection, run_id, stored)
    return tuple(event for _, event in stored)
