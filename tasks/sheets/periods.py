"""Sheets of another year or month, or of the report before, that lie beside the present one in a workbook.

Many departments add a sheet for every month, or keep last year's. Which one is meant is told by their names
alone, and only where a name says nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from datetime import date

from tasks.sheets.eras import era_year
from tasks.sheets.words import key

_YEAR = re.compile(r"(?:令和|令|r)(\d{1,2}|元)年度|(20\d\d)年度|^(?:令和|r)(\d{1,2})$")
_BEFORE = re.compile(r"^\W*(?:前年度|昨年度|前回)")

#: What stands around a month and says no more than that a sheet is its report.
_PLAIN = r"(?:進捗|状況|実績|報告|提出|更新|最新|現在|時点|シート|表|版|分|末|の|\d{1,2}日|[()._・-])*"
_IN_YEAR = r"(?:(?:令和|令|r)(?P<era>\d{1,2}|元)|(?P<western>20\d\d))(?P<fiscal>年度)?"
_MONTH = re.compile(rf"{_PLAIN}?(?:{_IN_YEAR}年?[./-]?)?(?<!\d)(?P<month>\d{{1,2}})月{_PLAIN}")
_BARE_MONTH = re.compile(rf"{_IN_YEAR}[./-](?P<month>\d{{1,2}})")
_PART = re.compile(
    rf"{_PLAIN}?(?:{_IN_YEAR}[./-]?)?(?:第?(?P<quarter>[1-4一二三四])(?:四半期|q)|(?P<half>[上下前後])半?期){_PLAIN}"
)
#: The months in which the parts of a fiscal year begin.
_BEGINNINGS = {"1": 4, "2": 7, "3": 10, "4": 1, "一": 4, "二": 7, "三": 10, "四": 1}
_BEGINNINGS |= {"上": 4, "前": 4, "下": 10, "後": 10}


def set_aside(names: Sequence[str], seen: Set[str], reporting: Set[str], received_on: date) -> frozenset[str]:
    """Return those sheets with a table that are of another time than the one that was sent on a day.

    Of years that is the newest begun by then, of months (quarters, halves) the newest that is ``reporting``, as next
    month's may lie ready. Only where another sheet is left that people have ``seen``: a lone one is what was sent.
    """
    years = {name: year for name in names if (year := _year(name)) is not None}
    this_year = received_on.year - (received_on.month < 4)
    other = _not_newest(years, [years[n] for n in seen & years.keys() if years[n] <= this_year])
    other |= {name for name in names if _BEFORE.match(name)}
    begun = {n: day for n in names if n not in other and (day := _beginning(n, received_on)) is not None}
    present = seen & reporting & begun.keys()
    other |= _not_newest(begun, [begun[n] for n in present if begun[n] <= received_on])
    return frozenset(other) if (seen & set(names)) - other else frozenset()


def _not_newest(times: dict[str, int] | dict[str, date], come: Sequence[int] | Sequence[date]) -> set[str]:
    return {name for name, time in times.items() if time != max(come)} if come else set()


def _year(name: str) -> int | None:
    match = _YEAR.search(key(name))
    if match is None:
        return None
    return int(match[2]) if match[2] else era_year("令和", match[1] or match[3])


def _beginning(name: str, received_on: date) -> date | None:
    """Return the first day of the month or part of a year that a name says; without a year the last one by a day."""
    text = key(name)
    part = _PART.fullmatch(text)
    match = part or _MONTH.fullmatch(text) or _BARE_MONTH.fullmatch(text)
    if match is None:
        return None
    month = _BEGINNINGS[part["quarter"] or part["half"]] if part else int(match["month"])
    if not 1 <= month <= 12:
        return None
    if match["western"] or match["era"]:
        year = int(match["western"]) if match["western"] else era_year("令和", match["era"])
        is_fiscal = part is not None or match["fiscal"] is not None
        return date(year + (is_fiscal and month < 4), month, 1)
    return date(received_on.year - (month > received_on.month), month, 1)
