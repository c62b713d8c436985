"""What one recipient is told of one run: the changes and files that are theirs, worst first. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from plan_data.record import record
from tasks.alerts.concerns import ALERTING
from tasks.alerts.recipients import Recipient
from tasks.alerts.records import AlertEvent, EventKind, WhyNot
from tasks.alerts.telling import silent_departments
from tasks.progress.reasons import Verdict
from tasks.progress.records import Finding, Judgement
from tasks.sheets.matching import DepartmentIndex
from tasks.sheets.records import FileError, FileReading, RowError

#: The code of a file that was received before and is no longer in the inbox.
GONE = "gone"
_KINDS = tuple(EventKind)
_WAITS = frozenset({EventKind.REMINDED, EventKind.ESCALATED})
#: A silence that begins is told department by department.
_SILENCES = frozenset({EventKind.OPENED, EventKind.REOPENED, EventKind.WORSENED, EventKind.CHANGED})


@record
class Change:
    """One event with its finding, None where the 事業 is no longer in the plan."""

    event: AlertEvent
    finding: Finding | None


@record
class Silence:
    """A department from which reports of these 事業 are missing."""

    department: str
    findings: tuple[Finding, ...]


@record
class FileNotice:
    """A newly read file that could not be read, or of which rows were sent back.

    ``rejected`` rows were; one row can have several ``faults``. The silence about ``waiting`` is not
    told while the file is being mended.
    """

    file: str
    error: FileError | None
    rejected: int
    faults: tuple[RowError, ...]
    waiting: tuple[Finding, ...] = ()

    @property
    def missing(self) -> bool:
        """Whether the file is no longer there."""
        return self.error is not None and self.error.code == GONE


@record
class Digest:
    """All that one message says. ``standing`` counts the recipient's 事業 by verdict, worst first.

    ``waits`` went unanswered, ``holds`` are escalations the 事務局 may look at before they go out.
    """

    as_of: date
    recipient: Recipient
    changes: tuple[Change, ...]
    silences: tuple[Silence, ...]
    notices: tuple[FileNotice, ...]
    standing: Mapping[Verdict, int]
    kinds: Mapping[EventKind, int]
    waits: tuple[Change, ...] = ()
    holds: tuple[Change, ...] = ()


def digest(
    judgement: Judgement,
    events: Sequence[AlertEvent],
    newly_read: Sequence[FileReading],
    recipient: Recipient,
    departments: DepartmentIndex,
) -> Digest | None:
    """Return what ``recipient`` is told, None when there is nothing to say."""
    findings = {f.project_id: f for f in judgement.findings}
    own = [Change(e, findings.get(e.project_id)) for e in events if recipient.role in e.recipients]
    holds = [c for c in own if c.event.why_not is WhyNot.HELD]
    waits = [c for c in own if c.event.kind in _WAITS and c not in holds]
    silent = [c for c in own if _begins_silence(c) and c not in waits and c not in holds]
    changes = [c for c in own if c not in waits and c not in silent and c not in holds]
    files = newly_read if recipient.told_of_files else ()
    notices = tuple(_notices(files, events, findings, recipient, departments))
    if not (own or notices):
        return None
    return Digest(
        as_of=judgement.as_of,
        recipient=recipient,
        changes=tuple(sorted(changes, key=_worst_first)),
        silences=_silences((c.finding for c in silent if c.finding), recipient, departments),
        notices=notices,
        standing=_standing(findings.values(), recipient, departments),
        kinds={k: n for k in _KINDS if (n := sum(c.event.kind is k for c in own if c not in holds))},
        waits=tuple(sorted(waits, key=_worst_first)),
        holds=tuple(sorted(holds, key=_worst_first)),
    )


def _begins_silence(change: Change) -> bool:
    event = change.event
    if event.after is not Verdict.UNREPORTED or change.finding is None or event.file is not None:
        return False
    return event.kind in _SILENCES


def _standing(
    findings: Iterable[Finding], recipient: Recipient, departments: DepartmentIndex
) -> dict[Verdict, int]:
    own = [f.verdict for f in findings if _theirs(f, recipient, departments)]
    return {v: n for v in Verdict if v in ALERTING and (n := own.count(v))}


def _theirs(finding: Finding, recipient: Recipient, departments: DepartmentIndex) -> bool:
    if recipient.departments is None:
        return True
    return any(
        member in recipient.departments
        for name in finding.departments
        for member in departments.members(name)
    )


def _worst_first(change: Change) -> tuple[bool, int, int]:
    # Sorting keeps the order of the plan among equals; what ended comes last.
    event = change.event
    return event.kind is EventKind.RECOVERED, event.after.rank, _KINDS.index(event.kind)


def _silences(
    findings: Iterable[Finding], recipient: Recipient, departments: DepartmentIndex
) -> tuple[Silence, ...]:
    """Return the silent departments, in the order in which the plan first names them."""
    by_department: dict[str, dict[str, Finding]] = {}
    for finding in findings:
        for department in silent_departments(finding, departments):
            if recipient.departments is None or department in recipient.departments:
                by_department.setdefault(department, {})[finding.project_id] = finding
    return tuple(Silence(department, tuple(own.values())) for department, own in by_department.items())


def _notices(
    newly_read: Iterable[FileReading],
    events: Sequence[AlertEvent],
    findings: Mapping[str, Finding],
    recipient: Recipient,
    departments: DepartmentIndex,
) -> list[FileNotice]:
    return [
        FileNotice(
            reading.file,
            reading.error,
            reading.counts.rejected,
            reading.row_errors,
            _waiting(reading.file, events, findings),
        )
        for reading in newly_read
        if (reading.error or reading.row_errors)
        and (recipient.departments is None or senders(reading, departments) & recipient.departments)
    ]


def _waiting(file: str, events: Sequence[AlertEvent], findings: Mapping[str, Finding]) -> tuple[Finding, ...]:
    kept = {e.project_id: None for e in events if e.why_not is WhyNot.INHIBITED and e.file == file}
    return tuple(findings[project_id] for project_id in kept if project_id in findings)


def senders(reading: FileReading, departments: DepartmentIndex) -> frozenset[str]:
    """Return whose file it is: by its rows and, since an unreadable one has none, by its name."""
    named = departments.of_path(reading.file)
    rows = {o.department for o in reading.observations if o.department}
    return frozenset(rows | ({named} if named else set()))
