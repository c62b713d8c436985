"""The stream of an .xls workbook, and its records.

Only as much of the two formats is read as it takes to see what calamine does not show: the chain of
sectors that makes up the stream (MS-CFB), and of its records what they are and where they end (MS-XLS).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

_HEADER, _ENTRY, _SMALL = 512, 128, 64
#: Sector numbers from here on are marks (free, end of chain), not places.
_MARKS = 0xFFFF_FFFA
#: The newer of two that a file for old and new programs has comes first, as it does with calamine.
_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook\0", "Book\0"))

_BOF, _EOF, _BOUND_SHEET, _DATE_MODE, _CODE_PAGE, _SUP_BOOK = 0x0809, 0x000A, 0x0085, 0x0022, 0x0042, 0x01AE
_FORMAT, _XF = 0x041E, 0x00E0
#: The version of Excel 97 and later, in whose records a text says by a sign of its own how wide its characters are.
_BIFF8 = 0x0600
#: In place of the length of a source's name: the workbook itself, and functions that were added to the program.
_NO_SOURCE = (0x0401, 0x3A01)


@dataclass(frozen=True, slots=True)
class XlsSheet:
    """A sheet as the workbook lists it; ``start`` is where its records begin."""

    name: str
    start: int


@dataclass(frozen=True, slots=True)
class XlsStream:
    """The records of a workbook, and what they say of it as a whole.

    ``sources`` are the other files or programs that its formulas name, as they are encoded.
    ``formats`` are those of its cell styles, in order, each a built-in number or the format's own text.
    """

    content: bytes = b""
    sheets: tuple[XlsSheet, ...] = ()
    date1904: bool = False
    sources: tuple[str, ...] = ()
    formats: tuple[int | str, ...] = ()


def xls_stream(data: bytes) -> XlsStream:
    """Return the workbook's stream, an empty one where the file is not as it should be: calamine says so."""
    try:
        return _listed(_workbook_stream(data))
    except (struct.error, IndexError, ValueError):
        return XlsStream()


def records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
    """Yield code and body of the records from one BOF to its EOF; of what is nested in between (charts), none."""
    depth = 0
    while position + 4 <= len(stream):
        code, length = struct.unpack_from("<HH", stream, position)
        depth += (code == _BOF) - (code == _EOF)
        if depth <= 0:
            return
        if depth == 1:
            yield code, stream[position + 4 : position + 4 + length]
        position += 4 + length


def _listed(stream: bytes) -> XlsStream:
    sheets: list[XlsSheet] = []
    sources: list[str] = []
    texts: dict[int, str] = {}
    styles: list[int] = []
    date1904, wide, code_page = False, False, "cp932"
    for code, body in records(stream, 0):
        if code == _BOF:
            wide = struct.unpack_from("<H", body)[0] == _BIFF8
        elif code == _CODE_PAGE:
            code_page = f"cp{struct.unpack_from('<H', body)[0]}"
        elif code == _BOUND_SHEET:
            sheets.append(XlsSheet(_text(body[6:], 1, wide, code_page), struct.unpack_from("<I", body)[0]))
        elif code == _DATE_MODE:
            date1904 = body[:1] == b"\1"
        elif code == _SUP_BOOK and struct.unpack_from("<H", body, 2)[0] not in _NO_SOURCE:
            sources.append(_text(body[2:], 2, wide, code_page))
        elif code == _FORMAT:
            texts[struct.unpack_from("<H", body)[0]] = _text(body[2:], 1 + wide, wide, code_page)
        elif code == _XF:
            styles.append(struct.unpack_from("<H", body, 2)[0])
    formats = tuple(texts.get(number, number) for number in styles)
    return XlsStream(stream, tuple(sheets), date1904, tuple(sources), formats)


def _text(body: bytes, counted_in: int, wide: bool, code_page: str) -> str:
    """Return a text that begins with its length, in so many bytes; ``wide``: then says how wide its characters are."""
    count = int.from_bytes(body[:counted_in], "little")
    rest = body[counted_in:]
    if not wide:
        try:
            return rest[:count].decode(code_page, "replace")
        except LookupError:
            return rest[:count].decode("cp932", "replace")
    if rest[:1] and rest[0] & 1:
        return rest[1 : 1 + 2 * count].decode("utf-16-le", "replace")
    return rest[1 : 1 + count].decode("latin-1")


def _workbook_stream(data: bytes) -> bytes:
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
    first_entry, _, smallest, small_table = struct.unpack_from("<4I", data, 48)
    sectors = data[max(_HEADER, size) :]
    table = _table(data, sectors, size)
    entries = _chain(sectors, first_entry, table, size)
    at = {entries[i : i + struct.unpack_from("<H", entries, i + 64)[0]]: i for i in _places(entries)}
    entry = next((at[name] for name in _STREAMS if name in at), None)
    if entry is None:
        return b""
    start, length = struct.unpack_from("<II", entries, entry + 116)
    if length >= smallest:
        return _chain(sectors, start, table, size)[:length]
    # Small streams share the root's, in sectors of their own.
    small = _chain(sectors, struct.unpack_from("<I", entries, 116)[0], table, size)
    return _chain(small, start, _numbers(_chain(sectors, small_table, table, size)), _SMALL)[:length]


def _places(entries: bytes) -> range:
    """Return where the entries of a directory begin, the last first: of two with one name the first counts."""
    return range(len(entries) // _ENTRY * _ENTRY - _ENTRY, -1, -_ENTRY)


def _table(data: bytes, sectors: bytes, size: int) -> list[int]:
    """Return for every sector the next one of its chain."""
    # Where the table lies: 109 places in the header, which do for 6.8 MB, then a chain of more.
    places = list(struct.unpack_from("<109I", data, 76))
    more = struct.unpack_from("<I", data, 68)[0]
    for _ in range(len(sectors) // size):
        if more >= _MARKS:
            break
        *found, more = _numbers(_sector(sectors, more, size))
        places += found
    # No more places are believed than there are sectors.
    used = islice((place for place in places if place < _MARKS), len(sectors) // size)
    return _numbers(b"".join(_sector(sectors, place, size) for place in used))


def _chain(sectors: bytes, number: int, table: list[int], size: int) -> bytes:
    def numbers() -> Iterator[int]:
        following = number
        while following < _MARKS:
            yield following
            following = table[following]

    # A chain that runs in a circle ends with the file's own length.
    return b"".join(_sector(sectors, n, size) for n in islice(numbers(), -(-len(sectors) // size)))


def _sector(sectors: bytes, number: int, size: int) -> bytes:
    return sectors[number * size : (number + 1) * size]


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(data) // 4}I", data))
