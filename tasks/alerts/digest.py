"""What one recipient is told of one run: the changes and files that are theirs, worst first. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tasks.alerts.policy import ALERTING
from tasks.alerts.recipients import Recipient
from tasks.alerts.records import AlertEvent, EventKind
from tasks.progress.reasons import Verdict
from tasks.progress.records import Finding, Judgement
from tasks.sheets.matching import DepartmentIndex
from tasks.sheets.records import FileError, FileReading, RowError

_KINDS = tuple(EventKind)


@dataclass(frozen=True, slots=True)
class Change:
    """One event with its finding, None where the 事業 is no longer in the plan."""

    event: AlertEvent
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class Silence:
    """A department from which reports of these 事業 are missing."""

    department: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FileNotice:
    """A newly read file that could not be read, or of which rows were sent back.

    ``rejected`` rows were; one row can have several ``faults``.
    """

    file: str
    error: FileError | None
    rejected: int
    faults: tuple[RowError, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """All that one message says. ``standing`` counts the recipient's 事業 by verdict, worst first."""

    as_of: date
    recipient: Recipient
    changes: tuple[Change, ...]
    silences: tuple[Silence, ...]
    notices: tuple[FileNotice, ...]
    standing: Mapping[Verdict, int]
    kinds: Mapping[EventKind, int]


def digest(
    judgement: Judgement,
    events: Sequence[AlertEvent],
    newly_read: Sequence[FileReading],
    recipient: Recipient,
    departments: DepartmentIndex,
) -> Digest | None:
    """Return what ``recipient`` is told, None when there is nothing to say."""
    findings = {f.project_id: f for f in judgement.findings if _theirs(f, recipient, departments)}
    own = [e for e in events if told_to(e, judgement, recipient, departments)]
    silent = [
        findings[e.project_id] for e in own if e.after is Verdict.UNREPORTED and e.project_id in findings
    ]
    silences = _silences(silent, recipient, departments)
    changes = [Change(e, findings.get(e.project_id)) for e in own if e.after is not Verdict.UNREPORTED]
    notices = tuple(_notices(newly_read, recipient, departments)) if recipient.told_of_files else ()
    if not (changes or silences or notices):
        return None
    return Digest(
        as_of=judgement.as_of,
        recipient=recipient,
        changes=tuple(sorted(changes, key=_worst_first)),
        silences=silences,
        notices=notices,
        standing={v: n for v in Verdict if v in ALERTING and (n := _count(findings, v))},
        kinds={k: n for k in _KINDS if (n := sum(e.kind is k for e in own))},
    )


def told_to(
    event: AlertEvent, judgement: Judgement, recipient: Recipient, departments: DepartmentIndex
) -> bool:
    """Whether an event is this recipient's: by its verdict now, and by the 事業's departments."""
    if event.after not in recipient.verdicts:
        return False
    if recipient.departments is None:
        return True
    return any(
        f.project_id == event.project_id and _theirs(f, recipient, departments) for f in judgement.findings
    )


def _theirs(finding: Finding, recipient: Recipient, departments: DepartmentIndex) -> bool:
    if recipient.departments is None:
        return True
    return any(
        member in recipient.departments
        for name in finding.departments
        for member in departments.members(name)
    )


def _count(findings: Mapping[str, Finding], verdict: Verdict) -> int:
    return sum(f.verdict is verdict for f in findings.values())


def _worst_first(change: Change) -> tuple[bool, int, int]:
    # Sorting keeps the order of the plan among equals; what ended comes last.
    event = change.event
    return event.kind is EventKind.RECOVERED, event.after.rank, _KINDS.index(event.kind)


def _silences(
    findings: Sequence[Finding], recipient: Recipient, departments: DepartmentIndex
) -> tuple[Silence, ...]:
    """Return the silent departments, in the order in which the plan first names them."""
    by_department: dict[str, list[Finding]] = {}
    for finding in findings:
        for department in _silent_departments(finding, departments):
            if recipient.departments is None or department in recipient.departments:
                by_department.setdefault(department, []).append(finding)
    return tuple(Silence(department, tuple(own)) for department, own in by_department.items())


def _silent_departments(finding: Finding, departments: DepartmentIndex) -> tuple[str, ...]:
    named = [r.department for r in finding.reasons if r.verdict is Verdict.UNREPORTED and r.department]
    return tuple(
        dict.fromkeys(named or [m for name in finding.departments for m in departments.members(name)])
    )


def _notices(
    newly_read: Sequence[FileReading], recipient: Recipient, departments: DepartmentIndex
) -> list[FileNotice]:
    return [
        FileNotice(reading.file, reading.error, reading.counts.rejected, reading.row_errors)
        for reading in newly_read
        if (reading.error or reading.row_errors)
        and (recipient.departments is None or _senders(reading, departments) & recipient.departments)
    ]


def _senders(reading: FileReading, departments: DepartmentIndex) -> frozenset[str]:
    """Return whose file it is: by its rows and, since an unreadable one has none, by its name."""
    named = departments.of_path(reading.file)
    rows = {o.department for o in reading.observations if o.department}
    return frozenset(rows | ({named} if named else set()))
