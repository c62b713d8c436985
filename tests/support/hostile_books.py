"""Workbooks that ask for more than there is, made on the spot from a good one (FACTS: hostile workbooks)."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from functools import cache

from department_books import ROW, book, rezipped, shared_strings_book, table

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
BLOCK = 1024 * 1024


@cache
def good() -> bytes:
    return book(table(ROW))


@cache
def good_with_strings() -> bytes:
    return shared_strings_book(table(ROW))


def in_sheet(change, data=None) -> bytes:
    return rezipped(data or good(), lambda name, part: change(part) if name == SHEET else part)


def far_cell() -> bytes:
    """Values in A1 and XFD1048576: a rectangle of 17 thousand million cells."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return in_sheet(lambda part: part.replace(b"</sheetData>", far))


def lying_count() -> bytes:
    """A list of strings that claims to be a hundred thousand million long."""

    def lie(name, part):
        return part.replace(b"uniqueCount=", b'uniqueCount="99999999999" was=') if name == STRINGS else part

    return rezipped(good_with_strings(), lie)


def amplified() -> bytes:
    """19,000 cells that all show one string of a megabyte."""

    def change(name, part):
        if name == STRINGS:
            return part.replace(b"</t></si>", b"x" * 1_000_000 + b"</t></si>", 1)
        if name != SHEET:
            return part
        rows = b"".join(
            b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (r, r) for r in range(100, 19_100)
        )
        return part.replace(b"</sheetData>", rows + b"</sheetData>")

    return rezipped(good_with_strings(), change)


def merged_whole() -> bytes:
    """A merge of the whole sheet: harmless to calamine, 6 GB to openpyxl."""
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    return in_sheet(lambda part: part.replace(b"</sheetData>", merge))


def laughs() -> bytes:
    """Entities of entities, nine deep: a thousand million laughs."""
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))

    def change(part):
        part = re.sub(rb"^(<\?xml[^>]*>)?", b"<!DOCTYPE x [" + entities.encode() + b"]>", part)
        return re.sub(rb"<t>[^<]*</t>", b"<t>&a9;</t>", part)

    return rezipped(good_with_strings(), lambda name, part: change(part) if name == STRINGS else part)


def whitespace(megabytes: int = 1024) -> bytes:
    """A sheet with this much white space before its rows, packed a thousandfold."""
    data = good()
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        head, rows = zipped.read(SHEET).split(b"<sheetData>")
    return with_part(data, SHEET, (head, megabytes, b"<sheetData>" + rows))


def zip_bomb() -> bytes:
    """An attachment that unpacks to 2 GB, in 2 MB."""
    return with_part(good(), "xl/media/image1.png", (b"", 2048, b""))


def with_part(data: bytes, name: str, content: tuple[bytes, int, bytes]) -> bytes:
    """A workbook with one part put in: bytes, so many megabytes of blanks, bytes. No gigabyte is ever made."""
    before, megabytes, after = content
    blanks = b" " * BLOCK
    deflate = zlib.compressobj(9, wbits=-15)
    first = deflate.compress(before) + deflate.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block can be repeated as it stands.
    block = deflate.compress(blanks) + deflate.flush(zlib.Z_FULL_FLUSH)
    last = deflate.compress(after) + deflate.flush()
    packed = first + block * megabytes + last
    crc = zlib.crc32(before)
    for _ in range(megabytes):
        crc = zlib.crc32(blanks, crc)
    crc = zlib.crc32(after, crc)
    size = len(before) + megabytes * BLOCK + len(after)
    buffer = io.BytesIO(rezipped(data, lambda part, content: None if part == name else content))
    with zipfile.ZipFile(buffer, "a") as target:
        info = zipfile.ZipInfo(name)
        # zipfile packs by itself: the finished stream is stored, and its entry corrected.
        target.writestr(info, packed, zipfile.ZIP_STORED)
        info.compress_type, info.file_size, info.CRC = zipfile.ZIP_DEFLATED, size, crc
        offset = info.header_offset
    whole = bytearray(buffer.getvalue())
    struct.pack_into("<H", whole, offset + 8, zipfile.ZIP_DEFLATED)
    struct.pack_into("<III", whole, offset + 14, crc, len(packed), size)
    return bytes(whole)
