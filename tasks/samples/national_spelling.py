"""How the simulated towns write one and the same thing: days, shares, counts, names.

Every spelling stands for exactly one value, so that what was meant is known when it is read back.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from tasks.wareki import wareki, weekday


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and its stored result."""

    text: str
    result: float


#: What a cell holds: a text, a number, a formula, or nothing.
Written = str | float | int | Formula | None

_EPOCH, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_WIDE = {i: i + 0xFEE0 for i in range(0x21, 0x7F)} | {0x20: 0x3000}
#: ガ → ｶﾞ and so on, as old systems print names.
_NARROW = {
    ord(full): narrow
    for narrow in (chr(i) + mark for i in range(0xFF66, 0xFF9E) for mark in ("", "ﾞ", "ﾟ"))
    if len(full := unicodedata.normalize("NFKC", narrow)) == 1
}
_WAREKI = re.compile(r"(.)(.)(元|\d+)年(\d+)月(\d+)日")


@dataclass(frozen=True, slots=True)
class _EraDay:
    name: str
    letter: str
    year: str
    number: int
    month: int
    day: int


def _era(day: date) -> _EraDay:
    match = _WAREKI.fullmatch(wareki(day))
    if match is None:
        raise ValueError(f"{day} lies before 昭和")
    first, second, year, month, date_ = match.groups()
    letter = {"令": "R", "平": "H", "昭": "S"}[first]
    return _EraDay(first + second, letter, year, 1 if year == "元" else int(year), int(month), int(date_))


def _dots(day: date) -> str:
    e = _era(day)
    return f"{e.letter}{e.number}.{e.month}.{e.day}"


def _slashes(day: date) -> str:
    e = _era(day)
    return f"{e.letter}{e.number:02d}/{e.month:02d}/{e.day:02d}"


def _padded(day: date) -> str:
    e = _era(day)
    return f"{e.name}{e.year:>2}年{e.month:>2}月{e.day:>2}日"


def _clerk(day: date) -> str:
    e = _era(day)
    return f"{e.name[0]} {e.number}.{e.month:>2}.{e.day:>2}"


def _ligature(day: date) -> str:
    return wareki(day).replace("令和", "㋿").replace("平成", "㍻")


def _both_years(day: date) -> str:
    return wareki(day).replace("年", f"（{day.year}）年", 1)


#: Texts that name one day.
DAY_SPELLINGS: tuple[Callable[[date], str], ...] = (
    wareki,
    lambda day: wareki(day).translate(_WIDE),
    _dots,
    _slashes,
    _padded,
    _clerk,
    _ligature,
    _both_years,
    lambda day: f"{wareki(day)}（{weekday(day)}）",
    lambda day: f"{_dots(day)}（{weekday(day)}）".translate(_WIDE),
    lambda day: f"{day:%Y/%m/%d}",
    lambda day: f"{day:%Y-%m-%d}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day.year}.{day.month}.{day.day}",
)


def serial(day: date, date1904: bool) -> int:
    """Return a day as a workbook counts it."""
    return (day - (_EPOCH_1904 if date1904 else _EPOCH)).days


@dataclass(frozen=True, slots=True)
class ShareStyle:
    """How a column writes whole percents; ``says_percent`` puts （％） into its header."""

    name: str
    write: Callable[[int], Written]
    number_format: str | None = None
    says_percent: bool = False


SHARE_STYLES = (
    ShareStyle("0.45 shown as 45%", lambda p: p / 100, "0%"),
    ShareStyle("0.45 shown as 45.0%", lambda p: p / 100, "0.0%"),
    ShareStyle("0.45 shown as 45% under a header with %", lambda p: p / 100, "0%", says_percent=True),
    ShareStyle("45 shown as 45％", lambda p: p, '0"％"'),
    ShareStyle("45 under a header with %", lambda p: p, says_percent=True),
    ShareStyle("0.45", lambda p: p / 100),
    ShareStyle("text 45%", lambda p: f"{p}%"),
    ShareStyle("text ４５％", lambda p: f"{p}%".translate(_WIDE)),
    ShareStyle("text 45 ％", lambda p: f"{p} ％"),
    ShareStyle("text 45パーセント", lambda p: f"{p}パーセント"),
    ShareStyle("text 4割5分", lambda p: f"{p // 10}割{p % 10}分" if p % 10 else f"{p // 10}割"),
)


def written_count(rng: Random, count: int) -> Written:
    """Return a count in one of its spellings."""
    return rng.choice((count, f"{count}回", f"{count}回".translate(_WIDE), f"計{count}回", f"{count}回開催"))


def _numbered(name: str, rng: Random) -> str:
    return f"{rng.choice(('①', '(3) ', '３．', '・', '○', '12) '))}{name}"


def _spaced_latin(name: str, rng: Random) -> str:
    """``LINE決済機能`` as ``Ｌ Ｉ Ｎ Ｅ決済機能``, as a scanned plan has it."""
    return re.sub(r"[A-Z]{3,}", lambda match: " ".join(match[0]).translate(_WIDE), name)


#: A name in spellings that mean no other name.
NAME_SPELLINGS: tuple[Callable[[str, Random], str], ...] = (
    lambda name, rng: name.translate(_WIDE),
    lambda name, rng: name.translate(_NARROW),
    lambda name, rng: f"　{name} ",
    lambda name, rng: name.replace("ー", "－"),
    lambda name, rng: f"{name[: len(name) // 2]}\n{name[len(name) // 2 :]}",
    lambda name, rng: name.replace("（", " [").replace("）", "]"),
    _numbered,
    _spaced_latin,
)


def spaced(text: str) -> str:
    """Return a short heading spread out, as ``事　業　名``."""
    return "　".join(text)


def wide(text: str) -> str:
    """Return a text in full-width characters."""
    return text.translate(_WIDE)
