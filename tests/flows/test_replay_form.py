"""再現 from the form: a reporting cycle is judged again day by day, for all or one 担当課."""

from __future__ import annotations

from datetime import date

import pytest

from config.settings import settings
from config.site import Site
from flows.engines import PlainEngine
from flows.replay_form import ReplayError, ReplayOrder, cycles, replay_cycle

TODAY = date(2026, 11, 24)


class Showing(PlainEngine):
    """An engine that keeps what is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = []

    def publish(self, artifacts):
        self.shown += artifacts()


@pytest.fixture
def site(tmp_path):
    site = Site(town="togitsu", settings=settings({"SHINCHOKU_HOME": str(tmp_path)}))
    site.prepare()
    return site


def shown(site, **order):
    """The one table that an order shows."""
    engine = Showing()
    assert replay_cycle(engine, site, ReplayOrder(**order), TODAY) == 0
    (table,) = engine.shown
    return table


def test_it_shows_the_present_cycle_of_every_project_where_nothing_is_chosen(site):
    table = shown(site)
    assert "R8-10-01～R8-11-24" in table.description
    assert len(table.content) == 29


def test_it_shows_an_earlier_cycle_from_its_first_to_its_last_day_for_one_department(site):
    entry = next(each for each in cycles(site, TODAY) if each.startswith("2026-07-01"))
    table = shown(site, cycle=entry, department="住民環境課")
    assert "R8-07-01～R8-09-30、住民環境課" in table.description
    assert table.content and all("住民環境課" in row["担当課"] for row in table.content)
    assert all(row["移り変わり"].startswith("R8-07-01 ") for row in table.content)


def test_it_says_what_to_do_about_a_cycle_that_is_too_long_ago(site):
    with pytest.raises(ReplayError, match="shinchoku replay"):
        replay_cycle(Showing(), site, ReplayOrder(cycle="2020-04-01 令和2年4月1日から"), TODAY)
