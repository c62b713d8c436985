"""Who sent a table: what the names of sheets, the labels and the cells of a department say."""

from __future__ import annotations

import pytest
from department_books import book, codes, read_bytes

#: Of two departments: what is taken for the wrong one's is not refused by the plan.
SHARED = "指定避難所等へのフリーWi-Fi整備"
ROWS = [["事業名", "段階"], [SHARED, "導入"]]


@pytest.mark.parametrize(
    "name",
    [
        "社会教育課",
        "02 社会教育課",
        "02_社会教育課",
        "②社会教育課",
        "02社会教育課",
        "社会教育課分",
        "社会教育課 12月",
        "進捗（社会教育課）",
    ],
)
def test_a_sheets_name_counts_before_the_name_of_the_file_it_was_collected_in(tmp_path, name):
    reading = read_bytes(tmp_path, book(ROWS, names=[name]), "行政管理課_取りまとめ.xlsx")
    assert [o.department for o in reading.observations] == ["社会教育課"]


@pytest.mark.parametrize("name", ["社会教育課提出用", "対社会教育課"])
def test_it_asks_where_a_sheets_name_may_mean_another_department(tmp_path, name):
    reading = read_bytes(tmp_path, book(ROWS, names=[name]), "行政管理課.xlsx")
    assert codes(reading) == ["department_unclear"]
    assert (reading.row_errors[0].cell, reading.row_errors[0].raw) == ("A1", name)


@pytest.mark.parametrize(
    "label",
    [
        "行政管理課 情報政策係",
        "行政管理課情報政策係",
        "総務部行政管理課 DX推進グループ",
        "行政管理課（情報政策係）",
        "行管課 情報担当",
    ],
)
def test_a_section_is_its_departments(tmp_path, label):
    reading = read_bytes(tmp_path, book([[f"担当課：{label}"], *ROWS]))
    assert [o.department for o in reading.observations] == ["行政管理課"]


@pytest.mark.parametrize("label", ["行政管理課・社会教育課 情報係", "謎の課 情報係", "情報係"])
def test_a_section_of_no_one_department_is_asked_about(tmp_path, label):
    assert codes(read_bytes(tmp_path, book([[f"担当課：{label}"], *ROWS]))) == ["unknown_department"]


def test_a_label_above_a_repeated_header_begins_another_departments_table(tmp_path):
    rows = [["担当課：行政管理課"], *ROWS, [], ["担当課：社会教育課"], *ROWS]
    reading = read_bytes(tmp_path, book(rows))
    assert [(o.row, o.department) for o in reading.observations] == [(3, "行政管理課"), (7, "社会教育課")]


@pytest.mark.parametrize(
    "heading", ["社会教育課", "【社会教育課】", "■ 社会教育課", "（社会教育課）", "担当課：社会教育課"]
)
def test_a_row_that_names_a_department_heads_the_rows_below_it(tmp_path, heading):
    rows = [ROWS[0], ["【行政管理課】"], ROWS[1], [heading], ROWS[1]]
    reading = read_bytes(tmp_path, book(rows), "行政管理課_取りまとめ.xlsx")
    assert [(o.row, o.department) for o in reading.observations] == [(3, "行政管理課"), (5, "社会教育課")]
    assert reading.counts.ignored == 2


def test_what_is_wrong_with_the_department_of_a_heading_is_told_of_its_cell(tmp_path):
    rows = [ROWS[0], ["【税務課】"], ROWS[1]]
    reading = read_bytes(tmp_path, book(rows), "行政管理課.xlsx")
    assert [(e.code, e.cell, e.raw) for e in reading.row_errors] == [("not_owner", "A2", "【税務課】")]


@pytest.mark.parametrize("heading", ["住民課の計画", "計画課", "小計", "施策1 税務課などの取組"])
def test_a_row_that_heads_a_group_names_no_department(tmp_path, heading):
    rows = [ROWS[0], [heading], ROWS[1]]
    reading = read_bytes(tmp_path, book(rows), "行政管理課.xlsx")
    assert [o.department for o in reading.observations] == ["行政管理課"]
