"""Progress as departments write it, 0 to 1; and counts.

A number without a percent sign means nothing by itself: 0.45 and 45 are told apart by what its
column holds, and where that leaves a doubt, by the cell's number format. What stays doubtful is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import Enum, auto
from functools import lru_cache

from tasks.sheets.asides import AHEAD, asides, takes_back
from tasks.sheets.faults import Fault, RowCode
from tasks.sheets.grid import Cell
from tasks.sheets.words import LONGEST, compact, has_gap

_PERCENT = re.compile(r"([-▲△]?\d{1,4}(?:\.\d+)?)(?:%|パーセント)")
_TENTHS = re.compile(r"(\d{1,2})割(?:(\d)分)?")
_NUMBER = re.compile(r"[-▲△]?\d{1,9}(?:\.\d+)?")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ABOUT = re.compile(r"約|およそ|おおむね|概ね|程度|くらい|ぐらい|前後|ほぼ")
#: Words and signs that leave open which number is meant.
_OPEN = re.compile(r"\d.*(?:弱|強|以上|以下|以内|超|未満|[~〜–→-]\d)")
_COUNT = re.compile(
    r"(?:計|延べ|のべ|合計|全(?=.*(?:開催|実施|済)))?(\d{1,5})(?:回|件|度|講座|コース)?(?:開催|実施|済み?)*"
)
_NOTE = re.compile(r"\([^()]*\)|※.*$")


class Unit(Enum):
    """What a bare number in a progress column counts."""

    PERCENT = auto()
    FRACTION = auto()
    DOUBTFUL = auto()


def bare_number(raw: Cell) -> float | None:
    """Return a cell's number where it has one without a unit, whether typed as a number or as text."""
    if isinstance(raw, str):
        return _bare_number(raw)
    return float(raw) if isinstance(raw, float | int) and not isinstance(raw, bool) else None


@lru_cache(maxsize=4096)
def _bare_number(text: str) -> float | None:
    if len(text) > LONGEST:
        return None
    plain = _THOUSANDS.sub("", compact(text))
    return _signed(plain) if _NUMBER.fullmatch(plain) and not has_gap(text) else None


def column_unit(cells: Iterable[Cell], title: str) -> Unit:
    """Infer what bare numbers in a progress column count, from all of them and from its header.

    Any number above 1 says percent. Numbers between 0 and 1 say fractions, unless the header says
    percent or numbers above 1 stand beside them. A column of nothing but 0 and 1 says nothing.
    """
    numbers = [n for n in map(bare_number, cells) if n is not None]
    above, between = any(n > 1 for n in numbers), any(0 < n < 1 for n in numbers)
    says_percent = above or "%" in compact(title)
    if says_percent:
        return Unit.DOUBTFUL if between else Unit.PERCENT
    return Unit.FRACTION if between else Unit.DOUBTFUL


def read_progress(raw: Cell, unit: Unit, scale: Callable[[], float | None]) -> float | Fault:
    """Return a progress cell as a share from 0 to 1, or the fault that says why not.

    ``scale`` tells what a number that the cell's number format shows as percent is multiplied with to give
    the share, None where it shows none; it is costly, and asked only about a number of which the column
    leaves a doubt.
    """
    number = bare_number(raw)
    if number is None:
        return _read_text(raw) if isinstance(raw, str) else _unreadable()
    if unit is Unit.FRACTION:
        return _share(number)
    # 1 beside 50 and 80 can be a cell that shows 100%: its format knows.
    # So can 1.2 be one that shows 120%.
    may_be_share = number <= 1 or (number < 10 and not number.is_integer())
    asks = not isinstance(raw, str) and number > 0 and (may_be_share or unit is Unit.DOUBTFUL)
    shown = scale() if asks else None
    if shown is not None:
        return _share(number * shown)
    if 0 < number <= 1 and unit is Unit.DOUBTFUL:
        return _unclear(number)
    return _share(number / 100)


def read_count(raw: Cell) -> int | Fault:
    """Return how often something was held, or the fault that says why that cannot be told."""
    if isinstance(raw, float | int) and not isinstance(raw, bool):
        return int(raw) if raw >= 0 and float(raw).is_integer() else _no_count(None)
    if not isinstance(raw, str) or len(raw) > LONGEST or has_gap(raw):
        return _no_count(None)
    whole = compact(raw)
    text = _THOUSANDS.sub("", _NOTE.sub("", whole))
    match = _COUNT.fullmatch(text)
    if match:
        # 5回（3回実施） and 3回（予定） are not what was held.
        is_else = any(takes_back(aside) or _COUNT.fullmatch(aside) for aside in asides(whole))
        return _no_count(None) if is_else else int(match[1])
    about = _COUNT.fullmatch(_ABOUT.sub("", text))
    return _no_count(f"{about[1]}回" if about else None)


@lru_cache(maxsize=4096)
def _read_text(raw: str) -> float | Fault:
    if len(raw) > LONGEST or has_gap(raw):
        return _unreadable()
    whole = compact(raw)
    text = _NOTE.sub("", whole)
    share = _exact(text)
    ahead = AHEAD if share is not None and share < 1 else frozenset[str]()
    if share is not None and any(takes_back(aside, ahead) for aside in asides(whole)):
        message = "は予定などの注記があり今の値か分からないため、今の進捗率だけを記入してください。"
        return Fault(RowCode.PERCENT_VAGUE, message)
    if share is not None:
        return _share(share)
    about = _exact(_ABOUT.sub("", text))
    if about is None and not _OPEN.search(text):
        return _unreadable()
    suggestion = None if about is None or about > 1 else _percent(about)
    message = f"はおおよその値のため、「{suggestion or '50%'}」のように一つの数値で記入してください。"
    return Fault(RowCode.PERCENT_VAGUE, message, suggestion)


def _exact(text: str) -> float | None:
    percent = _PERCENT.fullmatch(text)
    if percent:
        return _signed(percent[1]) / 100
    tenths = _TENTHS.fullmatch(text)
    return (int(tenths[1]) * 10 + int(tenths[2] or 0)) / 100 if tenths else None


def _share(share: float) -> float | Fault:
    if 0 <= share <= 1:
        return round(share, 6)
    message = "は0%から100%までの範囲にないため、正しい進捗率に改めてください。"
    return Fault(RowCode.PERCENT_OUT_OF_RANGE, message)


def _signed(number: str) -> float:
    """Return a number of which ▲ or △, as accounts write it, is the minus sign."""
    return float(re.sub("^[▲△]", "-", number))


def _percent(share: float) -> str:
    return f"{round(share * 100, 4):g}%"


def _unclear(number: float) -> Fault:
    readings = f"{_percent(number / 100)}とも{_percent(number)}とも"
    return Fault(RowCode.PERCENT_UNCLEAR, f"は{readings}読めるため、「%」を付けて記入してください。")


def _unreadable() -> Fault:
    return Fault(
        RowCode.PERCENT_UNREADABLE,
        "は進捗率として読み取れないため、「45%」のように0%から100%までの数値で記入してください。",
    )


def _no_count(suggestion: str | None) -> Fault:
    message = (
        f"は回数として読み取れないため、「{suggestion or '3回'}」のように0以上の整数で記入してください。"
    )
    return Fault(RowCode.COUNT_UNREADABLE, message, suggestion)
