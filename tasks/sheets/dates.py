"""Dates as departments write them in one cell; what is not a day is refused, never rounded to one.

Eras change on the day the next one begins (元号法): a date written in an era that did not yet, or
no longer, exist is refused with the right spelling offered. One rule reads more than is written: a
*planned* date given as a month (令和8年10月) or another span is the last day of it, because a promise
for October is kept until October ends. A date of something done must be a day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache

from tasks.sheets.eras import ERA, THEN_MONTH, YEAR, era_year, in_era
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Cell
from tasks.sheets.spans import span_of
from tasks.sheets.trimmings import trimmed
from tasks.sheets.words import LONGEST
from tasks.wareki import wareki

#: Behind a month. R8.10-12 is October to December: a dash parts a day from a month only where one stood before it.
_THEN_DAY = r"(?:[月./]|(?<=-\d)-|(?<=-\d\d)-)(?P<day>\d{1,2})日?"
_ERA_DAY = re.compile(ERA + YEAR + r"[年./-](?P<month>\d{1,2})" + _THEN_DAY, re.I)
_ERA_MONTH = re.compile(ERA + YEAR + THEN_MONTH + r"(?P<month>\d{1,2})月?(?P<end>末日?)?", re.I)
_ERA_YEAR = re.compile(ERA + YEAR + r"(?P<fiscal>年度?)?", re.I)
#: A part of a fiscal year: H32下期, 平成32年度末.
_ERA_SPAN = re.compile(ERA + YEAR + r"(?:年度?)?(?P<part>(?<=年度).+|[^\d年./-].*)", re.I)
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})[年./-](?P<month>\d{1,2})" + _THEN_DAY)
_BASIC = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)")
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})[./-](?P<b>\d{1,2})[./-](?P<year>\d{4})")
_YEAR_MONTH = re.compile(r"(?P<year>\d{4})(?:年|[./-])(?P<month>\d{1,2})月?(?P<end>末日?)?")
#: 7.10.1 and 7年10月: a year comes first. 7.10 could be a month and a day as well.
_WITHOUT_ERA = re.compile(r"(?:元|\d{1,2})(?:年\d{1,2}月?|[./-]\d{1,2}[./-]\d{1,2}|年\d{1,2}月\d{1,2}日?)")
_BARE = re.compile(r"(?:\d{1,2}(?:年|[./-]))?\d{1,2}(?:月|[./-])\d{1,2}日?")
_FISCAL_YEAR_END = re.compile(r"(?:(?:令和|令|R)?(?P<year>元|\d{1,2})|(?P<western>20\d\d))年度末", re.I)
#: A span, a season, a part of a month: words that say the writer knows no day.
_SPAN = re.compile(
    r"[上中下]旬|半ば|初|末|頃|ごろ|前半|後半|[上下]期|半期|四半期|Q|年度|年内|年中|[春夏秋冬]|月|予定", re.I
)
#: What says of a day in a column of things done that it was done then.
_DONE_WORDS = re.compile(r"\(?(?:実施)?(?:済み?|完了)\)?$")

#: Years of a cell's date, or of a western one, that a plan or a report can mean: 1900/1/8 is an 8 in a cell with a
#: date format, 1026 and 2206 are slips of the hand.
_YEARS = range(1950, 2100)
#: Under a header that gives 令和, 26/10/1 may as well be the western 26.
_LAST_BARE_REIWA = 19

#: Serial numbers of 1980 to 2100 that a cell shows when its date format is lost.
_SERIALS = range(29_221, 73_416)
_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)

_UNREADABLE = Fault(
    RowCode.DATE_UNREADABLE,
    "は日付として読み取れないため、「令和8年10月1日」のような年月日だけを記入し、説明は備考に移してください。",
)
_FAR_AWAY = Fault(
    RowCode.DATE_IMPOSSIBLE, "は1950年から2099年までの日付でないため、正しい年月日に改めてください。"
)
_TWO_YEARS = Fault(RowCode.DATE_UNCLEAR, "は元号の年と西暦の年が食い違うため、正しい年月日に改めてください。")
_IMPOSSIBLE = Fault(RowCode.DATE_IMPOSSIBLE, "は暦にない日付のため、正しい年月日に改めてください。")


def read_date(raw: Cell, planned: bool = False, date1904: bool = False, era: str = "") -> date | Fault:
    """Return the day a cell gives, or the fault that says why it gives none.

    ``planned``: the cell holds a date still to come, for which a month or another span (``spans``)
    counts as its last day.
    ``date1904``: how the workbook counts serial numbers, for numbers that lost their date format.
    ``era``: of dates written without one, because the column's title gives it.
    """
    if isinstance(raw, date):
        if raw.year not in _YEARS:
            return _FAR_AWAY
        return raw.date() if isinstance(raw, datetime) else raw
    if isinstance(raw, str):
        return _read_text(raw, planned, era) if len(raw) <= LONGEST else _UNREADABLE
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        return _read_number(float(raw), date1904)
    return _UNREADABLE


def _read_number(number: float, date1904: bool) -> date | Fault:
    if not number.is_integer():
        return _unclear() if number < 100 else _UNREADABLE
    basic = _BASIC.fullmatch(str(int(number)))
    if basic:
        return _western(basic)
    serial = int(number)
    if date1904 and serial + 1462 in _SERIALS:
        return _EPOCH_1904 + timedelta(days=serial)
    return _EPOCH + timedelta(days=serial) if not date1904 and serial in _SERIALS else _UNREADABLE


@lru_cache(maxsize=16_384)
def _read_text(raw: str, planned: bool, era: str) -> date | Fault:
    # As most are written: no need to take the text apart.
    for pattern, reader in _PLAIN_DAYS:
        match = pattern.fullmatch(raw)
        if match:
            return reader(match)
    text, other_year = trimmed(raw, planned)
    if not planned:
        text = _DONE_WORDS.sub("", text)
    if era and _WITHOUT_ERA.fullmatch(text):
        if era == "令和" and text[:2].isdecimal() and int(text[:2]) > _LAST_BARE_REIWA:
            return _unclear()
        text = era + text
    for pattern, reader in _DAYS:
        match = pattern.fullmatch(text)
        if match:
            return _agreeing(reader(match), other_year)
    for pattern in (_ERA_MONTH, _YEAR_MONTH):
        match = pattern.fullmatch(text)
        if match:
            return _agreeing(_month(match, planned), other_year)
    return _end_of_span(text) if planned else _no_day(text)


def _agreeing(found: date | Fault, year: int | None) -> date | Fault:
    """Return what was found, unless it lies in another year than the one that is written beside it."""
    return _TWO_YEARS if isinstance(found, date) and year and found.year != year else found


def _end_of_span(text: str) -> date | Fault:
    """Return the last day of a span; where its era was over by then, offer the one that it lies in."""
    span = span_of(text)
    if span:
        return span[1]
    of_era = _ERA_SPAN.fullmatch(text)
    if of_era:
        year = _era_year(of_era)
        if not in_era(of_era["era"], date(year, 4, 1), date(year + 1, 3, 31)):
            right = wareki(date(year, 12, 31)).partition("年")[0] + "年度" + of_era["part"]
            return _wrong_era(right) if span_of(right) else _no_day(text)
    return _no_day(text)


def _western(match: re.Match[str]) -> date | Fault:
    day = _day(int(match["year"]), int(match["month"]), int(match["day"]))
    return day if isinstance(day, Fault) or day.year in _YEARS else _FAR_AWAY


def _year_last(match: re.Match[str]) -> date | Fault:
    """Read 26/04/2027; where both could be the month, neither is taken."""
    a, b, year = int(match["a"]), int(match["b"]), int(match["year"])
    if a <= 12 and b <= 12 and a != b:
        return Fault(
            RowCode.DATE_UNCLEAR,
            "は月と日の順が分からないため、「令和8年10月1日」のように年から記入してください。",
        )
    return _day(year, b, a) if b <= 12 else _day(year, a, b)


def _era_day(match: re.Match[str]) -> date | Fault:
    year = _era_year(match)
    day = _day(year, int(match["month"]), int(match["day"]))
    if isinstance(day, Fault):
        return day
    return day if in_era(match["era"], day) else _wrong_era(wareki(day))


def _month(match: re.Match[str], planned: bool) -> date | Fault:
    has_era = "era" in match.re.groupindex
    year = _era_year(match) if has_era else int(match["year"])
    month = int(match["month"])
    if not 1 <= month <= 12:
        return _IMPOSSIBLE
    last = date(year, month, calendar.monthrange(year, month)[1])
    if has_era and not in_era(match["era"], last, last.replace(day=1)):
        return _wrong_era(wareki(last).partition("月")[0] + "月")
    if planned:
        return last
    return _not_a_day(wareki(last) if match["end"] else None)


def _no_day(text: str) -> Fault:
    """Say what keeps a text from being a day."""
    year_end = _FISCAL_YEAR_END.fullmatch(text)
    if year_end:
        started = int(year_end["western"]) if year_end["western"] else era_year("令和", year_end["year"])
        return _not_a_day(wareki(date(started + 1, 3, 31)))
    of_era = _ERA_YEAR.fullmatch(text)
    if of_era:
        year = _era_year(of_era)
        if not in_era(of_era["era"], date(year, 12, 31), date(year, 1, 1)):
            return _wrong_era(wareki(date(year, 12, 31)).partition("年")[0] + (of_era["fiscal"] or "年"))
        return _not_a_day(None)
    if _BARE.fullmatch(text):
        return _unclear()
    return _not_a_day(None) if _SPAN.search(text) and any(c.isdigit() for c in text) else _UNREADABLE


def _day(year: int, month: int, day: int) -> date | Fault:
    try:
        return date(year, month, day)
    except ValueError:
        return _IMPOSSIBLE


def _era_year(match: re.Match[str]) -> int:
    return era_year(match["era"], match["year"])


def _wrong_era(right: str) -> Fault:
    return Fault(
        RowCode.DATE_WRONG_ERA, f"はその元号にない年月日のため、「{right}」に改めてください。", right
    )


def _not_a_day(suggestion: str | None) -> Fault:
    example = suggestion or "令和8年10月1日"
    return Fault(
        RowCode.DATE_NOT_A_DAY,
        f"は一つの日に定まらないため、「{example}」のように年月日で記入してください。",
        suggestion,
    )


def _unclear() -> Fault:
    return Fault(
        RowCode.DATE_UNCLEAR,
        "は元号又は西暦の年が分からないため、「令和8年10月1日」のように記入してください。",
    )


_PLAIN_DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | Fault]], ...] = (
    (
        re.compile(
            r"(?P<era>令和|[令R])(?P<year>[1-9]\d?)[年.](?P<month>\d{1,2})[月.](?P<day>\d{1,2})日?(?:（[月火水木金土日]）)?"
        ),
        _era_day,
    ),
    (_YEAR_FIRST, _western),
)
_DAYS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], date | Fault]], ...] = (
    (_ERA_DAY, _era_day),
    (_YEAR_FIRST, _western),
    (_BASIC, _western),
    (_YEAR_LAST, _year_last),
)
