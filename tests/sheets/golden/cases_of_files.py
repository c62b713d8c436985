"""Cases of files: what their XML says, and how a CSV is written."""

from __future__ import annotations

from writing import LABEL, NAMES, PLAIN, book, column, edited, office, replaced, text, with_part, written

_STRICT = [
    (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
]
_PREFIXED = [
    (
        rb"<(/?)(?=(?:worksheet|dimension|sheetViews?|sheetFormatPr|sheetData|row|c|v|f|is|t|pageMargins|selection)\b)",
        rb"<\1x:",
    ),
    (rb'xmlns="', rb'xmlns:x="'),
]
_ERRORS = [
    (rb'<c r="C4".*?</c>', b'<c r="C4" t="e"><v>#DIV/0!</v></c>'),
    (rb'<c r="C5".*?</c>', b'<c r="C5" t="e"><v>#N/A</v></c>'),
    (rb'<c r="C6".*?</c>', b'<c r="C6"><f>B1*2</f></c>'),
    (rb'<c r="C7".*?</c>', b'<c r="C7"><f>0.2+0.25</f><v>0.45</v></c>'),
]
_PERCENTS = column("進捗率", [0.1, 0.2, 0.3, 0.4])

FILES = {
    # --- what the XML says
    "error-cells": ("xlsx", lambda: edited(book(_PERCENTS), *_ERRORS)),
    "error-cells-in-prefixed-xml": ("xlsx", lambda: edited(book(_PERCENTS), *_ERRORS, *_PREFIXED)),
    "error-cells-in-xls": ("xls", lambda: office(book(column("進捗率", ["=1/0", "=NA()", "=0.2+0.25"])), "xls")),
    "error-cells-in-ods": ("ods", lambda: office(book(column("進捗率", ["=1/0", "=NA()", "=0.2+0.25"])), "ods")),
    "formula-with-stored-result": ("xlsx", lambda: office(book([
        *PLAIN[:3], [NAMES[0], '=IF(1,"運用","")', "=0.5+0.4", "=DATE(2026,10,1)", '=IF(0,1,"")']],
        formats={"C4": "0%", "D4": "yyyy/m/d"}), "xlsx")),
    "strict-ooxml": ("xlsx", lambda: replaced(written(PLAIN), _STRICT)),
    "prefixed-xml": ("xlsx", lambda: edited(book(PLAIN), *_PREFIXED)),
    "cells-without-addresses": ("xlsx", lambda: edited(
        book([["事業名", "段階", "進捗率"], [NAMES[0], "導入", 0.45]]), (rb'(<c) r="[A-Z]+\d+"', rb"\1"), (rb'<row r="\d+"', b"<row"))),
    "furigana-in-the-texts": ("xlsx", lambda: edited(
        written(PLAIN), ("<t>ぴったりサービス</t>".encode(), '<t>ぴったりサービス</t><rPh sb="0" eb="4"><t>ピッタリ</t></rPh><phoneticPr fontId="1"/>'.encode()),
        ("<t>導入</t>".encode(), '<r><t>導</t></r><r><rPr><b/></rPr><t>入</t></r><rPh sb="0" eb="2"><t>ドウニュウ</t></rPh>'.encode()),
        part="xl/sharedStrings.xml")),
    "chart-sheet-before-the-table": ("xlsx", lambda: written(PLAIN, chart=True)),
    "macro-workbook": ("xlsm", lambda: with_part(book(PLAIN), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")),
    "half-saved": ("xlsx", lambda: book(PLAIN)[:3000]),
    "web-page-named-xls": ("xls", "<html><body><table><tr><td>事業名</td><td>段階</td></tr></table></body></html>".encode),
    "no-status-table": ("xlsx", lambda: book([["住所録"], ["氏名", "電話"], ["山田", "12"]], names=["名簿"])),
    # --- CSV and TSV
    "csv-utf-8-with-bom": ("csv", lambda: text(PLAIN).encode("utf-8-sig")),
    "csv-cp932": ("csv", lambda: text(PLAIN).encode("cp932")),
    "csv-utf-16-tabs": ("tsv", lambda: text(PLAIN, "\t").encode("utf-16")),
    "csv-utf-16-big-endian": ("csv", lambda: b"\xfe\xff" + text(PLAIN, "\t").encode("utf-16-be")),
    "csv-cp932-saved-as-latin-1": ("csv", lambda: text(PLAIN).encode("cp932").decode("latin-1").encode()),
    "csv-euc-jp": ("csv", lambda: text(PLAIN).encode("euc_jp")),
    "csv-line-breaks-and-quotes": ("csv", lambda: text([
        *PLAIN[:4], [NAMES[1], "導入", "45%", "R9.3.31", None, '協議中\n"継続", 次回は12月'], [NAMES[2], "がんばり中"]]).encode("cp932")),
    "csv-numbers-as-shown": ("csv", lambda: text([
        LABEL, [], ["事業名", "進捗率", "実施回数"], [NAMES[11], "45%", "1,234"], [NAMES[12], "▲5", "3"], [NAMES[13], "80", "▲1"]]).encode("cp932")),
    "csv-by-the-office-suite": ("csv", lambda: office(book(PLAIN), "csv")),
}  # fmt: skip
