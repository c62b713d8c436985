"""AUC, its interval and the Brier score, held against scikit-learn and against resampling."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from tasks.progress.ranking import auc, auc_difference, brier

CASES = st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=60)


@given(CASES)
def test_it_gives_the_area_that_scikit_learn_gives(cases):
    came_true, scores = [y for y, _ in cases], [s for _, s in cases]
    found = auc(came_true, scores)
    if len(set(came_true)) == 1:
        assert found is None
    else:
        assert found.value == pytest.approx(roc_auc_score(came_true, scores))
        assert 0 <= found.low <= found.value <= found.high <= 1


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=1, max_size=50))
def test_it_gives_the_brier_score_that_scikit_learn_gives(cases):
    came_true, probabilities = [y for y, _ in cases], [p for _, p in cases]
    assert brier(came_true, probabilities) == pytest.approx(
        brier_score_loss(came_true, probabilities, pos_label=True, labels=[False, True])
    )


def drawn(seed: int, clusters: int, each: int):
    """Cases in clusters that share half of their luck, with a good and a bad score."""
    random = Random(seed)
    rows = []
    for cluster in range(clusters):
        shared = random.gauss(0, 1)
        for _ in range(each):
            luck = shared + random.gauss(0, 1)
            rows.append((luck > 0.8, luck + random.gauss(0, 2), luck + random.gauss(0, 6), cluster))
    return [list(column) for column in zip(*rows, strict=True)]


@pytest.mark.parametrize("each", [1, 5])
def test_its_interval_is_as_wide_as_resampling_clusters_makes_it(each):
    came_true, good, bad, clusters = drawn(3, 120, each)
    found, apart = auc(came_true, good, clusters), auc_difference(came_true, good, bad, clusters)
    by = {c: [i for i, name in enumerate(clusters) if name == c] for c in set(clusters)}
    random, areas, gaps = Random(5), [], []
    for _ in range(400):
        rows = [i for c in random.choices(sorted(by), k=len(by)) for i in by[c]]
        y = [came_true[i] for i in rows]
        areas.append(roc_auc_score(y, [good[i] for i in rows]))
        gaps.append(areas[-1] - roc_auc_score(y, [bad[i] for i in rows]))
    for interval, values in ((found, sorted(areas)), (apart, sorted(gaps))):
        width = values[389] - values[10]
        assert interval.high - interval.low == pytest.approx(width, rel=0.2)
        assert interval.low < interval.value < interval.high


def test_a_score_is_no_better_than_itself():
    came_true, good, _, clusters = drawn(4, 30, 2)
    apart = auc_difference(came_true, good, good, clusters)
    assert (apart.value, apart.low, apart.high) == (0, 0, 0)
