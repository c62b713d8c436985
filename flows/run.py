"""``shinchoku run``: choose the engine, run the watch, show what came of it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

from config.check import check_town
from config.site import Site
from flows.cli_options import fail
from flows.watch import WatchResult
from tasks.sheets.pool import limit_warnings
from tasks.store.engine import connected


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
    # Not opened here: a new database is made while a reading process starts.
    for warning in (*site.warnings(), *connected(site.database_url).warnings, *limit_warnings()):
        print(f"注意: {warning}", file=sys.stderr)
    folder = Path(inbox) if inbox else site.inbox
    result = _watch(site, folder, as_of, engine, dry_run=dry_run)
    if dry_run:
        site = _told_of_rehearsal(site)
    if as_json:
        print(json.dumps({**run_document(result), "dry_run": dry_run}, ensure_ascii=False))
    else:
        from flows.show import print_result

        print_result(site, result)
    return 1 if strict and _has_findings(result) else 0


def _told_of_rehearsal(site: Site) -> Site:
    """Say that nothing was kept; return the site where its report and its messages lie."""
    from flows.rehearsal import rehearsal_home

    home = rehearsal_home(site)
    print(
        f"試行です。何も記録せず、だれにも知らせていません。送られるはずの通知は {home / 'outbox'} にあります。",
        file=sys.stderr,
    )
    return replace(site, settings=site.settings.model_copy(update={"home": home}))


def _watch(site: Site, folder: Path, as_of: date, engine: str, *, dry_run: bool) -> WatchResult:
    api_url = None if engine == "plain" else _server(site)
    if engine == "prefect" and api_url is None:
        fail(
            "Prefect のサーバにつながりません。",
            "先に `shinchoku up` で起動するか、--engine plain を指定してください。",
        )
    if api_url is None:
        from flows.engines import PlainEngine
        from flows.progress_bar import progress_bar
        from flows.watch import watch

        print("単体で実行します（Prefect のサーバは使いません）。", file=sys.stderr)
        with progress_bar() as progress:
            return watch(PlainEngine(progress), site, folder, as_of, dry_run=dry_run)
    from flows.prefect_run import run_under_prefect

    print(f"Prefect（{api_url}）で実行します。", file=sys.stderr)
    return run_under_prefect(site, folder, as_of, api_url, dry_run=dry_run)


def _server(site: Site) -> str | None:
    from flows.cockpit_state import server_reachable

    return server_reachable(site)


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
