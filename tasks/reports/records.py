"""What a report shows: the frozen records of the view."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from plan_data.record import record
from tasks.alerts.records import AlertEvent
from tasks.progress.rating_bias import RatingBias
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import Finding
from tasks.progress.score import Score
from tasks.reports.changes import Trend
from tasks.sheets.records import FileReading, RowError

LATE = (Verdict.CRITICAL, Verdict.DELAYED)


@record
class VerdictCount:
    """How many 事業 have a verdict; ``change`` against the run before, None without one."""

    verdict: Verdict
    count: int
    change: int | None


@record
class DepartmentRow:
    """How many 事業 of one 担当課 have each verdict, in the order of Verdict."""

    name: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All its 事業."""
        return sum(self.counts)


@record
class YearCell:
    """One plan cell of the strip of years; ``current`` marks the fiscal year of the report."""

    fiscal_year: str
    phase: str
    note: str | None
    current: bool


@record
class ProjectView:
    """One 事業: its finding, its place in the plan, and what moved since the run before.

    ``notes`` are the marks of its plan cells with the titles of the notes they stand for.
    """

    finding: Finding
    policy: str
    measure: str
    years: tuple[YearCell, ...]
    notes: tuple[tuple[str, str], ...]
    before: Finding | None
    trend: Trend
    changes: tuple[str, ...]
    event: AlertEvent | None

    @property
    def id(self) -> str:
        """The id of the 事業, which is also the anchor of its entry in the page."""
        return self.finding.project_id

    @property
    def verdict(self) -> Verdict:
        """Its verdict."""
        return self.finding.verdict

    @property
    def due_on(self) -> date | None:
        """When the deciding commitment is due; without one, what the plan expects this fiscal year."""
        commitment = self.finding.commitment
        return commitment.due_on if commitment else self.finding.expected.due_on

    @property
    def days_late(self) -> int:
        """Calendar days late: of the deciding commitment, else of the milestone behind 遅延; 0 when not late."""
        if self.finding.commitment and self.finding.commitment.days_late:
            return self.finding.commitment.days_late
        decided = [r for r in self.finding.reasons if r.verdict in LATE]
        return decided[0].days or 0 if decided else 0

    @property
    def calm(self) -> bool:
        """Nothing against it and nothing new: on paper its row in the list says enough."""
        return self.verdict.rank >= Verdict.ON_TRACK.rank and not self.changes

    @property
    def optimistic(self) -> bool:
        """評価乖離: rated 順調 by the department, judged worse."""
        return any(r.code is ReasonCode.SELF_RATING_GAP for r in self.finding.reasons)


@record
class SilentDepartment:
    """A 担当課 from which a row is missing: of which 事業 (ids), why, and when it last reported."""

    name: str
    projects: tuple[str, ...]
    whole: bool
    why: tuple[str, ...]
    last_received_on: date | None


@record
class RejectedRow:
    """A row that was sent back, with the file it stands in."""

    file: str
    sha256: str
    error: RowError


@record
class ReportView:
    """Everything a report shows. ``projects`` are worst first, then in the order of the plan."""

    town: str
    town_name: str
    plan_title: str
    plan_revision: str
    as_of: date
    fiscal_year: str
    made_at: datetime
    previous_as_of: date | None
    counts: tuple[VerdictCount, ...]
    departments: tuple[DepartmentRow, ...]
    projects: tuple[ProjectView, ...]
    silent: tuple[SilentDepartment, ...]
    files: tuple[FileReading, ...]
    rejected: tuple[RejectedRow, ...]
    meanings: Mapping[Verdict, str]
    #: Messages given up, which wait for a person, as of the writing of the report.
    dead_letters: int = 0
    score: Score | None = None
    bias: tuple[RatingBias, ...] = ()

    @property
    def mark(self) -> str:
        """``【見本】`` where a file says of itself that it is a sample, so that nobody takes the report for real."""
        return "【見本】" if any("見本" in f.file for f in self.files) else ""

    @property
    def late(self) -> tuple[ProjectView, ...]:
        """The 事業 that are late."""
        return tuple(p for p in self.projects if p.verdict in LATE)

    @property
    def moved(self) -> tuple[ProjectView, ...]:
        """The 事業 whose verdict is another than at the run before, those that got worse first."""
        order = (Trend.WORSE, Trend.OTHER, Trend.BETTER)
        return tuple(p for trend_ in order for p in self.projects if p.trend is trend_)

    @property
    def unreadable(self) -> tuple[FileReading, ...]:
        """The files that could not be read."""
        return tuple(f for f in self.files if f.error)
