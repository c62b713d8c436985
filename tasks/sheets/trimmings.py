"""What may stand around a date without changing it: a weekday, a time, a note mark, the same year in the other count."""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

from tasks.sheets.eras import ERA, YEAR, era_year
from tasks.sheets.words import compact, has_gap

# Looked for before spaces are taken out: 10/12 9:30 is no 10/129:30.
_TIME = re.compile(r"(?:(?<=\d)T|(?<=日)|\s)\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*$")
_NOTE_MARK = re.compile(r"※\d*$")
_AS_OF = re.compile(r"(?:現在|時点)$")
_OTHER_YEAR = re.compile(rf"[(\[](?:(?P<western>\d{{4}})|{ERA}{YEAR})年?[)\]]", re.I)
_WEEKDAY = re.compile(r"[(〔\[][日月火水木金土](?:曜日?)?[)〕\]]|[日月火水木金土]曜日?$")
_PLANNED_WORDS = re.compile(r"(?:までに?|迄|予定|期限|締切|\((?:予定|見込み?)\))$")


@lru_cache(maxsize=16_384)
def trimmed(raw: str, planned: bool) -> tuple[str, int | None]:
    """Return a date's text as it is taken apart, and the year that brackets give a second time, None for none.

    ``planned``: words for what is still to come fall away as well. Digits parted by white space stay
    parted, and so are no number.
    """
    timeless = _TIME.sub("", normalize("NFKC", raw))
    text = timeless.strip() if has_gap(timeless) else compact(timeless).lstrip("'")
    text = _AS_OF.sub("", _NOTE_MARK.sub("", text))
    other = _OTHER_YEAR.search(text)
    year = None
    if other:
        year = int(other["western"]) if other["western"] else era_year(other["era"], other["year"])
        text = text[: other.start()] + text[other.end() :]
    text = _WEEKDAY.sub("", text)
    return (_PLANNED_WORDS.sub("", text) if planned else text), year
