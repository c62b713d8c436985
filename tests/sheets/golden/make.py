"""Rebuilds the golden workbooks: ``python tests/sheets/golden/make.py [name …]``.

Each case is named for its one difficulty and for what it is written with. Those of the office suite
are only rebuilt where ``soffice`` is installed. expected.json is never rebuilt here: it says what a
person reads in the sheet, and is written by hand or reviewed by eye.
"""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1] / "support"), str(HERE.parents[2])]

import xlsxwriter  # noqa: E402
from department_books import book, rezipped  # noqa: E402

NAMES = [
    "LINE申請受付等システム",
    "ぴったりサービス",
    "オープンデータへの取組促進",
    "つながる長崎データ連携基盤",
    "LINE決済機能",
    "RPAの利用業務拡大",
    "生成AI等の利活用促進",
    "ペーパーレス会議環境整備",
    "全庁型GIS",
    "情報セキュリティポリシー",
    "セキュリティ対策",
    "個人情報保護研修",
    "J-LIS教育研修",
    "情報システム等研修",
]
LABEL = ["担当課：行政管理課"]
SHEET = "xl/worksheets/sheet1.xml"
DAY = date(2026, 10, 1)


def column(title, values, *, phase=True):
    """A table of one column beside the names: every row another 事業, every value another spelling."""
    header = ["事業名", *(["段階"] if phase else []), title]
    rows = [[name, *(["導入"] if phase else []), value] for name, value in zip(NAMES, values, strict=False)]
    return [LABEL, [], header, *rows]


#: Three rows that hold nothing difficult.
PLAIN = [
    LABEL,
    [],
    ["事業名", "段階", "進捗率", "完了予定日", "完了日", "備考"],
    [NAMES[0], "運用", None, None, "R8.4.1", None],
    [NAMES[1], "導入", "45%", "R9.3.31", None, "協議中"],
    [NAMES[2], "継続", "60%", None, None, None],
]

#: The same with the 事業 side by side.
TURNED = [
    ["事業名", *NAMES[:3]],
    ["段階", "運用", "検討→導入", "継続"],
    ["進捗率", None, "45%", "60%"],
    ["完了予定日", None, "R9.3.31", None],
    ["完了日", "R8.4.1", None, None],
    ["備考", None, "協議中", None],
]


