"""How a schedule reads for the people who watch it."""

from __future__ import annotations

import pytest

from config.schedules import Schedule, Schedules


@pytest.mark.parametrize(
    ("day", "time", "label"),
    [
        ({"kind": "every_business_day"}, "08:30", "毎営業日 8:30"),
        ({"kind": "every_business_day"}, "00:05", "毎営業日 0:05"),
        ({"kind": "nth_business_day_of_month", "n": 1}, "09:00", "毎月第1営業日 9:00"),
        ({"kind": "business_days_before_quarter_end", "n": 5}, "17:15", "四半期末の5営業日前 17:15"),
        ({"kind": "weekly", "weekday": "月"}, "09:00", "毎週月曜日（閉庁日なら翌営業日） 9:00"),
        (
            {"kind": "weekly", "weekday": "金", "if_closed": "previous_business_day"},
            "16:00",
            "毎週金曜日（閉庁日なら前営業日） 16:00",
        ),
        (
            {"kind": "weekly", "weekday": "水", "if_closed": "skip"},
            "12:00",
            "毎週水曜日（閉庁日なら行わない） 12:00",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_it_says_when_it_runs(day: dict[str, object], time: str, label: str) -> None:
    schedule = Schedule.model_validate({"id": "x", "flow": "watch", "day": day, "time": time})
    assert schedule.label == label


def test_it_has_one_schedule_for_each_time_of_an_entry() -> None:
    daily = {"flow": "deliver", "day": {"kind": "every_business_day"}}
    found = Schedules.model_validate(
        {"schedules": [{"id": "one", **daily, "time": "08:00"}, {"id": "many", **daily, "times": ["09:30", "13:30"]}]}
    )  # fmt: skip
    assert [(s.id, s.label) for s in found.schedules] == [
        ("one", "毎営業日 8:00"),
        ("many_0930", "毎営業日 9:30"),
        ("many_1330", "毎営業日 13:30"),
    ]
