"""What the judging station hands on: findings, with reasons and evidence.

The shape is the public document of ``shinchoku judge --json``; names and codes are stable.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from tasks.progress.reasons import ReasonCode, Verdict


class Record(BaseModel):
    """A frozen record in which an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class PlanEvidence(Record):
    """A cell of the plan, such as ``togitsu@R8.3 DX-03 R8: 事業検討``, or a dated fact of its text."""

    kind: Literal["plan"] = "plan"
    ref: str


class CellEvidence(Record):
    """A cell of a department's workbook: file, its SHA-256, sheet, A1 address, the text as it stood."""

    kind: Literal["cell"] = "cell"
    file: str
    sha256: str
    sheet: str
    cell: str | None
    raw: str


Evidence = Annotated[PlanEvidence | CellEvidence, Field(discriminator="kind")]


class Reason(Record):
    """One reason. ``verdict`` is what it calls for by itself (None: told, but moves nothing).

    ``days`` are calendar days (late, overdue or early, as the code says), None where none apply.
    ``commitment`` is the key of the commitment it speaks of, None where it speaks of the whole 事業.
    """

    code: ReasonCode
    text: str
    days: int | None = None
    verdict: Verdict | None = None
    department: str | None = None
    commitment: str | None = None
    evidence: tuple[Evidence, ...] = ()


class Expected(Record):
    """What the plan in force expects this fiscal year; ``progress`` is the planned value, 0 to 1."""

    phase: str
    due_on: date | None = None
    progress: float | None = None


class Forecast(Record):
    """When the open commitment will probably be met: at even odds, and with 80 % certainty."""

    p50: date | None = None
    p80: date | None = None


class Baseline(Record):
    """The deciding commitment against ``revision``, the first of the plan that made it.

    ``replanned`` counts how often a later revision moved its due date. ``worst_days_late`` is the
    most that any commitment of any revision is open past its due date, ``laundered_days`` what of the
    lateness (of that, or of the deciding commitment) the plan in force no longer counts.
    """

    due_on: date | None = None
    days_late: int | None = None
    revision: str | None = None
    replanned: int = 0
    worst_days_late: int = 0
    laundered_days: int = 0


class LastKnown(Record):
    """The verdict of the last report, kept beside 未報告."""

    verdict: Verdict
    received_on: date


class Commitment(Record):
    """One commitment. ``days_late`` counts from ``due_on``, 0 when not late; reasons name it by ``key``."""

    phase: str
    fiscal_years: tuple[str, ...]
    due_on: date
    met_on: date | None = None
    days_late: int = 0
    key: str = ""


class Schedule(Record):
    """Earned schedule at the last report that says how far the work is, in days since its start.

    ``planned`` and ``earned`` are shares (0 to 1), ``es`` the days earned, ``at`` the days passed, ``pd``
    the days planned in all. SPI(t) = es / at is None before the start; TSPI = (pd - es) / (pd - at) is 0
    once all is earned, None from the planned end on.
    """

    reported_on: date
    planned: float
    earned: float
    es: float
    at: float
    pd: float
    spi_t: float | None = None
    tspi: float | None = None


class TrendPoint(Record):
    """The end expected by one report: the department's ``own`` date, else a forecast by ``basis``."""

    reported_on: date
    ends_on: date
    basis: Literal["own", "history", "prior"]


class TrendFound(Record):
    """How the expected end moved over the points of one basis; positive days are later."""

    drift: Literal["flat", "rising", "jumping"]
    days_per_month: float
    total_days: int
    reports: int


class Signal(Record):
    """One signal of the early warning: its value, and the points it adds."""

    name: str
    value: float
    points: float


class EarlyWarning(Record):
    """The combined score and how probable a delay is by it (0 to 1); never moves a verdict."""

    score: float
    probability: float
    signals: tuple[Signal, ...] = ()


class Outlook(Record):
    """How one begun commitment (``key`` as in Commitment) stands and what is to be expected of it.

    ``points`` are every report's expected end, oldest first. Forecast, warning and trend only while open.
    """

    key: str
    phase: str
    fiscal_years: tuple[str, ...]
    due_on: date
    state: Literal["met", "open", "silent"]
    met_on: date | None = None
    days_late: int = 0
    forecast: Forecast = Forecast()
    basis: Literal["history", "prior"] | None = None
    schedule: Schedule | None = None
    points: tuple[TrendPoint, ...] = ()
    trend: TrendFound | None = None
    warning: EarlyWarning | None = None


class Finding(Record):
    """The judgement of one 事業 on one day.

    ``commitment`` decided the verdict; ``commitments`` are all that have begun or that a reason speaks of;
    ``outlooks`` has the begun ones in order.
    """

    project_id: str
    project_name: str
    departments: tuple[str, ...]
    verdict: Verdict
    reasons: tuple[Reason, ...]
    expected: Expected
    reported: dict[str, Any]
    self_rating: str | None
    forecast: Forecast
    baseline: Baseline
    commitment: Commitment | None = None
    commitments: tuple[Commitment, ...] = ()
    last_known: LastKnown | None = None
    outlooks: tuple[Outlook, ...] = ()


class Judgement(Record):
    """All findings of one town on one day, in the order of the plan."""

    town: str
    as_of: date
    fiscal_year: str
    plan_revision: str
    findings: tuple[Finding, ...]

    def counts(self) -> dict[str, int]:
        """Return how many 事業 have each verdict, every verdict listed, worst first."""
        return {v.value: sum(f.verdict is v for f in self.findings) for v in Verdict}
