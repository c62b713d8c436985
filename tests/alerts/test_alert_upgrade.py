"""A town that was watched before episodes had a commitment: what was open stays open, and is not told again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from databases import DATABASES, empty_database
from findings import finding, judged, reason

from config.settings import settings
from config.site import Site
from tasks.alerts.answering import open_alerts
from tasks.alerts.steps import record
from tasks.progress.reasons import ReasonCode as C
from tasks.progress.reasons import Verdict as V
from tasks.store.engine import connected, open_store
from tasks.store.episodes import open_episodes
from tasks.store.upgrade import upgrade

NINE = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)
LATE = reason(C.PAST_DUE, V.DELAYED, commitment="導入1")
RISK = reason(C.BUDGET_NOT_REQUESTED, V.AT_RISK, commitment="運用1")
NEW = reason(C.NOT_UNDER_WAY, V.AT_RISK, commitment="継続1")


@pytest.fixture(params=DATABASES)
def site(request, tmp_path):
    """A database of the first schema in which DX-02 is open since October, and DX-09 was closed."""
    with empty_database(request.param, tmp_path) as url:
        with connected(url).begin() as connection:
            upgrade(connection, "0001")
            tables = sa.MetaData()
            tables.reflect(connection)

            def add(name: str, **values: object) -> None:
                connection.execute(sa.insert(tables.tables[name]).values(**values))

            day, then = date(2026, 10, 1), NINE - timedelta(days=54)
            common = {
                "town": "togitsu",
                "verdict": "delayed",
                "opened_on": day,
                "changed_on": day,
                "run_id": 1,
            }
            add(
                "runs", town="togitsu", as_of=day, fiscal_year="R8", plan_revision="R8.3", engine="plain",
                started_at=then, recorded_at=then,
            )  # fmt: skip
            reasons = ["past_due", "budget_not_requested"]
            add("episodes", project_id="DX-02", reasons=reasons, is_open=True, **common)
            add("episodes", project_id="DX-09", reasons=[], closed_on=day, **common)
            add("alert_events", run_id=1, episode_id=1, project_id="DX-02", kind="opened", document={})
        environ = {"SHINCHOKU_HOME": str(tmp_path / "home"), "SHINCHOKU_DATABASE_URL": url}
        made = Site(town="togitsu", settings=settings(environ))
        made.prepare()
        yield made


def told(recorded) -> list[tuple[str, str, str, bool]]:
    return [(e.project_id, e.commitment, e.kind.value, e.told) for e in recorded.events]


def test_it_keeps_what_was_open_with_its_events(site):
    with open_store(site.database_url).begin() as connection:
        (episode,) = open_episodes(connection, "togitsu")
        assert (episode.id, episode.project_id, episode.opened_on) == (1, "DX-02", date(2026, 10, 1))
        assert episode.state.legacy
        found = connection.exec_driver_sql("SELECT episode_id FROM alert_events").scalar_one()
        assert found == 1


def test_it_gives_the_episode_its_commitment_and_tells_nothing_anew(site):
    recorded = record(site, judged("2026-11-24", finding("DX-02", V.DELAYED, LATE, RISK)), "plain", NINE, ())
    # The other commitment's reason was among those told of: it is recorded, and not told again.
    assert told(recorded) == [("DX-02", "運用1", "opened", False)]
    assert recorded.messages == 0
    assert [(a.id, a.commitment) for a in open_alerts(site, date(2026, 11, 24))] == [
        (1, "導入1"),
        (3, "運用1"),
    ]


def test_it_tells_what_is_new_and_lets_the_days_begin_with_the_upgrade(site):
    first = record(site, judged("2026-11-24", finding("DX-02", V.DELAYED, LATE, NEW)), "plain", NINE, ())
    assert told(first) == [("DX-02", "継続1", "opened", True)]
    assert [a.days for a in open_alerts(site, date(2026, 11, 26))] == [2, 2]


def test_it_tells_the_end_to_those_the_routes_had_told(site):
    recorded = record(site, judged("2026-11-24", finding("DX-02", V.ON_TRACK)), "plain", NINE, ())
    (event,) = recorded.events
    assert event.recipients == ("事務局", "担当課:税務課") and recorded.messages == 2
