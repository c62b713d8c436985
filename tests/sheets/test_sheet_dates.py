"""Dates in one cell: every spelling that is a day, and every one that is not, with what is offered."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.sheets.dates import read_date
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Broken
from tasks.sheets.spans import first_day

# What the cell holds → the day it means.
DAYS = [
    # eras, as in real sheets
    ("令和7年10月1日", date(2025, 10, 1)),
    ("R7.10.1", date(2025, 10, 1)),
    ("R07/10/01", date(2025, 10, 1)),
    ("r7-10-01", date(2025, 10, 1)),
    ("令 6.　 1.　 1", date(2024, 1, 1)),
    ("令和 7 年 10 月 1 日", date(2025, 10, 1)),
    ("令和元年5月1日", date(2019, 5, 1)),  # the era's first day
    ("平成31年4月30日", date(2019, 4, 30)),  # and the last of the one before
    ("H31.4.30", date(2019, 4, 30)),
    ("平成元年1月8日", date(1989, 1, 8)),
    ("昭和64年1月7日", date(1989, 1, 7)),
    ("S58.7.1", date(1983, 7, 1)),
    ("大正12年9月1日", date(1923, 9, 1)),
    ("㋿8年10月1日", date(2026, 10, 1)),  # the era as one character
    ("令和８年１０月１日", date(2026, 10, 1)),  # full-width digits
    ("Ｒ８．１０．１", date(2026, 10, 1)),
    # western
    ("2026-10-01", date(2026, 10, 1)),
    ("2026/10/1", date(2026, 10, 1)),
    ("2026.10.1", date(2026, 10, 1)),
    ("2026年10月1日", date(2026, 10, 1)),
    ("２０２６年１０月１日", date(2026, 10, 1)),
    ("20261001", date(2026, 10, 1)),
    ("2026-10-01T00:00:00", date(2026, 10, 1)),
    ("2026-10-01 00:00:00", date(2026, 10, 1)),
    ("2026/10/12 9:30", date(2026, 10, 12)),  # not 2026/10/1 and a time of 29:30
    ("令和8年10月12日9:30", date(2026, 10, 12)),
    ("'26/04/2027", date(2027, 4, 26)),  # text beside true dates; 26 can only be the day
    ("04/26/2027", date(2027, 4, 26)),
    ("04/04/2027", date(2027, 4, 4)),
    # with what people add to it
    ("令和8年10月1日（木）", date(2026, 10, 1)),
    ("2026/10/1(木)", date(2026, 10, 1)),
    ("令和8年10月1日現在", date(2026, 10, 1)),
    ("R8.10.1時点", date(2026, 10, 1)),
    ("令和8年10月1日木曜日", date(2026, 10, 1)),
    ("令和8年（2026年）10月1日", date(2026, 10, 1)),
    ("\u200b令和8年10月1日\ufeff", date(2026, 10, 1)),  # zero-width characters
    ("R8.10.1※1", date(2026, 10, 1)),  # the plan's own note mark
    ("R8.10.1済", date(2026, 10, 1)),
    ("令和8年10月1日（完了）", date(2026, 10, 1)),
    ("2026年10月1日（R8）", date(2026, 10, 1)),
    ("令 和 8 年 1 0 月 1 日", date(2026, 10, 1)),  # every character apart
    # not text
    (date(2026, 10, 1), date(2026, 10, 1)),
    (datetime.combine(date(2026, 10, 1), time(13, 30)), date(2026, 10, 1)),
    (46296.0, date(2026, 10, 1)),  # a serial number that lost its format
    (20261001.0, date(2026, 10, 1)),
]

# What the cell holds → why it is no day, and the value to offer.
NOT_DAYS = [
    # the era did not exist yet, or no longer
    ("令和元年3月1日", RowCode.DATE_WRONG_ERA, "平成31年3月1日"),
    ("令和元年3月", RowCode.DATE_WRONG_ERA, "平成31年3月"),
    ("令和元年4月30日", RowCode.DATE_WRONG_ERA, "平成31年4月30日"),
    ("平成31年5月1日", RowCode.DATE_WRONG_ERA, "令和元年5月1日"),
    ("平成32年4月1日", RowCode.DATE_WRONG_ERA, "令和2年4月1日"),
    ("平成32年", RowCode.DATE_WRONG_ERA, "令和2年"),
    ("平成32年度", RowCode.DATE_WRONG_ERA, "令和2年度"),
    ("H31.5", RowCode.DATE_WRONG_ERA, "令和元年5月"),
    ("昭和64年1月8日", RowCode.DATE_WRONG_ERA, "平成元年1月8日"),
    # a span
    ("R8.10", RowCode.DATE_NOT_A_DAY, None),
    ("令和8年10月", RowCode.DATE_NOT_A_DAY, None),
    ("S58年7月", RowCode.DATE_NOT_A_DAY, None),
    ("2026年10月", RowCode.DATE_NOT_A_DAY, None),
    ("令和元年", RowCode.DATE_NOT_A_DAY, None),
    ("平成31年", RowCode.DATE_NOT_A_DAY, None),
    ("令和8年10月末", RowCode.DATE_NOT_A_DAY, "令和8年10月31日"),  # this one day is certain
    ("8年度末", RowCode.DATE_NOT_A_DAY, "令和9年3月31日"),
    ("令和8年度末", RowCode.DATE_NOT_A_DAY, "令和9年3月31日"),
    ("2026年度末", RowCode.DATE_NOT_A_DAY, "令和9年3月31日"),
    ("10月中旬", RowCode.DATE_NOT_A_DAY, None),
    ("R8下期", RowCode.DATE_NOT_A_DAY, None),
    ("R8第3四半期", RowCode.DATE_NOT_A_DAY, None),
    ("令和8年10月頃", RowCode.DATE_NOT_A_DAY, None),
    ("令和8年10月1日～令和9年3月31日", RowCode.DATE_NOT_A_DAY, None),
    ("R8.10.1予定", RowCode.DATE_NOT_A_DAY, None),  # of something done, a plan is no day
    # which year, which month?
    ("7.10.1", RowCode.DATE_UNCLEAR, None),
    ("7年10月1日", RowCode.DATE_UNCLEAR, None),
    ("10月1日", RowCode.DATE_UNCLEAR, None),
    ("10/1", RowCode.DATE_UNCLEAR, None),
    ("04/05/2027", RowCode.DATE_UNCLEAR, None),
    (7.1, RowCode.DATE_UNCLEAR, None),  # 「7.10」 typed as a number
    ("令和7年（2026年）10月1日", RowCode.DATE_UNCLEAR, None),  # two years
    ("2025（令和8）年10月1日", RowCode.DATE_UNCLEAR, None),
    # not one number, not one day
    ("R8.10.1 2", RowCode.DATE_UNREADABLE, None),
    ("2026/10/1\n2", RowCode.DATE_UNREADABLE, None),
    ("R8.10-12", RowCode.DATE_UNREADABLE, None),
    ("2026.4-6", RowCode.DATE_UNREADABLE, None),
    # nobody means these
    (date(1900, 1, 8), RowCode.DATE_IMPOSSIBLE, None),  # an 8 in a cell with a date format
    (datetime.combine(date(1899, 12, 30), time()), RowCode.DATE_IMPOSSIBLE, None),
    ("1026/10/1", RowCode.DATE_IMPOSSIBLE, None),
    ("2206/10/1", RowCode.DATE_IMPOSSIBLE, None),
    # not in the calendar
    ("令和8年2月30日", RowCode.DATE_IMPOSSIBLE, None),
    ("2026-13-01", RowCode.DATE_IMPOSSIBLE, None),
    ("R8.13", RowCode.DATE_IMPOSSIBLE, None),
    ("31/31/2026", RowCode.DATE_IMPOSSIBLE, None),
    # no date at all
    ("業者と調整", RowCode.DATE_UNREADABLE, None),
    ("済", RowCode.DATE_UNREADABLE, None),
    (2026.0, RowCode.DATE_UNREADABLE, None),
    (True, RowCode.DATE_UNREADABLE, None),
    (time(10, 0), RowCode.DATE_UNREADABLE, None),
    (timedelta(days=3), RowCode.DATE_UNREADABLE, None),
    (Broken("#N/A"), RowCode.DATE_UNREADABLE, None),
]


@pytest.mark.parametrize(("cell", "day"), DAYS, ids=[str(cell) for cell, _ in DAYS])
def test_it_reads_every_spelling_of_a_day(cell, day):
    assert read_date(cell) == day


@pytest.mark.parametrize(("cell", "code", "offered"), NOT_DAYS, ids=[str(cell) for cell, _, _ in NOT_DAYS])
def test_it_refuses_what_is_not_a_day_and_offers_one_only_where_it_is_certain(cell, code, offered):
    fault = read_date(cell)
    assert isinstance(fault, Fault)
    assert (fault.code, fault.suggestion) == (code, offered)
    assert offered is None or offered in fault.message


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("R8.10", date(2026, 10, 31)),
        ("令和8年10月", date(2026, 10, 31)),
        ("令和10年2月", date(2028, 2, 29)),  # a leap year
        ("令和8年10月末", date(2026, 10, 31)),
        ("2026/10", date(2026, 10, 31)),
        ("令和8年10月末までに", date(2026, 10, 31)),
        ("R8.10.1予定", date(2026, 10, 1)),
        ("R8.10.1（予定）", date(2026, 10, 1)),
        ("令和9年3月（見込み）", date(2027, 3, 31)),
        ("平成31年4月", date(2019, 4, 30)),
        ("令和元年5月", date(2019, 5, 31)),
    ],
)
def test_it_takes_the_month_of_a_planned_date_as_its_last_day(text, day):
    assert read_date(text, planned=True) == day
    assert isinstance(read_date(text, planned=False), Fault)


@pytest.mark.parametrize(
    "text",
    [
        "R7-9",
        "令和7-9",
        "R8.10-12",
        "R8.1\n2",
        "10月中旬",
        "下期",
        "8下期",
        "令和8年10月頃",
        "令和8年",
        "令和元年3月",
        "平成32年度末",
        "R8.13",
    ],
)
def test_it_refuses_a_planned_date_whose_end_is_not_certain(text):
    assert isinstance(read_date(text, planned=True), Fault)


@pytest.mark.parametrize(
    "text",
    ["令和8年（2026年）10月", "R8.10※1", "R8.10（予定）", "令和8年10月 9:30", "2026年10月現在", "R8 3Q"],
)
def test_it_keeps_the_first_day_of_every_planned_date_that_is_no_day(text):
    assert isinstance(read_date(text, planned=True), date)
    assert first_day(text) == date(2026, 10, 1)


def test_it_takes_no_western_year_of_two_digits_for_one_of_the_era_in_the_header():
    assert read_date("8/10/1", era="令和") == date(2026, 10, 1)
    assert read_date("26/10/1", era="令和").code == RowCode.DATE_UNCLEAR
    assert read_date("30.4.1", era="平成") == date(2018, 4, 1)


def test_it_counts_serial_numbers_from_1904_where_the_workbook_does():
    assert read_date(44834.0, date1904=True) == date(2026, 10, 1)
    assert read_date(46296.0, date1904=False) == date(2026, 10, 1)


SPELLINGS = [
    lambda d: f"令和{_reiwa(d)}年{d.month}月{d.day}日",
    lambda d: f"R{d.year - 2018}.{d.month}.{d.day}",
    lambda d: f"R{d.year - 2018:02d}/{d.month:02d}/{d.day:02d}",
    lambda d: f"令 {d.year - 2018}.　 {d.month}.　 {d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}-{d.month:02d}-{d.day:02d}",
    lambda d: f"{d:%Y%m%d}",
    lambda d: f"令和{_reiwa(d)}年{d.month}月{d.day}日（{'月火水木金土日'[d.weekday()]}）",
    lambda d: float((d - date(1899, 12, 30)).days),
    lambda d: d,
    lambda d: datetime.combine(d, time(9, 30)),
]


def _reiwa(day):
    return "元" if day.year == 2019 else day.year - 2018


@given(
    day=st.dates(date(2019, 5, 1), date(2099, 12, 31)),
    spell=st.sampled_from(SPELLINGS),
    wide=st.booleans(),
)
def test_it_reads_back_any_day_in_any_supported_spelling(day, spell, wide):
    text = spell(day)
    if wide and isinstance(text, str):
        text = text.translate({ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789./-R"})
    assert read_date(text) == day


@given(st.text(max_size=30))
def test_it_never_fails_on_any_text(text):
    assert isinstance(read_date(text), date | Fault)
    assert isinstance(read_date(text, planned=True), date | Fault)
