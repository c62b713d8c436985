"""CSV and TSV: bytes to text, without a guess where the encoding is in doubt, and text to a grid.

A wrong guess still reads: CP932 taken for Latin-1 gives no error and no Japanese. So an encoding is
taken only where the others are ruled out, and what is doubtful or damaged is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tasks.sheets.faults import FileFault
from tasks.sheets.grid import Cell, Grid
from tasks.sheets.guard import far_cell, fits

if TYPE_CHECKING:
    from config.rules import ReaderLimits

_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_BOMS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}

_JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uff66-\uff9f]")
#: U+0080 to U+009F: nobody types them; they are the lead bytes of CP932 taken for Latin-1.
_MOJIBAKE = re.compile(r"[\x80-\x9f]")
# No text holds these: control characters, bytes that CP932 does not assign, and the mark for a lost one.
DAMAGE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\uf8f0-\uf8f3\ufffd]")
#: ISO-2022-JP is plain ASCII between its escapes, and so reads as UTF-8 without an error.
_ISO_2022 = re.compile(rb"\x1b[$(][@BJI]")
#: The longest part of a character that a file cut short can end with, in bytes.
_CUT = 3

_DELIMITERS = ",\t;"
#: Records by which the delimiter is told.
_SAMPLE = 100
#: Stands behind the text: where a quote is left open, it is swallowed with the rest.
_END = "\ufdd0"

_RECOVERED = "文字化けしたまま保存されていたため（シフトJISの内容を別の文字コードとして保存）、元の文字に戻して読みました。"


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A CSV as one sheet. ``format`` is ``csv``, or ``tsv`` where tabs part the cells; ``notes`` are for people."""

    format: str
    grid: Grid
    notes: tuple[str, ...]


def read_csv(data: bytes, title: str, limits: ReaderLimits) -> CsvTable:
    """Return the table in these bytes; ``title`` names its sheet. Raise FileFault where they cannot be read.

    A cell's address is the one that a spreadsheet program shows: a record is a row, however many
    lines its cells have.
    """
    text, notes = decoded(data)
    delimiter = _delimiter(text)
    rows = list(_rows(text, delimiter, title, limits))
    width = max(map(len, rows), default=0)
    if not fits(len(rows), width, limits):
        raise far_cell(title, len(rows), width, limits)
    for row in rows:
        row.extend([""] * (width - len(row)))
    return CsvTable("tsv" if delimiter == "\t" else "csv", Grid(title, rows), notes)


def decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Return the text in these bytes, and notes where it had to be recovered; raise FileFault where in doubt."""
    encoding = _UTF16_BOMS.get(data[:2])
    if encoding:
        return _undamaged(_unicode(data[2:], encoding)), ()
    if data.startswith(_UTF8_BOM):
        text = _unicode(data[len(_UTF8_BOM) :], "utf-8")
    elif _ISO_2022.search(data):
        raise FileFault("text_encoding")
    else:
        text = _utf8_or_cp932(data)
    recovered = _recovered(text)
    return _undamaged(recovered or text), (_RECOVERED,) if recovered else ()


def _unicode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if _is_cut(error, data):
            raise FileFault("corrupt", reason="途中で切れている") from error
        raise FileFault("text_damaged") from error


def _is_cut(error: UnicodeDecodeError, data: bytes) -> bool:
    return len(data) - error.start <= _CUT and ("end of data" in error.reason or "truncated" in error.reason)


def _utf8_or_cp932(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        # Japanese that is UTF-8 nearly throughout is UTF-8, damaged or cut short, and no CP932.
        kept = data.decode("utf-8", "surrogateescape")
        strange = sum("\udc80" <= c <= "\udcff" for c in kept)
        if len(_JAPANESE.findall(kept)) > strange:
            code = "corrupt" if _is_cut(error, data) else "text_damaged"
            raise FileFault(code, reason="途中で切れている") from error
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError as error:
        if error.start == len(data) - 1 and _JAPANESE.search(data[: error.start].decode("cp932")):
            raise FileFault("corrupt", reason="途中で切れている") from error
        raise FileFault("text_encoding") from error
    # CP932 that is EUC-JP as well is half-width katakana and rare characters only: nearly always EUC-JP.
    if _decodes(data, "euc_jp") or not _JAPANESE.search(text):
        raise FileFault("text_encoding")
    return text


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _recovered(text: str) -> str | None:
    """Return what a text was before CP932 was taken for Latin-1 and saved as UTF-8, None where it was not."""
    if not _MOJIBAKE.search(text):
        return None
    try:
        original = text.encode("latin-1")
        japanese = original.decode("cp932")
    except UnicodeError:
        return None
    # UTF-8 taken for Latin-1 gives mojibake too, and as CP932 other Japanese than was written.
    is_it = _JAPANESE.search(japanese) and not _decodes(original, "utf-8")
    return japanese if is_it else None


def _undamaged(text: str) -> str:
    text = text.rstrip("\x1a")  # old programs end a file so
    if DAMAGE.search(text):
        raise FileFault("text_damaged")
    return text


def _delimiter(text: str) -> str:
    """Return the delimiter under which most records have the same number of cells."""

    def likeness(delimiter: str) -> tuple[int, int]:
        try:
            records = islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE)
            widths = Counter(len(record) for record in records if len(record) > 1)
        except csv.Error:
            return 0, 0
        return max(((count, width) for width, count in widths.items()), default=(0, 0))

    return max(_DELIMITERS, key=likeness)


def _rows(text: str, delimiter: str, title: str, limits: ReaderLimits) -> Iterator[list[Cell]]:
    """Yield the rows up to the last that holds anything, each up to its last cell that does."""
    blank = 0
    number = 0
    lines = io.StringIO(f"{text}\n{_END}", newline="")
    try:
        for number, record in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
            if record == [_END]:
                return
            row = _trimmed(record)
            if not row:
                blank += 1
                continue
            if number > limits.max_rows or len(row) > limits.max_columns:
                raise far_cell(title, number, len(row), limits)
            yield from ([] for _ in range(blank))
            blank = 0
            # An open quote has swallowed the rest of the file.
            if row[-1].endswith(_END):
                raise FileFault("csv_quotes", row=number)
            yield list(row)
    except csv.Error as error:  # a cell of more than 131,072 characters
        raise FileFault("csv_quotes", row=number + 1) from error


def _trimmed(record: list[str]) -> list[str]:
    width = len(record)
    while width and not record[width - 1]:
        width -= 1
    return record[:width]
