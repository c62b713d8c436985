"""報告: the steps that write a run's page and workbook, and give what is shown beside the run."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from config.site import Site
from plan_data.mendable import MendableError
from plan_data.model import Plan
from plan_data.record import record
from tasks.alerts.records import MessageState
from tasks.progress.rating_bias import rating_bias
from tasks.progress.score import score
from tasks.progress.silence import cycle_start
from tasks.reports.palette import meanings
from tasks.reports.records import ReportView
from tasks.reports.view import build_view
from tasks.step import step
from tasks.store.engine import transaction
from tasks.store.history import findings_told
from tasks.store.message_admin import tally
from tasks.store.predictions import predictions_known
from tasks.store.repositories import events_of_run, judgement_get, previous_run, readings_known, run_get

if TYPE_CHECKING:
    from tasks.reports.artifacts import Artifact

PAGE = "report.html"
WORKBOOK = "進捗一覧.xlsx"
#: 評価乖離 is measured on the last days on which reports came: about a year of quarters.
DAYS_OF_BIAS = 60
#: Japan has no summer time, so that no time zone data is needed.
_JAPAN = timezone(timedelta(hours=9))


class ReportError(MendableError):
    """A report cannot be written: one Japanese line with what to do about it."""


@record
class ReportFiles:
    """Where a run's report lies."""

    html: Path
    workbook: Path


@step(
    name="報告書の作成",
    description="判定の結果を、画面と印刷用のページ及び表計算の一覧にします。",
    timeout=300,
)
def write_report(site: Site, run_id: int) -> ReportFiles:
    """Write the page and the workbook of a run; a second run on the same day replaces the first's.

    Each file is there whole or not at all. Raises ReportError where it cannot be written, and
    LookupError where there is no such run.
    """
    from tasks.reports.html import render
    from tasks.reports.workbook import workbook

    view = view_of_run(site, run_id)
    folder = site.reports / view.town / view.as_of.isoformat()
    return ReportFiles(
        html=_write(folder / PAGE, render(view).encode(), run_id),
        workbook=_write(folder / WORKBOOK, workbook(view), run_id),
    )


def view_of_run(site: Site, run_id: int) -> ReportView:
    """Return the view of a run, from what the store holds; raise LookupError where there is no such run."""
    with transaction(site.database_url) as connection:
        run = run_get(connection, run_id)
        judgement = judgement_get(connection, run_id)
        before = previous_run(connection, run.town, run_id)
        previous = judgement_get(connection, before) if before is not None else None
        readings = readings_known(connection, run.town, run.as_of)
        events = events_of_run(connection, run_id)
        came = {r.received_on for r in readings if r.received_on is not None}
        bias = rating_bias(findings_told(connection, run.town, sorted(came)[-DAYS_OF_BIAS:]))
        dead_letters = tally(connection, run.town)[MessageState.DEAD]
        predicted = predictions_known(connection, run.town, run.as_of)
    rules = site.config.rules
    return build_view(
        _plan(site, run.plan_revision, run.as_of),
        judgement,
        readings,
        events,
        previous,
        run.recorded_at.astimezone(_JAPAN),
        since=cycle_start(run.as_of, rules, site.config.calendar),
        departments=site.config.departments,
        meanings=meanings(rules.critical_days, rules.delayed_milestone_days, rules.ahead_days),
        dead_letters=dead_letters,
        score=score(predicted, run.as_of),
        bias=bias,
    )


def publishable(site: Site, run_id: int, files: ReportFiles) -> tuple[Artifact, ...]:
    """Return what is shown beside the run where the engine has a place for it.

    Its links lead to ``report_base_url`` as those of the messages do; without one it names the file.
    """
    from tasks.alerts.answering import open_alerts
    from tasks.alerts.compose import report_url
    from tasks.reports.alerts_table import alerts_artifact
    from tasks.reports.artifacts import artifacts

    with transaction(site.database_url) as connection:
        judgement = judgement_get(connection, run_id)
    url = report_url(site, judgement) if site.settings.report_base_url is not None else None
    day = judgement.as_of
    return (
        *artifacts(view_of_run(site, run_id), url, str(files.html.absolute())),
        alerts_artifact(site.town, open_alerts(site, day), day),
    )


def _plan(site: Site, revision: str, as_of: date) -> Plan:
    """Return the revision the run was judged by, even where a newer one has come into force since."""
    held = {plan.revision: plan for plan in site.plan_book.revisions}
    return held.get(revision) or site.plan_book.in_force(as_of)


def _write(path: Path, content: bytes, run_id: int) -> Path:
    """Write a file in one go and return where it lies: beside its name where somebody holds it open."""
    # The name carries process and run, so that two writers never share one.
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{run_id}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return _put(fresh, path, run_id)
    except OSError as error:
        raise ReportError(
            f"報告書「{path}」を書き込めません（{error.strerror}）。フォルダの権限と空き容量を確かめてください。"
        ) from error
    finally:
        with suppress(OSError):
            fresh.unlink()


def _put(fresh: Path, path: Path, run_id: int) -> Path:
    try:
        return fresh.replace(path)
    except PermissionError:
        # On Windows a workbook that is open in Excel cannot be replaced.
        return fresh.replace(path.with_stem(f"{path.stem}_{run_id}"))
