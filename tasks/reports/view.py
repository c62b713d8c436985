"""The view: everything a report shows, computed once, for the page, the workbook and the artifacts.

Pure: what the store knew goes in, a frozen ReportView comes out. Nothing is escaped or shortened
here; each output does that in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from config.departments import Departments
from plan_data.model import Measure, Plan, Project
from tasks.alerts.records import AlertEvent
from tasks.progress.rating_bias import RatingBias
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Finding, Judgement
from tasks.progress.score import Score
from tasks.reports.changes import changes, trend
from tasks.reports.records import (
    DepartmentRow,
    ProjectView,
    RejectedRow,
    ReportView,
    SilentDepartment,
    VerdictCount,
    YearCell,
)
from tasks.sheets.records import FileReading

#: Of fewer self-ratings nothing is said: one odd report would be the whole picture.
FEWEST_RATINGS = 3
#: No row was accepted, for one reason or another: somebody has to be asked.
_SILENCE = {
    ReasonCode.NO_REPORT_THIS_CYCLE: "今期の報告なし",
    ReasonCode.NEVER_REPORTED: "これまで報告なし",
    ReasonCode.FILE_UNREADABLE: "ファイルを読めない",
    ReasonCode.ROW_REJECTED: "行を差戻し中",
}


def build_view(
    plan: Plan,
    judgement: Judgement,
    readings: Sequence[FileReading],
    events: Sequence[AlertEvent],
    previous: Judgement | None,
    made_at: datetime,
    *,
    since: date,
    departments: Departments,
    meanings: Mapping[Verdict, str],
    dead_letters: int = 0,
    score: Score | None = None,
    bias: Sequence[RatingBias] = (),
) -> ReportView:
    """Return the view of one judgement.

    ``readings`` are all that was known on the day of the judgement, oldest first; files received
    on or after ``since`` (the first day of the reporting cycle) are listed, each in its newest
    version. ``departments`` is the town's own list, whose order is kept. ``previous`` is the judgement of the run before, None for the first run.
    """
    before = {f.project_id: f for f in previous.findings} if previous else {}
    # A 事業 can have several; the policy puts what changed before what only went unanswered.
    told = {e.project_id: e for e in reversed(events)}
    places = {
        project.id: (f"基本方針{policy.no}", measure, project) for policy, measure, project in plan.projects()
    }
    projects = [_project(f, places[f.project_id], judgement, before, told) for f in judgement.findings]
    files = _newest(readings, since, judgement.as_of)
    return ReportView(
        town=judgement.town,
        town_name=plan.town_name,
        plan_title=plan.title or "DX推進計画",
        plan_revision=judgement.plan_revision,
        as_of=judgement.as_of,
        fiscal_year=judgement.fiscal_year,
        made_at=made_at,
        previous_as_of=previous.as_of if previous else None,
        counts=_counts(judgement, previous),
        departments=_departments(judgement.findings, departments),
        projects=tuple(sorted(projects, key=lambda p: p.verdict.rank)),
        silent=_silent(judgement.findings, readings, departments, since),
        files=files,
        rejected=tuple(RejectedRow(f.file, f.sha256, error) for f in files for error in f.row_errors),
        meanings=meanings,
        dead_letters=dead_letters,
        score=score,
        bias=tuple(b for b in bias if b.ratings >= FEWEST_RATINGS),
    )


def _project(
    finding: Finding,
    place: tuple[str, Measure, Project],
    judgement: Judgement,
    before: Mapping[str, Finding],
    told: Mapping[str, AlertEvent],
) -> ProjectView:
    policy, measure, project = place
    was = before.get(finding.project_id)
    return ProjectView(
        finding=finding,
        policy=policy,
        measure=f"施策{measure.no} {measure.name}",
        years=tuple(
            YearCell(label, cell.phase.value, cell.note, label == judgement.fiscal_year)
            for label, cell in project.phases.items()
        ),
        notes=tuple(
            (mark, measure.notes[mark].title)
            for mark in dict.fromkeys(cell.note for cell in project.phases.values())
            if mark in measure.notes
        ),
        before=was,
        trend=trend(finding, was),
        changes=changes(finding, was),
        event=told.get(finding.project_id),
    )


def _counts(judgement: Judgement, previous: Judgement | None) -> tuple[VerdictCount, ...]:
    now, was = judgement.counts(), previous.counts() if previous else None
    return tuple(VerdictCount(v, now[v], now[v] - was[v] if was else None) for v in Verdict)


def _departments(findings: Sequence[Finding], departments: Departments) -> tuple[DepartmentRow, ...]:
    return tuple(
        DepartmentRow(
            name, tuple(sum(f.verdict is v and name in f.departments for f in findings) for v in Verdict)
        )
        for name in _named(findings, departments)
    )


def _named(findings: Sequence[Finding], departments: Departments) -> list[str]:
    """Return the 担当課 of the findings, in the order of the town's own list."""
    named = dict.fromkeys(name for f in findings for name in f.departments)
    return [n for n in departments.names if n in named] + [n for n in named if n not in departments.names]


def _silent(
    findings: Sequence[Finding], readings: Sequence[FileReading], departments: Departments, since: date
) -> tuple[SilentDepartment, ...]:
    last = _last_received(findings, readings)
    return tuple(
        silent
        for name in _named(findings, departments)
        if (silent := _silence_of(name, findings, last.get(name), departments, since))
    )


def _silence_of(
    name: str, findings: Sequence[Finding], last: date | None, departments: Departments, since: date
) -> SilentDepartment | None:
    """Return what is missing from one 担当課; None when nothing is.

    One that sent nothing is missing even where another 担当課 of the same 事業 reported. A group
    of departments sends nothing itself: there only the 事業 counts.
    """
    own = [f for f in findings if name in f.departments and f.verdict is not Verdict.NOT_DUE]
    department = departments.get(name)
    group = department is not None and department.group
    whole = not group and (last is None or last < since)
    missing = [f for f in own if whole or any(r.code in _SILENCE for r in f.reasons)]
    why = dict.fromkeys(_SILENCE[r.code] for f in missing for r in f.reasons if r.code in _SILENCE)
    if not missing:
        return None
    return SilentDepartment(
        name=name,
        projects=tuple(f.project_id for f in missing),
        whole=len(missing) == len(own),
        why=tuple(why) or (_SILENCE[ReasonCode.NO_REPORT_THIS_CYCLE],),
        last_received_on=last,
    )


def _last_received(findings: Sequence[Finding], readings: Sequence[FileReading]) -> dict[str, date]:
    """Return the day of the last accepted row of each 担当課; a row that names none is all its owners'."""
    owners = {f.project_id: f.departments for f in findings}
    last: dict[str, date] = {}
    for reading in readings:
        for row in reading.observations:
            for name in [row.department] if row.department else owners.get(row.project_id or "", ()):
                last[name] = max(last.get(name, date.min), reading.received_on or date.min)
    return last


def _newest(readings: Sequence[FileReading], since: date, as_of: date) -> tuple[FileReading, ...]:
    newest = {r.file: r for r in readings if since <= (r.received_on or as_of) <= as_of}
    return tuple(sorted(newest.values(), key=lambda r: (r.error is None, not r.row_errors, r.file)))
