"""Planned dates given as a span: a quarter, a half, a 年度, a third of a month. The days it covers, never one of them.

A promise for R8下期 is kept until that half ends, so its last day is what it is held to; the first
day is kept beside it, so that nobody takes the last one for a day that was written. Years are fiscal
(April to March) where 年度, a half or a quarter is named.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from tasks.sheets.eras import ERA, THEN_MONTH, YEAR, era_year, in_era
from tasks.sheets.trimmings import trimmed
from tasks.sheets.words import compact, has_gap

Span = tuple[date, date]

_FISCAL = rf"(?:(?:{ERA})?{YEAR}|(?P<western>20\d\d))"
_HALF = re.compile(_FISCAL + r"(?:年度)?(?P<half>[上下前後])(?:半)?期", re.I)
_QUARTER = re.compile(
    _FISCAL + r"(?:年度)?(?:第?(?P<a>[1-4一二三四])四半期|(?P<b>[1-4])Q|Q(?P<c>[1-4]))", re.I
)
_YEAR_PART = re.compile(_FISCAL + r"年度(?P<part>末|中|内|以内)?", re.I)
_MONTH = re.compile(
    rf"(?:{ERA}{YEAR}{THEN_MONTH}|(?P<western>\d{{4}})[年./-])(?P<month>\d{{1,2}})月?(?P<part>上旬|初旬|中旬|下旬|中)?",
    re.I,
)
_UNTIL = re.compile(r"(?:までに?|迄|予定|期限|締切)$")
#: A time, a note or the year once more may stand beside a span.
_NUMBERS, _BESIDE = re.compile(r"\d+"), re.compile(r"[\s(（\[［※]")
_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4}


@lru_cache(maxsize=4096)
def span_of(raw: str) -> Span | None:
    """Return first and last day of the span that a text names; None where it names none, or a wrong era's."""
    text = _UNTIL.sub("", compact(unicodedata.normalize("NFKC", raw)))
    if len(_NUMBERS.findall(text)) > 2 or has_gap(raw):
        return None
    for pattern, days in _SPANS:
        match = pattern.fullmatch(text)
        if match:
            found = days(match)
            return found if found and (not match["era"] or in_era(match["era"], *found)) else None
    return None


@lru_cache(maxsize=4096)
def first_day(raw: str, era: str = "") -> date | None:
    """Return the first day of a planned date that a text gives as a span, None where it gives a day.

    ``era``: of dates written without one, because the column's title gives it.
    """
    # Nearly all are days, and no span has three numbers.
    if len(_NUMBERS.findall(raw)) > 2 and not _BESIDE.search(raw):
        return None
    text, _ = trimmed(raw, planned=True)
    span = span_of(text) or (span_of(era + text) if era else None)
    return span[0] if span else None


def _fiscal_year(match: re.Match[str]) -> int | None:
    """Return the year in which the fiscal year begins; a bare number is 令和 only where 年度 says it is a year."""
    if match["western"]:
        return int(match["western"])
    if match["era"]:
        return era_year(match["era"], match["year"])
    return era_year("令和", match["year"]) if "年度" in match[0] else None


def _half(match: re.Match[str]) -> Span | None:
    year = _fiscal_year(match)
    if year is None:
        return None
    if match["half"] in "上前":
        return date(year, 4, 1), date(year, 9, 30)
    return date(year, 10, 1), date(year + 1, 3, 31)


def _quarter(match: re.Match[str]) -> Span | None:
    year = _fiscal_year(match)
    if year is None:
        return None
    written = match["a"] or match["b"] or match["c"]
    number = _KANJI.get(written) or int(written)
    start = date(year, 4 + 3 * (number - 1), 1) if number < 4 else date(year + 1, 1, 1)
    return start, _month_end(start.year, start.month + 2)


def _year_part(match: re.Match[str]) -> Span | None:
    year = _fiscal_year(match)
    if year is None:
        return None
    # The end of a year is its last month, as 月末 of March is: no one day is written.
    first = date(year + 1, 3, 1) if match["part"] == "末" else date(year, 4, 1)
    return first, date(year + 1, 3, 31)


def _month(match: re.Match[str]) -> Span | None:
    year = int(match["western"]) if match["western"] else era_year(match["era"], match["year"])
    month = int(match["month"])
    if not 1 <= month <= 12:
        return None
    first, last = {"上旬": (1, 10), "初旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}.get(
        match["part"] or "", (1, 31)
    )
    end = _month_end(year, month)
    return date(year, month, first), end.replace(day=min(last, end.day))


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


_SPANS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Span | None]], ...] = (
    (_HALF, _half),
    (_QUARTER, _quarter),
    (_YEAR_PART, _year_part),
    (_MONTH, _month),
)
