"""A past judgement made again: by what had come by the day, and by what was known at a moment."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime

import pytest
from small_town import row

from config.settings import settings
from config.site import Site
from flows.cli_options import UsageError
from flows.replay import parse_instant, replay, show_history
from tasks.intake.records import Submission
from tasks.progress.steps import judge_town
from tasks.store.engine import open_store
from tasks.store.history import known, learnt
from tasks.store.repositories import findings_put, reading_put, run_add, submission_add

OCTOBER, NOVEMBER = date(2026, 10, 20), date(2026, 11, 20)


@pytest.fixture
def site(tmp_path):
    site = Site(town="togitsu", settings=settings({"SHINCHOKU_HOME": str(tmp_path)}))
    site.prepare()
    return site


def at(day: date, hour: int = 3) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def sent(site, day: date, learnt_at: datetime, **fields):
    """A report of DX-02 that came on a day and that the store learnt of at a moment."""
    reading = row(day.isoformat(), **fields)
    own = reading.observations[0].model_copy(update={"project_id": "DX-02"})
    reading = reading.model_copy(update={"observations": (own,)})
    digest = hashlib.sha256(repr((day, sorted(fields.items()))).encode()).hexdigest()
    with open_store(site.database_url).begin() as connection:
        id_ = submission_add(
            connection,
            Submission("togitsu", "見本.xlsx", digest, 10, day, f"archive/{digest}"),
            learnt_at,
        )
        reading_put(connection, id_, "test", reading)
    # reading_put notes the present; the tests speak of a past in which it was read as soon as it came.
    with open_store(site.database_url).begin() as connection:
        connection.exec_driver_sql(
            "update readings set recorded_at = (select recorded_at from submissions s where s.id = submission_id)"
        )


def recorded(site, day: date, moment: datetime):
    judgement = judge_town(site, day)
    with open_store(site.database_url).begin() as connection:
        run = run_add(connection, judgement, "plain", moment, moment)
        findings_put(connection, run, judgement)


def printed(capsys):
    return json.loads(capsys.readouterr().out)


def verdict(document, project_id="DX-02"):
    return next(f["verdict"] for f in document["findings"] if f["project_id"] == project_id)


def test_as_of_tells_what_had_come_and_known_at_what_was_known(site, capsys):
    sent(site, OCTOBER, at(OCTOBER), phase="導入", progress=0.55, budget="要求済")
    # The file came on 20 November, but was collected only on the 27th.
    sent(site, NOVEMBER, at(date(2026, 11, 27)), phase="導入", progress=0.2, budget="要求済")
    told = {}
    for known_at in ("", "2026-11-26", "2026-11-27"):
        assert show_history(site, date(2026, 11, 24), parse_instant(known_at), as_json=True) == 0
        told[known_at] = verdict(printed(capsys))
    assert told == {"": "delayed", "2026-11-26": "on_track", "2026-11-27": "delayed"}
    show_history(site, date(2026, 11, 1), None, as_json=True)
    assert verdict(printed(capsys)) == "on_track"


def test_a_file_read_anew_is_known_by_its_first_reading_until_then(site):
    sent(site, OCTOBER, at(OCTOBER), phase="導入", progress=0.55)
    better = row(OCTOBER.isoformat(), phase="導入", progress=0.5)
    with open_store(site.database_url).begin() as connection:
        reading_put(connection, 1, "better", better)
        everything = learnt(connection, "togitsu", NOVEMBER)
    assert len(everything) == 2
    progress = [
        known(everything, NOVEMBER, moment)[0].observations[0].fields["progress"].value
        for moment in (at(OCTOBER, 4), None)
    ]
    assert progress == [0.55, 0.5]
    assert known(everything, NOVEMBER, at(OCTOBER, 2)) == []


def test_it_rebuilds_every_business_day_and_equals_what_was_recorded(site, capsys):
    sent(site, OCTOBER, at(OCTOBER), phase="導入", progress=0.2, budget="要求済")
    recorded(site, date(2026, 10, 30), at(date(2026, 10, 30)))
    sent(site, NOVEMBER, at(NOVEMBER), phase="導入", progress=0.6, budget="要求済")
    # A run of an earlier day, made when more was known: it still equals what was known then.
    recorded(site, date(2026, 11, 19), at(NOVEMBER))
    code = replay(site, date(2026, 10, 19), date(2026, 11, 24), None, as_json=True, strict=True)
    document = printed(capsys)
    assert code == 0
    days = [day["as_of"] for day in document["days"]]
    assert (days[0], days[-1], len(days)) == ("2026-10-19", "2026-11-24", 25)
    assert "2026-11-03" not in days and "2026-11-21" not in days
    assert {day["as_of"]: day["run"]["equal"] for day in document["days"] if day["run"]} == {
        "2026-10-30": True,
        "2026-11-19": True,
    }
    assert [(step["from"], step["verdict"]) for step in document["timeline"]["DX-02"]] == [
        ("2026-10-19", "unreported"),
        ("2026-10-20", "delayed"),
        ("2026-11-20", "on_track"),
    ]


def test_it_tells_a_record_that_no_longer_comes_out(site, capsys):
    sent(site, OCTOBER, at(OCTOBER), phase="導入", progress=0.2, budget="要求済")
    recorded(site, date(2026, 10, 30), at(date(2026, 10, 30)))
    with open_store(site.database_url).begin() as connection:
        connection.exec_driver_sql(
            'update findings set document = replace(document, \'"verdict":"delayed"\', \'"verdict":"critical"\')'
            " where project_id = 'DX-02'"
        )
    assert replay(site, date(2026, 10, 30), date(2026, 10, 30), None, as_json=True, strict=True) == 1
    run = printed(capsys)["days"][0]["run"]
    assert run["differences"] == [{"project_id": "DX-02", "recorded": "critical", "rebuilt": "delayed"}]
    assert replay(site, date(2026, 10, 30), date(2026, 10, 30), None, as_json=False, strict=False) == 0
    assert "2026-10-30 DX-02：記録は重大な遅延、今の計算では遅延" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["きのう", "2026-13-01", "2026-11-24T25:00"])
def test_it_refuses_a_moment_that_is_none(text):
    with pytest.raises(UsageError, match="known-at"):
        parse_instant(text)


def test_a_day_means_its_end_in_japan():
    assert parse_instant("2026-11-24") == datetime(2026, 11, 24, 15, tzinfo=UTC)
    assert parse_instant("2026-11-24T09:00") == datetime(2026, 11, 24, 0, tzinfo=UTC)
