"""What is looked for in a workbook before calamine may open it, and what calamine does not show.

calamine lays a sheet out as one rectangle from its first to its last value: one value in XFD1048576
asks for 550 GB and aborts the process. A scan of the raw XML, far cheaper than parsing, bounds that
rectangle and the copies of shared strings, and on the way finds the cells whose value calamine
hides (errors and formulas without a stored result both read as nothing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from tasks.sheets.container import KEPT, MB, Container
from tasks.sheets.contents import Contents, SheetPart, pieces
from tasks.sheets.faults import FileFault
from tasks.sheets.grid import column_letters, column_number
from tasks.sheets.hidden import MOST_LISTED, Unseen, hidden_columns, hidden_rows
from tasks.sheets.remembered import Remembered

if TYPE_CHECKING:
    from config.rules import ReaderLimits

#: Bytes that a cell of the rectangle takes, in calamine and again as a Python value.
_CELL_BYTES = 64
#: A string is held by calamine once per cell, and again by Python, at up to four bytes a character.
STRING_COPIES = 5
SHARED_STRINGS = "xl/sharedstrings.xml"

# The cheap first look, at the shapes alone: a number of five digits or three letters before a digit, as every
# far cell has. What is not found so lies within _NEAR_ROWS and _NEAR_COLUMNS.
_SHAPES = bytes.maketrans(
    b"'" + b"123456789" + bytes(range(ord("B"), ord("Z") + 1)) + bytes(range(ord("a"), ord("z") + 1)),
    b'"' + b"0" * 9 + b"A" * 51,
)
_FAR_SHAPES = (b'00000"', b"AAA0")
# The second: any attribute that looks like a far cell.
_FAR = re.compile(rb"=\s*[\"'](?:[A-Za-z]{3,}\d+|[A-Za-z]{0,2}\d{5,})[\"']")
_NEAR_ROWS, _NEAR_COLUMNS = 9_999, 702
# The third leaves out what takes no room: empty cells, and the rows they stand in.
_EMPTY_CELL = re.compile(rb"<c(?:\s[^<>]*?)?(?:/>|>\s*</c>)")
_ROW = re.compile(rb"<row\s[^<>]*>")
_UNPLACED_CELL = re.compile(rb"<(?:[\w.-]+:)?c(?![\w.-])(?![^<>]*\sr\s*=)")
_REF = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,8})(\d{1,12})[\"']")
#: Bytes of the shortest cell with a value: <c><v>1</v></c>.
_SHORTEST_CELL = 16

# Some programs write <x:c> for <c>.
_PREFIX = re.compile(rb"<(/?)[\w.-]+:")
_CELL_OF_ERROR = re.compile(rb"<c\s([^<>]*\bt\s*=\s*[\"']e[\"'][^<>]*)>(.*?)</c>", re.DOTALL)
_ADDRESS = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3}\d{1,7})[\"']")
_IS_STRING = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_UNIQUE_COUNT = re.compile(rb"\buniqueCount\s*=\s*[\"']\s*(\d+)")

#: Bytes in which a part's first tag ends, in nearly all of them.
_HEAD = 1024

#: By sheet, in order: A1 address → ``#N/A``, or ``=`` for a formula whose result was not stored.
BrokenCells = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Scan:
    """What one sheet's XML says: whether anything in it may lie far off, its broken cells, and what of it is hidden."""

    far: bool
    broken: dict[str, str]
    unseen: Unseen


def inspect(container: Container, contents: Contents) -> list[Scan]:
    """Scan every sheet; raise FileFault where opening is not safe."""
    limits = container.limits
    check_sheet_count(len(contents.sheets), limits)
    # One part listed as many sheets is unpacked as many times.
    if sum(container.size(sheet.part or "") for sheet in contents.sheets) > limits.max_unpacked_mb * MB:
        raise FileFault("unpacks_too_large", limit=limits.max_unpacked_mb)
    scans: list[Scan] = []
    for sheet in contents.sheets:
        scan = _scans.of(container, [sheet.part or ""], partial(_scan, container, sheet))
        # What is not far fits into memory, and is measured against the limits once it is laid out.
        if scan.far or _room(_NEAR_ROWS, _NEAR_COLUMNS) > limits.memory_mb * MB:
            _check_extent(container, sheet)
        scans.append(scan)
    _check_shared_strings(container, contents)
    return scans


_scans: Remembered[Scan] = Remembered()


def _scan(container: Container, sheet: SheetPart) -> Scan:
    broken: dict[str, str] = {}
    rows: set[int] = set()
    columns: set[int] = set()
    far = False
    for piece in pieces(container, sheet):
        far = far or _looks_far(piece)
        broken.update(_broken_cells(piece))
        # Hardly any sheet hides anything, and looking for the word costs nothing.
        if b"hidden=" in piece:
            columns |= hidden_columns(piece)
            rows |= hidden_rows(piece, MOST_LISTED - len(rows))
    return Scan(far, broken, Unseen(frozenset(rows), frozenset(columns)))


