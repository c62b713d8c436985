"""The eras as dates are written in them: names, short forms, and the days they began (元号法)."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

#: Name, short forms, first day.
_ERAS = (
    ("令和", "令R", date(2019, 5, 1)),
    ("平成", "平H", date(1989, 1, 8)),
    ("昭和", "昭S", date(1926, 12, 25)),
    ("大正", "大T", date(1912, 7, 30)),
    ("明治", "明M", date(1868, 1, 25)),
)
_FIRST_DAY = {word: first for name, short, first in _ERAS for word in (name, *short)}
_BEGINNINGS = sorted(first for _, _, first in _ERAS)

#: Parts of patterns: an era, and a year in it.
ERA = r"(?P<era>令和|平成|昭和|大正|明治|[令平昭大明RHSTM])\.?"
YEAR = r"(?P<year>元|\d{1,2})"
#: Between the two and a month. R7-9 are the years 7 to 9: a dash leads to a month only where 月 says so.
THEN_MONTH = r"(?:[年./]|-(?=\d{1,2}月))"
#: A column's title that gives the era of all its dates: 完了予定日（令和）, 令和／完了日. 「令和8年度」 is none.
_OF_TITLE = re.compile(r"(?:^|[(（／/・\s])(令和|平成|昭和)(?=$|[)）／/・\s])")


def era_year(era: str, year: str) -> int:
    """Return the western year of a year of an era; 元 is its first."""
    return _FIRST_DAY[era.upper()].year + (1 if year == "元" else int(year)) - 1


def in_era(era: str, *days: date) -> bool:
    """Return whether any of these days lies in the era."""
    first = _FIRST_DAY[era.upper()]
    end = next((later for later in _BEGINNINGS if later > first), date.max)
    return any(first <= day < end for day in days)


@lru_cache(maxsize=4096)
def era_of_title(title: str) -> str:
    """Return the era that a column's title gives to dates written without one; empty where it gives none."""
    found = set(_OF_TITLE.findall(title))
    return found.pop() if len(found) == 1 else ""