def written(rows, *, formats=None, options=None, at=(0, 0), chart=False, hidden_rows=(), hidden_columns=()):
    """The rows written by xlsxwriter; ``formats`` gives a cell's (row, column) a number format."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **(options or {})}) as workbook:
        if chart:
            sheet_of_chart = workbook.add_chartsheet("グラフ")
        sheet = workbook.add_worksheet("報告")
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                number_format = (formats or {}).get((r, c))
                style = workbook.add_format({"num_format": number_format}) if number_format else None
                place = (at[0] + r, at[1] + c)
                if isinstance(value, date):
                    sheet.write_datetime(*place, value, style)
                elif value is not None:
                    sheet.write(*place, value, style)
        for r in hidden_rows:
            sheet.set_row(r, None, None, {"hidden": True})
        for c in hidden_columns:
            sheet.set_column(c, c, None, None, {"hidden": True})
        if chart:
            drawn = workbook.add_chart({"type": "bar"})
            drawn.add_series({"values": "=報告!$C$5:$C$6"})
            sheet_of_chart.set_chart(drawn)
    return buffer.getvalue()


def edited(data, *changes, part=SHEET):
    """A workbook whose XML was edited: (pattern, replacement) pairs on one part, each of which must hit."""

    def change(name, content):
        if name != part:
            return content
        for pattern, replacement in changes:
            content, hits = re.subn(pattern, replacement, content, flags=re.DOTALL)
            if not hits:
                raise ValueError(f"{pattern!r} is not in {part}")
        return content

    return rezipped(data, change)


def replaced(data, replacements):
    """A workbook with texts replaced in all of its XML."""

    def change(_, content):
        for old, new in replacements:
            content = content.replace(old, new)
        return content

    return rezipped(data, change)


def text(rows, delimiter=","):
    """The rows as Excel saves them to CSV."""
    buffer = io.StringIO(newline="")
    width = max(map(len, rows))
    for row in rows:
        csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerow(
            ["" if v is None else v for v in [*row, *[None] * (width - len(row))]]
        )
    return buffer.getvalue()


#: The characters and the encoding of a CSV have to be said: comma, quote, UTF-8.
_FILTERS = {"csv": "csv:Text - txt - csv (StarCalc):44,34,76"}


def office(data, kind, source="xlsx"):
    """The same workbook opened and saved by the office suite; None where it is not installed."""
    if shutil.which("soffice") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"in.{source}"
        path.write_bytes(data)
        out = Path(folder) / "out"
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            _FILTERS.get(kind, kind),
            "--outdir",
            str(out),
            str(path),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return (out / f"in.{kind}").read_bytes()


def _built_in_dates():
    header = ["事業名", "着手日", "完了予定日"]
    rows = [[name, DAY, DAY] for name in NAMES[:10]]
    formats = {(3 + i, 1): 27 + i for i in range(10)} | {(3 + i, 2): 50 + i for i in range(9)}
    return written([LABEL, [], header, *rows], formats={**formats, (12, 2): 14})


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

CASES = {
    # --- dates
    "date-spellings": ("xlsx", lambda: book(column("完了予定日", [
        "令和8年10月1日", "R8.10.1", "R08/10/01", "令 8.　10.　1", "Ｒ８．１０．１", "2026/10/1", "2026-10-01",
        "20261001", "'26/04/2027", "令和８年１０月１日（木）", "㋿8年10月1日", "令和8年（2026年）10月1日",
        "R8.10.1まで", DAY]))),
    "date-eras-before-reiwa": ("xlsx", lambda: written(column("着手日", [
        "平成31年4月30日", "令和元年5月1日", "S64.1.7", "昭和58年7月1日", "H30/4/1"]))),
    "date-in-the-wrong-era": ("xlsx", lambda: book(column("完了予定日", [
        "平成32年4月1日", "令和元年3月", "昭和64年1月8日", "平成元年1月7日"]))),
    "date-that-is-no-day": ("xlsx", lambda: written(column("完了日", [
        "R8下期", "8年度末", "10月中旬", "R8.10", "令和8年", "春頃", "業者の回答待ち"]))),
    "date-impossible-or-unclear": ("xlsx", lambda: book(column("完了日", [
        "令和8年2月30日", "2026/13/1", "7.10.1", "10/1", "03/04/2026"]))),
    "date-planned-month": ("xlsx", lambda: book(column("完了予定日", ["R8.10", "令和9年2月", "2027年3月末"]))),
    "date-planned-spans": ("xlsx", lambda: written(column("完了予定日", [
        "R8下期", "8年度末", "令和8年度中", "R8第3四半期", "令和8年10月中旬", "2026年度4Q", "10月中旬", "R8.10頃", "平成32年度末"]))),
    "date-split-over-cells": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "段階", "完了予定日"], [NAMES[0], "導入", "令和", 9, "年", 3, "月", 31, "日"],
        [NAMES[1], "導入", "令和", 8, 10, 1], [NAMES[2], "導入", "R9.3.31"], [NAMES[3], "導入", "昭和", 23, "年"]],
        merges=["C3:I3"])),
    "date-bare-under-an-era-header": ("xlsx", lambda: office(book([
        LABEL, [None, None, "令和", "令和"], ["事業名", "段階", "完了予定日", "完了日"], [NAMES[0], "運用", "7.10.1", "7.9.30"],
        [NAMES[1], "導入", "8年10月", None], [NAMES[2], "運用", None, "R8.4.1"], [NAMES[3], "運用", None, "7.10"]]), "xlsx")),
    "date-built-in-japanese-formats": ("xlsx", _built_in_dates),
    "date-era-number-format": ("xlsx", lambda: written(
        column("完了日", [DAY, DAY, DAY]),
        formats={(3, 2): '[$-411]ge.m.d', (4, 2): '[$-ja-JP-x-gannen]ggge"年"m"月"d"日"', (5, 2): 'yyyy"年"m"月"d"日"(aaa)'})),
    "date-1904-epoch": ("xlsx", lambda: written(
        column("完了日", [DAY, date(2027, 3, 31)]), formats={(3, 2): "yyyy/m/d", (4, 2): "yyyy/m/d"},
        options={"date_1904": True})),
    "date-with-time-of-day": ("xlsx", lambda: written(
        column("完了日", [datetime(2026, 10, 1, 9, 30, tzinfo=UTC).replace(tzinfo=None), "2026/10/1 9:30", "2026/10/12 9:30", "令和8年10月12日 9:30", "2026-10-12T09:30:00"]), formats={(3, 2): "yyyy/m/d h:mm"})),
    "date-in-xls": ("xls", lambda: office(book(column("完了日", [DAY, "R8.10.1"])), "xls")),
    "date-in-ods": ("ods", lambda: office(book(column("完了日", [DAY, "R8.10.1"])), "ods")),
    # --- percents and other values
    "percent-spellings": ("xlsx", lambda: book(column("進捗率", [
        "４５％", "45%", "45 %", "45パーセント", "4割5分", "5割", "45.5%", "0%", "100%"]))),
    "percent-vague-or-beyond": ("xlsx", lambda: written(column("進捗率", [
        "約5割", "5割程度", "80%以上", "120%", "▲5%", "半分くらい", "3/10"]))),
    "percent-by-number-format": ("xlsx", lambda: written(
        column("進捗率", [1, 0.45, 0, 0.005]), formats={(r, 2): "0%" for r in range(3, 7)})),
    "percent-whole-numbers-xls": ("xls", lambda: office(book(column("進捗率", [45, 80, 100, 0])), "xls")),
    "percent-lone-one": ("xlsx", lambda: book(column("進捗率", [1, 0]))),
    "percent-fractions-ods": ("ods", lambda: office(book(
        column("進捗率", [0.45, 1, 0]), formats={"C4": "0%", "C5": "0%", "C6": "0%"}), "ods")),
    "null-spellings": ("xlsx", lambda: book(column("完了日", [
        "-", "－", "―", "…", "不詳", "要確認", "TBD", "#N/A", "未定", "　", "なし"]))),
    "phase-with-arrows-and-notes": ("xlsx", lambda: written(column("段階", [
        "検討→導入", "導入（R8.10～）", "運用中", "本稼働済", "事業検討 ⇒ 中止", "導入※1", "【済】完了", "がんばり中"], phase=False))),
    "rating-and-budget-signs": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "自己評価", "予算"],
        [NAMES[0], "○", "要求済"], [NAMES[1], "△", "議決済"], [NAMES[2], "×", "未"], [NAMES[3], "Ａ", None]])),
    "count-spellings": ("xlsx", lambda: book(column("実施回数", [
        3, "3回", "計１２回", "延べ3回開催", "数回", 2.5, 0], phase=False))),
    # --- where the table is and how it is built
    "header-two-rows-merged": ("xlsx", lambda: book([
        LABEL, ["事業名", "進捗", None, "完了", None], [None, "段階", "進捗率", "予定日", "実績"],
        [NAMES[0], "導入", "45%", "R9.3.31", None], [NAMES[1], "運用", None, None, "R8.4.1"]],
        merges=["A2:A3", "B2:C2", "D2:E2"])),
    "header-three-rows-merged": ("xlsx", lambda: office(book([
        LABEL, ["事業名", "令和8年度", None, None], [None, "実績", None, "評価"], [None, "段階", "完了日", "自己評価"],
        [NAMES[0], "運用", "R8.4.1", "順調"], [NAMES[1], "導入", None, "遅れ"]],
        merges=["A2:A4", "B2:D2", "B3:C3"]), "xlsx")),
    "header-planned-over-actual": ("xlsx", lambda: book([
        LABEL, ["事業名", "計画", None, "実績", None], [None, "進捗率", "完了日", "進捗率", "完了日"],
        [NAMES[0], "60%", "R8.9.30", "45%", None], [NAMES[1], "100%", "R8.4.1", "100%", "R8.4.10"]],
        merges=["A2:A3", "B2:C2", "D2:E2"])),
    "header-repeated-at-page-break": ("xlsx", lambda: office(book([
        *PLAIN, PLAIN[2], [NAMES[3], "運用停止", None, None, "R8.3.31"]]), "xlsx")),
    "header-with-line-breaks": ("xlsx", lambda: written([
        LABEL, ["事　業　名", "段\n階", "進捗率\n（％）", "完　了\n予定日"], [NAMES[0], "導入", 45, "R9.3.31"]])),
    "merged-department-cells": ("xlsx", lambda: office(book([
        ["担当課", "事業名", "段階"],
        ["行政管理課", NAMES[0], "運用"], [None, NAMES[1], "運用"], [None, NAMES[2], "継続"],
        ["税務課", "コンビニ交付（税証明）", "導入"], ["社会教育課", "公共施設予約システム", "導入"]],
        merges=["A2:A4"]), "xlsx")),
    "merged-project-over-milestones": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "段階", "節目", "節目期限", "節目完了日"],
        [NAMES[0], "導入", "仕様確定", "R8.6.30", "R8.6.20"], [None, None, "調達公告", "R8.8.31", None],
        [None, None, "契約", "R8.10.31", None]], merges=["A4:A6", "B4:B6"])),
    "merged-title-over-table": ("xls", lambda: office(book([
        ["令和8年度　DX推進計画　進捗状況報告"], LABEL, *PLAIN[2:]], merges=["A1:F1"]), "xls")),
    "notes-totals-examples-between-rows": ("xlsx", lambda: book([
        *PLAIN[:3], ["（記入例）" + NAMES[4], "運用", "100%"], ["基本方針1　住民サービスの向上"], PLAIN[3], PLAIN[4],
        ["小計", None, "45%"], PLAIN[5], ["合計", None, "60%"], ["※ 進捗率は11月末の見込み"], ["（注）予算は除く"]])),
    "start-far-from-the-corner": ("xlsx", lambda: written(PLAIN, at=(19, 7))),
    "two-tables-on-one-sheet": ("xls", lambda: office(book([
        *PLAIN, [], ["担当課：税務課"], ["事業名", "完了予定日", "段階"], ["コンビニ交付（税証明）", "R9.3.31", "導入"]]), "xls")),
    "table-on-the-third-sheet": ("xlsx", lambda: book(
        [["表紙"], LABEL], [["氏名", "電話"], ["山田", "12"]], PLAIN[2:], names=["表紙", "連絡先", "報告"])),
    "hidden-sheet-with-old-copy": ("xlsx", lambda: book(
        [*PLAIN[:3], [NAMES[1], "導入", "10%", "R9.3.31"]], PLAIN, names=["前回", "今回"], hidden=[0])),
    "hidden-rows-and-columns": ("xlsx", lambda: written(PLAIN, hidden_rows=[4], hidden_columns=[5])),
    "hidden-rows-and-columns-in-ods": ("ods", lambda: office(
        written(PLAIN, hidden_rows=[4], hidden_columns=[5]), "ods")),
    "projects-as-columns": ("xlsx", lambda: book([LABEL, [], *TURNED])),
    "projects-as-columns-in-ods": ("ods", lambda: office(book([LABEL, [], *TURNED], merges=["A1:D1"]), "ods")),
    "projects-as-columns-with-a-faulty-cell": ("xls", lambda: office(book([
        LABEL, [], ["事業名", *NAMES[:2]], ["段階", "がんばり中", "導入"], ["完了日", "R8.4.1", "R8下期"]]), "xls")),
    "projects-as-columns-one-hidden": ("xlsx", lambda: written([LABEL, [], *TURNED], hidden_columns=[2])),
    "form-for-each-project": ("xlsx", lambda: office(book([
        ["担当課：行政管理課"], [], ["事業名", NAMES[0]], ["段階", "運用"], ["完了日", "R8.4.1"], [],
        ["事業名", NAMES[1]], ["段階", "導入"], ["進捗率", "45%"], ["課題", "協議中"]]), "xlsx")),
    "columns-explained-on-a-sheet-of-their-own": ("xlsx", lambda: book(
        [["事業名", "計画書の名称を記入"], ["段階", "現在の段階を記入"], ["進捗率", "0～100%で記入"]], PLAIN,
        names=["記入要領", "報告"])),
    "squared-paper": ("xlsx", lambda: book([
        [*LABEL], [], ["事業名", *[None] * 5, "段階", None, "完了予定日", *[None] * 3], [],
        [NAMES[0], *[None] * 5, "運用", None, "R8.4.1"], [], [NAMES[1], *[None] * 5, "導入", None, "R9.3.31"], []],
        merges=[f"{a}{r}:{b}{r + 1}" for r in (3, 5, 7) for a, b in ("AF", "GH", "IL")])),
    "header-five-rows-merged": ("xls", lambda: office(book([
        LABEL, [], [None, None, "令和8年度"], ["事業名", "状況", "次の節目"], [None, None, "予定と実績"],
        [None, None, "名称", "計画", "実績"], [None, None, None, "完了日", "完了日"],
        [NAMES[0], "導入", "契約", "R8.10.31", "R8.10.20"], [NAMES[1], "導入", "公告", "R8.12.28", None]],
        merges=["C3:E3", "C4:E4", "C5:E5", "A4:A7", "B4:B7", "C6:C7"]), "xls")),
    "departments-by-sheet-name": ("xlsx", lambda: book(
        [["事業名", "段階"], [NAMES[0], "運用"]], [["事業名", "段階"], ["コンビニ交付（税証明）", "導入"]],
        names=["行政管理課", "税務課"])),
    # --- names
    "names-padded-and-half-width": ("xlsx", lambda: written([
        LABEL, [], ["事業名", "段階"], ["Ｌ Ｉ Ｎ Ｅ 決 済 機 能", "導入"], ["ﾍﾟｰﾊﾟｰﾚｽ会議環境整備", "導入"],
        ["　全庁型ＧＩＳ　", "運用"], ["J‐LIS教育研修", "継続"], ["ぴった\nりサービス", "運用"], ["⑤ セキュリティ対策", "強化"],
        ["ぺーパーレス会議環境整備", "導入"]])),
    "names-with-unseen-characters": ("xlsx", lambda: book([
        LABEL, [], ["事業名", "段階"], ["全庁型\u200bGIS", "運用"], ["\u202eセキュリティ対策\u202c", "強化"], ["全庁型GIS改", "運用"]])),
    "names-in-old-or-wrong-characters": ("xlsx", lambda: book([
        ["担当課：総務課"], [], ["事業名", "段階"], ["庶務管理シスデム", "導入"], ["庶務管理システム", "導入"]])),
    "names-by-id": ("xlsx", lambda: book([
        LABEL, [], ["事業ID", "事業名", "段階"], ["DX-05", None, "運用"], ["dx6", "ぴったりサービス", "運用"],
        ["DX-07", "全庁型GIS", "継続"], ["DX-99", None, "導入"]])),
    "row-of-another-department": ("xlsx", lambda: book([*PLAIN, ["書かない窓口", "導入", "10%"], ["公共施設予約システム", None, None]])),
    "row-twice": ("xlsx", lambda: book([*PLAIN, PLAIN[4], [NAMES[1], "運用", "100%", None, None, None]])),
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
    "macro-workbook": ("xlsm", lambda: _with_part(book(PLAIN), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")),
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


def _with_part(data, name, content):
    import zipfile

    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as target:
        target.writestr(name, content)
    return buffer.getvalue()


def main(names):
    """Write the workbooks of these cases, or of all."""
    for name, (suffix, make) in CASES.items():
        if names and name not in names:
            continue
        data = make()
        if data is None:
            print(f"{name}: soffice is not installed, left as it is")
            continue
        (HERE / name).mkdir(exist_ok=True)
        (HERE / name / f"workbook.{suffix}").write_bytes(data)


if __name__ == "__main__":
    main(sys.argv[1:])