def check_sheet_count(count: int, limits: ReaderLimits) -> None:
    """Raise FileFault where a workbook has more sheets than the limit."""
    if count > limits.max_sheets:
        raise FileFault("too_many_sheets", count=count, limit=limits.max_sheets)


def fits(rows: int, columns: int, limits: ReaderLimits) -> bool:
    """Return whether a sheet of this extent may be laid out."""
    return (
        rows <= limits.max_rows
        and columns <= limits.max_columns
        and _room(rows, columns) <= limits.memory_mb * MB
    )


def _room(rows: int, columns: int) -> int:
    """Return the bytes that a sheet of this extent takes when it is laid out."""
    return rows * columns * _CELL_BYTES


def far_cell(sheet: str, rows: int, columns: int, limits: ReaderLimits) -> FileFault:
    """Return the fault of a sheet whose last value stands in this row and column (1-based)."""
    cell = f"{column_letters(columns - 1)}{rows}"
    return FileFault("far_cell", sheet=sheet, cell=cell, rows=limits.max_rows, columns=limits.max_columns)


def _looks_far(piece: bytes) -> bool:
    shapes = piece.translate(_SHAPES)
    return any(shape in shapes for shape in _FAR_SHAPES) and _FAR.search(piece) is not None


def _check_extent(container: Container, sheet: SheetPart) -> None:
    """Measure the rectangle of a sheet, never smaller than calamine will lay it out."""
    rows = columns = 1
    for piece in pieces(container, sheet):
        filled = _EMPTY_CELL.sub(b"", piece)
        if not _UNPLACED_CELL.search(filled):
            filled = _ROW.sub(b"", filled)
        for letters, digits in _REF.findall(filled):
            rows = max(rows, int(digits))
            columns = max(columns, column_number(letters.decode()) + 1)
    if not fits(rows, columns, container.limits):
        raise far_cell(sheet.name, rows, columns, container.limits)


def _broken_cells(piece: bytes) -> Iterator[tuple[str, str]]:
    # Looked for first is a single sign, in a tenth of the time.
    has_errors = b'"e"' in piece or (b"'" in piece and b"'e'" in piece)
    if b"</c>" not in piece and (has_errors or b":f" in piece):
        piece = _PREFIX.sub(rb"<\1", piece)
    has_formulas = b"<f" in piece
    for attributes, inside in _CELL_OF_ERROR.findall(piece) if has_errors else ():
        address, value = _ADDRESS.search(attributes), _VALUE.search(inside)
        if address:
            yield address[1].decode(), value[1].decode("utf-8", "replace") if value else "#N/A"
    yield from _uncalculated(piece) if has_formulas else ()


def _uncalculated(piece: bytes) -> Iterator[tuple[str, str]]:
    """Yield the cells of formulas without a stored result."""
    at = piece.find(b"<f")
    while at >= 0:
        end = piece.find(b"</c>", at)
        start = piece.rfind(b"<c ", 0, at)
        cell = piece[start:end]
        tag = cell[: cell.find(b">")]
        address, value = _ADDRESS.search(tag), _VALUE.search(cell)
        # A formula that gave an empty text has t="str" and an empty result: that is a stored result.
        if min(start, end) >= 0 and address and not (value and value[1]) and not _IS_STRING.search(tag):
            yield address[1].decode(), "="
        at = piece.find(b"<f", max(end, at + 1))


def _check_shared_strings(container: Container, contents: Contents) -> None:
    size = container.size(SHARED_STRINGS)
    if not size:
        return
    limit = container.limits.memory_mb * MB
    # Kept, as calamine is given it next.
    head = container.read(SHARED_STRINGS) if size <= KEPT else next(container.chunks(SHARED_STRINGS), b"")
    # calamine makes room for as many strings as the part claims to hold; <si/> takes five bytes.
    claimed = (
        _UNIQUE_COUNT.search(head, 0, _HEAD) or _UNIQUE_COUNT.search(head) if b"uniqueCount" in head else None
    )
    if claimed is None and len(head) < size and b"<si" not in head:
        raise FileFault("corrupt", reason="文字列の一覧の先頭が異常")
    if claimed and int(claimed[1]) * 5 > size:
        raise FileFault("corrupt", reason="文字列の数の申告が実際と違う")
    copied = size * STRING_COPIES
    if _most_cells(container, contents) * copied > limit:
        cells = sum(
            piece.count(b"</") // 2 for sheet in contents.sheets for piece in pieces(container, sheet)
        )
        if cells * copied > limit and cells * _longest_string(container) * STRING_COPIES > limit:
            raise FileFault("unpacks_too_large", limit=container.limits.memory_mb)


def _most_cells(container: Container, contents: Contents) -> int:
    """Return more than the sheets can have of cells with a value."""
    return sum(container.size(sheet.part or "") for sheet in contents.sheets) // _SHORTEST_CELL


def _longest_string(container: Container) -> int:
    longest = rest = 0
    for chunk in container.chunks(SHARED_STRINGS):
        parts = chunk.split(b"</si>")
        longest = max(longest, rest + len(parts[0]), *map(len, parts))
        rest = len(parts[-1]) + (rest if len(parts) == 1 else 0)
    return max(longest, rest)
