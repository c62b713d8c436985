"""Texts as they are compared and as they are kept.

Comparing is generous (width, case, white space, unseen characters, and for names also brackets,
dashes and old character forms); keeping is not: what a department wrote stays legible as written.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import normalize

#: Zero-width marks, the byte order mark, the soft hyphen and the characters that turn text around:
#: nobody sees them, so nobody means them.
_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069]")

# NFKC repairs ﾊﾞ and Ｌ but not these: a long vowel typed as a dash or as 一, and old forms of
# characters. Both sides of a comparison are folded, so it does not matter that 統一 becomes 統ー.
_DASHES = dict.fromkeys(map(ord, "一-‐‑‒–—―−─━~〜"), "ー")
_OLD_FORMS = str.maketrans(
    "總會國證豫體廳學區縣號應醫團實圖發變經營廣戶黑歲齡圓辨邊濱澤惠",
    "総会国証予体庁学区県号応医団実図発変経営広戸黒歳齢円弁辺浜沢恵",
)
_PUNCTUATION = dict.fromkeys(map(ord, "()[]{}【】「」『』〔〕〈〉《》<>・,、。./:;'\"“”_|*"))
_CIRCLED = re.compile(r"^\s*[①-⑳]")
_NUMBERING = re.compile(r"^(?:\(?\d{1,2}[).:]|no\.?\d{1,2}|[・●○◯■□◆◇▶※*])")

#: What people write before and after a name and do not mean as part of it: 「12 」, 「ア）」, 【継続】, ※新規.
_STANDING = "新規|一部新規|継続|拡充|再掲|重点"
_BEFORE = re.compile(
    rf"^(?:[【(（\[](?:{_STANDING})[】)）\]]\s*|(?:第?\d{{1,2}}(?:[-－‐.．]\d{{1,2}}){{0,2}}|[ア-ンＡ-ＺA-ZⅠ-Ⅻ])[\s)）.．、:：_]+)"
)
_AFTER = re.compile(rf"\s*(?:[【(（\[](?:{_STANDING})[】)）\]]|[※*＊](?:\d{{0,2}}|{_STANDING})|[★☆◎])\s*$")

_GAP, _CLOSE = re.compile(r"\d\s+\d(?![QＱ])"), re.compile(r"\S\S")

#: Characters of the longest text in which a value, a name or a header is looked for: what is longer is prose, or made to
#: cost time.
LONGEST = 500

#: Texts that are remembered as they are compared: those of some hundred files.
_REMEMBERED = 32_768


def _seen(text: str) -> str:
    """Return the text without the characters that nobody sees."""
    return _UNSEEN.sub("", text)


@lru_cache(maxsize=_REMEMBERED)
def key(text: str) -> str:
    """Return the text as words are compared: NFKC, lower case, no white space, no unseen characters."""
    return "".join(normalize("NFKC", _seen(text)).casefold().split())


@lru_cache(maxsize=_REMEMBERED)
def name_key(text: str) -> str:
    """Return the text as names are compared: ``key``, and brackets, dashes, old forms made alike."""
    bare = _NUMBERING.sub("", key(_CIRCLED.sub("", text)))
    return bare.translate(_DASHES).translate(_OLD_FORMS).translate(_PUNCTUATION)


def unmarked(text: str) -> str:
    """Return a trimmed name without the number before it and the mark of new or continued behind it."""
    return _AFTER.sub("", _BEFORE.sub("", text))


@lru_cache(maxsize=_REMEMBERED)
def compact(text: str) -> str:
    """Return the text as a value is read from it: NFKC, no white space, no unseen characters, case kept."""
    return "".join(normalize("NFKC", _seen(text)).split())


def has_gap(text: str) -> bool:
    """Return whether white space parts two digits, so that they are not one number: 2026/10/1 2. In R8 4Q each is one.

    A text of which every character stands apart (２ ０ ２ ６ 年) has none.
    """
    return _GAP.search(text) is not None and _CLOSE.search(text) is not None


def tidy(text: str) -> str:
    """Return a text as it is kept: trimmed, without unseen characters, line ends made alike."""
    if text.isprintable():
        return text.strip()
    seen = _seen(text).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in seen.split("\n")).strip()


def quoted(text: str, limit: int = 40) -> str:
    """Return a cell's text as a message quotes it: one line, in 「」, shortened."""
    line = " ".join(_seen(text).split())
    return f"「{line if len(line) <= limit else line[: limit - 1] + '…'}」"


@lru_cache(maxsize=_REMEMBERED)
def one_line(text: str) -> str:
    """Return a name as it is kept: NFKC, in one line, without unseen characters."""
    return " ".join(normalize("NFKC", _seen(text)).split())
