"""評価乖離, measured: how often and by how much a department rates itself better than the verdict."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.progress.rating_bias import rating_bias

DAY = date(2026, 10, 20)


def told(verdict, rating, *, day=DAY, came=DAY, department="税務課", project="DX-02"):
    return day, {
        "project_id": project,
        "verdict": verdict,
        "self_rating": rating,
        "reported": {"received_on": came.isoformat(), "department": department},
    }


@pytest.mark.parametrize(
    ("verdict", "rating", "steps"),
    [
        ("on_track", "順調", 0),
        ("done", "完了", 0),
        ("at_risk", "順調", 1),
        ("at_risk", "やや遅れ", 0),
        ("delayed", "順調", 2),
        ("delayed", "やや遅れ", 1),
        ("critical", "順調", 3),
        ("critical", "完了", 3),
        ("critical", "遅れ", 0),
        ("on_track", "遅れ", 0),
    ],
)
def test_it_counts_the_steps_by_which_a_rating_was_too_good(verdict, rating, steps):
    (bias,) = rating_bias([told(verdict, rating)])
    assert (bias.ratings, bias.better, bias.steps) == (1, int(steps > 0), steps)


def test_a_report_counts_once_on_the_day_it_came():
    later = date(2026, 10, 21)
    same = [told("delayed", "順調"), told("delayed", "順調"), told("critical", "順調", day=later)]
    (bias,) = rating_bias(same)
    assert (bias.ratings, bias.steps) == (1, 2)


@pytest.mark.parametrize(
    "left_out",
    [told("contradictory", "順調"), told("unreported", "順調"), told("delayed", None), told("delayed", "順調", department=None)],
)  # fmt: skip
def test_what_cannot_be_compared_is_left_out(left_out):
    assert rating_bias([left_out]) == ()


def test_the_most_biased_department_comes_first_with_its_share_and_mean():
    found = rating_bias(
        [
            *(told("on_track", "順調", project=f"DX-{n:02d}", department="会計課") for n in range(3)),
            *(told("delayed", "順調", project=f"DX-{n:02d}") for n in range(2)),
            told("on_track", "順調", project="DX-09"),
            told("critical", "順調", project="DX-10"),
        ]
    )
    assert [(b.department, b.ratings, b.share, round(b.mean_steps, 2)) for b in found] == [
        ("税務課", 4, 0.75, 2.33),
        ("会計課", 3, 0.0, 0.0),
    ]
