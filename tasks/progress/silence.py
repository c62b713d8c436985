"""Who has not answered: reporting cycles, and what is known in spite of silence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from config.business_days import BusinessCalendar
from config.rules import Rules
from plan_data.phases import fiscal_year_of
from tasks.progress.case import Case, Ground, ground
from tasks.progress.outcomes import Outcome, State
from tasks.progress.reasons import ReasonCode, Verdict
from tasks.progress.records import CellEvidence
from tasks.sheets.records import FileReading, RowError
from tasks.wareki import wareki


def cycle_start(as_of: date, rules: Rules, calendar: BusinessCalendar) -> date:
    """Return the first day of the reporting cycle in force.

    A cycle begins with its quarter or month, and is in force from the day after the departments'
    time to answer has run out; until then the cycle before it still counts.
    """
    months = 3 if rules.reporting.kind == "quarterly" else 1
    start = date(as_of.year, as_of.month - (as_of.month - 1) % months, 1)
    if as_of > answer_day(start, rules, calendar) or rules.reporting.answer_within_business_days == 0:
        return start
    return _months_before(start, months)


def answer_day(cycle_from: date, rules: Rules, calendar: BusinessCalendar) -> date:
    """Return the last day to answer in, of the cycle that begins with ``cycle_from``."""
    first = calendar.next_business_day(cycle_from)
    # The first business day is itself the first day to answer in.
    return calendar.add_business_days(first, max(rules.reporting.answer_within_business_days - 1, 0))


def _months_before(start: date, months: int) -> date:
    total = start.year * 12 + start.month - 1 - months
    return date(total // 12, total % 12 + 1, 1)


class SentBack:
    """The newest readings of this cycle's files that could not be taken, or not wholly, by department.

    A town asks for the same few departments again and again: each is looked for once.
    """

    def __init__(self, readings: Sequence[FileReading]) -> None:
        """Take the readings, in their order."""
        self._readings = tuple(readings)
        self._senders = [{row.department for row in reading.observations} for reading in self._readings]
        self._places: dict[str, tuple[int, ...]] = {}

    def of(self, departments: Sequence[str]) -> tuple[FileReading, ...]:
        """Return the readings that hold a row of one of these departments, or its name in the file's."""
        places = {place for name in departments for place in self._of_one(name)}
        return tuple(self._readings[place] for place in sorted(places))

    def _of_one(self, name: str) -> tuple[int, ...]:
        if name not in self._places:
            self._places[name] = tuple(
                place
                for place, reading in enumerate(self._readings)
                if name in self._senders[place] or name in reading.file
            )
        return self._places[name]


def sent_back(readings: Sequence[FileReading], cycle_from: date, as_of: date) -> SentBack:
    """Return the newest reading of each file of this cycle that could not be taken, or not wholly."""
    newest = {reading.file: reading for reading in readings}
    return SentBack(
        [
            reading
            for reading in newest.values()
            if (reading.error is not None or reading.row_errors)
            and reading.received_on is not None
            and cycle_from <= reading.received_on <= as_of
        ]
    )


def silence(case: Case, returned: SentBack) -> Iterator[Ground]:
    """Yield what nobody reported: this cycle, an earlier commitment, or the phase itself.

    ``returned`` are the files of this cycle that were sent back (``sent_back``).
    """
    silent = [o for o in case.outcomes if o.state is State.SILENT]
    if case.current is None and not silent and not case.open:
        return
    promise = case.current.promise if case.current else None
    reported = any(r.received_on >= case.cycle_from for r in case.reports)
    if not case.reports:
        text = "この事業の報告は、まだ一度も受け付けていません。"
        yield ground(case, ReasonCode.NEVER_REPORTED, text, Verdict.UNREPORTED, promise=promise)
    elif not reported:
        last = case.reports[-1]
        text = (
            f"{wareki(case.cycle_from)}からの報告期間に報告がありません"
            f"（最後の報告は{wareki(last.received_on)}）。"
        )
        yield ground(
            case, ReasonCode.NO_REPORT_THIS_CYCLE, text, Verdict.UNREPORTED, promise=promise,
            evidence=last.evidence(),
        )  # fmt: skip
    if case.reports:
        yield from (_not_told(case, outcome) for outcome in silent)
    if not reported:
        yield from _returned(case, returned.of(case.project.departments))


def silent_members(case: Case, members: Sequence[str]) -> Iterator[Ground]:
    """Yield which of the departments behind 「各所管課」 have not reported in this cycle, where others have."""
    heard = {r.department for r in case.reports if r.received_on >= case.cycle_from}
    missing = [name for name in members if name not in heard]
    if heard and missing:
        text = f"各所管課のうち、この報告期間に報告のない課があります（{'、'.join(missing)}）。"
        yield ground(case, ReasonCode.MEMBERS_NOT_REPORTED, text, None)


def _not_told(case: Case, outcome: Outcome) -> Ground:
    promise = outcome.promise
    if fiscal_year_of(case.as_of) in promise.years:
        code, text = (
            ReasonCode.PHASE_NOT_REPORTED,
            f"「{promise.phase}」かどうか（現在の段階）が報告されていません。",
        )
    else:
        code, text = (
            ReasonCode.EARLIER_NEVER_REPORTED,
            f"過年度の「{promise.phase}」（期限{wareki(promise.due_on)}）について一度も報告がありません。",
        )
    return ground(case, code, text, Verdict.UNREPORTED, promise=promise, evidence=outcome.evidence)


def _returned(case: Case, readings: Sequence[FileReading]) -> Iterator[Ground]:
    """Yield why a department that did send something still counts as silent."""
    for reading in readings:
        if reading.error is not None:
            evidence = CellEvidence(file=reading.file, sha256=reading.sha256, sheet="", cell=None, raw="")
            text = f"担当課のファイルが読めません：{reading.error.message}"
            yield ground(case, ReasonCode.FILE_UNREADABLE, text, None, evidence=(evidence,))
        elif errors := _of_this(case, reading):
            cells = tuple(
                CellEvidence(file=reading.file, sha256=reading.sha256, sheet=e.sheet, cell=e.cell, raw=e.raw)
                for e in errors[:3]
            )
            if errors[0].project_id is None:
                text = f"担当課の表に、受け付けられない行が{reading.counts.rejected}行あります（差戻し）。"
            else:
                text = "担当課の表の、この事業の行を受け付けられません（差戻し）。"
            yield ground(case, ReasonCode.ROW_REJECTED, text, None, evidence=cells)


def _of_this(case: Case, reading: FileReading) -> list[RowError]:
    """Return the faults of this 事業's rows or, without any, of rows that nobody knows the 事業 of."""
    own = [e for e in reading.row_errors if e.project_id == case.project.id]
    return own or [e for e in reading.row_errors if e.project_id is None]
