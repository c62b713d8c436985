"""Hostile files: each is a few kilobytes, and would take gigabytes or the whole process."""

from __future__ import annotations

import re
import resource

import pytest
from department_books import ROW, book, read_bytes, rezipped, shared_strings_book, table, togitsu, zipped

from tasks.sheets import workbook as workbook_module
from tasks.sheets.dates import read_date
from tasks.sheets.faults import Fault
from tasks.sheets.shares import Unit, read_count, read_progress

GOOD = book(table(ROW))
SHARED = shared_strings_book(table(ROW))
SHEET = "xl/worksheets/sheet1.xml"


def sheet_with(xml):
    """GOOD with this put before the end of its sheet's data."""
    return rezipped(GOOD, lambda n, b: b.replace(b"</sheetData>", xml + b"</sheetData>") if n == SHEET else b)


def lying_count(name, part):
    return (
        part.replace(b"uniqueCount=", b'uniqueCount="99999999999" was=') if "sharedStrings" in name else part
    )


def amplified(name, part):
    """20,000 cells that all show one string of a megabyte."""
    if name == "xl/sharedStrings.xml":
        return part.replace(b"</t></si>", b"x" * 1_000_000 + b"</t></si>", 1)
    if name == SHEET:
        cells = b"".join(
            b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (r, r) for r in range(100, 20_000)
        )
        return part.replace(b"</sheetData>", cells + b"</sheetData>")
    return part


def bomb():
    """20 MB of blanks in 20 KB."""
    return rezipped(
        GOOD, lambda n, b: b.replace(b"<sheetData>", b" " * 20_000_000 + b"<sheetData>") if n == SHEET else b
    )


def understated(data):
    """The zip's directory says one byte for every part that it says a size for."""
    return re.sub(rb"(PK\x01\x02.{20}).{4}", lambda m: m[1] + b"\x01\0\0\0", data, flags=re.DOTALL)


def same_sheet_often(name, part):
    sheets = re.search(rb"<sheet [^>]*/>", part)
    if name != "xl/workbook.xml" or sheets is None:
        return part
    again = b"".join(re.sub(rb'name="[^"]*"', b'name="S%d"' % i, sheets[0]) for i in range(50))
    return part.replace(sheets[0], again)


BIG_SHEET = sheet_with(
    b"<row r='90'><c r='A90' t='inlineStr'><is><t>" + b"x" * 1_000_000 + b"</t></is></c></row>"
)

