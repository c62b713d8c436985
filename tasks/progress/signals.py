"""What speaks for a delay to come, measured on the reports so far: the signals of the early warning.

Pure, and knowing nothing of plans or cells: a track is the dated statements on one piece of work, so
the same signals are measured on a town's 事業 and on any portfolio of projects. Only what was said by
``as_of`` is in it. Every value is 0 where nothing speaks, and never below.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise

from config.early_warning import SignalName, WarningRules
from config.section import plain
from plan_data.record import record
from tasks.progress.earned_schedule import Indicators

DAYS_PER_YEAR = 365.2425
#: Past the planned end no pace is fast enough: far above any full value, yet a number JSON can hold.
_NO_PACE_SUFFICES = 99.0


@record
class Statement:
    """What one report said: the end it expects, a rating (0 good, 1 bad), the share done, a text."""

    said_on: date
    ends_on: date | None = None
    rating: float | None = None
    progress: float | None = None
    text: str = ""


@record
class Track:
    """One piece of work as known on ``as_of``: its statements, oldest first, one a day.

    ``due_on`` is the end promised (without it the last expected end counts), ``planned`` the planned
    value on ``as_of`` (0 to 1), ``indicators`` and ``earned`` those of the last report,
    ``department_late`` the late and all earlier commitments of its department.
    """

    as_of: date
    statements: tuple[Statement, ...]
    starts_on: date | None = None
    due_on: date | None = None
    planned: float | None = None
    earned: float | None = None
    indicators: Indicators | None = None
    department_late: tuple[int, int] | None = None

    @property
    def ends(self) -> list[tuple[date, date]]:
        """(said on, expected end) of every statement with an expected end."""
        return [(s.said_on, s.ends_on) for s in self.statements if s.ends_on is not None]

    @property
    def end(self) -> date | None:
        """The end that counts: promised, else last expected."""
        ends = self.ends
        return self.due_on or (ends[-1][1] if ends else None)


def _behind_plan(track: Track, rules: WarningRules) -> float:
    if track.planned is None or track.earned is None:
        return 0.0
    return (track.planned - track.earned) * 100


def _slow_pace(track: Track, rules: WarningRules) -> float:
    spi = track.indicators.spi if track.indicators else None
    return 0.0 if spi is None else 1 - spi


def _steep_rest(track: Track, rules: WarningRules) -> float:
    now = track.indicators
    if now is None or now.tspi is None:
        return 0.0 if now is None or now.es >= now.pd else _NO_PACE_SUFFICES
    return now.tspi - 1


def _drift(track: Track, rules: WarningRules) -> float:
    ends = track.ends
    if len(ends) < 2:
        return 0.0
    (first_on, first), (last_on, last) = ends[0], ends[-1]
    # Less than a year of reports is no rate of its own: two of one month would give a dozenfold.
    years = max((last_on - first_on).days / DAYS_PER_YEAR, 1.0)
    return (last - first).days / years


def _replanned(track: Track, rules: WarningRules) -> float:
    return float(sum((b - a).days >= rules.moved_days for (_, a), (_, b) in pairwise(track.ends)))


def _end_past_due(track: Track, rules: WarningRules) -> float:
    ends = track.ends
    return float((ends[-1][1] - track.due_on).days) if ends and track.due_on else 0.0


def _end_passed(track: Track, rules: WarningRules) -> float:
    ends = track.ends
    return float(bool(ends) and ends[-1][1] < track.as_of)


def _closeness(track: Track, rules: WarningRules) -> float:
    if track.end is None:
        return 0.0
    left = max((track.end - track.as_of).days, 0)
    return 1 / (1 + left / rules.half_way_days)


def _long_plan(track: Track, rules: WarningRules) -> float:
    if track.end is None or track.starts_on is None:
        return 0.0
    return (track.end - track.starts_on).days / DAYS_PER_YEAR


def _rating(track: Track, rules: WarningRules) -> float:
    ratings = _ratings(track)
    return ratings[-1] if ratings else 0.0


def _rating_worse(track: Track, rules: WarningRules) -> float:
    ratings = _ratings(track)
    return ratings[-1] - ratings[-2] if len(ratings) > 1 else 0.0


def _ratings(track: Track) -> list[float]:
    return [s.rating for s in track.statements if s.rating is not None]


def _silence(track: Track, rules: WarningRules) -> float:
    if not track.statements:
        return 0.0
    return float((track.as_of - track.statements[-1].said_on).days - rules.cycle_days)


def _copied_text(track: Track, rules: WarningRules) -> float:
    texts = [plain(s.text) for s in track.statements[-6:]]
    return float(_on_end(texts, lambda before, now: now == before and len(now) >= rules.copied_from))


def _no_progress(track: Track, rules: WarningRules) -> float:
    told = [s.progress for s in track.statements if s.progress is not None]
    return float(_on_end(told, lambda before, now: now <= before and now < 1))


def _on_end(values: Sequence[float] | Sequence[str], holds: Callable[..., bool]) -> int:
    count = 0
    for before, now in reversed(list(pairwise(values))):
        if not holds(before, now):
            break
        count += 1
    return count


def _words(track: Track, rules: WarningRules) -> float:
    text = plain(track.statements[-1].text) if track.statements else ""
    return float(sum(plain(word) in text for word in rules.words)) if text else 0.0


def _department(track: Track, rules: WarningRules) -> float:
    if track.department_late is None:
        return 0.0
    late, ended = track.department_late
    share = (late + rules.usual_weight * rules.usual_late) / (ended + rules.usual_weight)
    return share - rules.usual_late


_MEASURES: dict[SignalName, Callable[[Track, WarningRules], float]] = {
    SignalName.BEHIND_PLAN: _behind_plan,
    SignalName.SLOW_PACE: _slow_pace,
    SignalName.STEEP_REST: _steep_rest,
    SignalName.DRIFT: _drift,
    SignalName.REPLANNED: _replanned,
    SignalName.END_PAST_DUE: _end_past_due,
    SignalName.END_PASSED: _end_passed,
    SignalName.CLOSENESS: _closeness,
    SignalName.LONG_PLAN: _long_plan,
    SignalName.RATING: _rating,
    SignalName.RATING_WORSE: _rating_worse,
    SignalName.SILENCE: _silence,
    SignalName.COPIED_TEXT: _copied_text,
    SignalName.NO_PROGRESS: _no_progress,
    SignalName.WORDS: _words,
    SignalName.DEPARTMENT: _department,
}


def measured(track: Track, rules: WarningRules) -> dict[SignalName, float]:
    """Return the value of every signal, 0 where nothing speaks."""
    return {name: max(measure(track, rules), 0.0) for name, measure in _MEASURES.items()}
