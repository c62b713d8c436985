"""Which layout a file gets, and what a layout does to a sheet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from department_books import TODAY, book, codes, togitsu, values

from config.layouts import Layout
from tasks.sheets.given_layout import Layouts
from tasks.sheets.reading import read_file

SAID = {"decided_on": date(2026, 10, 1), "by": "行政管理課", "reason": "試験"}
TABLE = {"header": 2, "first": 3, "fields": {"project_name": "A", "phase": "いま"}}


def layout(*tables, **said):
    return Layout.model_validate({**SAID, "tables": tables or [TABLE], **said})


#: the file, the department its name gives, the layout it gets
@pytest.mark.parametrize(
    ("file", "department", "name"),
    [
        pytest.param("税務課/進捗.xlsx", "税務課", "of_department", id="by its department"),
        pytest.param("税務課/月報11月.xlsx", "税務課", "of_both", id="by its name and department"),
        pytest.param("月報１２月.ＸＬＳＸ", None, "of_both", id="by its name, whoever sent it"),
        pytest.param("会計課/月報11月.xlsx", "会計課", "of_name", id="not by that of another department"),
        pytest.param("会計課/進捗.xlsx", "会計課", None, id="by none"),
        pytest.param("進捗.xlsx", None, None, id="nobody's file"),
    ],
)
def test_it_chooses_the_layout_that_says_most_of_the_file(file, department, name):
    layouts = Layouts({
        "of_department": layout(department="税務課"),
        "of_name": layout(files=["月報*"]),
        "of_both": layout(department="税務課", files=["月報*.xlsx"]),
    })  # fmt: skip
    given = layouts.of(file, department)
    assert (given.name if given else None) == name


def read(folder, sheet, *tables, **said):
    path = folder / "表.xlsx"
    path.write_bytes(book(*sheet, names=[f"表{i}" for i in range(1, len(sheet) + 1)]))
    layouts = Layouts({"案": layout(*tables, **{"files": ["表.xlsx"], **said})})
    return read_file(path, "表.xlsx", "0" * 64, TODAY, replace(togitsu(), layouts=layouts))


ROWS = [["12月"], ["何", "いま", "いつ"], ["コンビニ交付（税証明）", "導入", "R9.3.31"]]


def test_it_gives_the_sender_of_a_nameless_file(tmp_path):
    (row,) = read(tmp_path, [ROWS], department="税務課").observations
    assert (row.department, values(row)) == ("税務課", {"phase": "導入"})


def test_it_reads_sheets_it_does_not_name_as_any_other(tmp_path):
    plain = [["事業名", "段階"], ["公共施設予約システム", "運用"]]
    reading = read(tmp_path, [ROWS, plain], {**TABLE, "sheet": "表1"})
    assert [o.project_id for o in reading.observations] == ["DX-02", "DX-09"]


@pytest.mark.parametrize(
    ("sheet", "table", "says"),
    [
        pytest.param(
            [["12月"], ["何", "今", "いつ"]], TABLE, "見出し「いま」がありません", id="a header is gone"
        ),
        pytest.param(
            [["12月"], ["何", "いま", "いま"]], TABLE, "見出し「いま」が二つ以上", id="a header stands twice"
        ),
        pytest.param(
            ROWS,
            {**TABLE, "fields": {"project_name": "H", "phase": "B"}},
            "事業の列がありません",
            id="beyond the sheet",
        ),
        pytest.param([["何"]], {**TABLE, "header": 8, "first": 9}, "いま", id="rows beyond the sheet"),
    ],
)
def test_it_is_not_stretched_to_a_sheet_that_has_changed(tmp_path, sheet, table, says):
    reading = read(tmp_path, [sheet], table)
    assert reading.error.code == "layout_mismatch"
    assert says in reading.error.message


def test_a_column_that_is_empty_this_time_is_no_fault(tmp_path):
    table = {**TABLE, "fields": {"project_name": "A", "phase": "B", "due_on": "C", "note": "F"}}
    (row,) = read(tmp_path, [ROWS], table).observations
    assert values(row) == {"phase": "導入", "due_on": date(2027, 3, 31)}


def test_its_words_count_beside_those_of_the_town_and_for_this_table_only(tmp_path):
    rows = [*ROWS[:2], ["コンビニ交付（税証明）", "実施中"], ["公共施設予約システム", "運用中"]]
    other = [["事業名", "段階"], ["ぴったりサービス", "実施中"]]
    table = {**TABLE, "sheet": "表1", "words": {"phase": {"実施中": "導入"}}}
    reading = read(tmp_path, [rows, other], table)
    assert [values(o)["phase"] for o in reading.observations] == ["導入", "運用"]
    assert codes(reading) == ["phase_unknown"]
