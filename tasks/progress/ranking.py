"""How well a score ranks what came true before what did not, and how far its probabilities are off.

Pure. The area under the ROC curve (AUC) is the share of pairs (one that came true, one that did not)
in which the first scores higher, ties counting half. Its interval is DeLong, DeLong and Clarke-Pearson's
(1988) by structural components; where cases come in clusters (many reports of one project), Obuchowski's
(1997), which takes the components of a cluster together. The difference of two scores on the same cases
is taken component by component, so that what they have in common cancels out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Sequence
from math import sqrt

from plan_data.record import record

#: The normal quantile of a 95 % interval.
_Z = 1.959964


@record
class Interval:
    """An estimate with its 95 % interval; ``cases`` are those it rests on, ``true`` those that came true."""

    value: float
    low: float
    high: float
    cases: int
    true: int


@record
class _Components:
    area: float
    of_true: tuple[float, ...]
    of_false: tuple[float, ...]


def auc(
    came_true: Sequence[bool], scores: Sequence[float], clusters: Sequence[Hashable] | None = None
) -> Interval | None:
    """Return the AUC with its interval; None where all or none came true."""
    found = _components(came_true, scores)
    if found is None:
        return None
    return _interval(found, came_true, clusters, (0.0, 1.0))


def auc_difference(
    came_true: Sequence[bool],
    scores: Sequence[float],
    others: Sequence[float],
    clusters: Sequence[Hashable] | None = None,
) -> Interval | None:
    """Return by how much ``scores`` rank better than ``others`` on the same cases, with its interval."""
    one, other = _components(came_true, scores), _components(came_true, others)
    if one is None or other is None:
        return None
    apart = _Components(
        one.area - other.area,
        tuple(a - b for a, b in zip(one.of_true, other.of_true, strict=True)),
        tuple(a - b for a, b in zip(one.of_false, other.of_false, strict=True)),
    )
    return _interval(apart, came_true, clusters, (-1.0, 1.0))


def brier(came_true: Sequence[bool], probabilities: Sequence[float]) -> float | None:
    """Return the mean squared error of probabilities (0 is perfect, 0.25 is a coin); None without cases."""
    if not probabilities:
        return None
    pairs = zip(came_true, probabilities, strict=True)
    return sum((p - y) ** 2 for y, p in pairs) / len(probabilities)


def _components(came_true: Sequence[bool], scores: Sequence[float]) -> _Components | None:
    of_true = [s for s, y in zip(scores, came_true, strict=True) if y]
    of_false = [s for s, y in zip(scores, came_true, strict=True) if not y]
    if not of_true or not of_false:
        return None
    trues, falses = sorted(of_true), sorted(of_false)
    placed_true = tuple(_below(falses, s) for s in of_true)
    placed_false = tuple(1 - _below(trues, s) for s in of_false)
    return _Components(sum(placed_true) / len(placed_true), placed_true, placed_false)


def _below(ascending: Sequence[float], score: float) -> float:
    """The share that scores lower, ties counting half."""
    return (bisect_left(ascending, score) + bisect_right(ascending, score)) / (2 * len(ascending))


def _interval(
    found: _Components,
    came_true: Sequence[bool],
    clusters: Sequence[Hashable] | None,
    bounds: tuple[float, float],
) -> Interval:
    names: Sequence[Hashable] = clusters if clusters is not None else range(len(came_true))
    sums: dict[Hashable, list[float]] = {}
    trues, falses = iter(found.of_true), iter(found.of_false)
    for name, y in zip(names, came_true, strict=True):
        by = sums.setdefault(name, [0.0, 0.0])
        by[0 if y else 1] += (next(trues) if y else next(falses)) - found.area
    m, n = len(found.of_true), len(found.of_false)
    # Each cluster moves the area by its components over the numbers of cases; independent clusters add up.
    spread = sum((a / m + b / n) ** 2 for a, b in sums.values())
    count = len(sums)
    margin = _Z * sqrt(spread * count / (count - 1)) if count > 1 else 1.0
    low, high = max(found.area - margin, bounds[0]), min(found.area + margin, bounds[1])
    return Interval(found.area, low, high, m + n, m)
