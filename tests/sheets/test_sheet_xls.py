"""What calamine does not show of an .xls is found where the records lie, and no damaged file stops the looking."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from department_books import togitsu
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.sheets.hidden import Unseen
from tasks.sheets.remarks import remarks_of_xls
from tasks.sheets.workbook import open_workbook
from tasks.sheets.xls_cells import formats_of_xls, inspect_xls
from tasks.sheets.xls_stream import XlsSheet, XlsStream, xls_stream

GOLDEN = Path(__file__).parent / "golden"
#: Records of a workbook: their codes.
BOF, EOF, BOUND_SHEET, SUP_BOOK, FORMAT, XF, RK, MUL_RK, COL_INFO = (
    0x0809, 0x000A, 0x0085, 0x01AE, 0x041E, 0x00E0, 0x027E, 0x00BD, 0x007D,
)  # fmt: skip


def golden(name: str) -> bytes:
    return (GOLDEN / name / "workbook.xls").read_bytes()


ERRORS = golden("error-cells-in-xls")


def seen(data):
    return inspect_xls(xls_stream(data), togitsu().limits)


def test_it_finds_the_errors_with_their_addresses():
    assert [scan.broken for scan in seen(ERRORS)] == [{"C4": "#DIV/0!", "C5": "#N/A"}]


def test_it_finds_what_is_hidden():
    (scan,) = seen(golden("hidden-rows-and-columns-in-xls"))
    assert (scan.broken, scan.unseen) == ({}, Unseen(frozenset({5}), frozenset({6})))


def test_it_finds_nothing_in_a_sound_workbook():
    assert seen(golden("date-in-xls")) == []


def test_it_knows_the_sheets_and_the_epoch():
    book = xls_stream(golden("date-1904-epoch-in-xls"))
    assert ([sheet.name for sheet in book.sheets], book.date1904) == (["報告"], True)
    assert not xls_stream(ERRORS).date1904


def record(code, body):
    return struct.pack("<HH", code, len(body)) + body


def wide(text, counted_in):
    """A text of Excel 97 and later, as one that holds Japanese is written."""
    return len(text).to_bytes(counted_in, "little") + b"\1" + text.encode("utf-16-le")


def stream_of(*records, version=0x0600):
    """The stream of a workbook with one sheet, whose records these are, as the parser returns it."""
    formats = [
        record(FORMAT, struct.pack("<H", 170) + wide('▲0"%"', 2)),
        record(FORMAT, struct.pack("<H", 171) + wide("▲ 0", 2)),
    ]
    styles = [record(XF, struct.pack("<HH", 0, number) + bytes(16)) for number in (0, 9, 170, 171)]
    start = record(BOF, struct.pack("<HH", version, 5)) + b"".join([*formats, *styles])
    start += record(BOUND_SHEET, struct.pack("<IH", 0, 0) + wide("表", 1)) + record(EOF, b"")
    at = len(start)
    sheet = record(BOF, struct.pack("<HH", version, 0x10)) + b"".join(records) + record(EOF, b"")
    return XlsStream(start + sheet, (XlsSheet("表", at),), formats=(0, 9, '▲0"%"', "▲ 0"))


def test_it_tells_the_number_formats():
    cells = [record(RK, struct.pack("<HHHI", 3, 2, style, 0)) for style in (0,)]
    several = struct.pack("<HH", 4, 1) + b"".join(struct.pack("<HI", style, 0) for style in (1, 2, 3, 9))
    book = stream_of(*cells, record(MUL_RK, several + struct.pack("<H", 4)))
    # E5 has a style that there is not.
    assert formats_of_xls(book) == {"表": {"C4": 0, "B5": 9, "C5": '▲0"%"', "D5": "▲ 0"}}


def test_it_reads_the_formats_of_the_cell_styles():
    # Of ▲ one byte is that of a percent sign.
    assert xls_stream(in_a_file(stream_of().content)).formats == (0, 9, '▲0"%"', "▲ 0")


def test_a_workbook_looks_a_number_up_by_its_cell():
    book = open_workbook(golden("percent-by-number-format-in-xls"), togitsu().limits, "表.xls")
    assert [book.formats.percent_scale("報告", cell) for cell in ("C4", "C5", "C6", "Z9")] == [
        1.0,
        1.0,
        None,
        None,
    ]
    assert book.formats.percent_scale("ない表", "C4") is None


def test_columns_are_hidden_no_further_than_a_sheet_goes():
    hidden = struct.pack("<HHHHH", 250, 0xFFFF, 0, 0, 1) + bytes(2)
    (scan,) = inspect_xls(stream_of(record(COL_INFO, hidden)), togitsu().limits)
    assert scan.unseen.columns == frozenset(range(251, 257))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("\x01\x02共有\x03DB\x03H31\x03住民課.xls", "別のファイル"),
        ("Excel\x03[値.xls]表", "DDE"),
        ("\x00", None),
        (" ", None),
    ],
)
def test_it_says_what_formulas_ask_of_others(source, told):
    remarks = remarks_of_xls(b"", (source,))
    assert [told in remark for remark in remarks] == ([True] if told else [])


def test_it_reads_the_sources_that_a_workbook_names():
    own = struct.pack("<HH", 1, 0x0401)
    other = struct.pack("<H", 1) + wide("\x01H31\x03住民課.xls", 2)
    book = (
        record(BOF, struct.pack("<HH", 0x0600, 5))
        + record(SUP_BOOK, own)
        + record(SUP_BOOK, other)
        + record(EOF, b"")
    )
    # A file as small as a stream can be: one sector of places, one of names, and the stream's own.
    assert xls_stream(in_a_file(book)).sources == ("\x01H31\x03住民課.xls",)


def test_a_text_of_excel_95_is_read_by_its_code_page():
    sheet = struct.pack("<IH", 0, 0) + bytes([4]) + "実績".encode("cp932")
    book = record(BOF, struct.pack("<HH", 0x0500, 5)) + record(0x0042, struct.pack("<H", 932))
    book += record(BOUND_SHEET, sheet) + record(EOF, b"")
    assert [one.name for one in xls_stream(in_a_file(book, "Book")).sheets] == ["実績"]


def test_of_two_streams_the_newer_one_counts():
    def book(name):
        sheet = record(BOUND_SHEET, struct.pack("<IH", 0, 0) + wide(name, 1))
        return record(BOF, struct.pack("<HH", 0x0600, 5)) + sheet + record(EOF, b"")

    data = in_a_file(book("古い"), "Book", book("新しい"), "Workbook")
    assert [one.name for one in xls_stream(data).sheets] == ["新しい"]


def in_a_file(*streams):
    """A file of one stream after another (content, name), each in one sector of 4,096 bytes; the name is Workbook if not given."""
    pairs = [*streams, "Workbook"] if len(streams) == 1 else [*streams]
    contents, names = pairs[::2], pairs[1::2]
    size, end = 4096, 0xFFFF_FFFE
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(size, b"\0"))
    struct.pack_into("<H", header, 30, 12)
    # The table of places in sector 0, the directory in sector 1; every stream counts as a large one.
    struct.pack_into("<4I", header, 48, 1, 0, 1, end)
    struct.pack_into("<I", header, 68, end)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFF_FFFF] * 108)
    table = struct.pack("<I", end) * (size // 4)
    entries = [entry("Root Entry", end, 0)]
    entries += [
        entry(name, 2 + i, len(content))
        for i, (content, name) in enumerate(zip(contents, names, strict=True))
    ]
    sectors = [table, b"".join(entries), *contents]
    return bytes(header) + b"".join(sector.ljust(size, b"\0") for sector in sectors)


def entry(name, start, length):
    spelt = f"{name}\0".encode("utf-16-le")
    return (
        spelt.ljust(64, b"\0")
        + struct.pack("<H", len(spelt))
        + bytes(50)
        + struct.pack("<III", start, length, 0)
    )


@given(
    st.sampled_from(
        [ERRORS, golden("hidden-rows-and-columns-in-xls"), golden("percent-by-number-format-in-xls")]
    ),
    st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8),
    st.integers(0, len(ERRORS)),
)
@settings(max_examples=150, deadline=None)
def test_it_says_nothing_of_a_damaged_file_and_never_fails(whole, changes, length):
    data = bytearray(whole)
    for place, byte in changes:
        data[place] = byte
    book = xls_stream(bytes(data[:length]))
    assert isinstance(inspect_xls(book, togitsu().limits), list)
    assert isinstance(formats_of_xls(book), dict)
