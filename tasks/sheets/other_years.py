"""Sheets of another year, or of the report before, that lie beside this year's in one workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from datetime import date

from tasks.sheets.eras import era_year
from tasks.sheets.words import key

_YEAR = re.compile(r"(?:令和|令|r)(\d{1,2}|元)年度|(20\d\d)年度|^(?:令和|r)(\d{1,2})$")
_BEFORE = re.compile(r"^\W*(?:前年度|昨年度|前回)")


def set_aside(names: Sequence[str], seen: Set[str], received_on: date) -> frozenset[str]:
    """Return those sheets with a table that are not of the fiscal year in which the file came, or of the report before.

    Only where their names say so, and where another sheet is this year's: a lone one is what was sent. That
    one must be among those that people have ``seen``: none is set aside for a hidden sheet.
    """
    years = {name: year for name in names if (year := _year(name)) is not None}
    past = [year for year in years.values() if year <= received_on.year - (received_on.month < 4)]
    other = {name for name, year in years.items() if past and year != max(past)}
    other |= {name for name in names if _BEFORE.match(name)}
    return frozenset(other) if (seen & set(names)) - other else frozenset()


def _year(name: str) -> int | None:
    match = _YEAR.search(key(name))
    if match is None:
        return None
    return int(match[2]) if match[2] else era_year("令和", match[1] or match[3])
