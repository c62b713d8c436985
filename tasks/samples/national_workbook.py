"""Thousands of workbooks, fast: each layout is drawn once by a real writer, then filled by patching its parts.

openpyxl and xlsxwriter take 5 to 16 ms a workbook. What differs between two files of one layout is
the rows below the header and the shared strings, so only these two parts are written anew.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tasks.samples.national_content import Line, NationalFile
from tasks.samples.national_layouts import NationalLayout
from tasks.samples.national_pages import pages_of_layout
from tasks.samples.national_spelling import Formula, Written
from tasks.samples.writers import WRITERS
from tasks.sheets.grid import column_letters

_SAVED_ON = date(2026, 10, 9)
_STAMP = (2026, 10, 9, 9, 0, 0)
_SHEET, _STRINGS, _STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
_BOOK, _TYPES = "xl/workbook.xml", "[Content_Types].xml"
_MACRO_FREE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_MACRO_ENABLED = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
#: Stands for a row's number in a prepared part.
_ROW = "{{row}}"
_STRING_LIST = re.compile(
    r"(.*?<sst [^>]*?) count=\"(\d+)\" uniqueCount=\"(\d+)\"([^>]*>)(.*)(</sst>.*)", re.DOTALL
)
_MERGES = re.compile(r"(.*<mergeCells count=\")(\d+)(\">.*)(</mergeCells>.*)", re.DOTALL)


class _Strings:
    """The texts of one file: a shared list as Excel keeps it, or none where they stand in the cells."""

    def __init__(self, known: int | None) -> None:
        """Start with the ``known`` strings of the template; None: texts stand in the cells."""
        self._known = known
        self.used = 0
        self.new: dict[str, int] = {}

    def cell(self, start: str, text: str) -> str:
        """Return a cell, of which ``start`` is written, with a text."""
        if self._known is None:
            return f'{start} t="inlineStr"><is>{_text(text)}</is></c>'
        self.used += 1
        return f'{start} t="s"><v>{self._known + self.new.setdefault(text, len(self.new))}</v></c>'


class Template:
    """A prepared workbook of one layout, ready to be filled."""

    def __init__(self, layout: NationalLayout) -> None:
        """Draw the layout with its writer and take the workbook apart."""
        self._layout = layout
        with ZipFile(
            BytesIO(WRITERS[layout.writer](pages_of_layout(layout), "游ゴシック", _SAVED_ON))
        ) as book:
            parts = {name: book.read(name).decode() for name in book.namelist()}
        if layout.suffix == ".xlsm":
            parts[_TYPES] = parts[_TYPES].replace(_MACRO_FREE, _MACRO_ENABLED)
        if layout.date1904:
            parts[_BOOK] = re.sub(r"<workbookPr\b", '<workbookPr date1904="1"', parts[_BOOK])
        if isinstance(layout.date_format, int):
            parts[_STYLES] = _with_built_in_date(parts[_STYLES], layout.date_format)
        self._take_sheet(parts.pop(_SHEET))
        self._strings = _matched(_STRING_LIST, parts.pop(_STRINGS)) if _STRINGS in parts else None
        self._others = {name: part.encode() for name, part in parts.items()}

    def _take_sheet(self, xml: str) -> None:
        """Split the sheet at the prepared body row, and learn the styles of its columns from it."""
        body, left = self._layout.body + 1, self._layout.left
        head, row, tail = _matched(re.compile(rf'(.*)(<row r="{body}".*?</row>)(.*)', re.DOTALL), xml)
        header = head[head.rindex("<row ") :]
        styles = dict(re.findall(rf'<c r="([A-Z]+){body}" s="(\d+)"', row))
        letters = [column_letters(left + place) for place in range(len(self._layout.columns))]
        self._columns = [(name, styles[name]) for name in letters]
        self._header = re.sub(rf'( r="[A-Z]*){body - 1}"', f'\\1{_ROW}"', header)
        head = re.sub(rf'(<dimension ref="[A-Z]+\d+:[A-Z]+){body}"', f'\\1{_ROW}"', head)
        self._head = self._with_hidden_columns(head)
        self._tail = _matched(_MERGES, tail)

    def _with_hidden_columns(self, xml: str) -> str:
        """Write the columns anew: the writers know of none hidden, and one of them joins equal ones."""
        columns = "".join(
            f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"{_hidden(column.hidden)}/>'
            for number, column in enumerate(self._layout.columns, self._layout.left + 1)
        )
        return re.sub("<cols>.*</cols>", f"<cols>{columns}</cols>", xml)

    def fill(self, file: NationalFile) -> bytes:
        """Return the workbook of one file; the same file gives the same bytes."""
        strings = _Strings(int(self._strings[2]) if self._strings else None)
        parts = {_SHEET: self._sheet(file, strings)}
        if self._strings:
            start, count, unique, rest, items, end = self._strings
            counts = f' count="{int(count) + strings.used}" uniqueCount="{int(unique) + len(strings.new)}"'
            new = "".join(f"<si>{_text(text)}</si>" for text in strings.new)
            parts[_STRINGS] = f"{start}{counts}{rest}{_labelled(items, file.texts)}{new}{end}"
        out = BytesIO()
        with ZipFile(out, "w", ZIP_DEFLATED) as book:
            for name, part in (
                *self._others.items(),
                *((name, part.encode()) for name, part in parts.items()),
            ):
                info = ZipInfo(name, _STAMP)
                info.compress_type = ZIP_DEFLATED
                book.writestr(info, part)
        return out.getvalue()

    def _sheet(self, file: NationalFile, strings: _Strings) -> str:
        first = self._layout.body + 1
        rows = [self._row(first + i, line, strings) for i, line in enumerate(file.lines)]
        before, count, merged, after = self._tail
        columns = [letters for letters, _ in self._columns]
        new = "".join(
            f'<mergeCell ref="{columns[place]}{first + top}:{columns[place]}{first + bottom}"/>'
            for top, bottom, place in file.merges
        )
        head = _labelled(self._head, file.texts).replace(_ROW, str(self._layout.body + len(rows)))
        return f"{head}{''.join(rows)}{before}{int(count) + len(file.merges)}{merged}{new}{after}"

    def _row(self, number: int, line: Line, strings: _Strings) -> str:
        if line.kind == "header":
            return self._header.replace(_ROW, str(number))
        dressed = line.kind != "other"
        cells = "".join(
            _cell(f'<c r="{letters}{number}" s="{style if dressed else 0}"', line.cells.get(place), strings)
            for place, (letters, style) in enumerate(self._columns)
            if dressed or place in line.cells
        )
        return f'<row r="{number}"{_hidden(line.hidden)}>{cells}</row>'


def _hidden(hidden: bool) -> str:
    return ' hidden="1"' if hidden else ""


def _cell(start: str, value: Written, strings: _Strings) -> str:
    if value is None:
        return f"{start}/>"
    if isinstance(value, str):
        return strings.cell(start, value)
    if isinstance(value, Formula):
        return f"{start}><f>{value.text}</f><v>{value.result}</v></c>"
    return f"{start}><v>{value}</v></c>"


@lru_cache(maxsize=65_536)
def _text(text: str) -> str:
    return f'<t xml:space="preserve">{escape(text)}</t>'


def _labelled(xml: str, texts: dict[str, str]) -> str:
    """Put a file's own title and label in the place of their stand-ins."""
    for stand_in, text in texts.items():
        xml = xml.replace(stand_in, escape(text))
    return xml


def _matched(pattern: re.Pattern[str], xml: str) -> tuple[str, ...]:
    match = pattern.fullmatch(xml)
    if match is None:
        raise ValueError(f"the writer's XML looks otherwise than expected: {pattern.pattern}")
    return match.groups()


def _with_built_in_date(styles: str, number: int) -> str:
    """Give dates a number format that Excel has built in, and so does not write out, in place of their own."""
    own = next(tag for tag in re.findall("<numFmt [^>]*>", styles) if 'formatCode="yyyy/m/d"' in tag)
    (own_number,) = _matched(re.compile(r'.*numFmtId="(\d+)".*'), own)
    return re.sub(rf'(<xf [^>]*numFmtId="){own_number}"', rf'\g<1>{number}"', styles)
