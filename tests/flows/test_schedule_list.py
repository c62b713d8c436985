"""What runs next, from the scheduler and from the cockpit side by side."""

from __future__ import annotations

import json
import shutil
from datetime import datetime

import pytest

import flows.schedule_list
from config.settings import settings
from config.site import Site
from config.town import load_town
from flows.clock import TOKYO
from flows.schedule_list import list_schedules, upcoming
from flows.schedules import WrittenOut

MOMENT = datetime(2026, 12, 28, 8, 0, 1, tzinfo=TOKYO)
ENTRIES = """
schedules:
  - { id: morning, flow: watch, day: { kind: every_business_day }, time: "08:00" }
  - { id: monday, flow: watch, day: { kind: weekly, weekday: 月 }, time: "09:30" }
  - { id: first, flow: watch, day: { kind: nth_business_day_of_month, n: 1 }, time: "08:00" }
"""


@pytest.fixture
def site(tmp_path, monkeypatch):
    """A town with three entries, on a moment just after one of them."""
    shutil.copytree(load_town("togitsu").folder, tmp_path / "config" / "togitsu")
    (tmp_path / "config/togitsu/schedules.yaml").write_text(ENTRIES, encoding="utf-8")
    monkeypatch.setenv("SHINCHOKU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHINCHOKU_CONFIG_ROOT", str(tmp_path / "config"))
    return Site("togitsu", settings())


def test_it_merges_the_entries_in_their_order_and_both_sides_agree(site):
    rows = upcoming(site, 5, MOMENT)
    assert [(f"{row.scheduler[0]:%m-%d %H:%M}", row.scheduler[1].id) for row in rows] == [
        ("12-28 09:30", "monday"),
        ("01-04 08:00", "first"),
        ("01-04 08:00", "morning"),
        ("01-04 09:30", "monday"),
        ("01-05 08:00", "morning"),
    ]
    assert all(row.scheduler == row.cockpit for row in rows)


def test_it_counts_a_run_at_the_very_moment(site):
    at = MOMENT.replace(second=0)
    (row,) = upcoming(site, 1, at)
    assert row.scheduler == row.cockpit and row.cockpit[0] == at


def test_it_agrees_on_hundreds(site):
    rows = upcoming(site, 500, MOMENT)
    assert len(rows) == 500 and all(row.scheduler == row.cockpit for row in rows)


def test_it_shows_both_to_a_person(site, capsys):
    assert list_schedules(site, 10, MOMENT, as_json=False) == 0
    out = capsys.readouterr().out
    assert "単体（shinchoku schedule）" in out and "コックピット（shinchoku up）" in out
    assert out.count("令和9年1月4日（月） 8:00") == 4
    assert "毎週月曜日（閉庁日なら翌営業日） 9:30" in out
    assert "二つの予定は一致しています。" in out


def test_it_gives_one_json_document(site, capsys):
    assert list_schedules(site, 2, MOMENT, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schedules"][1] == {
        "id": "monday",
        "flow": "watch",
        "label": "毎週月曜日（閉庁日なら翌営業日） 9:30",
    }
    run = {"id": "monday", "at": "2026-12-28T09:30:00+09:00"}
    assert document["next"][0] == {"scheduler": run, "cockpit": run}
    assert (document["town"], len(document["next"]), document["equal"]) == ("togitsu", 2, True)


def test_it_says_so_if_the_two_ever_differ(site, capsys, monkeypatch):
    wrong = WrittenOut("DTSTART:20261228T080000\nRDATE:20270104T080000", MOMENT.date())
    monkeypatch.setattr(flows.schedule_list, "written_out", lambda *_: wrong)
    list_schedules(site, 5, MOMENT, as_json=False)
    assert "二つの予定が違います。" in capsys.readouterr().out
    list_schedules(site, 5, MOMENT, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["equal"] is False and document["next"][4]["cockpit"] is None


def test_it_says_so_if_there_are_none(site, tmp_path, capsys):
    (tmp_path / "config/togitsu/schedules.yaml").write_text("schedules: []\n", encoding="utf-8")
    assert list_schedules(site, 10, MOMENT, as_json=False) == 0
    assert "予定がありません。" in capsys.readouterr().out
