"""The errors in the cells of an .xls, which calamine takes for empty cells.

Only as much of the two formats is read as that takes: the chain of sectors that makes up the
workbook's stream (MS-CFB), and of its records those that hold an error (MS-XLS).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from tasks.sheets.grid import column_letters
from tasks.sheets.guard import BrokenCells, check_sheet_count

if TYPE_CHECKING:
    from config.rules import ReaderLimits

_HEADER, _ENTRY, _SMALL = 512, 128, 64
#: Sector numbers from here on are marks (free, end of chain), not places.
_MARKS = 0xFFFF_FFFA
_STREAMS = {name.encode("utf-16-le") for name in ("Workbook\0", "Book\0")}

_BOF, _EOF, _BOUND_SHEET, _BOOL_ERR, _FORMULA = 0x0809, 0x000A, 0x0085, 0x0205, 0x0006
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
# The cheap first look: a cell that holds an error, or a formula whose result is one.
_HAS_ERRORS = re.compile(
    rb"\x05\x02\x08\x00.{6}[\x00\x07\x0f\x17\x1d\x24\x2a]\x01|\x02.[\x00\x07\x0f\x17\x1d\x24\x2a].{3}\xff\xff",
    re.DOTALL,
)


def broken_cells(data: bytes, limits: ReaderLimits) -> BrokenCells:
    """Return the broken cells of every sheet; empty where the file is not as it should be: calamine says so.

    Raise FileFault where it has more sheets than the limit.
    """
    try:
        stream = _workbook_stream(data)
        if not _HAS_ERRORS.search(stream):
            return []
        starts = [
            struct.unpack_from("<I", body)[0] for code, body in _records(stream, 0) if code == _BOUND_SHEET
        ]
        check_sheet_count(len(starts), limits)
        return [dict(_errors(stream, start)) for start in starts]
    except (struct.error, IndexError, ValueError):
        return []


def _errors(stream: bytes, start: int) -> Iterator[tuple[str, str]]:
    for code, body in _records(stream, start):
        if code == _BOOL_ERR and body[7]:
            error = body[6]
        elif code == _FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
            error = body[8]
        else:
            continue
        row, column = struct.unpack_from("<HH", body)
        yield f"{column_letters(column)}{row + 1}", _ERRORS.get(error, "#N/A")


def _records(stream: bytes, position: int) -> Iterator[tuple[int, bytes]]:
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


def _workbook_stream(data: bytes) -> bytes:
    size = 1 << min(struct.unpack_from("<H", data, 30)[0], 16)
    first_entry, _, smallest, small_table = struct.unpack_from("<4I", data, 48)
    sectors = data[max(_HEADER, size) :]
    table = _table(data, sectors, size)
    entries = _chain(sectors, first_entry, table, size)
    for at in range(0, len(entries), _ENTRY):
        entry = entries[at : at + _ENTRY]
        if entry[: struct.unpack_from("<H", entry, 64)[0]] not in _STREAMS:
            continue
        start, length = struct.unpack_from("<II", entry, 116)
        if length >= smallest:
            return _chain(sectors, start, table, size)[:length]
        # Small streams share the root's, in sectors of their own.
        small = _chain(sectors, struct.unpack_from("<I", entries, 116)[0], table, size)
        return _chain(small, start, _numbers(_chain(sectors, small_table, table, size)), _SMALL)[:length]
    return b""


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
