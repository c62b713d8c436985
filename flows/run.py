"""``shinchoku run``: choose the engine, run the watch, show what came of it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from config.check import check_town
from config.site import Site
from flows.ahead import loading
from flows.cli_options import fail
from tasks.sheets.pool import ReadingPool, limit_warnings

if TYPE_CHECKING:
    from flows.watch import WatchResult


def run_watch(
    site: Site,
    as_of: date,
    inbox: str,
    engine: str,
    *,
    as_json: bool,
    strict: bool,
    dry_run: bool = False,
) -> int:
    """Run the watch once and print its result; return the exit code. With ``dry_run`` nothing is kept."""
    site.prepare()
    for fault in check_town(site.config, site.plan_book.in_force(as_of)):
        raise fault
    folder = Path(inbox) if inbox else site.inbox
    api_url = None if engine == "plain" else _server(site, engine)
    with ReadingPool(site.config.rules.reader) as pool:
        if api_url is None and site.received_nothing:
            # There is every file to read: a process for it starts while this one is still loading.
            pool.warm_up()
        _warn(site)
        # What shows the result is loaded while the watch waits for the disk.
        with loading(() if as_json else ("flows.show",)):
            result = _watch(site, folder, as_of, api_url, pool, dry_run=dry_run)
    if dry_run:
        site = _told_of_rehearsal(site)
    if as_json:
        print(json.dumps({**run_document(result), "dry_run": dry_run}, ensure_ascii=False))
    else:
        from flows.show import print_result

        print_result(site, result)
    return 1 if strict and _has_findings(result) else 0


def _warn(site: Site) -> None:
    from tasks.store.engine import connected

    # Not opened here: a new database is made while a reading process starts.
    for warning in (*site.warnings(), *connected(site.database_url).warnings, *limit_warnings()):
        print(f"注意: {warning}", file=sys.stderr)


def _told_of_rehearsal(site: Site) -> Site:
    """Say that nothing was kept; return the site where its report and its messages lie."""
    from flows.rehearsal import rehearsal_home

    home = rehearsal_home(site)
    print(
        f"試行です。何も記録せず、だれにも知らせていません。送られるはずの通知は {home / 'outbox'} にあります。",
        file=sys.stderr,
    )
    return replace(site, settings=site.settings.model_copy(update={"home": home}))


def _watch(
    site: Site, folder: Path, as_of: date, api_url: str | None, pool: ReadingPool, *, dry_run: bool
) -> WatchResult:
    if api_url is None:
        from flows.engines import PlainEngine
        from flows.progress_bar import progress_bar
        from flows.watch import watch

        print("単体で実行します（Prefect のサーバは使いません）。", file=sys.stderr)
        with progress_bar() as progress:
            return watch(PlainEngine(progress), site, folder, as_of, pool=pool, dry_run=dry_run)
    from flows.prefect_run import run_under_prefect

    print(f"Prefect（{api_url}）で実行します。", file=sys.stderr)
    return run_under_prefect(site, folder, as_of, api_url, dry_run=dry_run)


def _server(site: Site, engine: str) -> str | None:
    """Return where a Prefect server answers; None where none does and the plain engine will do."""
    from flows.cockpit_state import server_reachable

    api_url = server_reachable(site)
    if engine == "prefect" and api_url is None:
        fail(
            "Prefect のサーバにつながりません。",
            "先に `shinchoku up` で起動するか、--engine plain を指定してください。",
        )
    return api_url


def _has_findings(result: WatchResult) -> bool:
    from tasks.alerts.policy import ALERTING

    rejected = any(r.row_errors or r.error for r in result.readings)
    return rejected or any(f.verdict in ALERTING for f in result.judgement.findings)


def run_document(result: WatchResult) -> dict[str, object]:
    """Return the document of ``run --json``: that of ``judge --json`` with alerts, files and paths."""
    from flows.documents import findings_document

    readings = result.readings
    return {
        **findings_document(result.judgement),
        "alerts": [event.model_dump(mode="json") for event in result.events],
        "run_id": result.run_id,
        "engine": result.engine,
        "files": [
            {
                "file": r.file,
                "sha256": r.sha256,
                "error": r.error.model_dump(mode="json") if r.error else None,
                "counts": r.counts.model_dump(),
            }
            for r in readings
        ],
        "skipped": [{"file": s.file, "code": s.code, "message": s.message} for s in result.collected.skipped],
        "row_errors": [
            {"file": r.file, **error.model_dump(mode="json")} for r in readings for error in r.row_errors
        ],
        "messages": {
            "sent": result.delivery.sent,
            "accepted": result.delivery.accepted,
            "retried": result.delivery.retried,
            "failed": result.delivery.failed,
            "waiting": result.delivery.waiting,
            "dead_letters": result.delivery.dead_letters,
        },
        "heartbeat": result.heartbeat or None,
        "reports": {"html": str(result.files.html), "workbook": str(result.files.workbook)},
    }
