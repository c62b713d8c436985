"""One cell of a simulated sheet: a value drawn by chance, and one of the ways to write it."""

from __future__ import annotations

import calendar
import unicodedata
from datetime import date, timedelta
from random import Random

from config.headers import Headers
from tasks.samples.national_layouts import NationalLayout, Sources
from tasks.samples.national_spelling import DAY_SPELLINGS, NAME_SPELLINGS, Written, serial, written_count
from tasks.samples.national_words import MILESTONES, REPORTERS, sentence
from tasks.wareki import wareki

Value = date | float | int | str

#: First and last day that a field's days are drawn from.
_SPANS = {
    "started_on": (date(2024, 4, 1), date(2026, 9, 30)),
    "due_on": (date(2026, 10, 1), date(2028, 3, 31)),
    "milestone_due_on": (date(2026, 6, 1), date(2028, 3, 31)),
    "finished_on": (date(2025, 4, 1), date(2026, 9, 30)),
    "milestone_done_on": (date(2026, 4, 1), date(2026, 9, 30)),
    "reported_on": (date(2026, 9, 1), date(2026, 10, 9)),
}
#: Services begun long ago lie in earlier eras.
_LONG_AGO = (date(1988, 4, 1), date(2020, 3, 31))
#: A planned day may be given as the end of its month.
_PLANNED = frozenset({"due_on", "milestone_due_on"})
#: Shares of cells that are empty, written otherwise than the rest of their column, or oddly.
_EMPTY, _OTHERWISE, _ODD = 0.2, 0.1, 0.03


class Cells:
    """Draws the cells of one file, as its layout writes them."""

    def __init__(self, rng: Random, layout: NationalLayout, headers: Headers) -> None:
        self._rng = rng
        self._layout = layout
        self._headers = headers
        self._words: dict[str, dict[str, tuple[str, ...]]] = {
            "phase": {str(value): words for value, words in headers.phases.items()},
            "self_rating": {str(value): words for value, words in headers.self_ratings.items()},
            "budget": {str(value): words for value, words in headers.budget.items()},
        }

    def draw(self, field: str, milestone: str | None, *, is_first: bool) -> tuple[Value | None, Written]:
        """Return what a cell means, None for nothing, and what is written in it.

        ``is_first``: the row that always tells its phase and a share between 0 and 1, by which the
        bare numbers of a column can be understood.
        """
        needed = field == "phase" or (field == "progress" and is_first)
        if field == "milestone" and milestone:
            return milestone, milestone
        if not needed and self._rng.random() < _EMPTY:
            return None, self._rng.choice(self._headers.nulls) if self._rng.random() < 0.3 else None
        if field == "progress":
            return self._share(is_first)
        if field in _SPANS:
            return self._day(field)
        return self._word(field) if field in self._words else self._other(field)

    def name(self, field: str, name: str, sources: Sources) -> str:
        """Return a 事業's name or id or a department's name in one of its spellings."""
        rng = self._rng
        if rng.random() > _OTHERWISE:
            return name
        if field == "department":
            department = sources.departments.get(name)
            return rng.choice((*(department.aliases if department else ()), f"　{name}", "　".join(name)))
        if field == "project_id":
            return rng.choice((name.replace("-", ""), name.lower(), name.replace("-0", "-"), f" {name}"))
        return rng.choice(NAME_SPELLINGS)(name, rng)

    def _day(self, field: str) -> tuple[Value, Written]:
        rng, layout = self._rng, self._layout
        first, last = _LONG_AGO if field == "started_on" and rng.random() < _ODD else _SPANS[field]
        day = first + timedelta(rng.randrange((last - first).days + 1))
        chance = rng.random()
        if chance < _ODD:
            if field in _PLANNED:
                day = day.replace(day=calendar.monthrange(day.year, day.month)[1])
                return day, wareki(day).partition("月")[0] + "月末"
            if day.day > 12:
                return day, f"{day:%d/%m/%Y}"
        if chance < _OTHERWISE:
            return day, rng.choice(DAY_SPELLINGS)(day)
        if layout.date_format is None:
            return day, DAY_SPELLINGS[layout.day_spelling](day)
        return day, serial(day, layout.date1904)

    def _share(self, is_first: bool) -> tuple[Value, Written]:
        rng = self._rng
        percent = (
            rng.randrange(5, 100, 5)
            if is_first
            else rng.choice((0, 100, rng.randint(1, 99), rng.randrange(5, 100, 5)))
        )
        otherwise = not is_first and rng.random() < _OTHERWISE
        return percent / 100, f"{percent}%" if otherwise else self._layout.share.write(percent)

    def _word(self, field: str) -> tuple[Value, Written]:
        rng, words = self._rng, self._words[field]
        value = rng.choice(tuple(words))
        word = rng.choice(words[value])
        chance = rng.random()
        if field == "phase" and chance < _OTHERWISE:
            before = rng.choice(self._headers.phases["事業検討"])
            # Nobody goes from studying to not having begun: 検討→導入予定 is still the study.
            arrow = word if value == "未着手" else f"{before}→{word}"
            word = rng.choice((arrow, f"{word}（R8.10～）", f"{word}※1", f"{word}\n（一部）"))
        return value, word

    def _other(self, field: str) -> tuple[Value, Written]:
        rng = self._rng
        if field == "held_count":
            count = rng.randint(0, 24)
            return count, written_count(rng, count)
        if field == "reporter":
            name = rng.choice(REPORTERS)
            return " ".join(unicodedata.normalize("NFKC", name).split()), name
        text = rng.choice(MILESTONES) if field == "milestone" else sentence(rng)
        return text, text
