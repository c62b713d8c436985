"""Text out of a spreadsheet stays text."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.reports.text import clean, markdown, one_line, plain_cell
from tasks.reports.words import edition, percent, shown, signed
from tasks.wareki import wareki, wareki_short, wareki_with_weekday

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@given(ANY_TEXT)
def test_clean_text_can_always_be_written(text):
    shown_text = clean(text)
    shown_text.encode("utf-8")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufffe\uffff]", shown_text)
    assert len(shown_text) < 700


@given(ANY_TEXT)
def test_markdown_marks_nothing_up(text):
    escaped = markdown(text)
    assert "\n" not in escaped
    # Whatever could mark up stands behind a backslash; nothing of HTML is left at all.
    unescaped = re.sub(r"\\[!-/:-@\[-`{-~]", "", escaped)
    assert not re.search(r"[\\`*_\[\]|@!~:]|www\.", unescaped)
    assert not re.search("[<>&]", escaped)


@given(ANY_TEXT)
def test_a_table_cell_marks_nothing_up_either(text):
    assert not re.search(r"[\\`*_\[\]<>|@!~&:\n]", plain_cell(text))


@pytest.mark.parametrize(
    ("length", "cut"),
    [
        pytest.param(599, False, id="one below the limit"),
        pytest.param(600, False, id="at the limit"),
        pytest.param(601, True, id="one above the limit"),
    ],
)
def test_a_long_text_is_cut_and_says_so(length, cut):
    assert clean("字" * length).endswith("…（以下省略。全601文字）") is cut


def test_it_keeps_variation_selectors_and_characters_beyond_the_first_plane():
    name = "葛\U000e0100城\U00020b9f"
    assert clean(name) == name
    assert one_line(" 二行\r\nの 文\u3000字 ") == "二行 の 文 字"


@pytest.mark.parametrize(
    ("day", "text", "short"),
    [
        pytest.param(date(2026, 11, 24), "令和8年11月24日", "R8-11-24", id="in 令和"),
        pytest.param(date(2019, 5, 1), "令和元年5月1日", "R1-05-01", id="first day of 令和"),
        pytest.param(date(2019, 4, 30), "平成31年4月30日", "H31-04-30", id="last day of 平成"),
        pytest.param(date(1989, 1, 8), "平成元年1月8日", "H1-01-08", id="first day of 平成"),
        pytest.param(date(1989, 1, 7), "昭和64年1月7日", "S64-01-07", id="last day of 昭和"),
        pytest.param(date(1926, 12, 24), "1926年12月24日", "1926-12-24", id="before 昭和"),
    ],
)
def test_it_writes_dates_in_the_era_they_fall_in(day, text, short):
    assert wareki(day) == text
    assert wareki_short(day) == short


def test_it_writes_the_day_of_the_week():
    assert wareki_with_weekday(date(2026, 11, 24)) == "令和8年11月24日（火）"


@pytest.mark.parametrize(
    ("share", "text"),
    [
        pytest.param(0.0, "0%", id="nothing"),
        pytest.param(0.455, "46%", id="rounded"),
        pytest.param(0.999, "99%", id="never 100 before it is reached"),
        pytest.param(1.0, "100%", id="all"),
    ],
)
def test_it_writes_shares_as_percent(share, text):
    assert percent(share) == text


def test_it_writes_values_for_people():
    assert [signed(n) for n in (2, 0, -1)] == ["＋2", "±0", "－1"]
    assert shown("held_count", 3) == "3回"
    assert shown("finished_on", date(2026, 11, 24)) == "令和8年11月24日（火）"
    assert shown("phase", None) == "なし"
    assert edition("R8.3") == "令和8年3月版"
