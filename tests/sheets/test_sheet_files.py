"""Files that cannot be read, each with its own message and remedy, and what the library does not show."""

from __future__ import annotations

import re

import pytest
from department_books import (
    ROW,
    TODAY,
    book,
    codes,
    read_bytes,
    rezipped,
    table,
    togitsu,
    values,
    zipped,
)

from tasks.sheets.faults import FILE_ERROR_CODES, file_error
from tasks.sheets.reading import read_file
from tasks.sheets.sniffing import utf16

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
GOOD = book(table(ROW))
SHEET = "xl/worksheets/sheet1.xml"


def flag_encrypted(data):
    """Set the encryption bit of every entry in the zip's directory."""
    return re.sub(rb"(PK\x01\x02.{4}).", lambda m: m[1] + b"\x01", data, flags=re.DOTALL)


# What the file is → the code of its error.
BAD_FILES = {
    "nothing in it": (b"", "empty_file"),
    "a password on an xlsx": (OLE + utf16("EncryptedPackage"), "encrypted"),
    "a password on the zip": (flag_encrypted(GOOD), "encrypted"),
    "a Word document": (OLE + utf16("WordDocument"), "not_a_workbook"),
    "a broken xls": (OLE + utf16("Workbook"), "corrupt"),
    "a web page saved as xls": (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "html_file"),
    "a web page with a BOM": (b"\xef\xbb\xbf\r\n<!DOCTYPE HTML><html>", "html_file"),
    "a web page after a comment": (b"<!-- saved from url --><table><tr><td>1</td></tr></table>", "html_file"),
    "a table saved as XML": (b'<?xml version="1.0"?><Workbook><Worksheet/></Workbook>', "format_not_read"),
    "a PDF": (b"%PDF-1.7\n", "not_a_workbook"),
    "unknown bytes": (bytes(range(256)) * 20, "not_a_workbook"),
    "a half-saved xlsx": (GOOD[: len(GOOD) // 2], "corrupt"),
    "a zip of other things": (zipped(**{"readme.txt": b"x"}), "not_a_workbook"),
    "an empty zip": (zipped(), "not_a_workbook"),
    "an xlsb": (zipped(**{"xl/workbook.bin": b"x"}), "format_not_read"),
    "a workbook.xml that is none": (
        rezipped(GOOD, lambda n, b: b"<x" if n == "xl/workbook.xml" else b),
        "corrupt",
    ),
    "an unknown encoding": (
        rezipped(
            GOOD, lambda n, b: b'<?xml version="1.0" encoding="x"?><a/>' if n == "xl/workbook.xml" else b
        ),
        "corrupt",
    ),
    "a sheet that is no XML": (rezipped(GOOD, lambda n, b: b"<worksheet><" if n == SHEET else b), "corrupt"),
    "no table": (book([["住所録"], ["氏名", "電話"], ["山田", "12"]]), "no_table"),
    "an empty sheet": (book([]), "no_table"),
    "a header without rows": (book(table()), "no_rows"),
}


@pytest.mark.parametrize(("data", "code"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_it_says_what_is_wrong_with_a_file_and_what_to_do(tmp_path, data, code):
    reading = read_bytes(tmp_path, data)
    assert reading.error is not None
    assert reading.error.code == code
    assert reading.error.message.endswith("。")
    assert reading.error.remedy.endswith("。")
    assert reading.counts.rows == 0


def test_it_says_which_table_it_looked_for(tmp_path):
    reading = read_bytes(tmp_path, book([["氏名", "電話"]], names=["住所録"]))
    assert "「事業名」の列" in reading.error.message
    assert "「進捗率」" in reading.error.message
    assert "「住所録」" in reading.error.message


def test_it_names_the_table_that_has_no_rows(tmp_path):
    reading = read_bytes(tmp_path, book(table(), names=["報告"]))
    assert "シート「報告」のA3" in reading.error.message


def test_it_has_a_message_for_a_file_that_cannot_be_opened(tmp_path):
    reading = read_file(tmp_path / "none.xlsx", "none.xlsx", "0" * 64, TODAY, togitsu())
    assert reading.error.code == "unreadable"


def test_it_refuses_a_file_above_the_limit_without_looking_inside(tmp_path):
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.truncate(togitsu().limits.max_file_mb * 1024 * 1024 + 1)
    assert read_file(path, "large.xlsx", "0" * 64, TODAY, togitsu()).error.code == "too_large"


def test_it_refuses_more_sheets_than_the_limit(tmp_path):
    many = togitsu().limits.max_sheets + 1
    assert read_bytes(tmp_path, book(*[[["表"]]] * many)).error.code == "too_many_sheets"


def test_it_fills_every_message_in_completely():
    details = {
        name: "X"
        for name in (
            "reason",
            "size",
            "limit",
            "kind",
            "count",
            "sheet",
            "cell",
            "row",
            "rows",
            "columns",
            "looked_for",
            "layout",
            "what",
            "how",
        )
    }
    for code in FILE_ERROR_CODES:
        error = file_error(code, **details)
        assert "{" not in error.message + error.remedy


# --- what calamine hides


def formula(cell):
    """GOOD with the row's progress replaced by this cell."""
    return rezipped(GOOD, lambda n, b: re.sub(rb'<c r="C4".*?</c>', cell, b) if n == SHEET else b)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (b'<c r="C4" t="e"><v>#DIV/0!</v></c>', ["error_value"]),
        (b'<c r="C4" t="e"><v>#N/A</v></c>', []),  # says of itself: no value
        (b'<c r="C4" t="e"><f>VLOOKUP(A4,X:Y,2)</f><v>#REF!</v></c>', ["error_value"]),
        (b'<c r="C4"><f>A1+1</f></c>', ["formula_not_calculated"]),
        (b'<c r="C4"><f>A1+1</f><v></v></c>', ["formula_not_calculated"]),
        (b'<c r="C4"><f>A1+1</f><v>45</v></c>', []),
        (b'<c r="C4" t="str"><f>IF(1,"","")</f><v></v></c>', []),  # calculated: empty
    ],
)
def test_it_sees_errors_and_formulas_that_were_never_calculated(tmp_path, cell, expected):
    reading = read_bytes(tmp_path, formula(cell))
    assert codes(reading) == expected
    for error in reading.row_errors:
        assert error.cell == "C4"


def test_it_tells_of_an_error_where_the_project_should_stand(tmp_path):
    data = rezipped(
        GOOD,
        lambda n, b: re.sub(rb'<c r="A4".*?</c>', b'<c r="A4" t="e"><v>#N/A</v></c>', b) if n == SHEET else b,
    )
    (error,) = read_bytes(tmp_path, data).row_errors
    assert (error.cell, error.code, error.raw) == ("A4", "error_value", "#N/A")


def test_it_reads_errors_in_a_note_as_no_note(tmp_path):
    data = rezipped(
        GOOD,
        lambda n, b: b.replace(b"</row></sheetData>", b'<c r="G4" t="e"><v>#N/A</v></c></row></sheetData>'),
    )
    reading = read_bytes(tmp_path, data)
    assert values(reading.observations[0]).keys() == {"phase", "progress", "due_on", "self_rating"}


def test_it_asks_the_number_format_only_for_a_doubtful_one(tmp_path):
    shown = book(table(["コンビニ交付（税証明）", "導入", 1]), formats={"C4": "0%"})
    custom = book(table(["コンビニ交付（税証明）", "導入", 1]), formats={"C4": '0.0"%"'})
    plain = book(table(["コンビニ交付（税証明）", "導入", 1]))
    assert values(read_bytes(tmp_path, shown).observations[0])["progress"] == 1.0
    assert values(read_bytes(tmp_path, custom).observations[0])["progress"] == 0.01  # shows 1.0%
    assert codes(read_bytes(tmp_path, plain)) == ["percent_unclear"]
