"""A portfolio's snapshots judged by the early-warning rules, and how well they would have warned.

Pure. Each snapshot is scored by what was said up to its own day, never by what came later; what came
later only says whether the end slipped by more than the given months: by the project's next snapshot,
and by its last. A project's last snapshot has no outcome and is scored, but not counted.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from config.early_warning import WarningRules
from tasks.progress.ranking import Interval, auc, auc_difference
from tasks.progress.signals import Statement, Track
from tasks.progress.warning import Scored, scored
from tasks.sheets.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class ScoredSnapshot:
    """A snapshot with its score, and whether its end slipped by the next and by the last one (None: not known)."""

    snapshot: Snapshot
    scored: Scored
    slipped_by_next: bool | None
    slipped_by_last: bool | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How well the score ranks against a baseline, on the snapshots for which the baseline says something."""

    score: Interval
    baseline: Interval
    better_by: Interval


@dataclass(frozen=True, slots=True)
class Contest:
    """The score and its comparisons for one outcome; None where all or none slipped."""

    score: Interval | None
    against_rating: Comparison | None
    against_closeness: Comparison | None


def score_portfolio(
    snapshots: Sequence[Snapshot], rules: WarningRules, slip_months: int
) -> tuple[ScoredSnapshot, ...]:
    """Score every snapshot that has a planned end; oldest first, as given."""
    by_project: dict[str, list[Snapshot]] = {}
    for snapshot in sorted(snapshots, key=lambda s: s.snapshot_on):
        by_project.setdefault(snapshot.id, []).append(snapshot)
    found = [one for own in by_project.values() for one in _score_project(own, rules, slip_months)]
    return tuple(sorted(found, key=lambda s: (s.snapshot.snapshot_on, s.snapshot.id)))


def contest(found: Sequence[ScoredSnapshot], slipped: Callable[[ScoredSnapshot], bool | None]) -> Contest:
    """Return how well the score warned of one outcome, by itself and against both baselines."""
    known = [(one, outcome) for one in found if (outcome := slipped(one)) is not None]
    rated = [(one, outcome) for one, outcome in known if one.snapshot.rating is not None]
    return Contest(
        auc([y for _, y in known], [o.scored.score for o, _ in known], [o.snapshot.id for o, _ in known]),
        _compare(rated, lambda one: one.snapshot.rating or 0.0),
        _compare(known, _closeness),
    )


def _closeness(one: ScoredSnapshot) -> float:
    end = one.snapshot.ends_on
    return -float((end - one.snapshot.snapshot_on).days) if end else 0.0


def _compare(
    known: Sequence[tuple[ScoredSnapshot, bool]], baseline: Callable[[ScoredSnapshot], float]
) -> Comparison | None:
    outcomes = [outcome for _, outcome in known]
    scores, others = [o.scored.score for o, _ in known], [baseline(o) for o, _ in known]
    projects = [o.snapshot.id for o, _ in known]
    one, other = auc(outcomes, scores, projects), auc(outcomes, others, projects)
    apart = auc_difference(outcomes, scores, others, projects)
    if one is None or other is None or apart is None:
        return None
    return Comparison(one, other, apart)


def _score_project(own: Sequence[Snapshot], rules: WarningRules, slip_months: int) -> list[ScoredSnapshot]:
    found = []
    for number, snapshot in enumerate(own):
        if snapshot.ends_on is None:
            continue
        track = Track(
            as_of=snapshot.snapshot_on,
            statements=tuple(_statement(s) for s in own[: number + 1]),
            starts_on=snapshot.starts_on,
        )
        later = [s.ends_on for s in own[number + 1 :] if s.ends_on is not None]
        limit = months_after(snapshot.ends_on, slip_months)
        found.append(
            ScoredSnapshot(
                snapshot,
                scored(track, rules),
                later[0] > limit if later else None,
                later[-1] > limit if later else None,
            )
        )
    return found


def _statement(snapshot: Snapshot) -> Statement:
    return Statement(snapshot.snapshot_on, snapshot.ends_on, snapshot.rating, None, snapshot.text)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later; the month's last where it has no such day."""
    total = day.year * 12 + day.month - 1 + months
    year, month = min(total // 12, date.max.year), total % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
