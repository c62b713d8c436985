"""Every day of the plan in every spelling seen in real sheets; and in an era that was over, refused."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from plan_data.loader import load_plan
from tasks.sheets.columns import joined
from tasks.sheets.dates import read_date
from tasks.sheets.faults import Fault, RowCode
from tasks.wareki import wareki

WEEKDAYS = "月火水木金土日"
PLAN = load_plan("togitsu").revisions[-1]
DAYS = [PLAN.period_start + timedelta(days=n) for n in range((PLAN.period_end - PLAN.period_start).days + 1)]


def _reiwa(day):
    return day.year - 2018


#: Every spelling of a day that departments were seen to use; a list stands for a date split over cells.
SEEN = [
    pytest.param(lambda d: f"令和{_reiwa(d)}年{d.month}月{d.day}日", id="令和7年10月1日"),
    pytest.param(lambda d: f"令和{_reiwa(d)}年{d.month:02d}月{d.day:02d}日", id="令和7年10月01日"),
    pytest.param(lambda d: f"R{_reiwa(d)}.{d.month}.{d.day}", id="R7.10.1"),
    pytest.param(lambda d: f"r{_reiwa(d)}.{d.month}.{d.day}", id="r7.10.1"),
    pytest.param(lambda d: f"R{_reiwa(d):02d}/{d.month:02d}/{d.day:02d}", id="R07/10/01"),
    pytest.param(lambda d: f"R{_reiwa(d)}-{d.month}-{d.day}", id="R7-10-1"),
    pytest.param(lambda d: f"R.{_reiwa(d)}.{d.month}.{d.day}", id="R.7.10.1"),
    pytest.param(lambda d: f"令 {_reiwa(d)}.　 {d.month}.　 {d.day}", id="令 7.　 10.　 1"),
    pytest.param(lambda d: f"\u32ff{_reiwa(d)}年{d.month}月{d.day}日", id="square era name"),
    pytest.param(lambda d: f"令和 {_reiwa(d)} 年 {d.month} 月 {d.day} 日", id="with spaces"),
    pytest.param(
        lambda d: f"令和{_reiwa(d)}年（{d.year}年）{d.month}月{d.day}日", id="with the western year"
    ),
    pytest.param(
        lambda d: f"令和{_reiwa(d)}年{d.month}月{d.day}日（{WEEKDAYS[d.weekday()]}）", id="with a weekday"
    ),
    pytest.param(lambda d: f"令和{_reiwa(d)}年{d.month}月{d.day}日 9:30", id="with a time"),
    pytest.param(lambda d: f"令和{_reiwa(d)}年{d.month}月{d.day}日現在", id="現在"),
    pytest.param(lambda d: f"{d.year}年{d.month}月{d.day}日", id="2025年10月1日"),
    pytest.param(lambda d: f"{d.year}/{d.month}/{d.day}", id="2025/10/1"),
    pytest.param(lambda d: f"{d.year}.{d.month}.{d.day}", id="2025.10.1"),
    pytest.param(lambda d: f"{d.isoformat()}", id="2025-10-01"),
    pytest.param(lambda d: f"{d.isoformat()}T00:00:00", id="2025-10-01T00:00:00"),
    pytest.param(lambda d: f"{d:%Y%m%d}", id="20251001"),
    pytest.param(lambda d: float(f"{d:%Y%m%d}"), id="20251001 as a number"),
    pytest.param(lambda d: f"'{d:%Y/%m/%d}", id="an apostrophe before it"),
    pytest.param(lambda d: float((d - date(1899, 12, 30)).days), id="a serial number"),
    pytest.param(lambda d: d, id="a date"),
    pytest.param(lambda d: datetime.combine(d, time(17, 15)), id="a date and time"),
    pytest.param(
        lambda d: ["令和", f"{_reiwa(d)}", "年", f"{d.month}", "月", f"{d.day}", "日"], id="over seven cells"
    ),
    pytest.param(lambda d: ["令和", float(_reiwa(d)), float(d.month), float(d.day)], id="over four cells"),
    pytest.param(
        lambda d: ["R", float(_reiwa(d)), ".", float(d.month), ".", float(d.day)], id="over cells with dots"
    ),
]
#: Half width to full width, as it is typed with the input method left on.
WIDE = {c: c + 0xFEE0 for c in map(ord, "0123456789./-Rr")}


@pytest.mark.parametrize("spell", SEEN)
def test_it_reads_back_every_day_of_the_plan_in_every_spelling_seen(spell):
    for day in DAYS:
        cell = spell(day)
        cells = [joined(cell) if isinstance(cell, list) else cell]
        cells += [cells[0].translate(WIDE)] if isinstance(cells[0], str) else []
        for written in cells:
            for planned in (False, True):
                assert (written, read_date(written, planned)) == (written, day)


def test_it_reads_back_every_day_under_an_era_header_and_in_the_order_of_the_west():
    for day in DAYS:
        for bare in (f"{_reiwa(day)}.{day.month}.{day.day}", f"{_reiwa(day)}年{day.month}月{day.day}日"):
            assert (bare, read_date(bare, era="令和")) == (bare, day)
            assert codes_of(read_date(bare)) == (RowCode.DATE_UNCLEAR, None)
        west = read_date(f"{day:%d/%m/%Y}")
        # 03/04/2026 is two days: neither is taken.
        is_one = day.day > 12 or day.day == day.month
        assert west == day if is_one else codes_of(west) == (RowCode.DATE_UNCLEAR, None)


def test_it_counts_every_day_from_1904_where_the_workbook_does():
    for day in DAYS:
        assert read_date(float((day - date(1904, 1, 1)).days), date1904=True) == day


#: The same day, in the era that ended in 2019: refused, and the right one offered.
OUTLIVED = [
    pytest.param(lambda d: f"平成{d.year - 1988}年{d.month}月{d.day}日", id="平成37年10月1日"),
    pytest.param(lambda d: f"H{d.year - 1988}.{d.month}.{d.day}", id="H37.10.1"),
    pytest.param(lambda d: f"Ｈ{d.year - 1988}/{d.month:02d}/{d.day:02d}", id="Ｈ37/10/01"),
    pytest.param(lambda d: f"平{d.year - 1988}. {d.month}. {d.day}", id="平37. 10. 1"),
]


@pytest.mark.parametrize("spell", OUTLIVED)
def test_it_refuses_every_day_of_the_plan_in_an_era_that_was_over_and_offers_the_right_one(spell):
    for day in DAYS:
        for planned in (False, True):
            assert codes_of(read_date(spell(day), planned)) == (RowCode.DATE_WRONG_ERA, wareki(day))
        month = f"平成{day.year - 1988}年{day.month}月"
        right = f"令和{_reiwa(day)}年{day.month}月"
        assert codes_of(read_date(month, planned=True)) == (RowCode.DATE_WRONG_ERA, right)


FIRST_YEARS = {"令和": 2019, "平成": 1989, "昭和": 1926, "大正": 1912, "明治": 1868}


@pytest.mark.parametrize("part", ["末", "中", "上期", "下半期", "第3四半期", "4Q"])
def test_it_offers_the_right_era_of_a_part_of_a_fiscal_year(part):
    for year in range(2020, 2030):
        for era in ("平成", "H"):
            found = codes_of(read_date(f"{era}{year - 1988}年度{part}", planned=True))
            assert found == (RowCode.DATE_WRONG_ERA, f"令和{year - 2018}年度{part}")
            # What is offered can be read.
            assert isinstance(read_date(found[1], planned=True), date)
        # Of something done no part of a year is a day, in whatever era.
        assert codes_of(read_date(f"平成{year - 1988}年度{part}")) == (RowCode.DATE_NOT_A_DAY, None)
    # The fiscal year 2019 began in 平成 and ended in 令和: its parts lie where they lie.
    assert codes_of(read_date("平成31年度上期", planned=True)) == date(2019, 9, 30)


@given(day=st.dates(date(1868, 1, 25), date(2099, 12, 31)), era=st.sampled_from(list(FIRST_YEARS)))
def test_it_takes_a_day_in_no_era_but_its_own(day, era):
    year = day.year - FIRST_YEARS[era] + 1
    assume(1 <= year <= 99)
    found = read_date(f"{era}{year}年{day.month}月{day.day}日")
    assert found == day if era == era_of(day) else codes_of(found)[0] == RowCode.DATE_WRONG_ERA


FIRST_DAYS = {
    "令和": date(2019, 5, 1), "平成": date(1989, 1, 8), "昭和": date(1926, 12, 25), "大正": date(1912, 7, 30),
    "明治": date(1868, 1, 25)}  # fmt: skip


def era_of(day):
    return next(era for era, first in FIRST_DAYS.items() if day >= first)


def codes_of(found):
    """The code and the offer of a fault; a day is shown as it is."""
    return (found.code, found.suggestion) if isinstance(found, Fault) else found
