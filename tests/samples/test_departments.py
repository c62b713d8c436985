"""Simulated departments: the same seed gives the same town, and the judgement on them keeps its promises (in short)."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from config.settings import settings
from config.site import Site
from tasks.samples.departments import simulated_town

SITE = Site(town="togitsu", settings=settings({}))
PATH = Path(__file__).parents[1] / "bench" / "departments_study.py"
SEED, TOWNS = 3, 12


@pytest.fixture(scope="module")
def study():
    spec = importlib.util.spec_from_file_location("departments_study", PATH)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def result(study):
    """The study in short; the whole one is ``make score-simulation``."""
    return study.study(SITE, range(1, TOWNS + 1), SEED)


def town(seed: int, number: int):
    config = SITE.config
    return simulated_town(SITE.plan_book.revisions[-1], config.rules, config.calendar, seed, number)


def test_the_same_seed_gives_the_same_town():
    one, same, other = town(1, 1), town(1, 1), town(1, 2)
    assert (one.readings, one.works) == (same.readings, same.works)
    assert one.readings != other.readings


def test_a_town_slips_flatters_falls_silent_copies_renames_and_plans_anew():
    towns = [town(SEED, number) for number in range(1, 9)]
    rows = [row for one in towns for reading in one.readings for row in reading.observations]
    ratings = [row.fields["self_rating"].value for row in rows if "self_rating" in row.fields]
    assert {"順調", "やや遅れ", "遅れ", "完了"} == set(ratings)
    assert any(row.project_id is None for row in rows)
    assert any(len(one.book.revisions) > 1 for one in towns)
    assert len(rows) < 8 * 29 * 14
    late = [work.late for one in towns for work in one.works.values()]
    assert 0.15 < sum(late) / len(late) < 0.5


def test_every_lateness_is_judged_late_from_the_day_it_is_reported(result):
    assert result.reported_late > 50
    assert result.missed == []


def test_the_early_warning_ranks_better_than_either_baseline(study, result):
    late, towns = [s.late for s in result.seen], [s.town for s in result.seen]
    for value in study.BASELINES.values():
        apart = study.auc_difference(
            late, [s.score for s in result.seen], [value(s) for s in result.seen], towns
        )
        assert apart.low > 0


def test_the_early_warning_comes_earlier_than_either_baseline(study, result):
    for value in study.BASELINES.values():
        (_, low, _), own, other = study.leads_apart(result.seen, value)
        assert own > other and low > 0


def test_the_80_percent_forecast_holds_about_so_often(result):
    held = [s.within_p80 for s in result.seen]
    assert abs(sum(held) / len(held) - 0.8) < 0.08  # 12 towns; the whole study holds it to 5 points
