"""When a message may leave, and how it is broken into lines."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telling import CALENDAR, RULES

from tasks.alerts.plain_text import folded
from tasks.alerts.sending import may_leave_at
from tasks.columns import columns

TOKYO = ZoneInfo("Asia/Tokyo")

# made at (Tokyo)       leaves at             08:30 to 18:00 on business days
HOURS = [
    ("2026-11-24 08:29", "2026-11-24 08:30"),
    ("2026-11-24 08:30", "2026-11-24 08:30"),
    ("2026-11-24 12:00", "2026-11-24 12:00"),
    ("2026-11-24 18:00", "2026-11-24 18:00"),
    ("2026-11-24 18:01", "2026-11-25 08:30"),
    ("2026-11-27 23:59", "2026-11-30 08:30"),  # a Friday evening
    ("2026-11-28 12:00", "2026-11-30 08:30"),  # Saturday
    ("2026-11-22 09:00", "2026-11-24 08:30"),  # a Sunday before a holiday
    ("2026-11-23 09:00", "2026-11-24 08:30"),  # 勤労感謝の日
    ("2026-12-28 18:30", "2027-01-04 08:30"),  # 12/29 to 1/3 are closed
    ("2027-01-03 09:00", "2027-01-04 08:30"),
]  # fmt: skip


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(("made", "leaves"), HOURS)
def test_it_waits_for_the_hours_of_an_open_day(made, leaves):
    assert may_leave_at(at(made), RULES.sending, CALENDAR) == at(leaves)


def test_it_may_send_on_closed_days_where_the_town_wants_to():
    always = RULES.sending.model_copy(update={"on_closed_days": True})
    assert may_leave_at(at("2026-11-28 12:00"), always, CALENDAR) == at("2026-11-28 12:00")
    assert may_leave_at(at("2026-11-28 19:00"), always, CALENDAR) == at("2026-11-29 08:30")


@given(st.datetimes(datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2027-12-31")))
def test_it_never_sends_earlier_nor_later_than_the_next_open_morning(naive):
    now = naive.replace(tzinfo=TOKYO)
    leaves = may_leave_at(now, RULES.sending, CALENDAR)
    assert leaves >= now
    assert CALENDAR.is_business_day(leaves.astimezone(TOKYO).date())
    assert may_leave_at(leaves, RULES.sending, CALENDAR) == leaves
    assert CALENDAR.business_days_between(now.date(), leaves.date()) <= 1


# a line, the lines it becomes at 20 columns
LINES = [
    ("short", ["short"]),
    ("あいうえおかきくけこ", ["あいうえおかきくけこ"]),
    ("あいうえおかきくけこさ", ["あいうえおかきくけこ", "  さ"]),
    ("あいうえおかきくけこ。さしすせそ", ["あいうえおかきくけ", "  こ。さしすせそ"]),  # 。begins no line
    ("   あいうえおかきくけこ", ["   あいうえおかきく", "     けこ"]),
    ("あいうえおかきくけ（こさ）", ["あいうえおかきくけ", "  （こさ）"]),  # （ ends none
    ("見る：https://dx.example.jp/a/very/long/path#DX-02", ["見る：", "  https://dx.example.jp/a/very/long/path#DX-02"]),
    ("abcdefghij klmnopqrstuv", ["abcdefghij", "  klmnopqrstuv"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "lines"), LINES)
def test_it_breaks_a_line_where_japanese_may_be_broken(line, lines):
    assert folded(line, 20).split("\n") == lines


@given(st.text(st.characters(exclude_characters="\n\r", exclude_categories=("Cs",)), max_size=200))
def test_it_loses_no_character_and_exceeds_the_width_only_for_what_may_not_be_broken(text):
    broken = folded(text, 30).split("\n")
    assert "".join("".join(part.split()) for part in broken) == "".join(text.split())
    for part in broken[1:]:
        assert part.startswith("  ")
    japanese = "".join(c for c in text if "ぁ" <= c <= "ん" and c not in "ぁぃぅぇぉっゃゅょ")
    assert all(columns(part) <= 30 for part in folded(japanese, 30).split("\n"))
