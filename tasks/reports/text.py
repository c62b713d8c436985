"""Text from spreadsheets, made fit to be shown: whatever it holds, it stays text.

A workbook's cell can hold anything: markup, links, control characters, half a surrogate pair, a
hundred thousand characters. Each way out has its own function; HTML is escaped by the template.
"""

from __future__ import annotations

import re

#: More than a person reads in a table, and well below the 32,767 characters an Excel cell holds.
SHOWN_CHARACTERS = 600

# Tab and line feed stay. The rest has no place in HTML or XML 1.0: control characters, halves of
# surrogate pairs, the two non-characters, and the marks that turn the direction of the text.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_MARKDOWN = re.compile(r"[\\`*_{}\[\]()#+!|<>&@:~$\"'=^-]|(?<=www)\.")
_HTML = str.maketrans("<>&", "＜＞＆")
_LOOKALIKES = str.maketrans("\\`*_{}[]#!|<>&@~$:", "＼｀＊＿｛｝［］＃！｜＜＞＆＠～＄：")


def clean(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """Return ``text`` without characters that cannot be shown, cut after ``limit`` characters.

    What is left out is shown as U+FFFD, and a cut says how long the text was.
    """
    # Nearly every text is like that, and a page and a workbook of them ask some ten thousand times.
    if len(text) <= limit and text.isprintable():
        return text
    shown = _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(shown) <= limit:
        return shown
    return f"{shown[:limit]}…（以下省略。全{len(shown):,}文字）"


def one_line(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """Return ``clean`` text with every run of blanks and line breaks as one blank."""
    return " ".join(clean(text, limit).split())


def markdown(text: str) -> str:
    """Return ``text`` as one line of Markdown that shows it as it stands.

    Characters that could mark something up, or make a link of a bare address, get a backslash, which
    both of Prefect's UIs take (its first one would show a numeric reference as it is written). Those
    of HTML are widened: they must be harmless also where a backslash is not understood.
    """
    widened = one_line(text).translate(_HTML)
    return _MARKDOWN.sub(lambda match: f"\\{match[0]}", widened)


def plain_cell(text: str) -> str:
    """Return ``text`` for a cell of a Prefect table, which one UI shows as Markdown and one as it is.

    So nothing can be escaped; characters that Markdown would take for markup are widened instead.
    """
    return one_line(text).translate(_LOOKALIKES)