HOSTILE = {
    "a value in the last cell": (sheet_with(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "far_cell"),
    "a value in the last column": (sheet_with(b'<row r="9"><c r="XFD9"><v>1</v></c></row>'), "far_cell"),
    "a value in the last row": (sheet_with(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "far_cell"),
    "the address in single quotes": (sheet_with(b"<row r='1048576'><c r = 'XFD1048576'><v>1</v></c></row>"), "far_cell"),
    "a far row with a cell without address": (sheet_with(b'<row r="1048576"><c><v>1</v></c></row>'), "far_cell"),
    "a far text": (sheet_with(b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'), "far_cell"),
    "a lie about the number of strings": (rezipped(SHARED, lying_count), "corrupt"),
    "one long string in many cells": (rezipped(SHARED, amplified), "unpacks_too_large"),
    "a zip bomb": (bomb(), "unpacks_too_large"),
    "a zip bomb that hides its size": (understated(bomb()), "corrupt"),
    "one large sheet listed fifty times": (rezipped(BIG_SHEET, same_sheet_often), "unpacks_too_large"),
    "a document type with entities": (
        rezipped(GOOD, lambda n, b: re.sub(rb"^(<\?xml[^>]*>)?", b'<!DOCTYPE x [<!ENTITY a "b">]>', b) if n == "xl/workbook.xml" else b),
        "corrupt",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), HOSTILE.values(), ids=HOSTILE.keys())
def test_it_refuses_a_hostile_file_before_it_can_cost_anything(tmp_path, data, code):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = read_bytes(tmp_path, data, max_unpacked_mb=10)
    assert reading.error is not None
    assert reading.error.code == code
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KB


def test_it_names_the_far_cell(tmp_path):
    reading = read_bytes(tmp_path, sheet_with(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'))
    assert "シート「シート1」のXFD1048576" in reading.error.message


# What looks far but takes no room is read.
HARMLESS = {
    "a far cell with only a format": b'<row r="1048576" ht="15"><c r="XFD1048576" s="0"/></row>',
    "a far cell with nothing in it": b'<row r="1048576"><c r="XFD1048576"></c></row>',
    "a wide row height": b'<row r="7" ht="12345" customHeight="1"/>',
    "a merge of the whole sheet": b"</sheetData><mergeCells count='1'><mergeCell ref='A1:XFD1048576'/></mergeCells><sheetData>",
}


@pytest.mark.parametrize("xml", HARMLESS.values(), ids=HARMLESS.keys())
def test_it_reads_on_where_only_the_looks_are_far(tmp_path, xml):
    data = rezipped(
        GOOD,
        lambda n, b: (
            b.replace(b"</sheetData>", xml + b"</sheetData>").replace(b"<sheetData></sheetData>", b"")
            if n == SHEET
            else b
        ),
    )
    assert read_bytes(tmp_path, data).counts.accepted == 1


def test_it_does_not_believe_the_dimension_of_a_sheet(tmp_path):
    data = rezipped(
        GOOD, lambda n, b: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', b)
    )
    assert read_bytes(tmp_path, data).counts.accepted == 1


def test_it_reads_a_long_table(tmp_path):
    rows = [["ほかの課の事業", None, None, None, None, None, f"備考{i}"] for i in range(12_000)]
    reading = read_bytes(tmp_path, book(table(ROW, *rows)))
    assert reading.counts.accepted == 1
    assert reading.counts.rows == 12_001


def test_it_survives_a_panic_in_the_library(tmp_path, monkeypatch):
    class PanicException(BaseException):
        """What Rust raises; nobody is meant to catch it."""

    def panic(*_):
        raise PanicException

    monkeypatch.setattr(workbook_module, "_grid", panic)
    assert read_bytes(tmp_path, GOOD).error.code == "corrupt"


def test_it_lets_an_interruption_through(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(workbook_module, "_grid", interrupted)
    with pytest.raises(KeyboardInterrupt):
        read_bytes(tmp_path, GOOD)


# --- .ods


def ods(*rows, **parts):
    """A minimal .ods whose one sheet has these rows of XML."""
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    }
    declared = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in names.items())
    content = (
        f"<office:document-content {declared}><office:body><office:spreadsheet>"
        f'<table:table table:name="報告">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    standard = {"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content}
    return zipped(**{**standard, **parts})


def ods_row(*texts, cell="", row=""):
    cells = "".join(
        f'<table:table-cell office:value-type="string" {cell}><text:p>{t}</text:p></table:table-cell>'
        for t in texts
    )
    return f"<table:table-row {row}>{cells}</table:table-row>"


TRAILING = (
    '<table:table-row table:number-rows-repeated="1048570">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def test_it_reads_an_ods_with_the_blank_repetitions_that_libreoffice_writes(tmp_path):
    header, row = ods_row("事業名", "段階", "進捗率"), ods_row("コンビニ交付（税証明）", "導入", "45%")
    reading = read_bytes(tmp_path, ods(header, row, TRAILING), "税務課.ods")
    assert (reading.format, reading.counts.accepted) == ("ods", 1)


HOSTILE_ODS = {
    "a cell in every column and row": (
        ods(ods_row("x", cell='table:number-columns-repeated="16384"', row='table:number-rows-repeated="1048576"')), "far_cell"),
    "a value after a million blank rows": (ods(ods_row("x"), TRAILING, ods_row("x")), "far_cell"),
    "a long text in many cells": (
        ods(ods_row("x" * 10_000, cell='table:number-columns-repeated="300"', row='table:number-rows-repeated="5000"')), "unpacks_too_large"),
    "a document type": (ods(**{"content.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "corrupt"),
    "a password": (ods(**{"META-INF/manifest.xml": "<manifest:encryption-data/>"}), "encrypted"),
    "a broken content": (ods(**{"content.xml": "<x"}), "corrupt"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "code"), HOSTILE_ODS.values(), ids=HOSTILE_ODS.keys())
def test_it_refuses_a_hostile_ods(tmp_path, data, code):
    assert read_bytes(tmp_path, data, "報告.ods").error.code == code


def test_it_refuses_a_part_that_is_not_what_its_checksum_says(tmp_path):
    data = bytearray(book(table(ROW)))
    at = data.rindex(b"PK\x01\x02", 0, data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02")))
    data[at + 16] ^= 1
    assert read_bytes(tmp_path, bytes(data)).error.code == "corrupt"


#: Texts of which patterns that look for a value could try every part with every other: minutes a cell.
ENDLESS = {
    "white space": "a" + " " * 32_000 + "b",
    "digits": "1" * 32_000 + "x",
    "a note of digits": "導入※" + "1" * 32_000 + "※",
    "numbers apart": "1 " * 16_000,
    "eras": "R8." * 10_000,
    "brackets": "(" * 32_000,
}


@pytest.mark.parametrize("text", ENDLESS.values(), ids=ENDLESS)
def test_a_long_text_holds_no_value_and_is_not_searched_for_one(text):
    town = togitsu()
    words = town.vocabulary
    found = [read_date(text, planned=True), read_progress(text, Unit.PERCENT, lambda: None), read_count(text)]
    assert all(isinstance(one, Fault) for one in [*found, words.phase(text)])
    assert words.header(text) is None
    assert town.projects.by_name(text) is None
    assert (town.departments.match(text), town.departments.of_sheet(text)) == (None, None)
