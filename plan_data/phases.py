"""The words of the plan: its phases, and how a fiscal year is written and counted.

A Japanese fiscal year (年度) runs from 1 April to 31 March; ``R7`` is 令和7年度, which begins
on 2025-04-01. Source: the plan's period, 令和7年度–令和9年度.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import cache

REIWA_OFFSET = 2018
_LABEL = re.compile(r"R([1-9]\d?)")


class Phase(StrEnum):
    """What a plan cell can promise for one fiscal year."""

    STUDY = "事業検討"
    INTRODUCE = "導入"
    OPERATE = "運用"
    CONTINUE = "継続"
    MIGRATE = "移行完了"
    REVISE = "改定"
    STRENGTHEN = "強化"
    STOP = "運用停止"
    NONE = "—"


#: Kept or not kept, all year; every other phase (but ``—``) is met once.
STANDING_PHASES = frozenset({Phase.OPERATE, Phase.CONTINUE})
ONE_OFF_PHASES = frozenset(Phase) - STANDING_PHASES - {Phase.NONE}


def fiscal_year_label(year: int) -> str:
    """Return ``R7`` for the fiscal year that begins in April 2025; raise ValueError before 令和."""
    if year <= REIWA_OFFSET:
        raise ValueError(f"{year}年度 is before 令和")
    return f"R{year - REIWA_OFFSET}"


@cache
def fiscal_year_of_label(label: str) -> int:
    """Return the calendar year in which the fiscal year ``R7`` begins; raise ValueError if it is none."""
    match = _LABEL.fullmatch(label)
    if match is None:
        raise ValueError(f"{label!r} is not a fiscal year such as R7")
    return REIWA_OFFSET + int(match.group(1))


def fiscal_year_of(day: date) -> int:
    """Return the calendar year in which the fiscal year of ``day`` begins."""
    return day.year if day.month >= 4 else day.year - 1


def fiscal_year_start(year: int) -> date:
    """Return 1 April of the fiscal year."""
    return date(year, 4, 1)


def fiscal_year_end(year: int) -> date:
    """Return 31 March, the last day of the fiscal year."""
    return date(year + 1, 3, 31)
