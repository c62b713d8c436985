"""The number formats of cells: calamine does not pass them on, and a value can mean what only its format says.

Where a percent sign or a month alone is shown is asked of few cells, so these are looked up: in the XML of an
.xlsx and in the records of an .xls. The cells of an .ods say themselves that they show percent.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from tasks.sheets.container import Container
from tasks.sheets.contents import Contents, elements
from tasks.sheets.grid import a1, column_letters

#: A number format: the number of a built-in one, or its text.
Form = int | str
#: What a number that shows percent is multiplied with to give the share: 1 where 0.45 shows as 45%, and
#: 0.01 where the sign only stands behind the number, as in 0"%", with which 45 shows so.
Scale = float

_STYLES = "xl/styles.xml"
_STYLE = re.compile(rb"\ss=[\"'](\d{1,6})[\"']")
_STYLE_GROUPS = frozenset({"cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
#: Number formats that Excel has built in and does not write out: 0% and 0.00%.
_PERCENT, _BUILT_IN_PERCENT = 9, frozenset({9, 10})
#: Those that show a year and a month: mmm-yy, and in Japanese yyyy年m月.
_BUILT_IN_MONTH = frozenset({17, 34, 52, 55})
#: A locale or a colour, and every section behind the first.
_SECTION = re.compile(r"\[[^\]]*\]|;.*", re.DOTALL)
#: What a format shows as it is: in quotes, behind a backslash; and a sign for room, or for filling up.
_LITERAL = re.compile(r'"[^"]*"?|\\.|[_*].', re.DOTALL)

_ODS_PERCENT = b'value-type="percentage"'
_TAG = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^<>]*)>")
_REPEATED = re.compile(rb"number-(?:columns|rows)-repeated\s*=\s*[\"']\s*(\d{1,7})")
_NAME = re.compile(rb"table:name\s*=\s*[\"']([^\"']*)")
#: Cells that one repeated cell stands for and that are listed; a longer repetition is no report.
_MOST = 1_000


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """The number formats of a workbook's cells, looked up when they are asked for.

    ``of_cell`` returns that of a cell by the name of its sheet and its A1 address, None where the file does not tell;
    ``known`` are those that any cell can have, as far as the file lists them.
    """

    of_cell: Callable[[str, str], Form | None] = lambda _sheet, _address: None
    known: Callable[[], tuple[Form, ...]] = tuple

    def percent_scale(self, sheet: str, address: str) -> Scale | None:
        """Return what a number counts that its cell shows as percent; None where it shows none."""
        form = self.of_cell(sheet, address)
        return None if form is None else scale_of_format(form)

    def shows_month(self, sheet: str, address: str) -> bool:
        """Return whether a cell shows of a date its year and month alone."""
        # Hardly a workbook has such a format; then no cell need be looked up.
        if not _has_month(self.known()):
            return False
        form = self.of_cell(sheet, address)
        return form is not None and shows_month(form)


#: Those of a text file.
NO_FORMATS = NumberFormats()


def scale_of_format(form: Form) -> Scale | None:
    """Return what a number format shows as percent; None where it shows none."""
    if isinstance(form, int):
        return 1.0 if form in _BUILT_IN_PERCENT else None
    if "%" in _LITERAL.sub("", form):
        return 1.0
    return 0.01 if "%" in form or "％" in form else None


def shows_month(form: Form) -> bool:
    """Return whether a number format shows of a date its year and month, and no day.

    So Excel shows 2026/10 or 2026年10月, which it takes for the first of that month when it is typed.
    """
    if isinstance(form, int):
        return form in _BUILT_IN_MONTH
    letters = set(_SECTION.sub("", _LITERAL.sub("", form)).casefold())
    return "m" in letters and not letters.isdisjoint("ye") and letters.isdisjoint("dhsa")


@lru_cache(maxsize=64)
def _has_month(forms: tuple[Form, ...]) -> bool:
    return any(map(shows_month, forms))


def formats_of_xlsx(container: Container, contents: Contents) -> NumberFormats:
    """Return what looks a cell up in the XML of its sheet."""

    def known() -> tuple[Form, ...]:
        return _formats_of_styles(container.read(_STYLES))

    def of_cell(sheet: str, address: str) -> Form | None:
        part = next((s.part for s in contents.sheets if s.name == sheet), None)
        tag = _tag_of(container.read(part or ""), address.encode())
        if tag is None:
            return None
        style = _STYLE.search(tag)
        number, styles = int(style[1]) if style else 0, known()
        return styles[number] if number < len(styles) else None

    return NumberFormats(of_cell, known)


def formats_of_cells(
    load: Callable[[], Mapping[str, Mapping[str, Form]]], known: tuple[Form, ...] = ()
) -> NumberFormats:
    """Return what looks a cell up among all that ``load`` gives, by sheet and address, the first time it is asked."""
    loaded = cache(load)
    return NumberFormats(lambda sheet, address: loaded().get(sheet, {}).get(address), lambda: known)


def percents_of_ods(content: bytes) -> dict[str, dict[str, Form]]:
    """Return the cells of an .ods that show percent, by sheet and address, as if each had Excel's format for it."""
    found: dict[str, dict[str, Form]] = {}
    if _ODS_PERCENT not in content:
        return found
    cells: dict[str, Form] = {}
    row = column = 0
    rows = 1
    for match in _TAG.finditer(content):
        tag, attributes = match[1], match[2]
        repeated = _REPEATED.search(attributes)
        repeat = int(repeated[1]) if repeated else 1
        if tag == b"table":
            name = _NAME.search(attributes)
            cells = found.setdefault(html.unescape(name[1].decode("utf-8", "replace")) if name else "", {})
            row, rows = 0, 1
        elif tag == b"table-row":
            row, rows, column = row + rows if row else 1, repeat, 0
        else:
            if _ODS_PERCENT in attributes and repeat * rows <= _MOST:
                cells.update(
                    (a1(column_letters(c), r), _PERCENT)
                    for c in range(column, column + repeat)
                    for r in range(row, row + rows)
                )
            column += repeat
    return found


def _tag_of(xml: bytes, address: bytes) -> bytes | None:
    """Return the opening tag of the cell with this address in a sheet's XML."""
    # As programs write it: found without trying every tag before it.
    at = xml.find(b'<c r="' + address + b'"')
    if at >= 0:
        return xml[at : xml.find(b">", at) + 1]
    found = re.search(rb"<(?:[\w.-]+:)?c\s[^<>]*\br=[\"']" + address + rb"[\"'][^<>]*>", xml)
    return found[0] if found else None


# Workbooks made of one template have the same styles.
@lru_cache(maxsize=64)
def _formats_of_styles(xml: bytes) -> tuple[Form, ...]:
    """Return the number format of each cell style of a styles part, in order."""
    forms: dict[str, Form] = {}
    styles: list[Form] = []
    group = ""
    for tag, attributes in elements(xml, "numFmt", "xf", *_STYLE_GROUPS):
        if tag == "numFmt":
            forms[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "xf" and group == "cellXfs":
            number = attributes.get("numFmtId", "0")
            styles.append(forms.get(number, int(number) if number.isdecimal() else 0))
        elif tag in _STYLE_GROUPS:
            group = tag
    return tuple(styles)
