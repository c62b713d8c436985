"""The workbook, read again with another library."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pytest

from tasks.progress.reasons import Verdict
from tasks.reports.palette import LOOKS
from tasks.reports.workbook import workbook

HEAD = 3


@pytest.fixture(scope="module")
def content(view) -> bytes:
    return workbook(view)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(BytesIO(content))


def _table(sheet) -> list[dict[str, object]]:
    rows = list(sheet.iter_rows(min_row=HEAD))
    titles = [cell.value for cell in rows[0]]
    return [dict(zip(titles, row, strict=True)) for row in rows[1:]]


def test_it_has_the_five_sheets(book):
    assert book.sheetnames == ["判定一覧", "担当課別集計", "根拠", "差戻し", "受付状況"]


def test_it_has_a_row_for_each_project(book, view):
    rows = _table(book["判定一覧"])
    assert [row["ID"].value for row in rows] == [p.id for p in view.projects]
    assert [row["判定"].value for row in rows] == [
        f"{LOOKS[p.verdict].symbol} {p.verdict.label}" for p in view.projects
    ]


def test_it_holds_no_formula_and_no_link(book, content):
    for sheet in book:
        assert not sheet._hyperlinks
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n", "d"}
    with ZipFile(BytesIO(content)) as parts:
        for name in parts.namelist():
            data = parts.read(name)
            assert b"<f>" not in data
            assert b"<hyperlink" not in data
            assert not name.startswith("xl/externalLinks")


def test_it_keeps_hostile_text_as_text(book):
    raw = [row["元の値"] for row in _table(book["差戻し"])]
    assert raw[3].value == '=HYPERLINK("http://evil.example/","押す")'
    assert {cell.data_type for cell in raw} == {"s"}
    # A cell edited later stays text too.
    assert {cell.number_format for cell in raw} == {"@"}


def test_it_writes_dates_as_dates_and_shares_as_percent(book):
    row = next(r for r in _table(book["判定一覧"]) if r["ID"].value == "DX-04")
    assert row["期限"].value.date() == date(2027, 3, 31)
    assert row["期限"].number_format == '[$-411]ggge"年"m"月"d"日("aaa")"'
    assert row["進捗率"].value == 0.3
    assert row["進捗率"].number_format == "0%"
    assert row["遅れ"].value == 0


def test_it_shows_a_verdict_in_words_and_colour(book):
    row = _table(book["判定一覧"])[0]
    assert row["判定"].value == "× 重大な遅延"
    assert row["判定"].fill.fgColor.rgb == "FFA90000"
    assert row["判定"].font.color.rgb == "FFFFFFFF"


def test_it_adds_up_by_department(book):
    rows = _table(book["担当課別集計"])
    last = {title: cell.value for title, cell in rows[-1].items()}
    assert last["担当課"] == "事業の数"
    assert last["計"] == 29 == sum(last[v.label] for v in Verdict)


def test_it_has_a_row_for_each_piece_of_evidence(book, view):
    rows = _table(book["根拠"])
    assert len(rows) == sum(len(r.evidence) for p in view.projects for r in p.finding.reasons)
    kinds = {row["種別"].value for row in rows}
    assert kinds == {"計画", "報告"}
    cells = [row for row in rows if row["種別"].value == "報告"]
    assert all(row["セル"].value and row["照合番号"].value for row in cells)


def test_it_says_why_a_file_could_not_be_read(book):
    row = next(r for r in _table(book["受付状況"]) if r["結果"].value == "読取不可")
    assert "パスワードを外して" in row["問題と対応"].value


def test_it_tells_what_people_should_know_of_a_file(view):
    files = tuple(f.model_copy(update={"notes": ("マクロが含まれています。", "=1+1")}) for f in view.files)
    told = openpyxl.load_workbook(BytesIO(workbook(replace(view, files=files))))
    texts = {row["結果"].value: row["問題と対応"] for row in _table(told["受付状況"])}
    assert texts["受理"].value == "補足：マクロが含まれています。\n補足：=1+1"
    assert texts["読取不可"].value.count("\n") == 3
    assert texts["受理"].data_type == "s"


def test_it_is_set_up_for_reading_and_for_paper(book):
    for sheet in book:
        assert sheet.freeze_panes == f"A{HEAD + 1}"
        assert sheet.auto_filter.ref.startswith(f"A{HEAD}:")
        assert sheet.page_setup.orientation == "landscape"
        # A3 for the wide ones: on A4 their letters would be too small to read.
        wide = sheet.title in {"判定一覧", "根拠"}
        assert int(sheet.page_setup.paperSize) == (8 if wide else 9)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight in (0, "0")
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"


def test_it_says_so_where_there_is_nothing(view):
    book = openpyxl.load_workbook(BytesIO(workbook(replace(view, rejected=(), files=()))))
    assert book["差戻し"].cell(HEAD + 1, 1).value == "該当なし"


def test_the_same_view_gives_the_same_bytes(view, content):
    assert workbook(view) == content
