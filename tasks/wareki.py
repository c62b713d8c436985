"""Dates as the town writes them: the one place that knows how an era date reads.

Eras change on the day the next one begins (元号法; 令和 on 2019-05-01, 平成 on 1989-01-08, 昭和
on 1926-12-25); the first year of an era is 元年.
"""

from __future__ import annotations

from datetime import date

_ERAS = (
    (date(2019, 5, 1), "令和", "R"),
    (date(1989, 1, 8), "平成", "H"),
    (date(1926, 12, 25), "昭和", "S"),
)
_WEEKDAYS = "月火水木金土日"


def wareki(day: date) -> str:
    """Return ``令和8年11月24日``; a day before 昭和 is written with the western year."""
    era, year = _era(day)
    return f"{era[0]}{'元' if year == 1 and era[0] else year}年{day.month}月{day.day}日"


def wareki_with_weekday(day: date) -> str:
    """Return ``令和8年11月24日（火）``."""
    return f"{wareki(day)}（{weekday(day)}）"


def wareki_short(day: date) -> str:
    """Return ``R8-11-24``, for narrow columns; month and day have two digits, so that lists align."""
    era, year = _era(day)
    return f"{era[1]}{year}-{day.month:02d}-{day.day:02d}"


def weekday(day: date) -> str:
    """Return the day of the week as one character, ``火``."""
    return _WEEKDAYS[day.weekday()]


def _era(day: date) -> tuple[tuple[str, str], int]:
    """Return the names of the era of ``day`` and its year in it, or empty names and the western year."""
    for start, name, letter in _ERAS:
        if day >= start:
            return (name, letter), day.year - start.year + 1
    return ("", ""), day.year
