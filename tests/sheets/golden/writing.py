"""What writes the golden workbooks: xlsxwriter, openpyxl, edited XML and the office suite; and their plain rows."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1] / "support"), str(HERE.parents[2])]

import xlsxwriter  # noqa: E402
from department_books import book, rezipped  # noqa: E402, F401 - book is for the cases

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


def with_part(data, name, content):
    """The same zip with one part more."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as target:
        target.writestr(name, content)
    return buffer.getvalue()
